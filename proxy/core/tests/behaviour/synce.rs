//! Synchronous Ethernet.

use crate::world::World;
use proxy_core::Resource;

fn eec(world: &mut World, interface: &str, word: &str, state: &str) {
    world.line(&format!(
        "synce4l[1722456110]:[synce4l.0.config] {interface} device synce1 eec_state {word} network_option 2 {state}"
    ));
}

fn quality(world: &mut World, levels: &str) {
    world.line(&format!(
        "synce4l[1722458091]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 {levels}"
    ));
}

#[test]
fn each_port_publishes_changes_of_its_state_only() {
    let mut world = World::ordinary_clock();
    eec(&mut world, "ens7f0", "EEC_HOLDOVER", "s1");
    eec(&mut world, "ens7f0", "EEC_HOLDOVER", "s1");
    eec(&mut world, "ens7f1", "EEC_LOCKED_HO_ACQ", "s2");
    eec(&mut world, "ens7f0", "EEC_LOCKED_HO_ACQ", "s2");
    eec(&mut world, "ens7f0", "EEC_FREERUN", "s0");
    assert_eq!(
        world.events(),
        [
            "E6 synce1/ens7f0 HOLDOVER",
            "E6 synce1/ens7f1 LOCKED",
            "E6 synce1/ens7f0 LOCKED",
            "E6 synce1/ens7f0 FREERUN"
        ]
    );
    assert_eq!(world.pulled(Resource::SynceLockState), ["E6 synce1/ens7f0 FREERUN synce1/ens7f1 LOCKED"]);
    assert_eq!(world.clock_state("synce4l", "ens7f0"), Some("FREERUN".into()));
}

#[test]
fn a_quality_level_without_an_extended_one_says_255() {
    let mut world = World::ordinary_clock();
    quality(&mut world, "network_option 2 ql 0x1 s2");
    quality(&mut world, "network_option 2 ql 0x1 s2");
    quality(&mut world, "ext_ql 0x20 network_option 2 ql 0x1 s2");
    quality(&mut world, "ext_ql 0x20 network_option 2 ql 0xf");
    assert_eq!(
        world.events(),
        [
            "E7 synce1/ens7f0/Ql 1 synce1/ens7f0/extQl 255",
            "E7 synce1/ens7f0/Ql 1 synce1/ens7f0/extQl 32",
            "E7 synce1/ens7f0/Ql 15 synce1/ens7f0/extQl 32"
        ]
    );
    let [reading] = &world.core.snapshot().synce_qualities[..] else { panic!("one port has reported") };
    assert_eq!((reading.network_option, reading.ql, reading.extended_ql), (2, 15, Some(32)));
}

#[test]
fn it_does_not_count_for_the_node() {
    let mut world = World::ordinary_clock();
    world.ptp(1);
    world.events();
    eec(&mut world, "ens7f0", "EEC_FREERUN", "s0");
    assert_eq!(world.events(), ["E6 synce1/ens7f0 FREERUN"]);
}

#[test]
fn ports_are_bounded() {
    let mut world = World::ordinary_clock();
    for number in 0..1000 {
        eec(&mut world, &format!("garbage{number}"), "EEC_LOCKED", "s2");
    }
    assert_eq!(world.events().len(), proxy_core::limits::SYNCE_PORTS_MAX);
}
