//! The only place that reads time: the clocks of the machine, or the times that the event socket brings.
//!
//! A [`Clock`] gives the core its [`Now`]. It never goes backwards on the scale of deadlines, and it decides nothing.

use proxy_core::{Mono, Now, Utc};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Where the time comes from.
#[derive(Debug)]
pub(crate) enum Clock {
    /// The machine's clocks.
    Wall {
        /// When this clock was made: zero on the scale of deadlines.
        start: Instant,
    },
    /// `CMD TIME` lines; it stands still between them.
    Socket {
        /// The latest time, 0 before the first one.
        unix_ns: u64,
    },
}

/// A `CMD TIME` that lies before the current time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the time of the socket cannot go back from {from_unix_ns} to {to_unix_ns}")]
pub(crate) struct TimeWentBack {
    /// The current time.
    pub(crate) from_unix_ns: u64,
    /// The time that was asked for.
    pub(crate) to_unix_ns: u64,
}

impl Clock {
    /// A clock that follows the machine's.
    pub(crate) fn wall() -> Self {
        Self::Wall { start: read_monotonic() }
    }

    /// A clock that stands at 1970-01-01T00:00:00 UTC until it is told otherwise.
    pub(crate) fn socket() -> Self {
        Self::Socket { unix_ns: 0 }
    }

    /// Both timescales at this instant.
    pub(crate) fn now(&self) -> Now {
        match self {
            Self::Wall { start } => Now {
                mono: Mono { ns: saturating_ns(read_monotonic().duration_since(*start)) },
                utc: Utc { unix_ns: read_utc_ns() },
            },
            Self::Socket { unix_ns } => at(*unix_ns),
        }
    }

    /// When the machine has to wake up for a deadline; none if only a line can bring it.
    pub(crate) fn wake_at(&self, deadline: Mono) -> Option<Instant> {
        match self {
            Self::Wall { start } => start.checked_add(Duration::from_nanos(deadline.ns)),
            Self::Socket { .. } => None,
        }
    }

    /// Whether `CMD TIME` and `CMD SYNC` have a meaning.
    pub(crate) fn is_socket(&self) -> bool {
        matches!(self, Self::Socket { .. })
    }

    /// Moves a socket clock and returns its new time. A wall clock moves by itself and stays as it is.
    pub(crate) fn move_to(&mut self, to_unix_ns: u64) -> Result<Now, TimeWentBack> {
        match self {
            Self::Wall { .. } => Ok(self.now()),
            Self::Socket { unix_ns } if to_unix_ns < *unix_ns => {
                Err(TimeWentBack { from_unix_ns: *unix_ns, to_unix_ns })
            }
            Self::Socket { unix_ns } => {
                *unix_ns = to_unix_ns;
                Ok(at(to_unix_ns))
            }
        }
    }
}

/// In socket mode both timescales are the same.
fn at(unix_ns: u64) -> Now {
    Now { mono: Mono { ns: unix_ns }, utc: Utc { unix_ns } }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's monotonic clock")]
pub(crate) fn read_monotonic() -> Instant {
    Instant::now()
}

/// The machine's civil time, whatever clock the core is told: credentials are of this world.
pub(crate) fn read_utc() -> Utc {
    Utc { unix_ns: read_utc_ns() }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's civil clock")]
fn read_utc_ns() -> u64 {
    // A clock before 1970 is a machine without a battery; events then carry the epoch.
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, saturating_ns)
}

fn saturating_ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Clock, TimeWentBack};
    use proxy_core::{Mono, Utc};

    #[test]
    fn a_socket_clock_stands_at_the_epoch_until_it_is_told_the_time() {
        let mut clock = Clock::socket();
        assert_eq!(clock.now().utc, Utc { unix_ns: 0 });
        let now = clock.move_to(1_700_000_000_000_000_001).unwrap();
        assert_eq!(now, clock.now());
        assert_eq!(now.mono, Mono { ns: 1_700_000_000_000_000_001 });
    }

    #[test]
    fn a_socket_clock_does_not_go_back() {
        let mut clock = Clock::socket();
        clock.move_to(10).unwrap();
        assert_eq!(clock.move_to(9), Err(TimeWentBack { from_unix_ns: 10, to_unix_ns: 9 }));
        assert_eq!(clock.now().utc, Utc { unix_ns: 10 });
        clock.move_to(10).unwrap();
    }

    #[test]
    fn only_a_wall_clock_wakes_up_by_itself() {
        assert!(Clock::wall().wake_at(Mono { ns: 5 }).is_some());
        assert!(Clock::socket().wake_at(Mono { ns: 5 }).is_none());
    }
}
