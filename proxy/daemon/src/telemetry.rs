//! The log: where it goes and how much of it.
//!
//! Lines go to standard error. At `info` there is one for each state change and none for an input line.

use crate::config::LogLevel;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Installs the log of this process. A second call in one process changes nothing.
pub(crate) fn install(level: LogLevel) {
    // Libraries stay at warn: at debug they report every byte of every connection.
    let filter = EnvFilter::new(format!("warn,cloud_event_proxy={}", level.as_str()));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(std::io::stderr().is_terminal());
    // The library would complain on standard error of a line that standard error does not take, and panic when that
    // fails too: a log on a full disk, or one that nobody reads any more, must not end the process.
    let lines = lines.log_internal_errors(false);
    // Already installed means that this process embeds the proxy twice, as tests do: the first one stands.
    let _ = lines.with_writer(std::io::stderr).try_init();
}

/// Whether the `count`th of many alike events is to be logged: 1st, 2nd, 4th, 8th and so on, so that a flood of
/// malformed input costs a few dozen lines and yet shows how large it is.
pub(crate) fn is_worth_a_line(count: u64) -> bool {
    count.is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::is_worth_a_line;

    #[test]
    fn a_million_alike_events_cost_twenty_lines() {
        assert_eq!((1..=1_000_000).filter(|count| is_worth_a_line(*count)).count(), 20);
    }
}
