//! How ptp4l makes offsets of time stamps.

/// tsproc_mode, delay_filter and delay_filter_length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampSetup {
    /// tsproc_mode.
    pub processing: TimestampProcessing,
    /// delay_filter.
    pub filter: DelayFilter,
    /// delay_filter_length, in measured delays; 0 counts as 1.
    pub filter_length: u16,
}

impl Default for TimestampSetup {
    /// linuxptp's: the median of the last ten.
    fn default() -> Self {
        Self { processing: TimestampProcessing::Filter, filter: DelayFilter::MovingMedian, filter_length: 10 }
    }
}

/// tsproc_mode: which delay an offset is measured with, and what it is worth to the servo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampProcessing {
    /// `filter`: the filtered delay.
    Filter,
    /// `raw`: the delay of the last exchange.
    Raw,
    /// `filter_weight`: as `filter`, and worth less the longer the delay of the last exchange was.
    FilterWeight,
    /// `raw_weight`: as `raw`, and weighted as `filter_weight`.
    RawWeight,
}

/// delay_filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DelayFilter {
    /// `moving_median`
    MovingMedian,
    /// `moving_average`
    MovingAverage,
}
