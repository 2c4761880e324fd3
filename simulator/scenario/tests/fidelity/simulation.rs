//! Simulations of a recording.

use crate::recording::Recording;
use sim_core::{Connection, ProcessProgram, Setup, What, World};

/// What one seed makes of it.
pub(crate) struct Simulation {
    pub(crate) seed: u64,
    pub(crate) ptp4l: Vec<String>,
    pub(crate) phc2sys: Vec<String>,
    /// By second: hardware clock and clock of the operating system minus true time, in nanoseconds.
    pub(crate) truth_ns: Vec<(f64, f64)>,
}

impl Simulation {
    pub(crate) fn run(setup: Setup) -> Self {
        let mut simulation =
            Self { seed: setup.seed, ptp4l: Vec::new(), phc2sys: Vec::new(), truth_ns: Vec::new() };
        for emission in World::new(setup) {
            match emission.what {
                What::Line { connection: Connection::Process(process), text } => {
                    if process.program == ProcessProgram::Ptp4l {
                        simulation.ptp4l.push(text);
                    } else if process.program == ProcessProgram::Phc2sys {
                        simulation.phc2sys.push(text);
                    }
                }
                What::Truth(truth) => {
                    let second = simulation.truth_ns.len() as u64 * 1_000_000_000;
                    if emission.at.ns == second {
                        simulation.truth_ns.push((truth.cards[0].phc_error_ns, truth.os_error_ns));
                    }
                }
                What::Line { .. } | What::Opened { .. } | What::Closed { .. } | What::Action(_) => {}
            }
        }
        simulation
    }

    /// Several seeds, two at a time.
    pub(crate) fn several(recording: &Recording, seeds: std::ops::RangeInclusive<u64>) -> Vec<Self> {
        let half = |odd: u64| {
            let seeds: Vec<u64> = seeds.clone().filter(|seed| seed % 2 == odd).collect();
            move || seeds.into_iter().map(|seed| Self::run(recording.setup(seed))).collect::<Vec<_>>()
        };
        let mut all = std::thread::scope(|scope| {
            let (odd, even) = (scope.spawn(half(1)), scope.spawn(half(0)));
            let mut all = odd.join().expect("no simulation panics");
            all.extend(even.join().expect("no simulation panics"));
            all
        });
        all.sort_by_key(|simulation| simulation.seed);
        all
    }
}
