//! From bytes to inputs.

use proxy_core::{
    GnssState, InstanceConfiguration, NodeConfiguration, PortConfiguration, PortRole, Profile, ProfileKind,
    Reported, SyncState, Thresholds, limits,
};
use ptp_lines::{ConfigName, ConfigProgram};

/// `{c}` a number of a configuration, `{i}` an interface, `{o}` an offset, `{s}` a servo state, `{n}` a small number,
/// `{t}` a second, `{P}` a port state, `{p}` a program.
const TEMPLATES: [&str; 32] = [
    "ptp4l[{t}.000]: [ptp4l.{c}.config] master offset {o} s{s} freq -3972 path delay 89",
    "ptp4l[{t}.000]: [ptp4l.{c}.config] master offset {o} s{s} freq -3972",
    "ptp4l[{t}.000]: [ptp4l.{c}.config] rms 53 max 74 freq -16642 +/- 40 delay 1089 +/- 20",
    "ptp4l[{t}.000]: [ptp4l.{c}.config:5] port {n} ({i}): {P} to {P} on RS_SLAVE",
    "ptp4l[{t}.000]: [ptp4l.{c}.config:5] port {n}: SLAVE to FAULTY on FAULT_DETECTED (FT_UNSPECIFIED)",
    "ptp4l[{t}.000]: [ptp4l.{c}.config:5] port {n}: UNCALIBRATED to SLAVE on MASTER_CLOCK_SELECTED",
    "ptp4l[{t}]:[ptp4l.{c}.config] CLOCK_CLASS_CHANGE {o}",
    "ptp4l[{t}]:[ts2phc.{c}.config] CLOCK_CLASS_CHANGE {n}",
    "phc2sys[{t}.000]: [ptp4l.{c}.config] CLOCK_REALTIME phc offset {o} s{s} freq -78368 delay 1100",
    "phc2sys[{t}.000]: [phc2sys.{c}.config] CLOCK_REALTIME phc offset {o} s{s} freq -78368 delay 1100",
    "phc2sys[{t}.000]: [ptp4l.{c}.config] CLOCK_REALTIME sys offset {o} s{s} freq -78368 delay 1100",
    "phc2sys[{t}.000]: [ptp4l.{c}.config] {i} phc offset {o} s{s} freq -78368 delay 1100",
    "phc2sys[{t}.000]: [ptp4l.{c}.config] CLOCK_REALTIME rms 53 max 74 freq -16642 +/- 40 delay 1089 +/- 20",
    "phc2sys[{t}]:[phc2sys.{c}.config] ptp_ha_profile {i} state {n}",
    "ts2phc[{t}.000]: [ts2phc.{c}.config] {i} offset {o} s{s} freq +1500",
    "ts2phc[{t}.000]: [ts2phc.{c}.config] {i} offset {o} s{s} freq +1500 holdover",
    "ts2phc[{t}]:[ts2phc.{c}.config] {i} nmea_status {n} offset {o} s0",
    "GM[{t}]:[ts2phc.{c}.config] {i} T-GM-STATUS s{s}",
    "T-BC[{t}]:[ts2phc.{c}.config] {i} offset {o} T-BC-STATUS s{s}",
    "dpll[{t}]:[ts2phc.{c}.config] {i} frequency_status {n} offset {o} phase_status {n} pps_status 1 s{s}",
    "gnss[{t}]:[ts2phc.{c}.config] {i} gnss_status {n} offset {o} s{s}",
    "synce4l[{t}]:[synce4l.{c}.config] {i} device synce{n} eec_state EEC_HOLDOVER network_option 2 s{s}",
    "synce4l[{t}]:[synce4l.{c}.config] {i} clock_quality PRTC device synce{n} ext_ql 0x2{s} network_option {n} ql 0x{n} s2",
    "synce4l[{t}]:[synce4l.{c}.config] {i} clock_quality PRTC device synce{n} network_option 1 ql 0x{n} s2",
    "chronyd[{t}][chronyd.{c}.config]: Selected source 10.9.9.1",
    "chronyd[{t}][chronyd.{c}.config]: Can't synchronise: no selectable sources",
    "{p}[{t}]:[ptp4l.{c}.config] PTP_PROCESS_STATUS:{n}",
    "{p}[{t}]:[phc2sys.{c}.config] PTP_PROCESS_STATUS:{n}",
    "ptp4l[{t}]:[ptp4l.{c}.config] PTP_PROCESS_STATUS:0",
    "phc2sys[{t}]:[ptp4l.{c}.config] PTP_PROCESS_STATUS:0",
    "ts2phc[{t}]:[ts2phc.{c}.config] PTP_PROCESS_STATUS:0",
    "chronyd[{t}]:[chronyd.{c}.config] PTP_PROCESS_STATUS:0",
];

