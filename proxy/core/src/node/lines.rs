//! What each kind of line does to the node: ptp4l, phc2sys, chronyd and the processes themselves.

use super::{At, Node};
use crate::clock::{Figures, OsClock, Verdict};
use crate::counters::Ignored;
use crate::instance::AnnouncedClass;
use crate::limits::HA_PROFILES_MAX;
use crate::topology::{self, Fact};
use crate::{Mono, NtpSource, Origin, Reading, Resource, Source, Value};
use alloc::string::ToString;
use alloc::vec;
use ptp_lines::{
    Body, ChronydSays, Clock, HaProfile, OffsetSource, Phc2sysOffset, Phc2sysSummary, Prefix, Program,
    Ptp4lOffset, Summary,
};

impl Node {
    /// A line of an instance, but for those that need none.
    pub(super) fn handle_body(
        &mut self,
        at: At<'_>,
        (index, origin): (usize, Origin),
        prefix: &Prefix<'_>,
        body: &Body<'_>,
    ) {
        match body {
            Body::Ptp4lOffset(sample) => self.ptp_sample(at, index, sample),
            Body::Ptp4lSummary(summary) => self.ptp_summary(index, summary),
            Body::PortTransition(line) => self.transition(at, (index, origin), prefix.stamp, line),
            Body::Phc2sysOffset(sample) => self.os_sample(at, index, sample),
            Body::Phc2sysSummary(line) => self.os_summary(index, line),
            Body::HaProfile(line) => self.ha_profile(index, line),
            Body::Chronyd(line) => self.chronyd(at, index, line.says),
            Body::ClockClassChange(change) => self.clock_class(at, index, prefix.program, change.class),
            Body::Ts2phcOffset(sample) => self.pps_sample(at, index, sample),
            Body::NmeaStatus(line) => self.nmea_status(index, line),
            Body::Dpll(line) => self.dpll(index, line),
            Body::Gnss(line) => self.gnss(at, index, line),
            Body::GrandmasterStatus(line) => {
                let fact = Fact::GrandmasterStatus { interface: line.interface, state: line.state };
                self.reported_status(at, (index, prefix.stamp), line.interface, fact);
            }
            Body::BoundaryClockStatus(line) => {
                let (interface, state, offset_ns) = (line.interface, line.state, line.offset_ns);
                let fact = Fact::BoundaryClockStatus { interface, state, offset_ns };
                self.reported_status(at, (index, prefix.stamp), interface, fact);
            }
            Body::SynceState(line) => self.synce_state(at, prefix.tag.config, line),
            Body::SynceQuality(line) => self.synce_quality(at, prefix.tag.config, line),
            // Handled before an instance is looked for.
            Body::ProcessStatus(_) => {}
            Body::BestMaster(_)
            | Body::ForeignMaster(_)
            | Body::Phc2sysSelection(_)
            | Body::Ts2phcNotice(_)
            | Body::Synce4lNotice(_) => self.counters.ignored(Ignored::NoMeaning),
        }
    }

    fn ptp_sample(&mut self, at: At<'_>, index: usize, sample: &Ptp4lOffset) {
        let instance = &mut self.instances[index];
        let Some(port) = instance.slave_port() else {
            return self.counters.ignored(Ignored::NoSlavePort);
        };
        self.is_to_remember |= instance.follows(port);
        instance.clocks.ptp4l.measure(Figures {
            offset_ns: sample.offset_ns,
            max_offset_ns: sample.offset_ns.unsigned_abs(),
            frequency_adjustment: sample.freq,
            delay_ns: sample.path_delay_ns.unwrap_or(0),
        });
        let (servo, offset_ns) = (sample.servo, sample.offset_ns);
        let has_path_delay = sample.path_delay_ns.is_some();
        self.apply(at, index, Fact::MasterSample { servo, offset_ns, has_path_delay });
    }

    /// Summaries feed metrics only: they do not say whether the servo is locked.
    fn ptp_summary(&mut self, index: usize, summary: &Summary) {
        let instance = &mut self.instances[index];
        let Some(port) = instance.slave_port().or(instance.followed_port) else {
            return self.counters.ignored(Ignored::NoSlavePort);
        };
        self.is_to_remember |= instance.follows(port);
        instance.clocks.ptp4l.measure(summary_figures(summary));
    }

