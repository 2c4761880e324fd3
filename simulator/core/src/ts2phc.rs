//! ts2phc.

use crate::Ts2phcSetup;
use crate::process::Life;
use crate::reach::Reach;

/// What ts2phc handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ts2phcInput {
    /// Its interval has passed.
    Tick,
}

impl From<Ts2phcInput> for crate::process::ProcessInput {
    fn from(input: Ts2phcInput) -> Self {
        Self::Ts2phc(input)
    }
}

/// A ts2phc process.
#[derive(Debug)]
pub(crate) struct Ts2phc {
    life: Life,
    setup: Ts2phcSetup,
}

impl Ts2phc {
    pub(crate) fn start(setup: &Ts2phcSetup, life: Life, _seed: u64, _reach: &mut Reach<'_>) -> Self {
        Self { life, setup: setup.clone() }
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, _reach: &mut Reach<'_>) {}

    pub(crate) fn handle(&mut self, input: Ts2phcInput, _reach: &mut Reach<'_>) {
        match input {
            Ts2phcInput::Tick => {}
        }
    }
}
