//! What a simulation starts from. Every default is one that the real programs have, or a number of a recorded run.

use crate::SimTime;
use ptp_lines::ClockIdentity;
use std::fmt;

/// A whole simulation. The same setup gives the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Seed of all randomness. Every clock and every kind of noise draws from a stream of its own, so that an edit of
    /// the timeline leaves the noise before it as it was.
    pub seed: u64,
    /// UNIX time of the start, in seconds: the stamps of the daemon's lines count from here.
    pub start_unix_s: u64,
    /// How long the host has been up at the start, in nanoseconds: the stamps of linuxptp's lines count from here.
    pub boot_offset_ns: u64,
    /// How long to simulate, in seconds.
    pub duration_s: u64,
    /// What happens to the world, and when. Actions at one instant are carried out in their order here.
    pub timeline: Vec<(SimTime, Action)>,
    /// Names and identities of the node.
    pub node: NodeSetup,
    /// The grandmaster.
    pub grandmaster: GrandmasterSetup,
    /// The network between the grandmaster and the node.
    pub path: PathSetup,
    /// The oscillator of the node's hardware clock (PHC).
    pub phc: OscillatorSetup,
    /// The oscillator of the clock of the operating system.
    pub os_clock: OscillatorSetup,
    /// Configuration of ptp4l.
    pub ptp4l: Ptp4lSetup,
    /// Configuration of phc2sys.
    pub phc2sys: Phc2sysSetup,
    /// Latencies of linuxptp-daemon.
    pub daemon: DaemonSetup,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 0,
            start_unix_s: 1_795_350_000,
            boot_offset_ns: 0,
            duration_s: 60,
            timeline: Vec::new(),
            node: NodeSetup::default(),
            grandmaster: GrandmasterSetup::default(),
            path: PathSetup::default(),
            phc: OscillatorSetup::temperature_compensated(),
            os_clock: OscillatorSetup::plain_crystal(),
            ptp4l: Ptp4lSetup::default(),
            phc2sys: Phc2sysSetup::default(),
            daemon: DaemonSetup::default(),
        }
    }
}

/// Something that the timeline does to the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The grandmaster stops everything that it sends: Announce, Sync and Delay_Resp.
    GrandmasterSilent,
    /// The grandmaster sends again.
    GrandmasterSpeaks,
    /// The grandmaster announces another clock class from its next Announce on.
    GrandmasterClockClass {
        /// IEEE 1588-2019 7.6.2.5.
        class: u8,
    },
    /// Packets from the grandmaster to the node wait in queues: an exponential delay is added to each.
    PacketDelayBurst {
        /// Mean of the added delay in nanoseconds; at least 0.
        mean_ns: f64,
    },
    /// The end of a [`Action::PacketDelayBurst`].
    PacketDelayNormal,
    /// The link of the node's port goes down.
    LinkDown,
    /// The link of the node's port comes back.
    LinkUp,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GrandmasterSilent => f.write_str("the grandmaster falls silent"),
            Self::GrandmasterSpeaks => f.write_str("the grandmaster sends again"),
            Self::GrandmasterClockClass { class } => {
                write!(f, "the grandmaster announces clock class {class}")
            }
            Self::PacketDelayBurst { mean_ns } => {
                write!(f, "packets from the grandmaster wait {mean_ns} ns more on average")
            }
            Self::PacketDelayNormal => f.write_str("packets from the grandmaster wait no more"),
            Self::LinkDown => f.write_str("the link of the node's port goes down"),
            Self::LinkUp => f.write_str("the link of the node's port comes back"),
        }
    }
}

/// Names and identities of the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSetup {
    /// `N` of `ptp4l.N.config`.
    pub config_index: u32,
    /// The interface that PTP runs on.
    pub interface: String,
    /// Clock identity of the node's ptp4l.
    pub clock_identity: ClockIdentity,
}

impl Default for NodeSetup {
    fn default() -> Self {
        Self {
            config_index: 0,
            interface: "ens1f0".to_owned(),
            clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x02]),
        }
    }
}

/// The grandmaster. Its clock is true by definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrandmasterSetup {
    /// Its clock identity. It sends from its port 1.
    pub clock_identity: ClockIdentity,
    /// Clock class that it announces at first, IEEE 1588-2019 7.6.2.5.
    pub clock_class: u8,
    /// When it becomes master: its first Announce follows 2^-10 s later, its first Sync one sync interval later.
    pub master_from: SimTime,
}

impl Default for GrandmasterSetup {
    fn default() -> Self {
        Self {
            clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x01]),
            clock_class: 6,
            master_from: SimTime::from_ms(839),
        }
    }
}

/// The network between the grandmaster and the node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathSetup {
    /// Delay of a packet in each direction, in nanoseconds.
    pub delay_ns: f64,
    /// Standard deviation of the white noise on each packet's delay and time stamps together, in nanoseconds.
    pub noise_ns: f64,
}

impl Default for PathSetup {
    /// An E810 NIC behind a short fibre: 1586 ns, 4 ns.
    fn default() -> Self {
        Self { delay_ns: 1586.0, noise_ns: 4.0 }
    }
}