    fn os_sample(&mut self, at: At<'_>, index: usize, sample: &Phc2sysOffset<'_>) {
        match sample.clock {
            Clock::Realtime => {}
            Clock::Device(_) => return self.counters.ignored(Ignored::OtherClock),
        }
        let bound = topology::os_bound(&self.instances, index);
        let instance = &mut self.instances[index];
        let figures = Figures {
            offset_ns: sample.offset_ns,
            max_offset_ns: sample.offset_ns.unsigned_abs(),
            frequency_adjustment: sample.freq,
            delay_ns: sample.delay_ns.unwrap_or(0),
        };
        instance.os.measure(sample.source, figures);
        // A 1PPS has no delay; every other source has one.
        let coasts = sample.delay_ns.is_none() && sample.source != OffsetSource::Pps;
        let verdict = Verdict::of(sample.servo, sample.offset_ns, &instance.profile.thresholds);
        self.tell_os(at, index, |os| match coasts {
            true => os.coast(sample.offset_ns, bound),
            false => os.sample(verdict, sample.offset_ns, bound),
        });
    }

    fn os_summary(&mut self, index: usize, line: &Phc2sysSummary<'_>) {
        match line.clock {
            Clock::Realtime => {
                self.instances[index].os.measure(OffsetSource::Phc, summary_figures(&line.summary));
            }
            Clock::Device(_) => self.counters.ignored(Ignored::OtherClock),
        }
    }

    fn ha_profile(&mut self, index: usize, line: &HaProfile<'_>) {
        let table = &mut self.instances[index].ha_profiles;
        if let Some(is_active) = table.get_mut(line.profile) {
            *is_active = line.active;
        } else if table.len() < HA_PROFILES_MAX && is_short(line.profile) {
            table.insert(line.profile.to_string(), line.active);
        } else {
            self.counters.ignored(Ignored::TableFull);
        }
    }

    fn chronyd(&mut self, at: At<'_>, index: usize, says: ChronydSays) {
        let source = match says {
            ChronydSays::SelectedSource => NtpSource::Selected,
            ChronydSays::NoSelectableSources => NtpSource::Missing,
            ChronydSays::Other => return self.counters.ignored(Ignored::NoMeaning),
        };
        self.tell_os(at, index, |os| os.chronyd(source));
    }

    pub(super) fn process_down(&mut self, at: At<'_>, index: usize, program: Program<'_>) {
        match program {
            Program::Ptp4l => self.apply(at, index, Fact::Ptp4lDown),
            Program::Ts2phc => self.apply(at, index, Fact::Ts2phcDown),
            Program::Phc2sys => {
                let has_chronyd = self.instances[index].profile.has_chronyd;
                let handover_end = self.holdover_end(at, index);
                self.tell_os(at, index, |os| os.phc2sys_down(has_chronyd, handover_end));
            }
            Program::Chronyd => {
                let handover_end = self.holdover_end(at, index);
                self.tell_os(at, index, |os| os.chronyd_down(handover_end));
            }
            // These steer no clock.
            Program::Synce4l
            | Program::Pmc
            | Program::Gpsd
            | Program::Gpspipe
            | Program::Grandmaster
            | Program::BoundaryClock
            | Program::Dpll
            | Program::Gnss
            | Program::Other(_) => {}
        }
    }

    /// When a holdover, or a handover, of this configuration that begins now will end.
    fn holdover_end(&self, at: At<'_>, index: usize) -> Mono {
        topology::holdover_end(&self.instances[index].profile.thresholds, at.now.mono)
    }

    /// Tells the clock of the operating system something, and publishes what it changes. `tell` returns whether the
    /// state has changed; who steers the clock is remembered even if it has not.
    pub(super) fn tell_os(&mut self, at: At<'_>, index: usize, tell: impl FnOnce(&mut OsClock) -> bool) {
        let os = &mut self.instances[index].os;
        let before = (os.steering(), os.ntp_source());
        let has_changed = tell(os);
        self.is_to_remember |= before != (os.steering(), os.ntp_source());
        if has_changed {
            self.publish_os(at, index);
        }
    }

    /// A class belongs to the clock that announces it: another clock announces its own, be it the same number.
    fn clock_class(&mut self, at: At<'_>, index: usize, program: Program<'_>, class: u8) {
        let instance = &mut self.instances[index];
        let clock = instance.clocks.announcing();
        if instance.class.as_ref().is_some_and(|known| known.class == class && known.clock == clock) {
            return;
        }
        let program = program.name().to_string();
        instance.class = Some(AnnouncedClass { class, program, clock: clock.clone() });
        let config = instance.configuration.config;
        let values = vec![Value { subject: self.master(index, &clock), reading: Reading::ClockClass(class) }];
        self.publish(at, Source::Announced { config }, Resource::ClockClass, values);
    }
}

/// Whether a name may be kept in a table.
pub(super) fn is_short(name: &str) -> bool {
    name.len() <= crate::limits::NAME_BYTES_MAX
}

fn summary_figures(summary: &Summary) -> Figures {
    Figures {
        offset_ns: i64::try_from(summary.rms_ns).unwrap_or(i64::MAX),
        max_offset_ns: summary.max_ns,
        frequency_adjustment: summary.freq,
        delay_ns: summary.delay.map_or(0, |delay| delay.mean_ns.ppb()),
    }
}
