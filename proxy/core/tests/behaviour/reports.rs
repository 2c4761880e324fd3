//! States that a daemon reports instead of forwarding lines.

use crate::world::World;
use proxy_core::{Cause, GnssState, Input, Report, Reported, Resource, SyncState};

fn report(world: &mut World, profile: &str, interface: &str, said: Reported) {
    world.handle(Input::Report(Report { profile, interface, said, text: b"{}" }));
}

#[test]
fn each_kind_is_published_once_for_each_change() {
    let quality = Reported::SynceQuality { ql: 1, extended_ql: Some(32) };
    for (said, expected) in [
        (
            Reported::PtpState { state: SyncState::Locked, offset_ns: None },
            vec!["E1 ens1fx LOCKED", "E4 LOCKED"],
        ),
        (
            Reported::OsClockState { state: SyncState::Holdover, offset_ns: None },
            vec!["E3 HOLDOVER", "E4 HOLDOVER"],
        ),
        (Reported::SyncState(SyncState::Freerun), vec!["E4 FREERUN"]),
        (Reported::ClockClass(6), vec!["E2 ens1fx 6"]),
        (Reported::GnssState(GnssState::AcquiringSync), vec!["E5 ens1fx ACQUIRING-SYNC"]),
        (Reported::SynceState(SyncState::Locked), vec!["E6 ens1f0 LOCKED"]),
        (quality, vec!["E7 ens1f0/Ql 1 ens1f0/extQl 32"]),
    ] {
        let mut world = World::ordinary_clock();
        report(&mut world, "oc", "ens1f0", said);
        assert_eq!(world.events(), expected);
        report(&mut world, "oc", "ens1f0", said);
        assert_eq!(world.events(), [""; 0]);
    }
}

#[test]
fn an_offset_goes_along_and_is_no_news_by_itself() {
    let mut world = World::ordinary_clock();
    let state = SyncState::Locked;
    for offset_ns in [Some(-5), Some(7), None] {
        report(&mut world, "oc", "ens1f0", Reported::PtpState { state, offset_ns });
        report(&mut world, "oc", "", Reported::OsClockState { state, offset_ns });
    }
    assert_eq!(world.events(), ["E1 ens1fx LOCKED -5", "E4 LOCKED", "E3 LOCKED -5"]);
}

#[test]
fn the_node_is_as_good_as_the_worst_that_lines_and_reports_say() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    report(&mut world, "other", "ens2f0", Reported::PtpState { state: SyncState::Holdover, offset_ns: None });
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED", "E1 ens2fx HOLDOVER", "E4 HOLDOVER"]);
    report(&mut world, "other", "ens2f0", Reported::Clear);
    assert_eq!(world.events(), ["E4 LOCKED"]);
    assert_eq!(world.pulled(Resource::LockState), ["E1 ens1fx LOCKED 1"]);
}

#[test]
fn after_a_clear_nothing_is_known() {
    let mut world = World::ordinary_clock();
    report(&mut world, "oc", "ens1f0", Reported::PtpState { state: SyncState::Locked, offset_ns: None });
    report(&mut world, "oc", "ens1f0", Reported::ClockClass(6));
    report(&mut world, "", "", Reported::Clear);
    for resource in Resource::ALL {
        assert_eq!(world.pulled(resource), [""; 0], "{}", resource.path());
    }
    world.events();
    report(&mut world, "oc", "ens1f0", Reported::PtpState { state: SyncState::Locked, offset_ns: None });
    assert_eq!(world.events(), ["E1 ens1fx LOCKED", "E4 LOCKED"], "it is news again");
}

#[test]
fn what_is_reported_of_is_bounded() {
    let mut world = World::ordinary_clock();
    for number in 0..1000 {
        report(&mut world, &format!("garbage{number}"), "x", Reported::ClockClass(6));
    }
    assert_eq!(world.events().len(), proxy_core::limits::REPORTED_MAX);
}

#[test]
fn a_report_is_the_cause_of_what_it_changes() {
    let mut world = World::ordinary_clock();
    report(&mut world, "oc", "ens1f0", Reported::PtpState { state: SyncState::Locked, offset_ns: None });
    for event in world.take_events() {
        assert_eq!(event.cause, Cause::Report("{}".into()));
    }
}
