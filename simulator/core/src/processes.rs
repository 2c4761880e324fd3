//! The processes of all profiles: starting, ending, and what comes to them.

use crate::chronyd::Chronyd;
use crate::phc2sys::Phc2sys;
use crate::process::{Life, ProcessInput, Slot};
use crate::ptp4l::{Ptp4l, Ptp4lInput};
use crate::reach::Reach;
use crate::synce4l::Synce4l;
use crate::ts2phc::Ts2phc;
use crate::{ProcessId, ProcessProgram, Setup};
use std::sync::Arc;

/// By profile.
#[derive(Debug)]
pub(crate) struct Processes {
    pub(crate) ptp4l: Vec<Slot<Ptp4l>>,
    pub(crate) phc2sys: Vec<Slot<Phc2sys>>,
    pub(crate) ts2phc: Vec<Slot<Ts2phc>>,
    pub(crate) synce4l: Vec<Slot<Synce4l>>,
    pub(crate) chronyd: Vec<Slot<Chronyd>>,
    /// The phc2sys processes that run, and the profiles whose ptp4l they subscribe to.
    followers: Arc<Vec<(Life, Vec<usize>)>>,
}

impl Processes {
    pub(crate) fn new(profiles: usize) -> Self {
        Self {
            ptp4l: (0..profiles).map(|_| Slot::empty()).collect(),
            phc2sys: (0..profiles).map(|_| Slot::empty()).collect(),
            ts2phc: (0..profiles).map(|_| Slot::empty()).collect(),
            synce4l: (0..profiles).map(|_| Slot::empty()).collect(),
            chronyd: (0..profiles).map(|_| Slot::empty()).collect(),
            followers: Arc::default(),
        }
    }

    pub(crate) fn followers(&self) -> Arc<Vec<(Life, Vec<usize>)>> {
        Arc::clone(&self.followers)
    }

    /// Starts a process, in place of one that still runs. Returns whether the setup has it.
    pub(crate) fn start(&mut self, process: ProcessId, setup: &Setup, reach: &mut Reach<'_>) -> bool {
        let Some(profile) = setup.profiles.get(process.profile) else { return false };
        let (index, seed) = (process.profile, setup.seed);
        match process.program {
            ProcessProgram::Ptp4l => {
                start_in(&mut self.ptp4l[index], profile.ptp4l.as_ref(), |options, number| {
                    Ptp4l::start(options, Life { process, number }, seed, reach)
                })
            }
            ProcessProgram::Phc2sys => self.start_phc2sys(process, setup, reach),
            ProcessProgram::Ts2phc => {
                start_in(&mut self.ts2phc[index], profile.ts2phc.as_ref(), |options, number| {
                    Ts2phc::start(options, Life { process, number }, setup, reach)
                })
            }
            ProcessProgram::Synce4l => {
                start_in(&mut self.synce4l[index], profile.synce4l.as_ref(), |options, number| {
                    Synce4l::start(options, Life { process, number }, seed, reach)
                })
            }
            ProcessProgram::Chronyd => {
                start_in(&mut self.chronyd[index], profile.chronyd.as_ref(), |options, number| {
                    Chronyd::start(options, setup, Life { process, number }, reach)
                })
            }
            ProcessProgram::Gpsd | ProcessProgram::Gpspipe | ProcessProgram::Pmc => false,
        }
    }

    fn start_phc2sys(&mut self, process: ProcessId, setup: &Setup, reach: &mut Reach<'_>) -> bool {
        let profile = &setup.profiles[process.profile];
        let Some(options) = &profile.phc2sys else { return false };
        let slot = &mut self.phc2sys[process.profile];
        let life = Life { process, number: slot.next_life() };
        slot.start(Phc2sys::start(options, setup, life, &self.ptp4l, reach));
        let followers = Arc::make_mut(&mut self.followers);
        followers.retain(|(old, _)| old.process != process);
        followers.push((life, Phc2sys::follows(setup, process.profile)));
        true
    }

    /// What a process says when it gets SIGTERM.
    pub(crate) fn last_words(&self, process: ProcessId, reach: &mut Reach<'_>) {
        let chronyd = self.chronyd.get(process.profile).and_then(Slot::running);
        if let (ProcessProgram::Chronyd, Some(chronyd)) = (process.program, chronyd) {
            chronyd.exit(reach);
        }
    }

    /// Ends a process. Returns whether it was there.
    pub(crate) fn end(&mut self, process: ProcessId) -> bool {
        if process.program == ProcessProgram::Phc2sys {
            Arc::make_mut(&mut self.followers).retain(|(life, _)| life.process != process);
        }
        let index = process.profile;
        match process.program {
            ProcessProgram::Ptp4l => self.ptp4l.get_mut(index).is_some_and(Slot::end),
            ProcessProgram::Phc2sys => self.phc2sys.get_mut(index).is_some_and(Slot::end),
            ProcessProgram::Ts2phc => self.ts2phc.get_mut(index).is_some_and(Slot::end),
            ProcessProgram::Synce4l => self.synce4l.get_mut(index).is_some_and(Slot::end),
            ProcessProgram::Chronyd => self.chronyd.get_mut(index).is_some_and(Slot::end),
            ProcessProgram::Gpsd | ProcessProgram::Gpspipe | ProcessProgram::Pmc => false,
        }
    }

