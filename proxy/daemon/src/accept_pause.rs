//! How long to wait after a failed accept. Out of descriptors or memory, trying again at once would only burn the
//! processor; and most failures are over soon.

use crate::limits::{ACCEPT_PAUSE_MAX, ACCEPT_PAUSE_MIN};
use std::time::Duration;

/// The pause after the next failure.
#[derive(Debug)]
pub(crate) struct AcceptPause(Duration);

impl AcceptPause {
    /// Before the first failure, and after every success.
    pub(crate) fn new() -> Self {
        Self(ACCEPT_PAUSE_MIN)
    }

    /// The pause after a failure; that of the next one in a row is longer.
    pub(crate) fn after_failure(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(ACCEPT_PAUSE_MAX);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::AcceptPause;

    #[test]
    fn the_pause_doubles_from_10_ms_to_a_second_and_stays_there() {
        let mut pause = AcceptPause::new();
        let pauses_ms: Vec<_> = (0..9).map(|_| pause.after_failure().as_millis()).collect();
        assert_eq!(pauses_ms, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    }
}
