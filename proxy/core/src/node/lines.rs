//! What each kind of line does to the node.

use super::Node;
use crate::clock::{ClockState, Figures, PtpObservation, Verdict};
use crate::counters::Ignored;
use crate::instance::AnnouncedClass;
use crate::port::role_after;
use crate::{Now, Origin, PortRole, Reading, Resource, Value};
use alloc::string::ToString;
use alloc::vec;
use ptp_lines::{
    Body, Clock, ConfigName, ConfigProgram, Message, OffsetSource, Phc2sysOffset, PortTransition, Prefix,
    Program, Ptp4lOffset, Summary,
};

impl Node {
    pub(super) fn handle_instance_line(
        &mut self,
        now: Now,
        origin: Origin,
        index: usize,
        message: &Message<'_>,
    ) {
        let prefix = &message.prefix;
        match &message.body {
            Body::Ptp4lOffset(sample) => self.ptp_sample(now, index, sample),
            Body::Ptp4lSummary(summary) => self.ptp_summary(index, summary),
            Body::PortTransition(transition) => {
                let is_outdated = self.instances[index].is_older_than_live(prefix.stamp);
                let freshness = match origin {
                    Origin::Live => Freshness::Live,
                    Origin::Unmarked if is_outdated => Freshness::Outdated,
                    Origin::Unmarked => Freshness::Unmarked,
                };
                self.transition(now, index, transition, freshness);
            }
            Body::Phc2sysOffset(sample) => self.os_sample(now, index, sample),
            Body::Phc2sysSummary(line) => match line.clock {
                Clock::Realtime => {
                    self.instances[index].os.measure(OffsetSource::Phc, summary_figures(&line.summary));
                }
                Clock::Device(_) => self.counters.ignored(Ignored::OtherClock),
            },
            Body::ClockClassChange(change) => self.clock_class(now, index, prefix.program, change.class),
            Body::ProcessStatus(status) => {
                // Only 0 means down; being up says nothing of a clock.
                if status.value == 0 {
                    self.process_down(now, index, prefix.program);
                }
            }
            Body::BestMaster(_) | Body::ForeignMaster(_) | Body::Phc2sysSelection(_) => {
                self.counters.ignored(Ignored::NoMeaning);
            }
        }
    }

    /// The configuration that a status speaks of. The daemon tags the status of phc2sys with `ptp4l.N.config`
    /// when live and with `phc2sys.N.config` when it replays it; only the phc2sys of an HA profile has lines
    /// under that name.
    pub(super) fn status_config(&self, prefix: &Prefix<'_>) -> ConfigName {
        let tagged = prefix.tag.config;
        if prefix.program != Program::Phc2sys || tagged.program != ConfigProgram::Phc2sys {
            return tagged;
        }
        let beside = ConfigName { program: ConfigProgram::Ptp4l, index: tagged.index };
        let has_samples = self
            .instance_index(tagged)
            .is_some_and(|index| self.instances[index].os.state() != ClockState::Unknown);
        if !has_samples && self.instance_index(beside).is_some() { beside } else { tagged }
    }

    pub(super) fn note_process(
        &mut self,
        program: Program<'_>,
        config: ConfigName,
        status: i64,
        configured: bool,
    ) {
        let known = configured && !matches!(program, Program::Other(_));
        if self.processes.note(program.name(), config, status, known).is_err() {
            self.counters.ignored(Ignored::ProcessTableFull);
        }
    }

    fn ptp_sample(&mut self, now: Now, index: usize, sample: &Ptp4lOffset) {
        let instance = &mut self.instances[index];
        let Some(port) = instance.slave_port() else {
            return self.counters.ignored(Ignored::NoSlavePort);
        };
        let figures = Figures {
            offset_ns: sample.offset_ns,
            max_offset_ns: sample.offset_ns.unsigned_abs(),
            frequency_adjustment: sample.freq,
            delay_ns: sample.path_delay_ns.unwrap_or(0),
        };
        instance.ptp.port = Some(port);
        instance.ptp.figures = Some(figures.after(instance.ptp.figures));
        let observation = match sample.path_delay_ns {
            Some(_) => {
                PtpObservation::Sample(Verdict::of(sample.servo, sample.offset_ns, &instance.thresholds))
            }
            None => PtpObservation::NoPathDelay,
        };
        self.observe_ptp(now, index, observation, Some(sample.offset_ns));
    }

