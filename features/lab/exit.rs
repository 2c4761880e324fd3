//! The exit codes of `ptp-lab`.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: it went through, and everything expected came.
    Passed,
    /// 1: something else came than was expected, or the testbed failed.
    Failed,
    /// 2: an endpoint is conformant, but not what existing consumers know.
    NotDropin,
    /// 3: an endpoint fails requirements of quality only.
    Quality,
    /// 64: the command line cannot be understood.
    Usage,
    /// 78: the scenario is not one.
    Scenario,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Passed => 0,
            Exit::Failed => 1,
            Exit::NotDropin => 2,
            Exit::Quality => 3,
            Exit::Usage => 64,
            Exit::Scenario => 78,
        })
    }
}