    /// Stops a process by a signal.
    pub(crate) fn stall(&mut self, process: ProcessId) {
        let index = process.profile;
        match process.program {
            ProcessProgram::Ptp4l => on(&mut self.ptp4l, index, Slot::stall),
            ProcessProgram::Phc2sys => on(&mut self.phc2sys, index, Slot::stall),
            ProcessProgram::Ts2phc => on(&mut self.ts2phc, index, Slot::stall),
            ProcessProgram::Synce4l => on(&mut self.synce4l, index, Slot::stall),
            ProcessProgram::Chronyd => on(&mut self.chronyd, index, Slot::stall),
            ProcessProgram::Gpsd | ProcessProgram::Gpspipe | ProcessProgram::Pmc => {}
        }
    }

    /// Lets a process that was stopped go on.
    pub(crate) fn resume(&mut self, process: ProcessId, reach: &mut Reach<'_>) {
        let index = process.profile;
        match process.program {
            ProcessProgram::Ptp4l => resume(&mut self.ptp4l, index, |ptp4l| ptp4l.resume(reach)),
            ProcessProgram::Phc2sys => resume(&mut self.phc2sys, index, |phc2sys| phc2sys.resume(reach)),
            ProcessProgram::Ts2phc => resume(&mut self.ts2phc, index, |ts2phc| ts2phc.resume(reach)),
            ProcessProgram::Synce4l => resume(&mut self.synce4l, index, |synce4l| synce4l.resume(reach)),
            ProcessProgram::Chronyd => resume(&mut self.chronyd, index, |chronyd| chronyd.resume(reach)),
            ProcessProgram::Gpsd | ProcessProgram::Gpspipe | ProcessProgram::Pmc => {}
        }
    }

    /// Something for a process, whichever life of it runs.
    pub(crate) fn tell(&mut self, process: ProcessId, input: ProcessInput, reach: &mut Reach<'_>) {
        let index = process.profile;
        let number = match process.program.parent() {
            ProcessProgram::Ptp4l | ProcessProgram::Pmc => self.ptp4l.get(index).map(Slot::lives),
            ProcessProgram::Phc2sys => self.phc2sys.get(index).map(Slot::lives),
            ProcessProgram::Ts2phc | ProcessProgram::Gpsd | ProcessProgram::Gpspipe => {
                self.ts2phc.get(index).map(Slot::lives)
            }
            ProcessProgram::Synce4l => self.synce4l.get(index).map(Slot::lives),
            ProcessProgram::Chronyd => self.chronyd.get(index).map(Slot::lives),
        };
        if let Some(number) = number {
            self.handle(Life { process, number }, input, reach);
        }
    }

    pub(crate) fn handle(&mut self, life: Life, input: ProcessInput, reach: &mut Reach<'_>) {
        match input {
            ProcessInput::Ptp4l(input) => alive(&mut self.ptp4l, life, |ptp4l| ptp4l.handle(input, reach)),
            ProcessInput::Phc2sys(input) => {
                let ptp4l = &self.ptp4l;
                alive(&mut self.phc2sys, life, |phc2sys| phc2sys.handle(input, ptp4l, reach));
            }
            ProcessInput::Ts2phc(input) => {
                alive(&mut self.ts2phc, life, |ts2phc| ts2phc.handle(input, reach))
            }
            ProcessInput::Synce4l(input) => {
                alive(&mut self.synce4l, life, |synce4l| synce4l.handle(input, reach));
            }
            ProcessInput::Chronyd(input) => {
                alive(&mut self.chronyd, life, |chronyd| chronyd.handle(input, reach));
            }
        }
    }

    /// Something for the ptp4l that has a port on this interface.
    pub(crate) fn hand_to_port(
        &mut self,
        (setup, interface): (&Setup, &str),
        input: impl Fn(u16) -> Ptp4lInput,
        reach: &mut Reach<'_>,
    ) {
        for (profile, slot) in setup.profiles.iter().zip(&mut self.ptp4l) {
            let ports = profile.ptp4l.iter().flat_map(|ptp4l| &ptp4l.ports);
            for (_, number) in ports.zip(1..=u16::MAX).filter(|(port, _)| port.interface == interface) {
                if let Some(ptp4l) = slot.running_mut() {
                    ptp4l.handle(input(number), reach);
                }
            }
        }
    }
}

fn start_in<O, P>(slot: &mut Slot<P>, options: Option<&O>, start: impl FnOnce(&O, u32) -> P) -> bool {
    let Some(options) = options else { return false };
    let process = start(options, slot.next_life());
    slot.start(process);
    true
}

fn on<P>(slots: &mut [Slot<P>], index: usize, act: impl FnOnce(&mut Slot<P>)) {
    if let Some(slot) = slots.get_mut(index) {
        act(slot);
    }
}

fn resume<P>(slots: &mut [Slot<P>], index: usize, act: impl FnOnce(&mut P)) {
    if let Some(process) = slots.get_mut(index).and_then(Slot::resume) {
        act(process);
    }
}

fn alive<P>(slots: &mut [Slot<P>], life: Life, act: impl FnOnce(&mut P)) {
    if let Some(process) = slots.get_mut(life.process.profile).and_then(|slot| slot.alive(life)) {
        act(process);
    }
}
