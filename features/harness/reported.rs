//! What the lines themselves report about the node: port states, servo states, processes, clock classes.
//!
//! Only changes are told. This is the cause that a reader of a timeline looks for beside an event; no verdict uses it.

use ptp_lines::{Body, ConfigName, Line, Message, Servo};
use std::collections::BTreeMap;

/// The last state that was reported of each thing.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    last: BTreeMap<(ConfigName, String), String>,
}

impl Reported {
    /// Takes a line; returns what has changed with it, in plain words.
    pub(crate) fn change(&mut self, line: &str) -> Option<String> {
        let Ok(Line::Message(message)) = ptp_lines::parse(line.as_bytes()) else {
            return None;
        };
        let config = message.prefix.tag.config;
        let (subject, state, detail) = state(&message)?;
        let last = self.last.insert((config, subject.clone()), state.clone());
        (last.as_ref() != Some(&state)).then(|| format!("{config} {subject}: {state}{detail}"))
    }
}

/// Of what a line reports a state, which, and what else is worth telling when it is a new one.
fn state(message: &Message<'_>) -> Option<(String, String, String)> {
    let offset = |servo: Servo, offset_ns: i64| (servo.to_string(), format!(" at offset {offset_ns} ns"));
    match message.body {
        Body::Ptp4lOffset(sample) => {
            let (state, detail) = offset(sample.servo, sample.offset_ns);
            Some(("ptp4l servo".to_owned(), state, detail))
        }
        Body::Phc2sysOffset(sample) => {
            let (state, detail) = offset(sample.servo, sample.offset_ns);
            Some((format!("phc2sys servo of {}", sample.clock), state, detail))
        }
        // Port 0 is the management socket.
        Body::PortTransition(transition) if transition.port.number > 0 => {
            let event = transition.event.name().map(|name| format!(" on {name}")).unwrap_or_default();
            let detail = format!("{event}, from {}", transition.from);
            Some((format!("port {}", transition.port.number), transition.to.to_string(), detail))
        }
        Body::ProcessStatus(status) => Some((
            format!("{} process status", message.prefix.program),
            status.value.to_string(),
            String::new(),
        )),
        Body::ClockClassChange(change) => {
            Some(("clock class".to_owned(), change.class.to_string(), String::new()))
        }
        Body::PortTransition(_)
        | Body::Ptp4lSummary(_)
        | Body::Phc2sysSummary(_)
        | Body::BestMaster(_)
        | Body::ForeignMaster(_)
        | Body::Phc2sysSelection(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_told_when_it_changes_and_not_again() {
        let mut reported = Reported::default();
        let told: Vec<String> = [
            "ptp4l[1.214]: [ptp4l.0.config] master offset     352475 s0 freq      -0 path delay       441",
            "ptp4l[1.276]: [ptp4l.0.config] master offset     352580 s0 freq      -0 path delay       466",
            "ptp4l[1.401]: [ptp4l.0.config] master offset     352839 s1 freq   +1941 path delay       469",
            "ptp4l[1.464]: [ptp4l.0.config] port 1 (eth0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
            "ptp4l[0.000]: [ptp4l.0.config] port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE",
            "nothing that is known",
        ]
        .into_iter()
        .filter_map(|line| reported.change(line))
        .collect();
        let expected = [
            "ptp4l.0.config ptp4l servo: s0 at offset 352475 ns",
            "ptp4l.0.config ptp4l servo: s1 at offset 352839 ns",
            "ptp4l.0.config port 1: SLAVE on MASTER_CLOCK_SELECTED, from UNCALIBRATED",
        ];
        assert_eq!(told, expected);
    }
}
