//! linuxptp-daemon around the processes: it starts them, passes their lines on, and adds lines of its own.

use crate::dpll::DpllReport;
use crate::gnss::GnssReport;
use crate::outbox::Outbox;
use crate::printer::{Printed, Printer};
use crate::queue::{Event, Queue};
use crate::{Boot, Connection, Phc2sysSource, ProcessId, ProcessProgram, Setup, SimTime};
use dpll_watch::DpllWatch;
use ha_profile::HaProfiles;
use ntp_failover::{NtpFailover, Order};
use pipe::Pipe;
pub(crate) use pipe::Proxy;
use ptp_lines::{
    Body, ChronydText, Line, Message, Phc2sysSelection, Prefix, Program, Stamp, Synce4lNotice, parse,
};
use std::collections::{BTreeMap, BTreeSet};
use synce::Synce;
use telecom::Telecom;

mod boot;
mod boundary;
mod clock_class;
mod device_names;
mod dpll_watch;
mod grandmaster;
mod ha_profile;
mod ntp_failover;
mod pipe;
mod pipes;
mod replay;
mod synce;
mod telecom;

/// phc2sys is started once ptp4l or ts2phc reports less than this.
const PHC2SYS_START_OFFSET_NS: u64 = 1_000_000_000;

/// What the daemon handles beside the lines of its processes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DaemonInput {
    /// It applies the profiles, unless it has begun to do so once more since.
    Apply { round: u32 },
    /// It has applied them: everything that starts at once runs.
    Applied { round: u32 },
    /// The children of a ts2phc run: GNSS and DPLLs are watched.
    Watch { profile: usize, round: u32 },
    /// The ptp4l of a profile tells its subscribers, of whom pmc is one, that its grandmaster has changed.
    ParentChanged { profile: usize, class: u8 },
    /// pmc has asked for the class of the grandmaster.
    ClassKnown { profile: usize, class: u8 },
    /// The class of a boundary clock's grandmaster, from pmc once more.
    UpstreamClass { profile: usize },
    /// Its clock for repeats of the clock class.
    ClassRepeat,
    /// A GNSS receiver has told its state, once per second.
    Gnss { card: usize, report: GnssReport },
    /// A DPLL has notified a change, or its periodic state.
    Dpll { card: usize, report: DpllReport },
    /// A second of the daemon's own clock: offsets of ptp4l are put together by it.
    Second,
    /// A second of the holdover that it counts for a DPLL since then.
    HoldoverSecond { card: usize, since: SimTime },
    /// gpsd or gpspipe has died, and the daemon has started it again.
    ChildRestarted { process: ProcessId },
    /// It dials the event socket again.
    Dial { connection: Connection },
    /// The proxy asks for `/emit-logs`.
    LogsAsked,
    /// A process has waited long enough for the live gate.
    GateWaitedFor { connection: Connection },
}

/// What the daemon reaches out to.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) now: SimTime,
    pub(crate) queue: &'a mut Queue,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) printer: &'a Printer,
}

/// Whether the lines of processes may pass: closed from when profiles are applied to when the proxy asks for the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
}

/// How far the daemon is with its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// It has not begun, or stops what runs.
    Waiting,
    /// It starts processes. `CMD RESTART` follows a cold boot.
    Applying(Boot),
    Applied,
}

/// The daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    setup: Setup,
    proxy: Proxy,
    pipes: BTreeMap<Connection, Pipe>,
    gate: Gate,
    progress: Progress,
    /// How often it has begun to apply its profiles anew.
    round: u32,
    /// Processes that are started again when they end.
    wanted: BTreeSet<ProcessId>,
    running: BTreeSet<ProcessId>,
    /// Those that have said something that the daemon understands.
    reported: BTreeSet<ProcessId>,
    /// By profile: the class that was told last, and that of its grandmaster.
    known_class: Vec<Option<u8>>,
    upstream_class: Vec<Option<u8>>,
    has_started_phc2sys: Vec<bool>,
    /// Whether the children of the profile's ts2phc run.
    is_watched: Vec<bool>,
    ha_profiles: Vec<Option<HaProfiles>>,
    synce: Vec<Option<Synce>>,
    ntp_failover: Vec<Option<NtpFailover>>,
    /// Processes that the plug-in `ntpfailover` keeps from running.
    kept_down: Vec<ProcessId>,
    /// By profile: the node as a telecom grandmaster or boundary clock.
    telecom: Vec<Option<Telecom>>,
    /// By card.
    dplls: Vec<Option<DpllWatch>>,
    /// The last line about the role of a port, by profile and port.
    port_lines: BTreeMap<(usize, u16), String>,
}

