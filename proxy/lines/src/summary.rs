//! Statistics over a summary interval, as ptp4l (`clock.c`) and phc2sys (`phc2sys.c`) print them.

use core::fmt;

use crate::error::{Field, LineError};
use crate::number::Ppb;
use crate::scan::Scan;

/// `rms %4.0f max %4.0f freq %+6.0f +/- %3.0f delay %5.0f +/- %3.0f`, all in nanoseconds or parts per
/// billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Root mean square of the offsets.
    pub rms_ns: u64,
    /// Largest absolute offset.
    pub max_ns: u64,
    /// Mean frequency correction.
    pub freq: Ppb,
    /// Its standard deviation.
    pub freq_stddev: u64,
    /// Mean and standard deviation of the delay; absent when there was none.
    pub delay: Option<DelaySummary>,
}

/// The delay part of a summary line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelaySummary {
    /// Mean delay in nanoseconds: not a frequency, but printed with the same rules, a negative zero included.
    pub mean_ns: Ppb,
    /// Its standard deviation in nanoseconds.
    pub stddev_ns: u64,
}

impl Summary {
    /// Reads what follows the word `rms`.
    pub(crate) fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        let rms_ns = scan.unsigned(Field::Rms)?;
        scan.expect("max")?;
        let max_ns = scan.unsigned(Field::Max)?;
        scan.expect("freq")?;
        let freq = Ppb::parse(scan, Field::Frequency)?;
        scan.expect("+/-")?;
        let freq_stddev = scan.unsigned(Field::FrequencyDeviation)?;
        let delay = if scan.expect_or_end("delay")? { Some(DelaySummary::parse(scan)?) } else { None };
        Ok(Self { rms_ns, max_ns, freq, freq_stddev, delay })
    }
}

impl DelaySummary {
    fn parse(scan: &mut Scan<'_>) -> Result<Self, LineError> {
        let mean_ns = Ppb::parse(scan, Field::Delay)?;
        scan.expect("+/-")?;
        Ok(Self { mean_ns, stddev_ns: scan.unsigned(Field::DelayDeviation)? })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rms_ns, max_ns, freq, freq_stddev, delay } = self;
        write!(f, "rms {rms_ns:4} max {max_ns:4} freq {freq:+6} +/- {freq_stddev:3}")?;
        match delay {
            Some(delay) => write!(f, " {delay}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DelaySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delay {:5} +/- {:3}", self.mean_ns, self.stddev_ns)
    }
}
