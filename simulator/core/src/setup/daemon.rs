//! linuxptp-daemon.

/// linuxptp-daemon: how it begins, and its latencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaemonSetup {
    /// From ptp4l's first offset below a second to a phc2sys that runs, in nanoseconds.
    pub phc2sys_start_latency_ns: u64,
    /// From a change of ptp4l's parent to the line that says so, in nanoseconds: pmc is notified and asks back. No
    /// recording shows it; the default is an assumption.
    pub clock_class_latency_ns: u64,
    /// Between two repeats of the clock class, in nanoseconds; 0 is never.
    pub clock_class_repeat_ns: u64,
    /// Whether it has applied its profiles when the simulation starts.
    pub boot: Boot,
    /// From a connection that the proxy accepts to its request for `/emit-logs`, in nanoseconds. Absent when somebody
    /// else says when the proxy asks: [`World::logs_asked`](crate::World::logs_asked).
    pub logs_asked_after_ns: Option<u64>,
    /// inSyncConditionThreshold of a telecom boundary clock, in nanoseconds: an evaluation is good if the worst offset
    /// is below this.
    pub in_sync_threshold_ns: u32,
    /// inSyncConditionTimes of a telecom boundary clock: so many evaluations in a row must be good for LOCKED.
    pub in_sync_times: u32,
}

/// How far linuxptp-daemon is when the simulation starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// The processes start now, their children run, and the connections pass lines at once.
    Done,
    /// The profiles are applied now: children start one after the other, and then the processes.
    Cold,
}

impl Default for DaemonSetup {
    /// 20 ms, 1 s, every 60 s; everything starts at once; the proxy asks after 5 ms; 12 evaluations below 10 ns, as in
    /// the profiles of the conformance tests of ptp-operator.
    fn default() -> Self {
        Self {
            phc2sys_start_latency_ns: 20_000_000,
            clock_class_latency_ns: 1_000_000_000,
            clock_class_repeat_ns: 60_000_000_000,
            boot: Boot::Done,
            logs_asked_after_ns: Some(5_000_000),
            in_sync_threshold_ns: 10,
            in_sync_times: 12,
        }
    }
}