impl Daemon {
    /// It begins to apply the profiles at the start, or has done so.
    pub(crate) fn new(setup: &Setup, queue: &mut Queue) -> Self {
        let mut daemon = Self {
            proxy: Proxy::Reads,
            pipes: BTreeMap::new(),
            gate: Gate::Closed,
            progress: Progress::Waiting,
            round: 0,
            wanted: BTreeSet::new(),
            running: BTreeSet::new(),
            reported: BTreeSet::new(),
            known_class: Vec::new(),
            upstream_class: Vec::new(),
            has_started_phc2sys: Vec::new(),
            is_watched: Vec::new(),
            ha_profiles: Vec::new(),
            synce: Vec::new(),
            ntp_failover: Vec::new(),
            kept_down: Vec::new(),
            telecom: Vec::new(),
            dplls: Vec::new(),
            port_lines: BTreeMap::new(),
            setup: setup.clone(),
        };
        daemon.forget();
        queue.plan(SimTime::START, Event::Daemon(DaemonInput::Apply { round: 0 }));
        queue.plan(SimTime::START, Event::Daemon(DaemonInput::Second));
        daemon.plan_repeat(SimTime::START, queue);
        daemon
    }

    pub(crate) fn handle(&mut self, input: DaemonInput, reach: &mut Reach<'_>) {
        match input {
            DaemonInput::Apply { round } if round == self.round => self.apply(reach),
            DaemonInput::Applied { round } if round == self.round => self.applied(reach),
            DaemonInput::Watch { profile, round } if round == self.round => self.watch(profile),
            DaemonInput::Apply { .. } | DaemonInput::Applied { .. } | DaemonInput::Watch { .. } => {}
            DaemonInput::ParentChanged { profile, class } => {
                let known_at = reach.now.after_ns(self.setup.daemon.clock_class_latency_ns);
                reach.queue.plan(known_at, Event::Daemon(DaemonInput::ClassKnown { profile, class }));
            }
            DaemonInput::ClassKnown { profile, class } => self.class_known(profile, class, reach),
            DaemonInput::UpstreamClass { profile } => self.tell_upstream_class(profile, reach),
            DaemonInput::ClassRepeat => self.class_repeat(reach),
            DaemonInput::Gnss { card, report } => self.gnss_told(card, report, reach),
            DaemonInput::Dpll { card, report } => self.dpll_told(card, report, reach),
            DaemonInput::Second => self.second(reach),
            DaemonInput::HoldoverSecond { card, since } => self.holdover_second(card, since, reach),
            DaemonInput::ChildRestarted { process } => self.status(process, 1, reach),
            DaemonInput::Dial { connection } => self.dial_again(connection, reach),
            DaemonInput::LogsAsked => self.logs_asked(reach),
            DaemonInput::GateWaitedFor { connection } => self.pass_gate(connection, reach),
        }
    }

    /// A process has printed a line.
    pub(crate) fn printed(&mut self, line: Printed, reach: &mut Reach<'_>) {
        self.learn_before(&line, reach);
        self.obey_failover(&line, reach);
        let text = self.with_prefix(line.process, line.text.clone(), reach);
        let text = device_names::replaced(&self.setup.cards, &line.process, text);
        self.write(Connection::Process(line.process), text, reach);
        self.learn_after(&line, reach);
    }

    /// What leads to lines before this one.
    fn learn_before(&mut self, line: &Printed, reach: &mut Reach<'_>) {
        let Ok(Line::Message(message)) = parse(line.text.as_bytes()) else { return };
        self.reported.insert(line.process);
        if let Body::Phc2sysSelection(selection) = message.body {
            self.tell_ha_profiles(line.process, &selection, reach);
        }
    }

