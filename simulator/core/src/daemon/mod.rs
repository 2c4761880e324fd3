//! linuxptp-daemon around the processes: it starts them, passes their lines on, and adds lines of its own.

mod device_names;

use crate::dpll::DpllReport;
use crate::gnss::GnssReport;
use crate::outbox::Outbox;
use crate::printer::{Printed, Printer};
use crate::queue::{Event, Queue};
use crate::{ClockRole, Connection, Phc2sysSource, ProcessId, ProcessProgram, Setup, SimTime};
use ptp_lines::{
    Body, ClockClassChange, Command, Line, NumberForm, ProcessStatus, Program, StatusSeparator, parse,
};

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
                (ProcessProgram::Ts2phc, processes.ts2phc.is_some()),
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
        let text = device_names::replaced(&self.setup.cards, &line.process, line.text);
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
        if let Body::Ptp4lOffset(offset) = message.body {
            self.offset_seen(line.process.profile, offset.offset_ns, reach);
        }
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
