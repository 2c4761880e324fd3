//! chronyd.

use crate::ChronydSetup;
use crate::process::Life;
use crate::reach::Reach;

/// What chronyd handles.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ChronydInput {
    /// Its interval has passed.
    Tick,
}

impl From<ChronydInput> for crate::process::ProcessInput {
    fn from(input: ChronydInput) -> Self {
        Self::Chronyd(input)
    }
}

/// A chronyd process.
#[derive(Debug)]
pub(crate) struct Chronyd {
    life: Life,
    setup: ChronydSetup,
}

impl Chronyd {
    pub(crate) fn start(setup: &ChronydSetup, life: Life, _seed: u64, _reach: &mut Reach<'_>) -> Self {
        Self { life, setup: setup.clone() }
    }

    /// It goes on after it was stopped.
    pub(crate) fn resume(&mut self, _reach: &mut Reach<'_>) {}

    pub(crate) fn handle(&mut self, input: ChronydInput, _reach: &mut Reach<'_>) {
        match input {
            ChronydInput::Tick => {}
        }
    }
}
