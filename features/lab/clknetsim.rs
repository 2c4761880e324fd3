//! `ptp-lab simulate --clknetsim`: models that real linuxptp can run, too.

use crate::exit::Exit;
use crate::output;
use ptp_lab::simulate::TrueClock;
use ptp_scenario::clknetsim::{GrandmasterNode, Model, Run};
use ptp_scenario::{Problem, Ptp4lConfig};
use sim_core::{Action, Phc2sysSetup, PortSetup, Ptp4lSetup, Setup, SimTime};
use std::path::{Path, PathBuf};

/// Bounds of the options.
const DURATION_S_MAX: u64 = 30 * 86_400;
const RATE_HZ_MAX: u32 = 128;

/// A model in place of a scenario, and what it leaves open.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelArgs {
    /// Simulate this model of clocks and network, written for clknetsim.
    #[arg(long, value_name = "FILE", conflicts_with = "scenario")]
    pub(crate) clknetsim: Option<PathBuf>,
    /// The model's configuration of ptp4l on node 2 [default: the conformance profile, client only, on eth0].
    #[arg(long, value_name = "FILE", requires = "clknetsim", conflicts_with = "scenario")]
    config: Option<PathBuf>,
    /// The model's configuration of ptp4l on node 1, the grandmaster [default: that of node 2, with clock class 6].
    #[arg(long, value_name = "FILE", requires = "clknetsim", conflicts_with = "scenario")]
    grandmaster_config: Option<PathBuf>,
    /// When the grandmaster becomes master [default: after its announce receipt timeout].
    #[arg(long, value_name = "S", requires = "clknetsim", conflicts_with = "scenario", value_parser = instant)]
    master_from: Option<SimTime>,
    /// From then on the grandmaster announces this clock class; may be given again.
    #[arg(long, value_name = "S=CLASS", requires = "clknetsim", conflicts_with = "scenario", value_parser = clock_class)]
    clock_class: Vec<(SimTime, u8)>,
    /// `-R` of the model's phc2sys.
    #[arg(long, value_name = "HZ", requires = "clknetsim", conflicts_with = "scenario", default_value_t = 16,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(RATE_HZ_MAX)))]
    phc2sys_rate: u32,
    /// How long to simulate the model.
    #[arg(long, value_name = "S", requires = "clknetsim", conflicts_with = "scenario", default_value_t = 300,
          value_parser = clap::value_parser!(u64).range(1..=DURATION_S_MAX))]
    duration: u64,
    /// Seed of the model's randomness.
    #[arg(long, value_name = "N", requires = "clknetsim", conflicts_with = "scenario", default_value_t = 1)]
    model_seed: u64,
    /// Write the true errors of the model's clocks to this file, as clknetsim logs offsets.
    #[arg(long, value_name = "FILE", requires = "clknetsim", conflicts_with = "scenario")]
    pub(crate) truth: Option<PathBuf>,
}

/// A model that has been read.
pub(crate) struct Simulated {
    pub(crate) setup: Setup,
    /// The clocks of its nodes.
    pub(crate) columns: Vec<TrueClock>,
}

impl ModelArgs {
    /// Reads everything, or tells everything that is wrong with it.
    pub(crate) fn read(&self) -> Result<Simulated, Exit> {
        let path = self.clknetsim.as_deref().unwrap_or(Path::new(""));
        let folder = path.parent().unwrap_or(Path::new(""));
        let data = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
        let model = Model::parse(&read(path)?, &data).map_err(|problems| tell(path, &problems))?;
        let ptp4l = match &self.config {
            Some(path) => config(path)?,
            None => Ptp4lSetup { ports: Vec::new(), ..Ptp4lSetup::default() },
        };
        let ptp4l = if ptp4l.ports.is_empty() {
            Ptp4lSetup { ports: vec![PortSetup::on("eth0")], ..ptp4l }
        } else {
            ptp4l
        };
        let grandmaster = match &self.grandmaster_config {
            Some(path) => config(path)?,
            None => Ptp4lSetup { clock_class: 6, ..ptp4l.clone() },
        };
        let run = Run {
            seed: self.model_seed,
            duration_s: self.duration,
            ptp4l,
            grandmasters: vec![GrandmasterNode {
                node: 1,
                ptp4l: grandmaster,
                master_from: self.master_from,
            }],
            phc2sys: Phc2sysSetup { rate_hz: self.phc2sys_rate, ..Phc2sysSetup::default() },
        };
        let mut setup = model.setup(&run).map_err(|problems| tell(path, &problems))?;
        for node in model.left_out(&run) {
            output::tell(&format!("{}: node {node} is not simulated", path.display()));
        }
        let classes = self.clock_class.iter();
        setup.timeline = classes
            .map(|(at, class)| (*at, Action::GrandmasterClockClass { grandmaster: 0, class: *class }))
            .collect();
        Ok(Simulated { setup, columns: columns(&model) })
    }
}

fn columns(model: &Model) -> Vec<TrueClock> {
    let last = model.nodes.keys().max().copied().unwrap_or(0);
    let clock = |number| match number {
        2 => TrueClock::HardwareClock,
        _ if model.nodes.get(&number).is_some_and(|node| node.reference_base == Some(2)) => {
            TrueClock::OsClock
        }
        _ => TrueClock::Unknown,
    };
    (1..=last).map(clock).collect()
}

fn config(path: &Path) -> Result<Ptp4lSetup, Exit> {
    let config = Ptp4lConfig::parse(&read(path)?).map_err(|problems| tell(path, &problems))?;
    if !config.ignored.is_empty() {
        output::tell(&format!("{}: without effect here: {}", path.display(), config.ignored.join(", ")));
    }
    Ok(config.setup)
}

fn read(path: &Path) -> Result<String, Exit> {
    std::fs::read_to_string(path).map_err(|error| {
        output::tell(&format!("{}: {error}", path.display()));
        Exit::Scenario
    })
}

fn tell(path: &Path, problems: &[Problem]) -> Exit {
    for problem in problems {
        output::tell(&format!("{}: {problem}", path.display()));
    }
    Exit::Scenario
}

/// Seconds since the start, not more than a scenario may last.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded from 0 to 30 days")]
fn instant(text: &str) -> Result<SimTime, String> {
    let s = text.parse::<f64>().ok().filter(|s| (0.0..=DURATION_S_MAX as f64).contains(s));
    let s = s.ok_or_else(|| format!("not seconds from 0 to {DURATION_S_MAX}: {text}"))?;
    Ok(SimTime::from_ns((s * 1e9).round() as u64))
}

fn clock_class(text: &str) -> Result<(SimTime, u8), String> {
    let (at, class) = text.split_once('=').ok_or("expected S=CLASS")?;
    Ok((instant(at)?, class.parse().map_err(|_| format!("not a clock class: {class}"))?))
}

#[cfg(test)]
mod tests {
    use super::{SimTime, clock_class};

    #[test]
    fn a_clock_class_has_its_instant() {
        assert_eq!(clock_class("90.5=248"), Ok((SimTime::from_ms(90_500), 248)));
        for text in ["90", "x=6", "-1=6", "1=256", "nan=6"] {
            assert!(clock_class(text).is_err(), "{text}");
        }
    }
}