    /// Summaries feed metrics only: they do not say whether the servo is locked.
    fn ptp_summary(&mut self, index: usize, summary: &Summary) {
        let instance = &mut self.instances[index];
        let Some(port) = instance.slave_port() else {
            return self.counters.ignored(Ignored::NoSlavePort);
        };
        instance.ptp.port = Some(port);
        instance.ptp.figures = Some(summary_figures(summary).after(instance.ptp.figures));
    }

    fn transition(&mut self, now: Now, index: usize, line: &PortTransition<'_>, freshness: Freshness) {
        if line.port.number == 0 {
            return self.counters.ignored(Ignored::ManagementPort);
        }
        let instance = &mut self.instances[index];
        let Some(port) = instance.port_index(&line.port) else {
            return self.counters.ignored(Ignored::UnknownPort);
        };
        let port = &mut instance.ports[port];
        if freshness == Freshness::Outdated && port.set_live {
            return self.counters.ignored(Ignored::StaleReplay);
        }
        let change = role_after(line.from, line.to);
        let was_slave = port.role == PortRole::Slave;
        port.role = change.role;
        port.set_live |= freshness == Freshness::Live;
        if was_slave && change.loses_source {
            self.observe_ptp(now, index, PtpObservation::SourceLost, None);
        }
    }

    fn os_sample(&mut self, now: Now, index: usize, sample: &Phc2sysOffset<'_>) {
        match sample.clock {
            Clock::Realtime => {}
            Clock::Device(_) => return self.counters.ignored(Ignored::OtherClock),
        }
        let instance = &mut self.instances[index];
        let figures = Figures {
            offset_ns: sample.offset_ns,
            max_offset_ns: sample.offset_ns.unsigned_abs(),
            frequency_adjustment: sample.freq,
            delay_ns: sample.delay_ns.unwrap_or(0),
        };
        instance.os.measure(sample.source, figures);
        let verdict = Verdict::of(sample.servo, sample.offset_ns, &instance.thresholds);
        if instance.os.sample(verdict, sample.offset_ns, instance.ptp.state()) {
            self.publish_os(now, index);
        }
    }

    fn process_down(&mut self, now: Now, index: usize, program: Program<'_>) {
        match program {
            Program::Ptp4l => self.observe_ptp(now, index, PtpObservation::ProcessDown, None),
            Program::Phc2sys => {
                if self.instances[index].os.process_down() {
                    self.publish_os(now, index);
                }
            }
            // These steer neither clock.
            Program::Ts2phc
            | Program::Synce4l
            | Program::Chronyd
            | Program::Pmc
            | Program::Gpsd
            | Program::Gpspipe
            | Program::Other(_) => {}
        }
    }

    fn clock_class(&mut self, now: Now, index: usize, program: Program<'_>, class: u8) {
        let instance = &mut self.instances[index];
        if instance.class.as_ref().is_some_and(|known| known.class == class) {
            return;
        }
        instance.class = Some(AnnouncedClass { class, program: program.name().to_string() });
        let subject = self.master(index);
        let values = vec![Value { subject, reading: Reading::ClockClass(class) }];
        self.publish_for(now, index, Resource::ClockClass, values);
    }
}

/// How a line stands to the live lines of its configuration. Lines of one connection are in order, so that
/// only lines of a connection that is not live can be out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Freshness {
    /// It is one of them.
    Live,
    /// It came on a connection that is not marked live, and was written before the newest live line.
    Outdated,
    /// It came on a connection that is not marked live, and nothing says that it is out of date.
    Unmarked,
}

fn summary_figures(summary: &Summary) -> Figures {
    Figures {
        offset_ns: i64::try_from(summary.rms_ns).unwrap_or(i64::MAX),
        max_offset_ns: summary.max_ns,
        frequency_adjustment: summary.freq,
        delay_ns: summary.delay.map_or(0, |delay| delay.mean_ns.ppb()),
    }
}
