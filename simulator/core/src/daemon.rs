//! linuxptp-daemon around the processes: statuses, the start of phc2sys, and clock classes.

use crate::outbox::Outbox;
use crate::ptp4l::OWN_CLASS;
use crate::queue::{Event, Queue};
use crate::{Connection, DaemonSetup, SimTime};
use ptp_lines::{Body, ClockClassChange, Command, NumberForm, ProcessStatus, Program, StatusSeparator};

/// phc2sys is started once ptp4l reports less than this.
const PHC2SYS_START_OFFSET_NS: u64 = 1_000_000_000;

/// The daemon.
#[derive(Debug)]
pub(crate) struct Daemon {
    setup: DaemonSetup,
    known_class: Option<u8>,
    has_started_phc2sys: bool,
}

impl Daemon {
    /// ptp4l and pmc are up, and connected to the event socket for good.
    pub(crate) fn new(setup: DaemonSetup, queue: &mut Queue, outbox: &mut Outbox) -> Self {
        let now = SimTime::START;
        outbox.command(now, Connection::Control, Command::Restart);
        outbox.command(now, Connection::Ptp4l, Command::LiveStart);
        outbox.daemon(now, Connection::Ptp4l, Program::Ptp4l, up());
        outbox.daemon(now, Connection::Ptp4l, Program::Pmc, up());
        let daemon = Self { setup, known_class: None, has_started_phc2sys: false };
        daemon.plan_repeat(now, queue);
        daemon
    }

    /// ptp4l has printed an offset.
    pub(crate) fn offset_seen(&mut self, now: SimTime, offset_ns: i64, queue: &mut Queue) {
        if !self.has_started_phc2sys && offset_ns.unsigned_abs() < PHC2SYS_START_OFFSET_NS {
            self.has_started_phc2sys = true;
            queue.plan(now.after_ns(self.setup.phc2sys_start_latency_ns), Event::Phc2sysStart);
        }
    }

    /// phc2sys is up, and connected to the event socket.
    pub(crate) fn phc2sys_is_up(&self, now: SimTime, outbox: &mut Outbox) {
        outbox.command(now, Connection::Phc2sys, Command::LiveStart);
        outbox.daemon(now, Connection::Phc2sys, Program::Phc2sys, up());
    }

    /// pmc has been notified: it asks for the details before the daemon knows.
    pub(crate) fn parent_changed(&self, now: SimTime, class: u8, queue: &mut Queue) {
        queue.plan(now.after_ns(self.setup.clock_class_latency_ns), Event::ClassKnown { class });
    }

    /// The grandmaster's class, and at once the node's own: it is a client only.
    pub(crate) fn class_known(&mut self, now: SimTime, class: u8, outbox: &mut Outbox) {
        for class in [class, OWN_CLASS] {
            outbox.daemon(now, Connection::EventHandler, Program::Ptp4l, class_change(class));
        }
        self.known_class = Some(OWN_CLASS);
    }

    pub(crate) fn class_repeat(&self, now: SimTime, queue: &mut Queue, outbox: &mut Outbox) {
        self.plan_repeat(now, queue);
        if let Some(class) = self.known_class {
            outbox.daemon(now, Connection::EventHandler, Program::Ptp4l, class_change(class));
        }
    }

    fn plan_repeat(&self, now: SimTime, queue: &mut Queue) {
        if self.setup.clock_class_repeat_ns != 0 {
            queue.plan(now.after_ns(self.setup.clock_class_repeat_ns), Event::ClassRepeat);
        }
    }
}

fn up() -> Body<'static> {
    Body::ProcessStatus(ProcessStatus { value: 1, separator: StatusSeparator::Colon })
}

fn class_change(class: u8) -> Body<'static> {
    Body::ClockClassChange(ClockClassChange { class, form: NumberForm::Integer })
}
