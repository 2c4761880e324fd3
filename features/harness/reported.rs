//! What the lines themselves report about the node: states of ports, servos, receivers and processes, clock classes.
//!
//! Only changes are told. This is the cause that a reader of a timeline looks for beside an event; no verdict uses it.

use ptp_lines::{Body, ChronydSays, ConfigName, Line, Message, Servo};
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
    let plain = |subject: String, state: String| Some((subject, state, String::new()));
    let servo = |subject: String, servo: Servo, offset_ns: i64| {
        Some((subject, servo.to_string(), format!(" at offset {offset_ns} ns")))
    };
    match message.body {
        Body::Ptp4lOffset(sample) => servo("ptp4l servo".to_owned(), sample.servo, sample.offset_ns),
        Body::Phc2sysOffset(sample) => {
            servo(format!("phc2sys servo of {}", sample.clock), sample.servo, sample.offset_ns)
        }
        Body::Ts2phcOffset(sample) => {
            let (subject, detail) = (sample.interface, format!(" at offset {} ns", sample.offset_ns));
            let holdover = if sample.holdover { " in holdover" } else { "" };
            Some((format!("ts2phc servo of {subject}"), format!("{}{holdover}", sample.servo), detail))
        }
        // Port 0 is the management socket.
        Body::PortTransition(transition) if transition.port.number > 0 => {
            let event = transition.event.name().map(|name| format!(" on {name}")).unwrap_or_default();
            let detail = format!("{event}, from {}", transition.from);
            Some((format!("port {}", transition.port.number), transition.to.to_string(), detail))
        }
        Body::Gnss(receiver) => Some((
            format!("GNSS of {}", receiver.interface),
            format!("fix {}, {}", receiver.fix, receiver.state),
            format!(" at accuracy {} ns", receiver.offset_ns),
        )),
        Body::Dpll(dpll) => plain(format!("DPLL of {}", dpll.interface), dpll.state.to_string()),
        Body::NmeaStatus(nmea) => plain(format!("NMEA of {}", nmea.interface), nmea.status.to_string()),
        Body::GrandmasterStatus(status) => plain("T-GM status".to_owned(), status.state.to_string()),
        Body::BoundaryClockStatus(status) => plain("T-BC status".to_owned(), status.state.to_string()),
        Body::SynceState(line) => {
            plain(format!("SyncE of {} {}", line.device, line.interface), line.eec_state.to_owned())
        }
        Body::SynceQuality(line) => {
            plain(format!("SyncE quality of {} {}", line.device, line.interface), line.quality.to_owned())
        }
        Body::HaProfile(line) => {
            let state = if line.active { "active" } else { "inactive" };
            plain(format!("high-availability profile {}", line.profile), state.to_owned())
        }
        Body::Chronyd(line) => match line.says {
            ChronydSays::SelectedSource => plain("chronyd".to_owned(), "a source is selected".to_owned()),
            ChronydSays::NoSelectableSources => plain("chronyd".to_owned(), "no source".to_owned()),
            ChronydSays::Other => None,
        },
        Body::ProcessStatus(status) => {
            plain(format!("{} process status", message.prefix.program), status.value.to_string())
        }
        Body::ClockClassChange(change) => plain("clock class".to_owned(), change.class.to_string()),
        Body::PortTransition(_)
        | Body::Ptp4lSummary(_)
        | Body::Phc2sysSummary(_)
        | Body::BestMaster(_)
        | Body::ForeignMaster(_)
        | Body::Phc2sysSelection(_)
        | Body::Ts2phcNotice(_)
        | Body::Synce4lNotice(_) => None,
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

    #[test]
    fn states_of_every_process_are_told() {
        for (line, told) in [
            (
                "ts2phc[1939.757]: [ts2phc.0.config] ens7f0 offset         -8 s3 freq   +1494 holdover",
                "ts2phc.0.config ts2phc servo of ens7f0: s3 in holdover at offset -8 ns",
            ),
            (
                "ts2phc[1726600506]:[ts2phc.0.config] ens7f0 nmea_status 1 offset 0 s2",
                "ts2phc.0.config NMEA of ens7f0: 1",
            ),
            (
                "gnss[1689014431]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2",
                "ts2phc.0.config GNSS of ens7f0: fix 3, s2 at accuracy 5 ns",
            ),
            (
                "dpll[1757326339]:[ts2phc.0.config] ens7f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2",
                "ts2phc.0.config DPLL of ens7f0: s2",
            ),
            ("GM[1689282762]:[ts2phc.0.config] ens7f0 T-GM-STATUS s1", "ts2phc.0.config T-GM status: s1"),
            (
                "T-BC[1757326418]:[ts2phc.1.config] ens4f0 offset 2 T-BC-STATUS s2",
                "ts2phc.1.config T-BC status: s2",
            ),
            (
                "synce4l[1722456110]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1",
                "synce4l.0.config SyncE of synce1 ens7f0: EEC_HOLDOVER",
            ),
            (
                "synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 network_option 2 ql 0x1 s2",
                "synce4l.0.config SyncE quality of synce1 ens7f0: PRTC",
            ),
            (
                "phc2sys[1710435400]:[phc2sys.2.config] ptp_ha_profile bc1 state 1",
                "phc2sys.2.config high-availability profile bc1: active",
            ),
            (
                "chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1",
                "chronyd.0.config chronyd: a source is selected",
            ),
            (
                "chronyd[4711][chronyd.0.config]: 2026-11-22T12:22:16Z Can't synchronise: no selectable sources",
                "chronyd.0.config chronyd: no source",
            ),
            ("pmc[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:0", "ptp4l.0.config pmc process status: 0"),
        ] {
            assert_eq!(Reported::default().change(line).as_deref(), Some(told));
        }
    }
}
