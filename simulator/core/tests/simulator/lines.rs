//! The form of the lines: nothing that linuxptp would print otherwise.

use crate::common::{PHC2SYS, PTP4L, clknetsim_gmclass44, clknetsim_oc44, recorded, simulated};
use ptp_lines::{Line, parse};
use sim_core::{Action, PortSetup, Setup, SimTime, What, World};
use std::collections::BTreeSet;

/// What stays of a line when its stamp goes and every digit, sign and blank becomes `#`: widths stay, values go.
fn shape(line: &str) -> String {
    let (_, text) = line.split_once("]:").expect("it has a prefix");
    text.chars().map(|c| if c.is_ascii_digit() || " +-".contains(c) { '#' } else { c }).collect()
}

fn shapes(lines: &[String]) -> BTreeSet<String> {
    lines.iter().filter(|line| line.contains("]:")).map(|line| shape(line)).collect()
}

/// The lines of linuxptp, which have a blank after the stamp, and not those of the daemon.
fn by_linuxptp(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| line.contains("]: ")).collect()
}

#[test]
fn every_line_of_linuxptp_has_the_shape_of_a_recorded_one() {
    let mut real = shapes(&recorded("clknetsim-oc44-oc.log"));
    real.extend(shapes(&recorded("clknetsim-gmclass44-oc.log")));
    real.extend(shapes(&recorded("clknetsim-oc44-phc2sys.log")));
    for setup in [clknetsim_oc44(1), clknetsim_gmclass44(1)] {
        for connection in [PTP4L, PHC2SYS] {
            for line in by_linuxptp(simulated(&setup, connection)) {
                assert!(real.contains(&shape(&line)), "no recorded line looks like {line}");
            }
        }
    }
}

/// Names of clocks differ from run to run, and have letters in them.
fn without_identities(line: &str) -> String {
    let words = line.split(' ').map(|word| if word.contains(".fffe.") { "CLOCK" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_line_of_a_clock_with_several_ports_has_the_shape_of_a_recorded_one() {
    let named = |lines: Vec<String>| lines.iter().map(|line| without_identities(line)).collect::<Vec<_>>();
    let real: BTreeSet<String> = [
        "clknetsim-bc44-bc.log",
        "ha-bc0.log",
        "tgm-gm.log",
        "veth-oc.log",
        "clknetsim-summary44-oc.log",
        "clknetsim-oc44-oc.log",
    ]
    .into_iter()
    .flat_map(|file| {
        shapes(&named(recorded(file).into_iter().map(|line| line.replace("eth0", "ens1f0")).collect()))
    })
    .collect();
    let timeline = vec![
        (SimTime::from_s(20), Action::LinkDown { interface: "ens1f0".to_owned() }),
        (SimTime::from_s(26), Action::LinkUp { interface: "ens1f0".to_owned() }),
        (SimTime::from_s(40), Action::GrandmasterSilent { grandmaster: 0 }),
        (SimTime::from_s(50), Action::GrandmasterSpeaks { grandmaster: 0 }),
    ];
    let mut summary = Setup { timeline: timeline.clone(), ..Setup::ordinary_clock() };
    summary.profiles[0].ptp4l.as_mut().unwrap().summary_interval = 1;
    for setup in [Setup { timeline, ..Setup::boundary_clock() }, summary] {
        let lines = named(by_linuxptp(simulated(&setup, PTP4L)));
        assert!(lines.len() > 15);
        for line in lines.iter().filter(|line| !line.contains("SLAVE to FAULTY")) {
            assert!(real.contains(&shape(line)), "no recorded line looks like {line}");
        }
    }
}

#[test]
fn the_loss_and_the_return_of_a_link_are_printed_as_recorded() {
    let mut setup = clknetsim_oc44(1);
    setup.cards[0].interfaces = vec!["ens1f0".to_owned()];
    setup.links[0].interface = "ens1f0".to_owned();
    setup.profiles[0].ptp4l.as_mut().unwrap().ports = vec![PortSetup::on("ens1f0")];
    setup.timeline = vec![
        (SimTime::from_s(20), Action::LinkDown { interface: "ens1f0".to_owned() }),
        (SimTime::from_s(26), Action::LinkUp { interface: "ens1f0".to_owned() }),
    ];
    let got = by_linuxptp(simulated(&setup, PTP4L));
    let real = recorded("veth-oc.log");
    // From the loss of the link to the choice of the master that is back. The recorded port was never SLAVE, for its
    // clock was free-running, and its grandmaster's clock was not on TAI.
    let story = |lines: &[String], own: &str, master: &str, state: &str| {
        let from = lines.iter().position(|line| line.ends_with(": link down")).unwrap();
        let texts = lines[from..].iter().filter_map(|line| Some(line.split_once("config] ")?.1));
        let texts = texts.filter(|text| !text.contains("offset") && !text.contains("PTP timescale"));
        texts
            .map(|text| text.replace(own, "OWN").replace(master, "MASTER").replace(state, "STATE"))
            .take_while(|text| !text.contains("UNCALIBRATED"))
            .collect::<Vec<_>>()
    };
    let got = story(&got, "123456.fffe.780102", "123456.fffe.780101", "SLAVE to FAULTY");
    assert_eq!(got.len(), 10);
    assert_eq!(got, story(&real, "7a8512.fffe.e2e07b", "2a35b4.fffe.af948a", "UNCALIBRATED to FAULTY"));
}

/// ptp4l has things to say that mean nothing to a consumer, and that the grammar therefore does not know.
const NOT_IN_THE_GRAMMAR: [&str; 6] = [
    "Master clock quality received is greater than configured, ignoring master!",
    "link down",
    "link up",
    "assuming the grand master role",
    "master state recommended in slave only mode",
    "defaultDS.priority1 probably misconfigured",
];

#[test]
fn every_line_can_be_read_and_prints_back() {
    let setup = Setup {
        timeline: vec![
            (SimTime::from_s(14), Action::LinkDown { interface: "ens1f0".to_owned() }),
            (SimTime::from_s(16), Action::LinkUp { interface: "ens1f0".to_owned() }),
            (SimTime::from_s(20), Action::PacketDelayBurst { interface: "ens1f0".to_owned(), mean_ns: 1e9 }),
            (SimTime::from_s(30), Action::GrandmasterClockClass { grandmaster: 0, class: 248 }),
        ],
        ..clknetsim_oc44(3)
    };
    for emission in World::new(setup) {
        let What::Line { text, .. } = emission.what else {
            continue;
        };
        let printed = match parse(text.as_bytes()).unwrap() {
            Line::Command(command) => command.to_string(),
            Line::Message(message) => message.to_string(),
            Line::Other(_) => {
                assert!(NOT_IN_THE_GRAMMAR.iter().any(|known| text.ends_with(known)), "{text}");
                continue;
            }
        };
        assert_eq!(printed, text);
        assert!(!text.contains('\n'));
    }
}
