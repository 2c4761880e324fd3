//! ts2phc, synce4l and chronyd.

/// Configuration of ts2phc, by the names of its options.
#[derive(Clone, Debug, PartialEq)]
pub struct Ts2phcSetup {
    /// The interfaces whose clocks it steers. With a GNSS receiver on its card the first one is the source of the time
    /// of day; without one, its clock is the source of the others and is not steered.
    pub interfaces: Vec<String>,
    /// ts2phc.holdover, in seconds: how long it extrapolates its source for a clock that is in s3.
    pub holdover_s: u32,
    /// servo_offset_threshold, in nanoseconds; 0 is off: no clock gets to s3.
    pub servo_offset_threshold_ns: u64,
    /// servo_num_offset_values: so many offsets below the threshold in a row make s3.
    pub servo_num_offset_values: u32,
    /// first_step_threshold, in nanoseconds; 0 is off.
    pub first_step_threshold_ns: u64,
    /// logging_level: with 7, as in all of Red Hat's configurations, it also prints its options, every sentence and
    /// every edge; with 6 it does not.
    pub logging_level: u8,
}

impl Default for Ts2phcSetup {
    /// linuxptp's own defaults, without any interface, but for the logging level.
    fn default() -> Self {
        Self {
            interfaces: Vec::new(),
            holdover_s: 0,
            servo_offset_threshold_ns: 0,
            servo_num_offset_values: 10,
            first_step_threshold_ns: 20_000,
            logging_level: 7,
        }
    }
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
