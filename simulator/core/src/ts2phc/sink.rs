//! A clock that ts2phc steers.

use crate::reach::Reach;
use crate::servo::{PiServo, ServoSetup};
use crate::{ServoGains, SimTime, Ts2phcSetup};
use ptp_lines::Servo;

/// max_frequency, in parts per billion.
const MAX_FREQUENCY_PPB: f64 = 900_000_000.0;

/// A clock that ts2phc steers.
#[derive(Debug)]
pub(super) struct Sink {
    pub(super) card: usize,
    /// `/dev/ptpK`, as the lines name it.
    pub(super) device: String,
    pub(super) servo: PiServo,
    /// State of the servo after the last sample, and when that edge came.
    pub(super) last: Option<(Servo, SimTime)>,
    /// Time stamp of the edge of this second, in nanoseconds since the start.
    pub(super) stamp_ns: Option<i64>,
}

impl Sink {
    /// The clock behind an interface, if there is one.
    pub(super) fn new(interface: &str, options: &Ts2phcSetup, reach: &Reach<'_>) -> Option<Self> {
        let index = reach.hardware.card_index(interface)?;
        let card = reach.hardware.cards.get(index)?;
        let servo = PiServo::new(ServoSetup {
            gains: ServoGains { proportional: 0.0, integral: 0.0 },
            interval_s: 1.0,
            first_step_threshold_ns: options.first_step_threshold_ns,
            step_threshold_ns: 0,
            max_frequency_ppb: MAX_FREQUENCY_PPB,
        });
        Some(Self {
            card: index,
            device: format!("/dev/ptp{}", card.ptp_device),
            servo: servo
                .stable_within(options.servo_offset_threshold_ns, options.servo_num_offset_values)
                .starting_at(-card.phc.adjustment_ppb()),
            last: None,
            stamp_ns: None,
        })
    }

    /// Whether its servo is in s3.
    pub(super) fn is_stable(&self) -> bool {
        self.last.is_some_and(|(servo, _)| servo == Servo::LockedStable)
    }
}
