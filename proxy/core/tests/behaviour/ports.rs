//! Roles of ports, and what they mean for the clock.

use crate::world::{World, instance};
use proxy_core::PortRole;

#[test]
fn roles_follow_the_transitions() {
    for (text, role) in [
        ("UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED", PortRole::Slave),
        ("LISTENING to SLAVE on RS_SLAVE", PortRole::Slave),
        ("MASTER to PASSIVE on RS_PASSIVE", PortRole::Passive),
        ("UNCALIBRATED to PASSIVE on RS_PASSIVE", PortRole::Passive),
        ("UNCALIBRATED to MASTER on RS_MASTER", PortRole::Master),
        ("LISTENING to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES", PortRole::Master),
        ("SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)", PortRole::Faulty),
        ("LISTENING to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)", PortRole::Faulty),
        ("SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT", PortRole::Faulty),
        ("SLAVE to UNCALIBRATED on RS_SLAVE", PortRole::Faulty),
        ("MASTER to UNCALIBRATED on RS_SLAVE", PortRole::Faulty),
        ("LISTENING to UNCALIBRATED on RS_SLAVE", PortRole::Faulty),
        ("SLAVE to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES", PortRole::Master),
        ("SLAVE to GRAND_MASTER on RS_GRAND_MASTER", PortRole::Master),
        ("SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES", PortRole::Listening),
        ("FAULTY to LISTENING on INIT_COMPLETE", PortRole::Listening),
        ("INITIALIZING to LISTENING on INIT_COMPLETE", PortRole::Listening),
        // Those that redhat-cne/cloud-event-proxy ignores (logparser.go:321).
        ("FAULTY to SLAVE on RS_SLAVE", PortRole::Slave),
        ("PASSIVE to SLAVE on RS_SLAVE", PortRole::Slave),
        ("PRE_MASTER to MASTER on QUALIFICATION_TIMEOUT_EXPIRES", PortRole::Master),
        ("PASSIVE to MASTER on RS_MASTER", PortRole::Master),
        ("LISTENING to GRAND_MASTER on RS_GRAND_MASTER", PortRole::Master),
        ("MASTER to LISTENING on RS_MASTER", PortRole::Listening),
        ("PASSIVE to UNCALIBRATED on RS_SLAVE", PortRole::Faulty),
        ("SLAVE to DISABLED on DESIGNATED_DISABLED", PortRole::Unknown),
        ("FAULTY to INITIALIZING on INITIALIZE", PortRole::Unknown),
    ] {
        let mut world = World::ordinary_clock();
        world.port(&format!("port 1 (ens1f0): {text}"));
        assert_eq!(world.role("ens1f0"), role, "{text}");
    }
}

#[test]
fn a_slave_port_that_leaves_takes_the_clock_into_holdover() {
    for text in [
        "SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)",
        "SLAVE to UNCALIBRATED on SYNCHRONIZATION_FAULT",
        "SLAVE to UNCALIBRATED on RS_SLAVE",
        "SLAVE to MASTER on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES",
        "SLAVE to GRAND_MASTER on RS_GRAND_MASTER",
        "SLAVE to LISTENING on ANNOUNCE_RECEIPT_TIMEOUT_EXPIRES",
        "SLAVE to PRE_MASTER on RS_MASTER",
        "SLAVE to DISABLED on DESIGNATED_DISABLED",
    ] {
        let mut world = World::ordinary_clock();
        world.ptp(1);
        world.events();
        world.port(&format!("port 1 (ens1f0): {text}"));
        assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER"], "{text}");
    }
}

#[test]
fn other_transitions_leave_the_clock_alone() {
    for text in [
        "UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
        "MASTER to PASSIVE on RS_PASSIVE",
        "UNCALIBRATED to MASTER on RS_MASTER",
        "FAULTY to LISTENING on INIT_COMPLETE",
        "MASTER to LISTENING on RS_MASTER",
        "LISTENING to GRAND_MASTER on RS_GRAND_MASTER",
    ] {
        let mut world = World::ordinary_clock();
        world.ptp(1);
        world.events();
        world.port(&format!("port 1 (ens1f0): {text}"));
        assert_eq!(world.events(), [""; 0], "{text}");
    }
}

#[test]
fn the_fault_of_a_serving_port_concerns_its_role_only() {
    let mut world = World::boundary_clock();
    world.ptp(1);
    world.events();
    world.port("port 2 (ens1f1): MASTER to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.role("ens1f1"), PortRole::Faulty);
}

#[test]
fn samples_count_only_while_a_port_is_slave() {
    let mut world = World::ordinary_clock();
    world.lose_master();
    world.ptp(1);
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.ignored("no_slave_port"), 1);
    world.port("port 1 (ens1f0): FAULTY to SLAVE on RS_SLAVE");
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED"]);
}

#[test]
fn the_other_port_of_a_dual_follower_takes_over() {
    let ports = [("ens1f0", PortRole::Slave), ("ens2f0", PortRole::Slave)];
    let mut world = World::with(vec![instance(0, "df", &ports)]);
    world.port("port 2 (ens2f0): LISTENING to PASSIVE on RS_PASSIVE");
    world.ptp(1);
    assert_eq!(world.events(), ["E1 ens1fx LOCKED 1", "E4 LOCKED"]);
    world.lose_master();
    world.port("port 2 (ens2f0): PASSIVE to UNCALIBRATED on RS_SLAVE");
    world.port("port 2 (ens2f0): UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED");
    world.ptp(2);
    assert_eq!(world.events(), ["E1 ens1fx HOLDOVER 1", "E4 HOLDOVER", "E1 ens2fx LOCKED 2", "E4 LOCKED"]);
    world.pass_ms(60_000);
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn a_dual_follower_without_any_master_ends_in_freerun() {
    let ports = [("ens1f0", PortRole::Slave), ("ens1f1", PortRole::Slave)];
    let mut world = World::with(vec![instance(0, "df", &ports)]);
    world.port("port 2 (ens1f1): LISTENING to PASSIVE on RS_PASSIVE");
    world.ptp(1);
    world.lose_master();
    world.pass_ms(5000);
    assert_eq!(
        world.events(),
        [
            "E1 ens1fx LOCKED 1",
            "E4 LOCKED",
            "E1 ens1fx HOLDOVER 1",
            "E4 HOLDOVER",
            "E1 ens1fx FREERUN 1",
            "E4 FREERUN"
        ]
    );
}

#[test]
fn a_known_name_decides_and_else_the_number() {
    let mut named = World::boundary_clock();
    named.port("port 1 (ens1f1): MASTER to PASSIVE on RS_PASSIVE");
    assert_eq!((named.role("ens1f0"), named.role("ens1f1")), (PortRole::Slave, PortRole::Passive));

    for text in
        ["port 2: MASTER to PASSIVE on RS_PASSIVE", "port 2 (renamed0): MASTER to PASSIVE on RS_PASSIVE"]
    {
        let mut numbered = World::boundary_clock();
        numbered.port(text);
        assert_eq!(
            (numbered.role("ens1f0"), numbered.role("ens1f1")),
            (PortRole::Slave, PortRole::Passive),
            "{text}"
        );
    }
}

#[test]
fn unknown_ports_and_the_management_port_are_counted_and_ignored() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    world.port("port 3 (ens9f0): SLAVE to FAULTY on FAULT_DETECTED");
    world.port("port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!((world.ignored("unknown_port"), world.ignored("management_port")), (1, 1));
    assert_eq!(world.role("ens1f0"), PortRole::Slave);
}
