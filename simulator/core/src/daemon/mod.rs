//! linuxptp-daemon around the processes: it starts them, passes their lines on, and adds lines of its own.

mod device_names;

use crate::dpll::DpllReport;
use crate::gnss::GnssReport;
use crate::outbox::Outbox;
use crate::printer::{Printed, Printer};
use crate::queue::{Event, Queue};
use crate::{ClockRole, Connection, Phc2sysSource, ProcessId, ProcessProgram, Setup, SimTime};
use ha_profile::HaProfiles;
use ntp_failover::{NtpFailover, Order};
use ptp_lines::{
    Body, ChronydText, ClockClassChange, Command, Line, Message, NumberForm, Phc2sysSelection, Prefix,
    ProcessStatus, Program, Stamp, StatusSeparator, Synce4lNotice, parse,
};
use synce::Synce;

mod ha_profile;
mod ntp_failover;
mod synce;

/// The clock class of a client-only clock, IEEE 1588-2019 7.6.2.5.
const OWN_CLASS: u8 = 255;
/// phc2sys is started once ptp4l reports less than this.
const PHC2SYS_START_OFFSET_NS: u64 = 1_000_000_000;

/// What the daemon handles beside the lines of its processes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DaemonInput {
    /// The ptp4l of a profile tells its subscribers, of whom pmc is one, that its grandmaster has changed.
    ParentChanged { profile: usize, class: u8 },
    /// pmc has asked for the class of the grandmaster.
    ClassKnown { profile: usize, class: u8 },
    /// Its clock for repeats of the clock class.
    ClassRepeat,
    /// A GNSS receiver has told its state, once per second.
    Gnss { card: usize, report: GnssReport },
    /// A DPLL has notified a change, or its periodic state.
    Dpll { card: usize, report: DpllReport },
    /// gpsd or gpspipe has died, and the daemon has started it again.
    ChildRestarted { process: ProcessId },
}

/// What the daemon reaches out to.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) now: SimTime,
    pub(crate) queue: &'a mut Queue,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) printer: &'a Printer,
}

/// The daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    setup: Setup,
    /// By profile.
    known_class: Vec<Option<u8>>,
    has_started_phc2sys: Vec<bool>,
    ha_profiles: Vec<Option<HaProfiles>>,
    synce: Vec<Option<Synce>>,
    ntp_failover: Vec<Option<NtpFailover>>,
    /// Processes that the plug-in `ntpfailover` keeps from running.
    kept_down: Vec<ProcessId>,
}

impl Daemon {
    /// It applies the profiles at the start.
    pub(crate) fn new(setup: &Setup, queue: &mut Queue, outbox: &mut Outbox) -> Self {
        let now = SimTime::START;
        outbox.opened(now, Connection::Control);
        outbox.command(now, Connection::Control, Command::Restart);
        outbox.closed(now, Connection::Control);
        outbox.opened(now, Connection::EventHandler);
        for (profile, processes) in setup.profiles.iter().enumerate() {
            for (program, is_there) in [
                (ProcessProgram::Chronyd, processes.chronyd.is_some()),
                (ProcessProgram::Ts2phc, processes.ts2phc.is_some()),
                (ProcessProgram::Synce4l, processes.synce4l.is_some()),
                (ProcessProgram::Ptp4l, processes.ptp4l.is_some()),
            ] {
                let process = ProcessId { program, profile };
                if is_there && !setup.model.starts.contains_key(&process) {
                    queue.plan(now, Event::Start { process });
                }
            }
        }
        for (process, at) in &setup.model.starts {
            queue.plan(*at, Event::Start { process: *process });
        }
        let starts_itself = |profile| {
            let process = ProcessId { program: ProcessProgram::Phc2sys, profile };
            setup.model.starts.contains_key(&process)
        };
        let daemon = Self {
            known_class: vec![None; setup.profiles.len()],
            has_started_phc2sys: (0..setup.profiles.len()).map(starts_itself).collect(),
            ha_profiles: (0..setup.profiles.len()).map(|profile| HaProfiles::new(setup, profile)).collect(),
            synce: setup.profiles.iter().map(|own| own.synce4l.as_ref().map(Synce::new)).collect(),
            ntp_failover: (0..setup.profiles.len()).map(|own| NtpFailover::new(setup, own)).collect(),
            kept_down: Vec::new(),
            setup: setup.clone(),
        };
        daemon.plan_repeat(now, queue);
        daemon
    }

    /// A process has been started: its connection is opened.
    pub(crate) fn started(&self, process: ProcessId, reach: &mut Reach<'_>) {
        let connection = Connection::Process(process);
        reach.outbox.opened(reach.now, connection);
        reach.outbox.command(reach.now, connection, Command::LiveStart);
        self.status(process, 1, reach);
        if process.program == ProcessProgram::Ptp4l {
            self.status(ProcessId { program: ProcessProgram::Pmc, ..process }, 1, reach);
        }
    }

    /// A process has ended, as the daemon wanted or not.
    pub(crate) fn ended(&self, process: ProcessId, reach: &mut Reach<'_>) {
        self.status(process, 0, reach);
        reach.outbox.closed(reach.now, Connection::Process(process));
    }

