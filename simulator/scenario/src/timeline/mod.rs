//! `[[timeline]]`: what happens to the world.

mod entry;

use crate::limits::TIMELINE_MAX;
use crate::section::Section;
use crate::world::{Described, NS_MAX};
use entry::Entry;
use sim_core::{Action, DpllChange, GnssChange, Leap, SimTime, SynceInput};

/// Jumps beyond this, 11 days and a half, are typing mistakes.
const STEP_NS_MAX: i64 = 1_000_000_000_000_000;

/// Reads the timeline. Actions are in the order of time.
pub(crate) fn read(root: &Section<'_>, world: &Described) -> Vec<(SimTime, Action)> {
    let end = SimTime::from_s(world.setup.duration_s);
    let mut timeline = Vec::new();
    let mut last = SimTime::START;
    for section in root.sections("timeline", TIMELINE_MAX) {
        section.require("at");
        section.require("action");
        let mut at = last;
        section.duration_ns("at", &mut at.ns);
        if at < last {
            section.note_at("at", "the timeline goes backwards");
        }
        if at > end {
            section.note_at("at", "this is after the end of the scenario");
        }
        last = last.max(at);
        let mut read: Option<Read> = None;
        section.choice("action", &ACTIONS.map(|(name, read)| (name, Some(read))), &mut read);
        let entry = Entry { section, world };
        if let Some(action) = read.and_then(|read| read(&entry)) {
            timeline.push((at, action));
        }
        entry.section.finish();
    }
    timeline
}

/// Reads what an action needs; `None` if something of it is missing or wrong, which is noted.
type Read = fn(&Entry<'_>) -> Option<Action>;

/// Every action by its name.
const ACTIONS: [(&str, Read); 38] = [
    ("grandmaster-silent", |entry| Some(Action::GrandmasterSilent { grandmaster: entry.grandmaster()? })),
    ("grandmaster-speaks", |entry| Some(Action::GrandmasterSpeaks { grandmaster: entry.grandmaster()? })),
    ("grandmaster-clock-class", |entry| {
        let class = entry.whole("class", 255);
        Some(Action::GrandmasterClockClass { grandmaster: entry.grandmaster()?, class: class? })
    }),
    ("grandmaster-priority2", |entry| {
        let priority2 = entry.whole("priority2", 255);
        Some(Action::GrandmasterPriority2 { grandmaster: entry.grandmaster()?, priority2: priority2? })
    }),
    ("grandmaster-step", |entry| {
        let by_ns = entry.step();
        Some(Action::GrandmasterStep { grandmaster: entry.grandmaster()?, by_ns: by_ns? })
    }),
    ("grandmaster-leap", |entry| {
        let leap = entry.choice("leap", &LEAPS);
        Some(Action::GrandmasterLeap { grandmaster: entry.grandmaster()?, leap: leap? })
    }),
    ("packet-delay-burst", |entry| {
        let mean_ns = entry.number("mean_ns", 0.0..=NS_MAX);
        Some(Action::PacketDelayBurst { interface: entry.interface()?, mean_ns: mean_ns? })
    }),
    ("packet-delay-normal", |entry| Some(Action::PacketDelayNormal { interface: entry.interface()? })),
    ("path-asymmetry", |entry| {
        let asymmetry_ns = entry.number("asymmetry_ns", -NS_MAX..=NS_MAX);
        Some(Action::PathAsymmetry { interface: entry.interface()?, asymmetry_ns: asymmetry_ns? })
    }),
    ("link-down", |entry| Some(Action::LinkDown { interface: entry.interface()? })),
    ("link-up", |entry| Some(Action::LinkUp { interface: entry.interface()? })),
    ("transmit-stamps-lost", |entry| {
        let count = entry.whole("count", 1_000_000);
        Some(Action::TransmitStampsLost { interface: entry.interface()?, count: count? })
    }),
    ("hardware-clock-step", |entry| {
        let by_ns = entry.step();
        Some(Action::HardwareClockStep { card: entry.card()?, by_ns: by_ns? })
    }),
    ("os-clock-step", |entry| Some(Action::OsClockStep { by_ns: entry.step()? })),
    ("temperature-step", |entry| {
        Some(Action::TemperatureStep { by_k: entry.number("by_k", -200.0..=200.0)? })
    }),
    ("gnss-antenna-off", |entry| entry.gnss(GnssChange::AntennaOff)),
    ("gnss-antenna-on", |entry| entry.gnss(GnssChange::AntennaOn)),
    ("gnss-jamming", |entry| {
        let accuracy_ns = entry.whole("accuracy_ns", i64::from(u32::MAX))?;
        entry.gnss(GnssChange::Jamming { accuracy_ns })
    }),
    ("gnss-jamming-over", |entry| entry.gnss(GnssChange::JammingOver)),
    ("gnss-nmea-lost", |entry| entry.gnss(GnssChange::NmeaLost)),
    ("gnss-nmea-back", |entry| entry.gnss(GnssChange::NmeaBack)),
    ("gnss-pps-lost", |entry| entry.gnss(GnssChange::PpsLost)),
    ("gnss-pps-back", |entry| entry.gnss(GnssChange::PpsBack)),
    ("dpll-unlock", |entry| entry.dpll(DpllChange::Unlock)),
    ("dpll-relock", |entry| entry.dpll(DpllChange::Relock)),
    ("synce-quality", |entry| {
        let (ssm, extended) = (entry.whole("ssm", 15), entry.whole("extended", 255));
        let input = SynceInput::Quality { ssm: ssm?, extended: extended? };
        Some(Action::SynceInput { interface: entry.interface()?, input })
    }),
    ("synce-lost", |entry| {
        Some(Action::SynceInput { interface: entry.interface()?, input: SynceInput::Lost })
    }),
    ("ntp-lost", |_| Some(Action::NtpLost)),
    ("ntp-back", |_| Some(Action::NtpBack)),
    ("process-crash", |entry| Some(Action::ProcessCrash { process: entry.process()? })),
    ("process-stall", |entry| Some(Action::ProcessStall { process: entry.process()? })),
    ("process-resume", |entry| Some(Action::ProcessResume { process: entry.process()? })),
    ("profiles-applied", |_| Some(Action::ProfilesApplied)),
    ("daemon-restart", |_| Some(Action::DaemonRestart)),
    ("proxy-down", |_| Some(Action::ProxyDown)),
    ("proxy-up", |_| Some(Action::ProxyUp)),
    ("proxy-blocked", |_| Some(Action::ProxyBlocked)),
    ("proxy-unblocked", |_| Some(Action::ProxyUnblocked)),
];

/// Leap seconds by their names.
const LEAPS: [(&str, Leap); 3] = [("none", Leap::None), ("insert", Leap::Insert), ("delete", Leap::Delete)];
