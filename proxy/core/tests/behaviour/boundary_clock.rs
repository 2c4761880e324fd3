//! A telecom boundary clock: a receiver side that follows a master, a transmitter side, and the daemon's status.

use crate::world::{World, instance, profile};
use proxy_core::{NodeConfiguration, PortRole, ProfileKind, Reading, Resource};

fn boundary_clock() -> World {
    let kind = ProfileKind::TelecomBoundaryClock;
    World::configured(NodeConfiguration {
        profiles: vec![profile("tt", kind.clone()), profile("tr", kind)],
        instances: vec![
            instance(0, "tt", &[("ens1f1", PortRole::Master)]),
            instance(1, "tr", &[("ens2f0", PortRole::Slave)]),
        ],
    })
}

fn status(world: &mut World, offset_ns: i64, rest: &str) {
    world.line(&format!("T-BC[1743005894]:[ts2phc.1.config] ens2f0 offset {offset_ns} T-BC-STATUS {rest}"));
}

#[test]
fn its_status_is_its_lock_state_in_every_word() {
    for (word, state) in [("s2", "LOCKED"), ("s1", "HOLDOVER"), ("s0", "FREERUN"), ("s3 holdover", "FREERUN")]
    {
        let mut world = boundary_clock();
        status(&mut world, 5, word);
        assert_eq!(world.events(), [format!("E1 ens2fx {state} 5"), format!("E4 {state}")]);
        status(&mut world, 6, word);
        assert_eq!(world.events(), [""; 0]);
    }
}

#[test]
fn samples_of_ptp4l_are_measurements_only() {
    let mut world = boundary_clock();
    world.ptp_of(1, -100, "s0");
    assert_eq!(world.clock_state("ptp4l", "ens2fx"), Some("FREERUN".into()));
    world.ptp_of(1, 5000, "s2");
    assert_eq!(world.clock_state("ptp4l", "ens2fx"), Some("LOCKED".into()));
    world.line("ptp4l[1.0]: [ptp4l.1.config] master offset -50 s2 freq +500");
    assert_eq!(world.clock_state("ptp4l", "ens2fx"), Some("LOCKED".into()));
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.pulled(Resource::LockState), [""; 0]);
    status(&mut world, 0, "s2");
    world.ptp_of(1, 0, "s0");
    assert_eq!(world.events(), ["E1 ens2fx LOCKED 0", "E4 LOCKED"]);
}

#[test]
fn a_faulty_port_is_the_daemons_to_judge() {
    let mut world = boundary_clock();
    status(&mut world, 5, "s2");
    world.ptp_of(1, -5, "s2");
    world.os_of("ptp4l.1.config", 3, "s2");
    world.events();
    world.line("ptp4l[72444.514]: [ptp4l.1.config:5] port 1 (ens2f0): SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.clock_state("ptp4l", "ens2fx"), Some("FREERUN".into()));
    assert_eq!(world.clock_state("T-BC", "ens2fx"), Some("LOCKED".into()));
    assert_eq!(world.core.next_deadline(), None, "there is no holdover of our own");
    status(&mut world, 40, "s1");
    assert_eq!(world.events(), ["E1 ens2fx HOLDOVER 40", "E4 HOLDOVER", "E3 HOLDOVER 3"]);
}

#[test]
fn without_its_ptp4l_it_is_free_running_until_its_status_says_more() {
    let mut world = boundary_clock();
    status(&mut world, 0, "s2");
    world.os_of("ptp4l.1.config", 3, "s2");
    world.events();
    world.line("ptp4l[1780430740]:[ptp4l.0.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), [""; 0], "the transmitter side says nothing of the clock");
    world.line("ptp4l[1780430740]:[ptp4l.1.config] PTP_PROCESS_STATUS:0");
    assert_eq!(world.events(), ["E1 ens2fx FREERUN ?", "E4 FREERUN", "E3 FREERUN ?"]);
    assert_eq!(world.clock_state("T-BC", "ens2fx"), Some("FREERUN".into()));
    status(&mut world, 0, "s2");
    assert_eq!(world.events(), ["E1 ens2fx LOCKED 0"]);
}

#[test]
fn ts2phc_and_its_end_touch_its_own_interfaces_only() {
    let mut world = boundary_clock();
    status(&mut world, 0, "s2");
    world.line("ts2phc[82674.465]: [ts2phc.1.config] ens1f1 master offset          0 s2 freq      -0");
    world.events();
    world.line("ts2phc[1780430740]:[ts2phc.1.config] PTP_PROCESS_STATUS:0");
    status(&mut world, 0, "s2");
    assert_eq!(world.events(), [""; 0]);
    assert_eq!(world.clock_state("ts2phc", "ens1fx"), Some("FREERUN".into()));
    assert_eq!(world.clock_state("T-BC", "ens2fx"), Some("LOCKED".into()));
    let snapshot = world.core.snapshot();
    let of_ts2phc = snapshot.measurements.iter().find(|one| one.process == "ts2phc").unwrap();
    assert_eq!((of_ts2phc.iface.as_str(), of_ts2phc.offset_ns), ("ens1fx", Reading::OFFSET_UNKNOWN_NS));
}

#[test]
fn a_sample_of_ts2phc_does_not_lift_the_bound_of_the_system_clock() {
    let mut world = boundary_clock();
    status(&mut world, 0, "s2");
    world.os_of("ptp4l.1.config", 3, "s2");
    status(&mut world, 0, "s0");
    world.events();
    world.line("ts2phc[82674.465]: [ts2phc.1.config] ens1f1 master offset          0 s2 freq      -0");
    world.os_of("ptp4l.1.config", 3, "s2");
    assert_eq!(world.events(), [""; 0]);
}

#[test]
fn a_clock_class_belongs_to_the_clock_that_announces_it() {
    let mut world = boundary_clock();
    let class = |world: &mut World, class: u8| {
        world.line(&format!("ptp4l[1646672953]:[ptp4l.1.config] CLOCK_CLASS_CHANGE {class}"));
    };
    class(&mut world, 248);
    status(&mut world, 0, "s2");
    class(&mut world, 248);
    class(&mut world, 248);
    world.line("ptp4l[1646672953]:[ts2phc.1.config] CLOCK_CLASS_CHANGE 6");
    assert_eq!(
        world.events(),
        ["E2 ens2fx 248", "E1 ens2fx LOCKED 0", "E4 LOCKED", "E2 ens2fx 248", "E2 ens2fx 6"]
    );
}

#[test]
fn before_its_first_status_the_system_clock_follows_its_ptp4l() {
    let mut world = boundary_clock();
    world.ptp_of(1, 1, "s0");
    world.os_of("ptp4l.1.config", 3, "s2");
    assert_eq!(world.events(), ["E3 FREERUN 3", "E4 FREERUN"]);
    world.ptp_of(1, 1, "s2");
    world.os_of("ptp4l.1.config", 3, "s2");
    assert_eq!(world.events(), ["E3 LOCKED 3", "E4 LOCKED"]);
    world.ptp_of(1, 1, "s0");
    assert_eq!(world.events(), ["E3 FREERUN 3", "E4 FREERUN"]);
}