pub const INTERFACES: [&str; 8] = ["ens1f0", "ens1f1", "ens2f0", "ens2f1", "ens7f0", "ens8f0", "bc1", "bc2"];
const STATES: [&str; 9] = [
    "INITIALIZING",
    "FAULTY",
    "LISTENING",
    "PRE_MASTER",
    "MASTER",
    "PASSIVE",
    "UNCALIBRATED",
    "SLAVE",
    "GRAND_MASTER",
];
pub const PROGRAMS: [&str; 7] = ["ptp4l", "phc2sys", "ts2phc", "chronyd", "synce4l", "gpsd", "pmc"];
const OFFSETS_NS: [i64; 8] = [5, -7, 99, 100, -100, 40_000, 99_999_999_999, -9_999_999_999_999_999];
const SYNC_STATES: [SyncState; 3] = [SyncState::Locked, SyncState::Holdover, SyncState::Freerun];

/// The rest of the bytes.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.next()) % of.len()]
    }

    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    fn offset_ns(&mut self) -> i64 {
        match self.next() {
            254 => self.take(8).iter().fold(0, |number, byte| number << 8 | i64::from(*byte)),
            byte => OFFSETS_NS[usize::from(byte) % OFFSETS_NS.len()],
        }
    }

    /// A template with its fields filled in.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        let mut rest = self.pick(&TEMPLATES);
        while let Some((before, field)) = rest.split_once('{') {
            let (field, after) = field.split_once('}').expect("a template is well-formed");
            line += before;
            line += &match field {
                "c" => (self.next() % 4).to_string(),
                "i" => match self.next() {
                    255 => "x".repeat(limits::NAME_BYTES_MAX + 1),
                    byte => INTERFACES[usize::from(byte) % INTERFACES.len()].to_owned(),
                },
                "o" => self.offset_ns().to_string(),
                "s" => (self.next() % 4).to_string(),
                "n" => (self.next() % 4).to_string(),
                "t" => self.next().to_string(),
                "P" => self.pick(&STATES).to_owned(),
                "p" => self.pick(&PROGRAMS).to_owned(),
                _ => panic!("no such field"),
            };
            rest = after;
        }
        line + rest
    }

    pub fn reported(&mut self) -> Reported {
        let state = self.pick(&SYNC_STATES);
        match self.next() % 9 {
            0 | 1 => Reported::PtpState { state, offset_ns: None },
            2 => Reported::OsClockState { state, offset_ns: None },
            3 => Reported::SyncState(state),
            4 => Reported::ClockClass(self.next()),
            5 => Reported::GnssState(self.pick(&GnssState::ALL)),
            6 => Reported::SynceState(state),
            7 => {
                let extended_ql = Some(self.next()).filter(|level| *level != 0);
                Reported::SynceQuality { ql: self.next() % 4, extended_ql }
            }
            _ => Reported::Clear,
        }
    }

    pub fn configuration(&mut self) -> NodeConfiguration {
        let kinds = [
            ProfileKind::Clock,
            ProfileKind::TelecomBoundaryClock,
            ProfileKind::HighAvailability { profiles: vec!["bc1".to_owned(), "bc2".to_owned()] },
        ];
        let choices = self.next();
        let profile = |name: &str, has_chronyd: bool, kind: usize| {
            let thresholds = Thresholds { holdover_timeout_s: 5, ..Thresholds::default() };
            Profile { name: name.to_owned(), thresholds, kind: kinds[kind % 3].clone(), has_chronyd }
        };
        let instance = |program, index, name: &str, ports: &[&str]| InstanceConfiguration {
            config: ConfigName { program, index },
            profile: name.to_owned(),
            ports: ports
                .iter()
                .map(|name| PortConfiguration { name: (*name).to_owned(), role: PortRole::Slave })
                .collect(),
        };
        let mut instances = vec![
            instance(ConfigProgram::Ptp4l, 0, "bc1", &["ens1f0", "ens1f1"]),
            instance(ConfigProgram::Ptp4l, 1, "bc2", &["ens2f0", "ens2f1"]),
            instance(ConfigProgram::Phc2sys, 2, "ha", &[]),
            instance(ConfigProgram::Chronyd, 0, "bc1", &[]),
        ];
        for index in (0..4).rev().filter(|index| choices >> index & 1 == 1) {
            instances.remove(index);
        }
        let kind = usize::from(choices >> 4 & 3);
        let profiles = vec![
            profile("bc1", choices >> 6 & 1 == 0, kind),
            profile("bc2", false, 0),
            profile("ha", false, 2),
        ];
        NodeConfiguration { profiles, instances }
    }
}
