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
    /// logging_level: with 7, as in all of Red Hat's configurations, it also prints every sentence and every edge;
    /// with 6 it does not. Its options, which it prints at the start, linuxptp-daemon forwards to nobody.
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
    /// The external source, if there is one: what the DPLL of the first port's card follows.
    pub external: Option<SynceExternalSetup>,
}

impl Default for Synce4lSetup {
    /// `synce1` with the ports and the GNSS of an E810 in slot 7; option 2 and extended quality levels, as in the
    /// operator's examples.
    fn default() -> Self {
        Self {
            device: "synce1".to_owned(),
            network_option: 2,
            extended_tlv: true,
            ports: vec![SyncePortSetup::on("ens7f0"), SyncePortSetup::on("ens7f1")],
            external: Some(SynceExternalSetup::default()),
        }
    }
}

/// An interface that takes part in Synchronous Ethernet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncePortSetup {
    /// The interface.
    pub interface: String,
}

impl SyncePortSetup {
    /// A port.
    #[must_use]
    pub fn on(interface: &str) -> Self {
        Self { interface: interface.to_owned() }
    }
}

/// An external source of frequency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynceExternalSetup {
    /// Its name.
    pub name: String,
    /// input_QL: SSM code, ITU-T G.781.
    pub ssm: u8,
    /// input_ext_QL: extended SSM code, ITU-T G.8264.
    pub extended: u8,
}

impl Default for SynceExternalSetup {
    /// `GNSS`, a primary reference time clock in a network of option 2.
    fn default() -> Self {
        Self { name: "GNSS".to_owned(), ssm: 0x1, extended: 0x20 }
    }
}

/// Configuration of chronyd, the fall-back of phc2sys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChronydSetup {
    /// Number of its process, which the daemon puts before its lines.
    pub pid: u32,
    /// minpoll and maxpoll: a power of two in seconds, 0 to 17, between two questions to a server.
    pub log_poll_interval: u8,
    /// When the daemon lets it run; it always does if absent.
    pub failover: Option<NtpFailoverSetup>,
}

impl Default for ChronydSetup {
    /// chrony's minpoll, and the plug-in `ntpfailover` with its own defaults.
    fn default() -> Self {
        Self { pid: 4711, log_poll_interval: 6, failover: Some(NtpFailoverSetup::default()) }
    }
}

/// The plug-in `ntpfailover` of linuxptp-daemon with `gnssFailover`: chronyd runs only while ts2phc is without its
/// source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NtpFailoverSetup {
    /// ts2phcTolerance, in nanoseconds: how long ts2phc may go without s3.
    pub ts2phc_tolerance_ns: u64,
    /// startupDelay, in nanoseconds: how long it may take to s3 at the start.
    pub startup_delay_ns: u64,
}

impl Default for NtpFailoverSetup {
    /// 5 s and 90 s.
    fn default() -> Self {
        Self { ts2phc_tolerance_ns: 5_000_000_000, startup_delay_ns: 90_000_000_000 }
    }
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
