//! The network that the node is in.

use crate::SimTime;
use ptp_lines::ClockIdentity;

/// A clock in the network that sends Announce and Sync: a grandmaster, or a boundary clock below one. What it sends is
/// true time, unless the timeline steps it.
///
/// Grandmasters do not hear each other: each announces itself while it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrandmasterSetup {
    /// Its clock identity. It sends from its port 1.
    pub clock_identity: ClockIdentity,
    /// What it announces of its grandmaster at first.
    pub data_set: DataSet,
    /// logAnnounceInterval: -3 is 8 per second.
    pub log_announce_interval: i8,
    /// logSyncInterval: -4 is 16 per second.
    pub log_sync_interval: i8,
    /// When it becomes master: its first Announce follows 2^-10 s later, its first Sync one sync interval later.
    pub master_from: SimTime,
}

impl Default for GrandmasterSetup {
    fn default() -> Self {
        Self {
            clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x01]),
            data_set: DataSet::default(),
            log_announce_interval: -3,
            log_sync_interval: -4,
            master_from: SimTime::from_ms(839),
        }
    }
}

/// The part of an Announce that the choice of the best master compares, IEEE 1588-2019 9.3.2.4 and ITU-T G.8275.1
/// 6.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSet {
    /// grandmasterClockQuality.clockClass, IEEE 1588-2019 7.6.2.5.
    pub clock_class: u8,
    /// grandmasterClockQuality.clockAccuracy, 7.6.2.6: 0x21 is within 100 ns.
    pub clock_accuracy: u8,
    /// grandmasterClockQuality.offsetScaledLogVariance, 7.6.3.3.
    pub offset_scaled_log_variance: u16,
    /// grandmasterPriority1; G.8275.1 does not compare it.
    pub priority1: u8,
    /// grandmasterPriority2.
    pub priority2: u8,
    /// grandmasterIdentity; the sender's own identity if absent.
    pub grandmaster_identity: Option<ClockIdentity>,
    /// Boundary clocks between the grandmaster and the sender.
    pub steps_removed: u16,
}

impl Default for DataSet {
    /// A primary reference time clock that is locked: class 6.
    fn default() -> Self {
        Self {
            clock_class: 6,
            clock_accuracy: 0x21,
            offset_scaled_log_variance: 0x4e5d,
            priority1: 128,
            priority2: 128,
            grandmaster_identity: None,
            steps_removed: 0,
        }
    }
}

/// A path between a grandmaster and an interface of the node.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSetup {
    /// The interface of the node.
    pub interface: String,
    /// The grandmaster, by its place in [`Setup::grandmasters`](crate::Setup::grandmasters).
    pub grandmaster: usize,
    /// The path.
    pub path: PathSetup,
}

/// The network between a grandmaster and the node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathSetup {
    /// Mean of the delays of a packet in the two directions, in nanoseconds.
    pub delay_ns: f64,
    /// Delay towards the node minus delay towards the grandmaster, in nanoseconds. Half of it is an error of the node
    /// that the node cannot see.
    pub asymmetry_ns: f64,
    /// Standard deviation of the white noise on each packet's delay and time stamps together, in nanoseconds.
    pub noise_ns: f64,
}

impl Default for PathSetup {
    /// An E810 NIC behind a short fibre: 1586 ns, 4 ns.
    fn default() -> Self {
        Self { delay_ns: 1586.0, asymmetry_ns: 0.0, noise_ns: 4.0 }
    }
}
