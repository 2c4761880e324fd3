//! What the daemon says of clock classes.

use super::{Daemon, DaemonInput, Reach};
use crate::queue::{Event, Queue};
use crate::{ClockRole, Connection, DataSet, ProcessId, ProcessProgram, SimTime};
use ptp_lines::{Body, ClockClassChange, NumberForm, Program};

/// The clock class of a client-only clock, IEEE 1588-2019 7.6.2.5.
const OWN_CLASS: u8 = 255;

impl Daemon {
    /// pmc knows the class of the grandmaster.
    pub(super) fn class_known(&mut self, profile: usize, class: u8, reach: &mut Reach<'_>) {
        let Some(role) = self.setup.profiles.get(profile).map(|own| own.role) else { return };
        self.upstream_class[profile] = Some(class);
        match role {
            // The grandmaster's, and at once its own.
            ClockRole::OrdinaryClock => {
                self.tell_class(profile, ProcessProgram::Ptp4l, class, reach);
                self.tell_class(profile, ProcessProgram::Ptp4l, OWN_CLASS, reach);
            }
            ClockRole::BoundaryClock => self.tell_class(profile, ProcessProgram::Ptp4l, class, reach),
            // Its ptp4l serves: what it announces comes from the daemon.
            ClockRole::TelecomGrandmaster => {}
            ClockRole::TelecomBoundaryClock => self.follow_upstream_class(profile, reach),
        }
    }

    /// Tells a class, with the configuration of that program.
    pub(super) fn tell_class(
        &mut self,
        profile: usize,
        program: ProcessProgram,
        class: u8,
        reach: &mut Reach<'_>,
    ) {
        let body = Body::ClockClassChange(ClockClassChange { class, form: NumberForm::Integer });
        let tag = reach.printer.tag(ProcessId { program, profile });
        let text = reach.outbox.daemon_line(reach.now, Program::Ptp4l, tag, body);
        self.known_class[profile] = Some(class);
        self.write(Connection::EventHandler, text, reach);
    }

    /// Whatever the configuration that a change was told with, a repeat names that of ptp4l.
    pub(super) fn class_repeat(&mut self, reach: &mut Reach<'_>) {
        self.plan_repeat(reach.now, reach.queue);
        for profile in 0..self.known_class.len() {
            if let Some(class) = self.known_class[profile] {
                self.tell_class(profile, ProcessProgram::Ptp4l, class, reach);
            }
        }
    }

    pub(super) fn plan_repeat(&self, now: SimTime, queue: &mut Queue) {
        if self.setup.daemon.clock_class_repeat_ns != 0 {
            let at = now.after_ns(self.setup.daemon.clock_class_repeat_ns);
            queue.plan(at, Event::Daemon(DaemonInput::ClassRepeat));
        }
    }

    /// Has a ptp4l announce this (`SET GRANDMASTER_SETTINGS_NP`).
    pub(super) fn set_announced(&self, profile: usize, (class, accuracy): (u8, u8), reach: &mut Reach<'_>) {
        let offset_scaled_log_variance = if class == 6 { 0x4e5d } else { 0xffff };
        let data_set = DataSet {
            clock_class: class,
            clock_accuracy: accuracy,
            offset_scaled_log_variance,
            ..DataSet::default()
        };
        let process = ProcessId { program: ProcessProgram::Ptp4l, profile };
        let input = crate::ptp4l::Ptp4lInput::GrandmasterSettings(data_set).into();
        reach.queue.plan(reach.now, Event::ToProcess { process, input });
    }
}
