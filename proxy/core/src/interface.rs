//! What is known of the interfaces of a configuration beside their ports: the clock that ts2phc disciplines, the
//! DPLL, the GNSS receiver.

use crate::clock::{ClockState, ServoClock};
use crate::limits::FOREIGN_INTERFACES_MAX;
use crate::{GnssState, Mono};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use ptp_lines::{DpllStatus, GnssStatus};

/// One interface.
#[derive(Debug)]
pub(crate) struct Interface {
    /// The clock that ts2phc disciplines.
    pub(crate) ts2phc: ServoClock,
    /// Whether ts2phc hears NMEA sentences, as printed.
    pub(crate) nmea_status: Option<i64>,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) dpll: Option<Dpll>,
    /// Neither a port nor an alias of the node has its name.
    foreign: bool,
}

/// A GNSS receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receiver {
    pub(crate) fix: i64,
    /// Its accuracy estimate, which is not an offset of a clock.
    pub(crate) offset_ns: i64,
    /// The state that its line ends with.
    pub(crate) clock_state: ClockState,
    /// What is published of it.
    pub(crate) state: GnssState,
}

/// A DPLL, as far as its hardware says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dpll {
    pub(crate) frequency_status: Option<i64>,
    pub(crate) phase_status: Option<i64>,
    pub(crate) pps_status: Option<i64>,
    pub(crate) offset_ns: Option<i64>,
    pub(crate) state: Option<ClockState>,
}

/// The interfaces of one configuration, by name.
#[derive(Debug, Default)]
pub(crate) struct Interfaces {
    table: BTreeMap<String, Interface>,
}

/// The table holds as many interfaces that the node does not have as it may.
#[derive(Debug)]
pub(crate) struct TableFull;

impl Interfaces {
    /// The interface with this name. `is_known` tells whether the node has it; it is asked for new names only.
    pub(crate) fn entry(
        &mut self,
        name: &str,
        is_known: impl FnOnce() -> bool,
    ) -> Result<&mut Interface, TableFull> {
        if !self.table.contains_key(name) {
            let foreign = !is_known();
            let foreigners = self.table.values().filter(|interface| interface.foreign).count();
            if foreign && foreigners >= FOREIGN_INTERFACES_MAX {
                return Err(TableFull);
            }
            self.table.insert(name.to_string(), Interface { foreign, ..Interface::new() });
        }
        Ok(self.table.get_mut(name).expect("just inserted, if it was not there"))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Interface> {
        self.table.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Interface)> {
        self.table.iter().map(|(name, interface)| (name.as_str(), interface))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Interface> {
        self.table.values_mut()
    }
}

impl Interface {
    fn new() -> Self {
        Self { ts2phc: ServoClock::new(), nmea_status: None, receiver: None, dpll: None, foreign: false }
    }

    /// The best known offset of the hardware clock from its 1PPS: what the DPLL measures, else what ts2phc does.
    pub(crate) fn offset_ns(&self) -> Option<i64> {
        self.dpll.and_then(|dpll| dpll.offset_ns).or(self.ts2phc.offset_ns())
    }

    /// A clock of ts2phc that an earlier run left like this.
    pub(crate) fn recall(&mut self, state: ClockState, offset_ns: Option<i64>, holdover_until: Option<Mono>) {
        self.ts2phc = ServoClock::recalled(state, offset_ns, holdover_until);
    }
}

impl Receiver {
    pub(crate) fn of(line: &GnssStatus<'_>) -> Self {
        let clock_state = ClockState::of_word(line.state);
        let state = match (clock_state, line.fix) {
            (ClockState::Locked, _) => GnssState::Synchronized,
            (ClockState::Unknown | ClockState::Freerun | ClockState::Holdover, 0) => GnssState::FailureNofix,
            (ClockState::Unknown | ClockState::Freerun | ClockState::Holdover, _) => GnssState::AcquiringSync,
        };
        Self { fix: line.fix, offset_ns: line.offset_ns, clock_state, state }
    }
}

impl Dpll {
    /// After a line: what it leaves out stays as it was.
    pub(crate) fn after(earlier: Option<Self>, line: &DpllStatus<'_>) -> Self {
        let earlier = earlier.unwrap_or_default();
        Self {
            frequency_status: line.frequency_status.or(earlier.frequency_status),
            phase_status: line.phase_status.or(earlier.phase_status),
            pps_status: line.pps_status.or(earlier.pps_status),
            offset_ns: line.offset_ns.or(earlier.offset_ns),
            state: Some(ClockState::of_word(line.state)),
        }
    }
}
