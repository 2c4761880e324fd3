//! Runs written by hand: what recordings lack. Forms and order of lines are those of linuxptp-daemon.

use crate::kill::every_kill_point;
use crate::run::{Run, Said, Step};
use proxy_core::{
    InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind, Reported,
    Thresholds,
};
use ptp_lines::ConfigName;
use std::collections::BTreeMap;

/// A run that is being written.
pub(crate) struct Script {
    run: Run,
    now_ms: u64,
}

/// A process configuration: its name, its profile and its ports.
pub(crate) type Instance<'a> = (&'a str, &'a str, &'a [(&'a str, PortRole)]);

impl Script {
    pub(crate) fn new(name: &str, profiles: Vec<Profile>, instances: &[Instance<'_>]) -> Self {
        let instance = |(config, profile, ports): &Instance<'_>| InstanceConfiguration {
            config: ConfigName::parse(config.as_bytes()).expect("the name of a configuration"),
            profile: (*profile).to_owned(),
            ports: ports
                .iter()
                .map(|(name, role)| PortConfiguration { name: (*name).to_owned(), role: *role })
                .collect(),
        };
        let configuration =
            NodeConfiguration { profiles, instances: instances.iter().map(instance).collect() };
        let run = Run { name: name.to_owned(), configuration, aliases: BTreeMap::new(), steps: Vec::new() };
        Self { run, now_ms: 1_000 }
    }

    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    /// A line of linuxptp: its program and what follows the stamp.
    pub(crate) fn says(&mut self, program: &str, text: &str) {
        let (s, ms) = (self.now_ms / 1000, self.now_ms % 1000);
        self.push(&format!("{program}[{s}.{ms:03}]: {text}"));
    }

    /// A line of the daemon: for whom it speaks and what follows the stamp.
    pub(crate) fn daemon(&mut self, program: &str, text: &str) {
        let unix_s = 1_700_000_000 + self.now_ms / 1000;
        self.push(&format!("{program}[{unix_s}]:{text}"));
    }

    /// A line as it stands.
    pub(crate) fn push(&mut self, line: &str) {
        let before = self.run.steps.len();
        self.run.push_line(self.now_ms * 1_000_000, line);
        assert_eq!(self.run.steps.len(), before + 1, "not a message: {line}");
    }

    /// A sample of ptp4l.
    pub(crate) fn ptp(&mut self, index: u32, offset_ns: i64, servo: &str) {
        let text = format!(
            "[ptp4l.{index}.config] master offset {offset_ns:>10} {servo} freq   -3972 path delay        89"
        );
        self.says("ptp4l", &text);
    }

    /// A sample of phc2sys.
    pub(crate) fn os(&mut self, config: &str, offset_ns: i64, servo: &str) {
        let text =
            format!("[{config}] CLOCK_REALTIME phc offset {offset_ns:>9} {servo} freq  -78368 delay   1100");
        self.says("phc2sys", &text);
    }

    /// A transition of a port of ptp4l, such as `port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED`.
    pub(crate) fn port(&mut self, index: u32, text: &str) {
        self.says("ptp4l", &format!("[ptp4l.{index}.config] {text}"));
    }

    /// A process is up or down.
    pub(crate) fn process(&mut self, program: &str, config: &str, status: u8) {
        self.daemon(program, &format!("[{config}] PTP_PROCESS_STATUS:{status}"));
    }

    pub(crate) fn class(&mut self, config: &str, class: u8) {
        self.daemon("ptp4l", &format!("[{config}] CLOCK_CLASS_CHANGE {class}"));
    }

    pub(crate) fn report(&mut self, profile: &str, interface: &str, said: Reported) {
        let (profile, interface, text) = (profile.to_owned(), interface.to_owned(), format!("{said:?}"));
        let at_ns = self.now_ms * 1_000_000;
        self.run.steps.push(Step { at_ns, said: Said::Report { profile, interface, said, text } });
    }

    /// Kills the proxy at every point of the run. `events` is how many there are, counted by hand.
    pub(crate) fn check(self, events: usize) {
        let tally = every_kill_point(&self.run);
        assert_eq!(tally.events, events, "{}", self.run.name);
        assert!(tally.kills > 2 * self.run.steps.len());
    }
}

/// A profile with the default thresholds: 100 ns, -100 ns, a holdover of 5 s.
pub(crate) fn profile(name: &str, kind: ProfileKind) -> Profile {
    Profile { name: name.to_owned(), thresholds: Thresholds::default(), kind, has_chronyd: false }
}
