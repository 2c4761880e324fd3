//! ptp4l.

use super::TimestampSetup;
use ptp_lines::ClockIdentity;

/// Configuration of ptp4l, by the names of its options. Intervals are powers of two in seconds, from -9 to
/// 9; beyond these they count as these.
#[derive(Clone, Debug, PartialEq)]
pub struct Ptp4lSetup {
    /// Its clock identity.
    pub clock_identity: ClockIdentity,
    /// Its ports, numbered from 1 in this order.
    pub ports: Vec<PortSetup>,
    /// clientOnly (slaveOnly): no port ever serves.
    pub client_only: bool,
    /// gmCapable: whether it announces its own clock. What it says is the same either way (recorded run
    /// `4.4/clknetsim-bc44`).
    pub gm_capable: bool,
    /// clockClass of its own clock; a client-only clock has 255, whatever this says.
    pub clock_class: u8,
    /// clockAccuracy of its own clock: 0xfe is unknown.
    pub clock_accuracy: u8,
    /// offsetScaledLogVariance of its own clock.
    pub offset_scaled_log_variance: u16,
    /// priority1 of its own clock; G.8275.1 does not compare it.
    pub priority1: u8,
    /// priority2 of its own clock.
    pub priority2: u8,
    /// G.8275.defaultDS.localPriority of its own clock, 1 to 255.
    pub local_priority: u8,
    /// dataset_comparison: what makes a clock the better one.
    pub dataset_comparison: DatasetComparison,
    /// boundary_clock_jbod: a port that begins to follow takes the clock of its own card.
    pub boundary_clock_jbod: bool,
    /// logAnnounceInterval: -3 is 8 per second.
    pub log_announce_interval: i8,
    /// logSyncInterval: -4 is 16 per second.
    pub log_sync_interval: i8,
    /// logMinDelayReqInterval.
    pub log_min_delay_request_interval: i8,
    /// announceReceiptTimeout, in announce intervals.
    pub announce_receipt_timeout: u8,
    /// fault_reset_interval: how long a port stays faulty whose link is up.
    pub fault_reset_interval: i8,
    /// summary_interval: longer than the sync interval, a line stands for all samples in it.
    pub summary_interval: i8,
    /// sanity_freq_limit in parts per billion: a clock that runs that much faster or slower than set has been
    /// stepped by somebody else; 0 is off.
    pub sanity_freq_limit_ppb: u32,
    /// Whether the configuration uses names that linuxptp 4.0 has replaced.
    pub option_names: OptionNames,
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
    /// How the constants of the servo follow from the sync interval.
    pub servo_scales: ServoScales,
    /// How offsets are made of time stamps.
    pub timestamps: TimestampSetup,
    /// free_running: the clock is compared, and never steered.
    pub free_running: bool,
    /// freq_est_interval: 2 to this power in seconds is how long a free-running clock is compared for each line.
    pub freq_est_interval: i8,
}

impl Default for Ptp4lSetup {
    /// The PTP operator's conformance profile.
    fn default() -> Self {
        Self {
            clock_identity: ClockIdentity([0x12, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x01, 0x02]),
            ports: vec![PortSetup::on("ens1f0")],
            client_only: true,
            gm_capable: true,
            clock_class: 248,
            clock_accuracy: 0xfe,
            offset_scaled_log_variance: 0xffff,
            priority1: 128,
            priority2: 128,
            local_priority: 128,
            dataset_comparison: DatasetComparison::Telecom,
            boundary_clock_jbod: false,
            log_announce_interval: -3,
            log_sync_interval: -4,
            log_min_delay_request_interval: -4,
            announce_receipt_timeout: 6,
            fault_reset_interval: -4,
            summary_interval: -4,
            sanity_freq_limit_ppb: 200_000_000,
            option_names: OptionNames::Deprecated,
            clock_class_threshold: 7,
            servo: ServoGains { proportional: 0.0, integral: 0.0 },
            first_step_threshold_ns: 20_000,
            step_threshold_ns: 2_000_000_000,
            max_frequency_ppb: 900_000_000.0,
            servo_scales: ServoScales::default(),
            timestamps: TimestampSetup::default(),
            free_running: false,
            freq_est_interval: 1,
        }
    }
}

/// What makes a clock the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatasetComparison {
    /// ITU-T G.8275.1 6.3.7: `G.8275.x`.
    Telecom,
    /// IEEE 1588-2019 9.3.4: `ieee1588`.
    Ieee1588,
}

/// The names of options in a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionNames {
    /// clientOnly, serverOnly.
    Current,
    /// slaveOnly, masterOnly: ptp4l says that they are deprecated. The operator's profiles use them.
    Deprecated,
}

/// A port of ptp4l.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSetup {
    /// Its interface.
    pub interface: String,
    /// serverOnly (masterOnly): this port never follows.
    pub server_only: bool,
    /// G.8275.defaultDS.localPriority of this port, 1 to 255.
    pub local_priority: u8,
}

impl PortSetup {
    /// A port that may follow, of the usual priority.
    pub fn on(interface: &str) -> Self {
        Self { interface: interface.to_owned(), server_only: false, local_priority: 128 }
    }
}

/// How the constants of the servo follow from the time between samples, in seconds: scale times time to the power of the
/// exponent, and at most norm_max over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServoScales {
    /// pi_proportional_scale; 0 stands for 0.7.
    pub proportional_scale: f64,
    /// pi_proportional_exponent.
    pub proportional_exponent: f64,
    /// pi_proportional_norm_max.
    pub proportional_norm_max: f64,
    /// pi_integral_scale; 0 stands for 0.3.
    pub integral_scale: f64,
    /// pi_integral_exponent.
    pub integral_exponent: f64,
    /// pi_integral_norm_max.
    pub integral_norm_max: f64,
}

impl Default for ServoScales {
    /// linuxptp's.
    fn default() -> Self {
        Self {
            proportional_scale: 0.0,
            proportional_exponent: -0.3,
            proportional_norm_max: 0.7,
            integral_scale: 0.0,
            integral_exponent: 0.4,
            integral_norm_max: 0.3,
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
