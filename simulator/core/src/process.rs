//! The processes of a node: their names, and whether they run.

use crate::SimTime;
use crate::queue::{Event, Queue};
use ptp_lines::{ConfigName, ConfigProgram, Program};
use std::fmt;

/// A process that linuxptp-daemon runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// Its program.
    pub program: ProcessProgram,
    /// The place of its profile in [`Setup::profiles`](crate::Setup::profiles).
    pub profile: usize,
}

/// The programs that linuxptp-daemon runs, in the order in which it starts those of a profile: `chronyd` first,
/// children before their parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProcessProgram {
    /// Network time.
    Chronyd,
    /// GNSS daemon, a child of ts2phc.
    Gpsd,
    /// Relay of NMEA sentences, a child of ts2phc.
    Gpspipe,
    /// Time stamp (1PPS) servo.
    Ts2phc,
    /// Synchronous Ethernet.
    Synce4l,
    /// PTP management client, a child of ptp4l.
    Pmc,
    /// PTP.
    Ptp4l,
    /// System clock servo.
    Phc2sys,
}

impl ProcessProgram {
    /// As lines name it.
    pub(crate) fn program(self) -> Program<'static> {
        match self {
            Self::Chronyd => Program::Chronyd,
            Self::Gpsd => Program::Gpsd,
            Self::Gpspipe => Program::Gpspipe,
            Self::Ts2phc => Program::Ts2phc,
            Self::Synce4l => Program::Synce4l,
            Self::Pmc => Program::Pmc,
            Self::Ptp4l => Program::Ptp4l,
            Self::Phc2sys => Program::Phc2sys,
        }
    }

    /// The process whose connection carries its lines.
    pub(crate) fn parent(self) -> Self {
        match self {
            Self::Gpsd | Self::Gpspipe | Self::Ts2phc => Self::Ts2phc,
            Self::Pmc | Self::Ptp4l => Self::Ptp4l,
            Self::Chronyd => Self::Chronyd,
            Self::Synce4l => Self::Synce4l,
            Self::Phc2sys => Self::Phc2sys,
        }
    }

    /// The configuration that its tag names, for a profile of that index. phc2sys in automatic mode bears the tag of
    /// its ptp4l; in a high-availability profile, which has no ptp4l, its own.
    pub(crate) fn config(self, index: u32, has_ptp4l: bool) -> ConfigName {
        let program = match self {
            Self::Chronyd => ConfigProgram::Chronyd,
            Self::Gpsd | Self::Gpspipe | Self::Ts2phc => ConfigProgram::Ts2phc,
            Self::Synce4l => ConfigProgram::Synce4l,
            Self::Pmc | Self::Ptp4l => ConfigProgram::Ptp4l,
            Self::Phc2sys if has_ptp4l => ConfigProgram::Ptp4l,
            Self::Phc2sys => ConfigProgram::Phc2sys,
        };
        ConfigName { program, index }
    }
}

impl fmt::Display for ProcessProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program().name())
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program)?;
        match self.profile {
            0 => Ok(()),
            further => write!(f, " of profile {}", further + 1),
        }
    }
}

/// One life of a process: what is planned for it reaches it only while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) process: ProcessId,
    pub(crate) number: u32,
}

impl Life {
    /// Plans something for this life of the process.
    pub(crate) fn plan(self, at: SimTime, input: impl Into<ProcessInput>, queue: &mut Queue) {
        queue.plan(at, Event::Process { life: self, input: input.into() });
    }
}

/// What can come to a process; each kind is declared beside its process.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProcessInput {
    Ptp4l(crate::ptp4l::Ptp4lInput),
    Phc2sys(crate::phc2sys::Phc2sysInput),
    Ts2phc(crate::ts2phc::Ts2phcInput),
    Synce4l(crate::synce4l::Synce4lInput),
    Chronyd(crate::chronyd::ChronydInput),
}

/// A place for a process of one kind.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    /// How often a process has been started here.
    lives: u32,
    state: SlotState<T>,
}

#[derive(Debug)]
enum SlotState<T> {
    Down,
    Running(T),
    /// Stopped by a signal: it keeps what it knows, and hears nothing.
    Stalled(T),
}

impl<T> Slot<T> {
    pub(crate) fn empty() -> Self {
        Self { lives: 0, state: SlotState::Down }
    }

    /// The number of the latest life.
    pub(crate) fn lives(&self) -> u32 {
        self.lives
    }

    /// The number of the next life.
    pub(crate) fn next_life(&self) -> u32 {
        self.lives + 1
    }

    pub(crate) fn start(&mut self, process: T) {
        self.lives += 1;
        self.state = SlotState::Running(process);
    }

    /// Returns whether there was one.
    pub(crate) fn end(&mut self) -> bool {
        !matches!(std::mem::replace(&mut self.state, SlotState::Down), SlotState::Down)
    }

    pub(crate) fn stall(&mut self) {
        self.state = match std::mem::replace(&mut self.state, SlotState::Down) {
            SlotState::Running(process) => SlotState::Stalled(process),
            other @ (SlotState::Down | SlotState::Stalled(_)) => other,
        };
    }

    /// The process that goes on, if it was stopped.
    pub(crate) fn resume(&mut self) -> Option<&mut T> {
        self.state = match std::mem::replace(&mut self.state, SlotState::Down) {
            SlotState::Stalled(process) => SlotState::Running(process),
            other @ (SlotState::Down | SlotState::Running(_)) => return self.restore(other),
        };
        self.running_mut()
    }

    fn restore(&mut self, state: SlotState<T>) -> Option<&mut T> {
        self.state = state;
        None
    }

    /// The process, if it runs.
    pub(crate) fn running(&self) -> Option<&T> {
        match &self.state {
            SlotState::Running(process) => Some(process),
            SlotState::Down | SlotState::Stalled(_) => None,
        }
    }

    /// The process, if it runs.
    pub(crate) fn running_mut(&mut self) -> Option<&mut T> {
        match &mut self.state {
            SlotState::Running(process) => Some(process),
            SlotState::Down | SlotState::Stalled(_) => None,
        }
    }

    /// The process, if it runs and this is its life.
    pub(crate) fn alive(&mut self, life: Life) -> Option<&mut T> {
        if life.number == self.lives { self.running_mut() } else { None }
    }
}
