//! synce4l.

use crate::Synce4lSetup;
use crate::process::Life;
use crate::reach::Reach;

/// What synce4l handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Synce4lInput {
    /// Its interval has passed.
    Tick,
}

impl From<Synce4lInput> for crate::process::ProcessInput {
    fn from(input: Synce4lInput) -> Self {
        Self::Synce4l(input)
    }
}

/// A synce4l process.
#[derive(Debug)]
pub(crate) struct Synce4l {
    life: Life,
    setup: Synce4lSetup,
}

impl Synce4l {
    pub(crate) fn start(setup: &Synce4lSetup, life: Life, _seed: u64, _reach: &mut Reach<'_>) -> Self {
        Self { life, setup: setup.clone() }
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, _reach: &mut Reach<'_>) {}

    pub(crate) fn handle(&mut self, input: Synce4lInput, _reach: &mut Reach<'_>) {
        match input {
            Synce4lInput::Tick => {}
        }
    }
}