    /// A process has printed a line.
    pub(crate) fn printed(&mut self, line: Printed, reach: &mut Reach<'_>) {
        self.learn(&line, reach);
        self.obey_failover(&line, reach);
        let text = self.with_prefix(line.process, line.text, reach);
        let text = device_names::replaced(&self.setup.cards, &line.process, text);
        reach.outbox.line(reach.now, Connection::Process(line.process), text);
    }

    pub(crate) fn handle(&mut self, input: DaemonInput, reach: &mut Reach<'_>) {
        match input {
            DaemonInput::ParentChanged { profile, class } => {
                let known_at = reach.now.after_ns(self.setup.daemon.clock_class_latency_ns);
                reach.queue.plan(known_at, Event::Daemon(DaemonInput::ClassKnown { profile, class }));
            }
            DaemonInput::ClassKnown { profile, class } => self.class_known(profile, class, reach),
            DaemonInput::ClassRepeat => self.class_repeat(reach),
            DaemonInput::ChildRestarted { process } => self.status(process, 1, reach),
            DaemonInput::Gnss { .. } | DaemonInput::Dpll { .. } => {}
        }
    }

    fn learn(&mut self, line: &Printed, reach: &mut Reach<'_>) {
        let Ok(Line::Message(message)) = parse(line.text.as_bytes()) else { return };
        let profile = line.process.profile;
        if let Body::Ptp4lOffset(offset) = message.body {
            self.offset_seen(profile, offset.offset_ns, reach);
        } else if let Body::Ts2phcOffset(offset) = message.body {
            self.offset_seen(profile, offset.offset_ns, reach);
        } else if let Body::Phc2sysSelection(selection) = message.body {
            self.tell_ha_profiles(line.process, &selection, reach);
        } else if let Body::Synce4lNotice(notice) = message.body {
            self.tell_synce(line.process, &notice, reach);
        }
    }

    /// These lines go before the one that they follow from.
    fn tell_ha_profiles(&self, process: ProcessId, selection: &Phc2sysSelection<'_>, reach: &mut Reach<'_>) {
        let Some(Some(profiles)) = self.ha_profiles.get(process.profile) else { return };
        for said in profiles.heard(selection) {
            let tag = reach.printer.tag(process);
            let text = reach.outbox.daemon_line(reach.now, Program::Phc2sys, tag, Body::HaProfile(said));
            reach.outbox.line(reach.now, Connection::Process(process), text);
        }
    }

    fn tell_synce(&mut self, process: ProcessId, notice: &Synce4lNotice<'_>, reach: &mut Reach<'_>) {
        let Some(Some(synce)) = self.synce.get_mut(process.profile) else { return };
        if let Some(body) = synce.heard(notice) {
            let tag = reach.printer.tag(process);
            let text = reach.outbox.daemon_line(reach.now, Program::Synce4l, tag, body);
            reach.outbox.line(reach.now, Connection::EventHandler, text);
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
                reach.queue.plan(at, Event::Start { process });
            }
        }
    }

    /// The grandmaster's class, and at once the node's own if it is a client only.
    fn class_known(&mut self, profile: usize, class: u8, reach: &mut Reach<'_>) {
        self.class_change(profile, class, reach);
        let is_client = self.setup.profiles[profile].role == ClockRole::OrdinaryClock;
        if is_client {
            self.class_change(profile, OWN_CLASS, reach);
        }
        self.known_class[profile] = Some(if is_client { OWN_CLASS } else { class });
    }

    fn class_repeat(&self, reach: &mut Reach<'_>) {
        self.plan_repeat(reach.now, reach.queue);
        for (profile, class) in self.known_class.iter().enumerate() {
            if let Some(class) = class {
                self.class_change(profile, *class, reach);
            }
        }
    }

    fn class_change(&self, profile: usize, class: u8, reach: &mut Reach<'_>) {
        let body = Body::ClockClassChange(ClockClassChange { class, form: NumberForm::Integer });
        let process = ProcessId { program: ProcessProgram::Ptp4l, profile };
        let tag = reach.printer.tag(process);
        let text = reach.outbox.daemon_line(reach.now, Program::Ptp4l, tag, body);
        reach.outbox.line(reach.now, Connection::EventHandler, text);
    }

    fn status(&self, process: ProcessId, value: u8, reach: &mut Reach<'_>) {
        let body =
            Body::ProcessStatus(ProcessStatus { value: value.into(), separator: StatusSeparator::Colon });
        let tag = reach.printer.tag(process);
        let text = reach.outbox.daemon_line(reach.now, process.program.program(), tag, body);
        let connection = ProcessId { program: process.program.parent(), ..process };
        reach.outbox.line(reach.now, Connection::Process(connection), text);
    }

    fn plan_repeat(&self, now: SimTime, queue: &mut Queue) {
        if self.setup.daemon.clock_class_repeat_ns != 0 {
            let at = now.after_ns(self.setup.daemon.clock_class_repeat_ns);
            queue.plan(at, Event::Daemon(DaemonInput::ClassRepeat));
        }
    }
}
