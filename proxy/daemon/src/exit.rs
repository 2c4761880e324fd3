//! How the process ends: the exit codes, after BSD `sysexits.h`, in one place.

use std::process::ExitCode;

/// Exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything went well, or help was asked for.
    Ok,
    /// Something else failed, for example an address that is in use.
    Other,
    /// The command line could not be understood.
    Usage,
    /// A part of the process ended that never should.
    Internal,
    /// The system did not permit something.
    Permission,
    /// The configuration has problems; all of them were printed.
    Configuration,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Other => 1,
            Exit::Usage => 64,
            Exit::Internal => 70,
            Exit::Permission => 77,
            Exit::Configuration => 78,
        })
    }
}