    /// What leads to lines after this one.
    fn learn_after(&mut self, line: &Printed, reach: &mut Reach<'_>) {
        let Ok(Line::Message(message)) = parse(line.text.as_bytes()) else { return };
        let profile = line.process.profile;
        if let Body::Ptp4lOffset(offset) = message.body {
            self.offset_seen(profile, offset.offset_ns, reach);
            self.ptp_offset(profile, offset.offset_ns, reach);
        } else if let Body::Ts2phcOffset(offset) = message.body {
            self.offset_seen(profile, offset.offset_ns, reach);
            self.ts2phc_offset(profile, &offset, reach);
        } else if let Body::Ts2phcNotice(notice) = message.body {
            self.ts2phc_notice(profile, &notice);
        } else if let Body::PortTransition(transition) = message.body {
            self.port_changed(profile, &transition, line, reach);
        } else if let Body::Synce4lNotice(notice) = message.body {
            self.tell_synce(line.process, &notice, reach);
        }
    }

    /// These lines go before the one that they follow from.
    fn tell_ha_profiles(
        &mut self,
        process: ProcessId,
        selection: &Phc2sysSelection<'_>,
        reach: &mut Reach<'_>,
    ) {
        let Some(Some(profiles)) = self.ha_profiles.get(process.profile) else { return };
        let tag = reach.printer.tag(process);
        let line = |said| reach.outbox.daemon_line(reach.now, Program::Phc2sys, tag, Body::HaProfile(said));
        let lines: Vec<String> = profiles.heard(selection).into_iter().map(line).collect();
        for text in lines {
            self.write(Connection::Process(process), text, reach);
        }
    }

    fn tell_synce(&mut self, process: ProcessId, notice: &Synce4lNotice<'_>, reach: &mut Reach<'_>) {
        let Some(Some(synce)) = self.synce.get_mut(process.profile) else { return };
        if let Some(body) = synce.heard(notice) {
            let tag = reach.printer.tag(process);
            let text = reach.outbox.daemon_line(reach.now, Program::Synce4l, tag, body);
            self.write(Connection::EventHandler, text, reach);
        }
    }

    /// The plug-in `ntpfailover` reads every line of its profile.
    fn obey_failover(&mut self, line: &Printed, reach: &mut Reach<'_>) {
        let ProcessId { program, profile } = line.process;
        let Some(Some(failover)) = self.ntp_failover.get_mut(profile) else { return };
        for order in failover.heard(reach.now, program, &line.text) {
            match order {
                Order::Stop(program) => {
                    let process = ProcessId { program, profile };
                    self.kept_down.push(process);
                    reach.queue.plan(reach.now, Event::Stop { process });
                }
                Order::Start(program) => {
                    let process = ProcessId { program, profile };
                    let held = self.kept_down.len();
                    self.kept_down.retain(|other| *other != process);
                    // What has not been stopped starts, or has started, in its own time.
                    if self.kept_down.len() < held {
                        reach.queue.plan(reach.now, Event::Start { process });
                    }
                }
            }
        }
    }

    /// chronyd has no tag of its own: the daemon puts one in front.
    fn with_prefix(&self, process: ProcessId, text: String, reach: &Reach<'_>) -> String {
        let setup = self.setup.profiles.get(process.profile).and_then(|own| own.chronyd.as_ref());
        let (ProcessProgram::Chronyd, Some(setup)) = (process.program, setup) else { return text };
        let prefix = Prefix {
            program: Program::Chronyd,
            stamp: Stamp::Pid { pid: setup.pid.into() },
            tag: reach.printer.tag(process),
        };
        Message { prefix, body: Body::Chronyd(ChronydText::new(&text)) }.to_string()
    }

    /// phc2sys waits for the first offset below a second of a ptp4l that it follows, or of its own profile.
    fn offset_seen(&mut self, profile: usize, offset_ns: i64, reach: &mut Reach<'_>) {
        if offset_ns.unsigned_abs() >= PHC2SYS_START_OFFSET_NS {
            return;
        }
        let at = reach.now.after_ns(self.setup.daemon.phc2sys_start_latency_ns);
        for (index, has_started) in self.has_started_phc2sys.iter_mut().enumerate() {
            let Some(phc2sys) = self.setup.profiles.get(index).and_then(|own| own.phc2sys.as_ref()) else {
                continue;
            };
            let waits = match &phc2sys.source {
                Phc2sysSource::Automatic | Phc2sysSource::Interface { .. } => index == profile,
                Phc2sysSource::HighAvailability { profiles } => profiles.contains(&profile),
            };
            if waits && !*has_started {
                *has_started = true;
                let process = ProcessId { program: ProcessProgram::Phc2sys, profile: index };
                self.wanted.insert(process);
                reach.queue.plan(at, Event::Start { process });
            }
        }
    }
}
