//! Synchronous Ethernet: synce4l, and what linuxptp-daemon makes of it.

use crate::common::{instants_s, simulated};
use sim_core::{
    Action, Connection, GnssChange, ProcessId, ProcessProgram, Setup, SimTime, Synce4lSetup, SynceInput,
};

const SYNCE4L: Connection = Connection::Process(ProcessId { program: ProcessProgram::Synce4l, profile: 0 });

fn texts(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| Some(line.split_once("[synce4l.0.config] ")?.1)).collect()
}

fn on_lines(timeline: Vec<(SimTime, Action)>, duration_s: u64) -> Setup {
    // Without GNSS as a source: the ports are the only ones.
    let mut setup = Setup { duration_s, timeline, ..Setup::synce() };
    setup.profiles[0].synce4l = Some(Synce4lSetup { external: None, ..Synce4lSetup::default() });
    setup
}

fn receives(ssm: u8, extended: u8) -> Action {
    Action::SynceInput { interface: "ens7f0".to_owned(), input: SynceInput::Quality { ssm, extended } }
}

#[test]
fn gnss_is_followed_lost_and_found() {
    let change = |change| Action::Gnss { card: 0, change };
    let timeline = vec![
        (SimTime::from_s(2_000), change(GnssChange::AntennaOff)),
        (SimTime::from_s(2_060), change(GnssChange::AntennaOn)),
    ];
    let setup = Setup { duration_s: 2_400, timeline, ..Setup::synce() };
    let lines = simulated(&setup, SYNCE4L);
    let said = texts(&lines);
    let story: Vec<&str> = said.into_iter().filter(|said| said.starts_with("EEC_")).collect();
    let locked = "EEC_LOCKED/EEC_LOCKED_HO_ACQ on GNSS of synce1";
    assert_eq!(story, [locked, "EEC_HOLDOVER on synce1", locked]);
    let holdover = instants_s(&lines, "EEC_HOLDOVER on synce1");
    assert!((2_000.0..2_020.0).contains(&holdover[0]), "{holdover:?}");
    let events = simulated(&setup, Connection::EventHandler);
    let events: Vec<&str> = texts(&events).into_iter().filter(|said| said.starts_with("ens7f0 ")).collect();
    let state =
        |eec: &str, state: &str| format!("ens7f0 device synce1 eec_state {eec} network_option 2 {state}");
    let quality = |name: &str, ext: &str, ql: &str, state: &str| {
        format!("ens7f0 clock_quality {name} device synce1 ext_ql {ext} network_option 2 ql {ql} {state}")
    };
    assert_eq!(
        events,
        [
            state("EEC_HOLDOVER", "s1"),
            quality("DUS", "0xff", "0xf", "s1"),
            state("EEC_LOCKED_HO_ACQ", "s2"),
            quality("PRTC", "0x20", "0x1", "s2"),
            state("EEC_HOLDOVER", "s1"),
            quality("DUS", "0xff", "0xf", "s1"),
            state("EEC_LOCKED_HO_ACQ", "s2"),
            quality("PRTC", "0x20", "0x1", "s2"),
        ]
    );
}

#[test]
fn a_quality_that_forbids_its_use_is_passed_on_while_the_state_stays() {
    let setup = on_lines(
        vec![(SimTime::from_s(5), receives(0x1, 0x20)), (SimTime::from_s(10), receives(0xf, 0xff))],
        15,
    );
    let lines = simulated(&setup, SYNCE4L);
    let said = texts(&lines);
    let from = said.iter().position(|said| said.starts_with("act on EEC_LOCKED")).unwrap();
    assert_eq!(
        said[from..],
        [
            "act on EEC_LOCKED/EEC_LOCKED_HO_ACQ for ens7f0",
            "act on EEC_LOCKED/EEC_LOCKED_HO_ACQ for ens7f1",
            "EEC_LOCKED/EEC_LOCKED_HO_ACQ on ens7f0 of synce1",
            // The source itself goes on being told not to use this.
            "tx_rebuild_tlv: attached new TLV, QL=0x1 on ens7f1",
            "tx_rebuild_tlv: attached new extended TLV, EXT_QL=0x20 on ens7f1",
            "EEC_HOLDOVER on synce1",
            "tx_rebuild_tlv: attached new TLV, QL=0xf on ens7f1",
            "tx_rebuild_tlv: attached new extended TLV, EXT_QL=0xff on ens7f1",
        ]
    );
    let events = simulated(&setup, Connection::EventHandler);
    let dus = "ens7f1 clock_quality DUS device synce1 ext_ql 0xff network_option 2 ql 0xf s2";
    assert_eq!(texts(&events).last(), Some(&dus));
}

#[test]
fn a_signal_that_is_lost_is_held_over() {
    let lost = Action::SynceInput { interface: "ens7f0".to_owned(), input: SynceInput::Lost };
    let setup = on_lines(vec![(SimTime::from_s(5), receives(0x1, 0x20)), (SimTime::from_s(10), lost)], 15);
    let lines = simulated(&setup, SYNCE4L);
    let said = texts(&lines);
    let from = said.iter().position(|said| said.starts_with("EEC_HOLDOVER on")).unwrap();
    assert_eq!(
        said[from + 1..from + 3],
        ["act on EEC_HOLDOVER for ens7f0", "act on EEC_HOLDOVER for ens7f1"]
    );
    let events = simulated(&setup, Connection::EventHandler);
    let held = "ens7f0 device synce1 eec_state EEC_HOLDOVER network_option 2 s1";
    assert!(texts(&events).iter().filter(|said| **said == held).count() == 2, "at the start, and now");
}

#[test]
fn every_line_of_synce4l_is_one_that_the_daemon_reads() {
    let setup = on_lines(vec![(SimTime::from_s(5), receives(0x1, 0x20))], 10);
    for line in simulated(&setup, SYNCE4L).iter().filter(|line| line.contains("]: ")) {
        assert!(crate::common::message(line).is_some(), "{line}");
    }
}
