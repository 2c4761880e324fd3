//! What the lines of a telecom grandmaster, a telecom boundary clock and Synchronous Ethernet do to the node.

use super::lines::is_short;
use super::{At, Node};
use crate::clock::{ClockState, Figures};
use crate::counters::Ignored;
use crate::interface::{Dpll, Interface, Receiver};
use crate::synce::Quality;
use crate::topology::{Fact, Topology};
use crate::{Reading, Resource, Source, Subject, SyncePort, Value};
use alloc::string::ToString;
use alloc::vec;
use ptp_lines::{
    ConfigName, DpllStatus, GnssStatus, NmeaStatus, Stamp, SynceQuality, SynceState, Ts2phcOffset,
};

impl Node {
    pub(super) fn pps_sample(&mut self, at: At<'_>, index: usize, sample: &Ts2phcOffset<'_>) {
        let Some(interface) = self.interface(index, sample.interface) else { return };
        interface.ts2phc.measure(Figures {
            offset_ns: sample.offset_ns,
            max_offset_ns: sample.offset_ns.unsigned_abs(),
            frequency_adjustment: sample.freq,
            delay_ns: 0,
        });
        let Ts2phcOffset { interface, offset_ns, servo, holdover, .. } = *sample;
        self.apply(at, index, Fact::PpsSample { interface, servo, offset_ns, holdover });
    }

    pub(super) fn nmea_status(&mut self, index: usize, line: &NmeaStatus<'_>) {
        if let Some(interface) = self.interface(index, line.interface) {
            interface.nmea_status = Some(line.status);
        }
    }

    pub(super) fn dpll(&mut self, index: usize, line: &DpllStatus<'_>) {
        if let Some(interface) = self.interface(index, line.interface) {
            interface.dpll = Some(Dpll::after(interface.dpll, line));
        }
    }

    /// Published is what is derived from fix and state, not the fix itself.
    pub(super) fn gnss(&mut self, at: At<'_>, index: usize, line: &GnssStatus<'_>) {
        let receiver = Receiver::of(line);
        let Some(interface) = self.interface(index, line.interface) else { return };
        let earlier = interface.receiver.replace(receiver);
        if earlier.is_some_and(|earlier| earlier.state == receiver.state) {
            return;
        }
        let alias = self.alias(line.interface).to_string();
        let master = Subject::Master { alias: alias.clone() };
        let values = vec![
            Value { subject: master.clone(), reading: Reading::Gnss(receiver.state) },
            Value { subject: master, reading: Reading::OffsetNs(receiver.offset_ns) },
            Value { subject: Subject::GnssFix { alias }, reading: Reading::GnssFix(receiver.fix) },
        ];
        let config = self.instances[index].configuration.config;
        let source = Source::Receiver { config, interface: line.interface.to_string() };
        self.publish(at, source, Resource::GnssSyncStatus, values);
    }

    /// The status of a T-GM or T-BC.
    pub(super) fn reported_status(
        &mut self,
        at: At<'_>,
        (index, stamp): (usize, Stamp),
        interface: &str,
        fact: Fact<'_>,
    ) {
        if !is_short(interface) {
            return self.counters.ignored(Ignored::TableFull);
        }
        if matches!(fact, Fact::GrandmasterStatus { .. })
            && matches!(self.instances[index].clocks.topology, Topology::BoundaryClock(_))
        {
            // Its profile says what it is.
            return self.counters.ignored(Ignored::NoMeaning);
        }
        let said_s = unix_s(stamp);
        let clock = self.instances[index].clocks.reported();
        if clock.is_some_and(|clock| clock.is_repeated(said_s)) {
            return self.counters.ignored(Ignored::StaleReplay);
        }
        self.is_to_remember |= clock.is_some_and(|clock| clock.interface() != interface);
        self.apply(at, index, fact);
        if let Some(clock) = self.instances[index].clocks.reported_mut() {
            clock.heard(said_s);
        }
    }

    pub(super) fn synce_state(&mut self, at: At<'_>, config: ConfigName, line: &SynceState<'_>) {
        // Without a state word the daemon has nothing to say yet.
        let Some(state) = line.state.map(ClockState::of_word) else {
            return self.counters.ignored(Ignored::NoMeaning);
        };
        let Some(port) = self.sync_port(line.device, line.interface) else { return };
        let Ok(entry) = self.sync_ports.entry(config, &port) else {
            return self.counters.ignored(Ignored::TableFull);
        };
        if entry.state.replace(state) == Some(state) {
            return;
        }
        if let Some(shown) = state.published() {
            let subject = Subject::SyncePort(port.clone());
            let values = vec![Value { subject, reading: Reading::State(shown) }];
            self.publish(at, Source::SyncePort { config, port }, Resource::SynceLockState, values);
        }
    }

    pub(super) fn synce_quality(&mut self, at: At<'_>, config: ConfigName, line: &SynceQuality<'_>) {
        let Some(ql) = line.ql else { return self.counters.ignored(Ignored::NoMeaning) };
        let Some(port) = self.sync_port(line.device, line.interface) else { return };
        let Ok(entry) = self.sync_ports.entry(config, &port) else {
            return self.counters.ignored(Ignored::TableFull);
        };
        let network_option = line.network_option.unwrap_or(0);
        let quality = Quality { network_option, ql, extended_ql: line.ext_ql };
        let earlier = entry.quality.replace(quality);
        self.is_to_remember |= earlier != Some(quality);
        if earlier.is_some_and(|earlier| earlier.published() == quality.published()) {
            return;
        }
        let subjects = [Subject::SynceQuality(port.clone()), Subject::SynceExtendedQuality(port.clone())];
        let values = subjects
            .into_iter()
            .zip(quality.published())
            .map(|(subject, reading)| Value { subject, reading })
            .collect();
        self.publish(at, Source::SyncePort { config, port }, Resource::SynceClockQuality, values);
    }

    fn sync_port(&mut self, device: &str, interface: &str) -> Option<SyncePort> {
        if is_short(device) && is_short(interface) {
            return Some(SyncePort { device: device.to_string(), interface: interface.to_string() });
        }
        self.counters.ignored(Ignored::TableFull);
        None
    }

    /// The interface that a line names, if the table has it or has room for it.
    fn interface(&mut self, index: usize, name: &str) -> Option<&mut Interface> {
        let is_known =
            self.instances[index].clocks.interfaces.get(name).is_some() || self.has_interface(name);
        if !is_short(name) {
            self.counters.ignored(Ignored::TableFull);
            return None;
        }
        let counters = &mut self.counters;
        let interface = self.instances[index].clocks.interfaces.entry(name, || is_known);
        interface.map_err(|_| counters.ignored(Ignored::TableFull)).ok()
    }
}

/// When a line was written, if it says so in UNIX time.
fn unix_s(stamp: Stamp) -> Option<u64> {
    match stamp {
        Stamp::Unix { s } => Some(s),
        Stamp::Monotonic { .. } | Stamp::Pid { .. } => None,
    }
}
