//! What linuxptp-daemon makes of the lines of synce4l (`ProcessSynceEvents` in `pkg/daemon/daemon.go`).

use crate::Synce4lSetup;
use crate::synce_quality::QualityLevel;
use ptp_lines::{Body, ReportedState, Synce4lNotice, SynceQuality, SynceState};

/// A code that stands for none (`QL_DEFAULT_SSM`): a line with it says nothing.
const UNSET: u8 = 0x3;
/// The extended code of a level without one (`QL_DEFAULT_ENHSSM`).
const NO_EXTENDED: u8 = 0xff;

/// What the daemon knows of a device of synce4l.
#[derive(Debug)]
pub(super) struct Synce {
    setup: Synce4lSetup,
    /// Of the last line that acts for a port.
    state: Option<ReportedState<'static>>,
    /// By port: SSM and extended SSM code.
    levels: Vec<Option<(u8, u8)>>,
}

impl Synce {
    pub(super) fn new(setup: &Synce4lSetup) -> Self {
        Self { setup: setup.clone(), state: None, levels: vec![None; setup.ports.len()] }
    }

    /// What synce4l has said; returns what the daemon says then.
    pub(super) fn heard<'a>(&'a mut self, notice: &Synce4lNotice<'a>) -> Option<Body<'a>> {
        match *notice {
            // These name no port.
            Synce4lNotice::EecState { .. } => None,
            Synce4lNotice::ActOn { eec_state, interface } => self.acted(eec_state, interface),
            Synce4lNotice::Quality { ql, interface } => {
                let index = self.port(interface)?;
                if ql == UNSET {
                    return None;
                }
                if self.setup.extended_tlv {
                    // Its extended code comes with the next line.
                    let extended = self.levels[index].map_or(UNSET, |(_, extended)| extended);
                    self.levels[index] = Some((ql, extended));
                    return None;
                }
                self.levels[index] = Some((ql, NO_EXTENDED));
                Some(self.quality(interface, ql, None))
            }
            Synce4lNotice::ExtendedQuality { ext_ql, interface } => {
                let index = self.port(interface)?;
                if !self.setup.extended_tlv {
                    return None;
                }
                // A line about the extended code alone counts as one about the code 0, too.
                let ql = self.levels[index].map_or(0, |(ql, _)| ql);
                if ql == UNSET || ext_ql == UNSET {
                    self.levels[index] =
                        Some((0, self.levels[index].map_or(ext_ql, |(_, extended)| extended)));
                    return None;
                }
                self.levels[index] = Some((ql, ext_ql));
                Some(self.quality(interface, ql, Some(ext_ql)))
            }
        }
    }

    fn port(&self, interface: &str) -> Option<usize> {
        self.setup.ports.iter().position(|port| port.interface == interface)
    }

    fn acted<'a>(&'a mut self, eec_state: &'a str, interface: &'a str) -> Option<Body<'a>> {
        self.port(interface)?;
        // Of `EEC_LOCKED/EEC_LOCKED_HO_ACQ` the daemon reads what stands before the next word.
        let eec_state = eec_state.rsplit('/').next()?;
        let state = match eec_state {
            "EEC_LOCKED" | "EEC_LOCKED_HO_ACQ" => ReportedState::S2,
            "EEC_HOLDOVER" => ReportedState::S1,
            "EEC_FREERUN" => ReportedState::S0,
            _ => ReportedState::Other("-1"),
        };
        self.state = Some(state);
        Some(Body::SynceState(SynceState {
            interface,
            device: &self.setup.device,
            eec_state,
            network_option: Some(self.setup.network_option.into()),
            state: Some(state),
        }))
    }

    fn quality<'a>(&'a self, interface: &'a str, ql: u8, ext_ql: Option<u8>) -> Body<'a> {
        let option = self.setup.network_option;
        let level = QualityLevel { ssm: ql, extended: ext_ql.unwrap_or(NO_EXTENDED) };
        Body::SynceQuality(SynceQuality {
            interface,
            quality: level.name(option),
            device: &self.setup.device,
            ext_ql,
            network_option: Some(option.into()),
            ql: Some(ql),
            state: self.state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Synce;
    use crate::Synce4lSetup;
    use ptp_lines::Synce4lNotice;

    fn say(synce: &mut Synce, notices: &[Synce4lNotice<'static>]) -> Vec<Option<String>> {
        notices.iter().map(|notice| synce.heard(notice).map(|body| body.to_string())).collect()
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    const LOCKED: Synce4lNotice<'static> =
        Synce4lNotice::ActOn { eec_state: "EEC_LOCKED/EEC_LOCKED_HO_ACQ", interface: "ens7f0" };
    const PRTC: [Synce4lNotice<'static>; 2] = [
        Synce4lNotice::Quality { ql: 0x1, interface: "ens7f0" },
        Synce4lNotice::ExtendedQuality { ext_ql: 0x20, interface: "ens7f0" },
    ];

    #[test]
    fn only_a_line_that_acts_for_a_port_makes_a_state() {
        let mut synce = Synce::new(&Synce4lSetup::default());
        let on = Synce4lNotice::EecState { eec_state: "EEC_HOLDOVER", source: None, device: "synce1" };
        let act = Synce4lNotice::ActOn { eec_state: "EEC_HOLDOVER", interface: "ens7f0" };
        let stranger = Synce4lNotice::ActOn { eec_state: "EEC_HOLDOVER", interface: "ens9f0" };
        assert_eq!(
            say(&mut synce, &[on, act, LOCKED, stranger]),
            [
                None,
                text("ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1"),
                text("ens7f0 device synce1 eec_state EEC_LOCKED_HO_ACQ network_option 2 s2"),
                None,
            ]
        );
    }

    #[test]
    fn a_quality_waits_for_its_extended_code() {
        let mut synce = Synce::new(&Synce4lSetup::default());
        let [quality, extended] = PRTC;
        assert_eq!(
            say(&mut synce, &[LOCKED, quality, extended])[1..],
            [None, text("ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2"),]
        );
    }

    #[test]
    fn without_extended_codes_each_quality_is_said_at_once_and_three_is_none() {
        let setup = Synce4lSetup { extended_tlv: false, network_option: 1, ..Synce4lSetup::default() };
        let mut synce = Synce::new(&setup);
        let quality = |ql| Synce4lNotice::Quality { ql, interface: "ens7f0" };
        assert_eq!(
            say(&mut synce, &[LOCKED, quality(0x2), quality(0x3), quality(0xf)])[1..],
            [
                text("ens7f0 clock_quality PRC device synce1 network_option 1 ql 0x2 s2"),
                None,
                text("ens7f0 clock_quality DNU device synce1 network_option 1 ql 0xf s2"),
            ]
        );
    }

    #[test]
    fn a_quality_before_any_state_has_no_state() {
        let mut synce = Synce::new(&Synce4lSetup::default());
        let [quality, extended] = PRTC;
        let said = say(&mut synce, &[quality, extended]);
        assert_eq!(
            said[1],
            text("ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 ")
        );
    }
}
