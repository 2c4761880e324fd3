//! linuxptp-daemon.

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
