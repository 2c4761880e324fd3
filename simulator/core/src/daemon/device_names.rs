//! Device names in lines of ts2phc: the daemon puts interfaces in their place (`pkg/daemon/daemon.go` of
//! `openshift/linuxptp-daemon`).

use crate::{CardSetup, ProcessId, ProcessProgram};

/// The line as the daemon forwards it: in one of ts2phc that contains `offset`, `/dev/ptpK` becomes the first interface
/// of that card.
pub(super) fn replaced(cards: &[CardSetup], process: &ProcessId, text: String) -> String {
    const DEVICE: &str = "/dev/ptp";
    if process.program != ProcessProgram::Ts2phc || !text.contains("offset") {
        return text;
    }
    let Some((before, after)) = text.split_once(DEVICE) else { return text };
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = after.split_at(digits);
    let card = cards.iter().find(|card| number.parse() == Ok(card.ptp_device));
    match card.and_then(|card| card.interfaces.first()) {
        Some(interface) => format!("{before}{interface}{rest}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::replaced;
    use crate::{CardSetup, ProcessId, ProcessProgram};

    #[test]
    fn the_device_of_an_offset_becomes_the_interface_of_its_card() {
        let cards = [
            CardSetup { interfaces: vec!["ens1f0".to_owned()], ptp_device: 1, ..CardSetup::default() },
            CardSetup { interfaces: vec!["ens7f0".to_owned()], ptp_device: 10, ..CardSetup::default() },
        ];
        let replaced =
            |program, text: &str| replaced(&cards, &ProcessId { program, profile: 0 }, text.to_owned());
        let offset = "ts2phc[1.2]: [ts2phc.0.config] /dev/ptp10 offset          5 s2 freq   +1497";
        assert_eq!(
            replaced(ProcessProgram::Ts2phc, offset),
            "ts2phc[1.2]: [ts2phc.0.config] ens7f0 offset          5 s2 freq   +1497"
        );
        for other in ["adding tstamp 5.000000001 to clock /dev/ptp1", "/dev/ptp3 offset          5"] {
            assert_eq!(replaced(ProcessProgram::Ts2phc, other), other);
        }
        assert_eq!(replaced(ProcessProgram::Phc2sys, offset), offset);
    }
}