/// An oscillator and the clock that it drives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OscillatorSetup {
    /// Clock minus true time at the start, in nanoseconds.
    pub initial_error_ns: f64,
    /// Constant frequency error in parts per billion.
    pub frequency_ppb: f64,
    /// White frequency noise: its Allan deviation at 1 s, in parts per billion.
    pub white_ppb: f64,
    /// Random walk of the frequency, in parts per billion per square root of a second.
    pub random_walk_ppb: f64,
    /// Flicker frequency noise: the floor of its Allan deviation, in parts per billion.
    pub flicker_ppb: f64,
    /// Change of the frequency by aging, in parts per billion per day.
    pub aging_ppb_per_day: f64,
}

impl OscillatorSetup {
    /// A temperature-compensated crystal, as on a NIC: 2 ppm off, 350 us late to the party.
    pub fn temperature_compensated() -> Self {
        Self {
            initial_error_ns: 350_000.0,
            frequency_ppb: 2_000.0,
            white_ppb: 0.1,
            random_walk_ppb: 0.1,
            flicker_ppb: 0.1,
            aging_ppb_per_day: 10.5,
        }
    }

    /// The plain crystal of a server: 12 ppm off, half a second wrong at the start.
    pub fn plain_crystal() -> Self {
        Self {
            initial_error_ns: 500_000_000.0,
            frequency_ppb: -12_000.0,
            white_ppb: 1.0,
            random_walk_ppb: 0.4,
            flicker_ppb: 1.0,
            aging_ppb_per_day: 0.0,
        }
    }
}

/// Configuration of ptp4l, client only, by the names of its options. Intervals are powers of two in seconds, from -9 to
/// 9; beyond these they count as these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ptp4lSetup {
    /// logAnnounceInterval: -3 is 8 per second.
    pub log_announce_interval: i8,
    /// logSyncInterval: -4 is 16 per second.
    pub log_sync_interval: i8,
    /// logMinDelayReqInterval.
    pub log_min_delay_request_interval: i8,
    /// announceReceiptTimeout, in announce intervals.
    pub announce_receipt_timeout: u8,
    /// clock_class_threshold: an Announce of a larger class is ignored.
    pub clock_class_threshold: u8,
    /// Constants of the servo. With both 0 they follow from the sync interval, as in linuxptp.
    pub servo: ServoGains,
    /// first_step_threshold in nanoseconds; 0 is off.
    pub first_step_threshold_ns: u64,
    /// step_threshold in nanoseconds; 0 is off.
    pub step_threshold_ns: u64,
    /// Largest frequency correction in parts per billion.
    pub max_frequency_ppb: f64,
}

impl Default for Ptp4lSetup {
    /// The PTP operator's conformance profile.
    fn default() -> Self {
        Self {
            log_announce_interval: -3,
            log_sync_interval: -4,
            log_min_delay_request_interval: -4,
            announce_receipt_timeout: 6,
            clock_class_threshold: 7,
            servo: ServoGains { proportional: 0.0, integral: 0.0 },
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 2_000_000_000,
            max_frequency_ppb: 900_000_000.0,
        }
    }
}

/// pi_proportional_const and pi_integral_const.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServoGains {
    /// Parts per billion per nanosecond.
    pub proportional: f64,
    /// Parts per billion per nanosecond and sample.
    pub integral: f64,
}

/// Configuration of phc2sys, which runs with `-a -r`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phc2sysSetup {
    /// `-R`: samples per second; 0 counts as 1.
    pub rate_hz: u32,
    /// `-P` and `-I`.
    pub servo: ServoGains,
    /// `-F` in nanoseconds; 0 is off.
    pub first_step_threshold_ns: u64,
    /// `-S` in nanoseconds; 0 is off.
    pub step_threshold_ns: u64,
    /// Largest frequency correction in parts per billion.
    pub max_frequency_ppb: f64,
    /// From its start to the first UTC offset that ptp4l tells it, in nanoseconds: no clock is steered before.
    pub utc_offset_after_ns: u64,
    /// Standard deviation of the noise of one comparison of the clocks, in nanoseconds.
    pub reading_noise_ns: f64,
    /// Mean of the printed delay of reading the hardware clock, in nanoseconds.
    pub reading_delay_ns: f64,
    /// Standard deviation of that delay, in nanoseconds.
    pub reading_delay_noise_ns: f64,
}

impl Default for Phc2sysSetup {
    /// `-R 16 -N 8` and otherwise phc2sys's own defaults; noise and delays as measured with an E810.
    fn default() -> Self {
        Self {
            rate_hz: 16,
            servo: ServoGains { proportional: 0.7, integral: 0.3 },
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 0,
            max_frequency_ppb: 100_000_000.0,
            utc_offset_after_ns: 10_000_000_000,
            reading_noise_ns: 7.4,
            reading_delay_ns: 522.0,
            reading_delay_noise_ns: 26.0,
        }
    }
}

/// Latencies of linuxptp-daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaemonSetup {
    /// From ptp4l's first offset below a second to a phc2sys that runs, in nanoseconds.
    pub phc2sys_start_latency_ns: u64,
    /// From a change of ptp4l's parent to the line that says so, in nanoseconds: pmc is notified and asks back. No
    /// recording shows it; the default is an assumption.
    pub clock_class_latency_ns: u64,
    /// Between two repeats of the clock class, in nanoseconds; 0 is never.
    pub clock_class_repeat_ns: u64,
}

impl Default for DaemonSetup {
    /// 20 ms, 1 s, and every 60 s.
    fn default() -> Self {
        Self {
            phc2sys_start_latency_ns: 20_000_000,
            clock_class_latency_ns: 1_000_000_000,
            clock_class_repeat_ns: 60_000_000_000,
        }
    }
}
