//! ts2phc, synce4l and chronyd.

/// Configuration of ts2phc.
#[derive(Clone, Debug, PartialEq)]
pub struct Ts2phcSetup {
    /// The interfaces whose clocks it steers. With a GNSS receiver on its card the first one is the source of the time
    /// of day.
    pub interfaces: Vec<String>,
}

/// Configuration of synce4l.
#[derive(Clone, Debug, PartialEq)]
pub struct Synce4lSetup {
    /// Name of the device section, for example `synce1`.
    pub device: String,
    /// network_option: 1 or 2, ITU-T G.781.
    pub network_option: u8,
    /// extended_tlv: whether extended quality levels are sent, ITU-T G.8264.
    pub extended_tlv: bool,
    /// The interfaces that take part.
    pub ports: Vec<SyncePortSetup>,
}

/// An interface that takes part in Synchronous Ethernet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncePortSetup {
    /// The interface.
    pub interface: String,
}

/// Configuration of chronyd, the fall-back of phc2sys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChronydSetup {
    /// Number of its process, which the daemon puts before its lines.
    pub pid: u32,
}

/// The servers of network time that chronyd asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NtpSetup {
    /// Address of the server, as chronyd prints it.
    pub server: String,
}

impl Default for NtpSetup {
    fn default() -> Self {
        Self { server: "10.9.9.1".to_owned() }
    }
}
