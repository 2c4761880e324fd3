//! What has been counted about lines and events.

use crate::Resource;
use alloc::vec::Vec;
use ptp_lines::Program;

/// Counters of the line path.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    lines: [u64; PROGRAMS.len()],
    ignored: [u64; Ignored::ALL.len()],
    events: [u64; Resource::ALL.len()],
}

/// Why a line had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignored {
    /// The node has no such configuration, or it names no profile or no port.
    UnknownConfig,
    /// The configuration has no such port.
    UnknownPort,
    /// Port 0 is the management socket, not a network port.
    ManagementPort,
    /// No port follows a master, so an offset says nothing of this clock.
    NoSlavePort,
    /// A replayed line that is older than what is known.
    StaleReplay,
    /// phc2sys steers another clock than that of the operating system.
    OtherClock,
    /// A known text that says nothing about a state.
    NoMeaning,
    /// The table of processes of unknown configurations is full.
    ProcessTableFull,
    /// A table of interfaces, ports or profiles has no room for another name, or the name is too long.
    TableFull,
}

/// Labels, in the order of [`program_index`].
const PROGRAMS: [&str; 13] = [
    "ptp4l", "phc2sys", "ts2phc", "synce4l", "chronyd", "pmc", "gpsd", "gpspipe", "GM", "T-BC", "dpll",
    "gnss", "other",
];

impl Counters {
    pub(crate) fn line(&mut self, program: Program<'_>) {
        self.lines[program_index(program)] += 1;
    }

    pub(crate) fn ignored(&mut self, reason: Ignored) {
        self.ignored[reason as usize] += 1;
    }

    pub(crate) fn event(&mut self, resource: Resource) {
        self.events[resource as usize] += 1;
    }

    pub(crate) fn lines(&self) -> Vec<(&'static str, u64)> {
        PROGRAMS.into_iter().zip(self.lines).collect()
    }

    pub(crate) fn ignored_lines(&self) -> Vec<(&'static str, u64)> {
        Ignored::ALL.into_iter().map(Ignored::label).zip(self.ignored).collect()
    }

    pub(crate) fn events(&self) -> Vec<(Resource, u64)> {
        Resource::ALL.into_iter().zip(self.events).collect()
    }
}

impl Ignored {
    /// All of them, in order of declaration.
    const ALL: [Self; 9] = [
        Self::UnknownConfig,
        Self::UnknownPort,
        Self::ManagementPort,
        Self::NoSlavePort,
        Self::StaleReplay,
        Self::OtherClock,
        Self::NoMeaning,
        Self::ProcessTableFull,
        Self::TableFull,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::UnknownConfig => "unknown_config",
            Self::UnknownPort => "unknown_port",
            Self::ManagementPort => "management_port",
            Self::NoSlavePort => "no_slave_port",
            Self::StaleReplay => "stale_replay",
            Self::OtherClock => "other_clock",
            Self::NoMeaning => "no_meaning",
            Self::ProcessTableFull => "process_table_full",
            Self::TableFull => "table_full",
        }
    }
}

fn program_index(program: Program<'_>) -> usize {
    match program {
        Program::Ptp4l => 0,
        Program::Phc2sys => 1,
        Program::Ts2phc => 2,
        Program::Synce4l => 3,
        Program::Chronyd => 4,
        Program::Pmc => 5,
        Program::Gpsd => 6,
        Program::Gpspipe => 7,
        Program::Grandmaster => 8,
        Program::BoundaryClock => 9,
        Program::Dpll => 10,
        Program::Gnss => 11,
        Program::Other(_) => 12,
    }
}
