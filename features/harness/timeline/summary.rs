//! The figures of a run.

use std::time::Duration;

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Virtual time that passed, in nanoseconds.
    pub simulated_ns: u64,
    /// Wall time that it took.
    pub wall: Duration,
    /// Lines that the proxy was fed, control lines not counted.
    pub lines: u64,
    /// Events that arrived.
    pub events: usize,
    /// How long they took to arrive; absent without events.
    pub latency: Option<LatencySummary>,
    /// The judgement; absent when nothing was expected.
    pub verdict: Option<Verdict>,
}

/// From writing the lines that caused an event to its arrival at the consumer, in wall time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencySummary {
    /// Half of the events were not slower.
    pub p50: Duration,
    /// 99 of 100 events were not slower.
    pub p99: Duration,
    /// The slowest.
    pub max: Duration,
}

/// The judgement of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Expected events that came in order.
    pub matched: usize,
    /// Expected events.
    pub expected: usize,
    /// Everything expected came, in order, and nothing else.
    pub passed: bool,
    /// What is wrong, one line each; empty when passed.
    pub explanation: Vec<String>,
}

impl Summary {
    /// Virtual time over wall time.
    pub fn speed_factor(&self) -> f64 {
        let simulated_s = Duration::from_nanos(self.simulated_ns).as_secs_f64();
        // The clock may be too coarse to see an empty run.
        simulated_s / self.wall.as_secs_f64().max(1e-9)
    }
}

impl LatencySummary {
    /// Nearest-rank percentiles of some latencies, or `None` without any.
    pub fn of(mut latencies: Vec<Duration>) -> Option<Self> {
        latencies.sort_unstable();
        let max = *latencies.last()?;
        let rank = |percent: usize| latencies[(latencies.len() * percent).div_ceil(100) - 1];
        Some(Self { p50: rank(50), p99: rank(99), max })
    }
}
