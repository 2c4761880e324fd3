//! What linuxptp-daemon tells a proxy that has just started: the last state of a telecom grandmaster or boundary clock, the
//! last transition of every port, whether every process is up, and the last clock class of every configuration (`openshift/linuxptp-daemon pkg/daemon/ready.go`).

use ptp_lines::{Body, Line};
use std::collections::BTreeMap;

/// The lines that are told again, by what they speak of.
#[derive(Clone, Debug, Default)]
pub(super) struct DaemonMemory {
    latest: BTreeMap<(Kind, String), String>,
}

/// Kinds in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    State,
    Transition,
    Process,
    Class,
}

impl DaemonMemory {
    /// Takes in a line that a process has printed or the daemon has written.
    pub(super) fn hears(&mut self, text: &str) {
        // Offsets are most of all lines, and nothing of them is kept.
        if !(text.contains(" to ")
            || text.contains("-STATUS s")
            || text.contains("PTP_PROCESS_STATUS")
            || text.contains("CLOCK_CLASS_CHANGE"))
        {
            return;
        }
        let Ok(Line::Message(message)) = ptp_lines::parse(text.as_bytes()) else { return };
        let config = message.prefix.tag.config;
        let kept = if let Body::PortTransition(transition) = &message.body {
            (Kind::Transition, format!("{config} {}", transition.port.number))
        } else if matches!(message.body, Body::GrandmasterStatus(_) | Body::BoundaryClockStatus(_)) {
            (Kind::State, config.to_string())
        } else if let Body::ProcessStatus(_) = &message.body {
            let program = text.split('[').next().unwrap_or_default();
            (Kind::Process, format!("{config} {program}"))
        } else if let Body::ClockClassChange(_) = &message.body {
            (Kind::Class, config.to_string())
        } else {
            return;
        };
        self.latest.insert(kept, text.to_owned());
    }

    /// The lines that are told again.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.latest.values().map(String::as_str)
    }
}
