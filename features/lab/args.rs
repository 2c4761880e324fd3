//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use ptp_lab::Wiring;
use ptp_lab::conform::level::{Level, Profile};
use ptp_lab::limits::BOOT_UNIX_S_MAX;
use ptp_lab::replay::Thresholds;
use ptp_lab::run_report::MASK_DEFAULT;
use ptp_lab::simulate::Pace;
use sim_core::stability::mask::{MASKS, Mask};
use std::ffi::OsString;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::PathBuf;

/// A testbed for PTP event notification: a simulated or recorded node, the proxy as a process of its own, a consumer.
#[derive(Debug, Parser)]
#[command(name = "ptp-lab", version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Play a scenario to the proxy, tell what happens, and compare the events with what the scenario expects.
    Run(Run),
    /// Play recorded linuxptp logs of one node to the proxy, and tell what happens.
    Replay(Replay),
    /// Write only the lines of a scenario.
    Simulate(Simulate),
    /// Make a page of a recorded run: errors, states, events, stability against masks.
    Report(Report),
    /// Hold an endpoint, or the proxy itself, to the requirements of the notification API.
    Conform(Box<Conform>),
    /// Draw random nodes and faults, drive the core of the proxy with them in virtual time, and hold it to invariants.
    Explore(Explore),
    /// Be a consumer: answer every notification with 204, and write it as one line of JSON.
    Consume(Consume),
}

/// Options of everything that starts the proxy.
#[derive(Debug, clap::Args)]
pub(crate) struct Proxy {
    /// The proxy executable [default: this program, acting as the proxy].
    #[arg(long, value_name = "PATH", env = "PTP_LAB_PROXY")]
    pub(crate) proxy: Option<PathBuf>,
    /// Keep the node's files and the proxy's log in this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Record the run in this folder, for `ptp-lab report`.
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// Write newline-delimited JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    /// The scenario file.
    #[arg(value_name = "SCENARIO.toml")]
    pub(crate) scenario: PathBuf,
    /// Another seed than the scenario's.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Write all lines to one connection of the event socket, or each to its own as linuxptp-daemon does.
    #[arg(long, value_enum, default_value_t = Connections::One)]
    pub(crate) connections: Connections,
    #[command(flatten)]
    pub(crate) proxy: Proxy,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Connections {
    /// One: the quickest.
    One,
    /// One for each process, as on a node.
    Each,
}

impl From<Connections> for Wiring {
    fn from(connections: Connections) -> Self {
        match connections {
            Connections::One => Self::One,
            Connections::Each => Self::Each,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    /// Logs of one node, merged by their stamps; ties keep the order given here.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) logs: Vec<PathBuf>,
    /// Folder with the node's *.config files [default: derived from the logs].
    #[arg(long, value_name = "DIR")]
    pub(crate) config_dir: Option<PathBuf>,
    /// The node's profile file [default: made from the thresholds].
    #[arg(long, value_name = "FILE", conflicts_with = "thresholds")]
    pub(crate) profile: Option<PathBuf>,
    /// Name of port 1, for logs of linuxptp before 4.0, which do not name ports [default: port1].
    #[arg(long, value_name = "IF", value_parser = interface)]
    pub(crate) interface: Option<String>,
    /// Thresholds in nanoseconds, and the holdover timeout in seconds; MAX and HOLDOVER_S are at least 1.
    #[arg(
        long,
        value_name = "MAX,MIN,HOLDOVER_S",
        value_parser = thresholds,
        allow_hyphen_values = true,
        default_value = "100,-100,5"
    )]
    pub(crate) thresholds: Thresholds,
    /// UNIX time at which the stamps count from zero [default: as a mark in the logs says, else 1700000000].
    #[arg(long, value_name = "UNIX_S", value_parser = clap::value_parser!(u64).range(..=BOOT_UNIX_S_MAX))]
    pub(crate) start: Option<u64>,
    #[command(flatten)]
    pub(crate) proxy: Proxy,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Simulate {
    /// The scenario file.
    #[arg(value_name = "SCENARIO.toml", required_unless_present = "clknetsim")]
    pub(crate) scenario: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) model: crate::clknetsim::ModelArgs,
    /// Write to this file; `-` is standard output.
    #[arg(long, value_name = "FILE|-", default_value = "-", conflicts_with = "socket")]
    pub(crate) out: PathBuf,
    /// Write to this event socket.
    #[arg(long, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// First write the node's files to run/ and profile/ in this folder, for a proxy that is started by hand.
    #[arg(long, value_name = "DIR", conflicts_with = "clknetsim")]
    pub(crate) node_dir: Option<PathBuf>,
    /// Record lines and ground truth in this folder, for `ptp-lab report`.
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// How fast to write to the socket.
    #[arg(long, value_enum, default_value_t = PaceName::Real, requires = "socket")]
    pub(crate) pace: PaceName,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Report {
    /// The folder that `--record` has made.
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The page [default: report.html in the folder].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Masks that the PTP clocks are held against: eprtc, prtc-a, prtc-b, class-a to class-d, point-c, end-to-end.
    #[arg(long = "mask", value_name = "LIST", value_delimiter = ',', value_parser = mask, default_value = MASK_DEFAULT)]
    pub(crate) masks: Vec<&'static Mask>,
}

/// Without a URL the proxy is tested: one for each scenario, in virtual time.
#[derive(Debug, clap::Args)]
pub(crate) struct Conform {
    /// Base URL of an endpoint, with the version: http://node:9043/api/ocloudNotifications/v2
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Which representation the endpoint is held to.
    #[arg(long, value_name = "PROFILE", default_value = "compat")]
    pub(crate) profile: Profile,
    /// Only requirements of these levels: spec, test, dropin, quality [default: all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) level: Vec<Level>,
    /// Only these numbered checks [default: all].
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) check: Vec<u8>,
    /// How a contradiction of the specification is read; --list-readings tells them all.
    #[arg(long = "reading", value_name = "NAME=READING")]
    pub(crate) readings: Vec<String>,
    /// Tell the contradictions of the specification with their readings, and end.
    #[arg(long)]
    pub(crate) list_readings: bool,
    /// Name of the endpoint's node.
    #[arg(long, value_name = "NAME", env = "NODE_NAME")]
    pub(crate) node: Option<String>,
    /// UNIX socket that takes lines of linuxptp for the endpoint's ptp4l.0.config.
    #[arg(long, value_name = "PATH", requires = "url", conflicts_with = "stimulus_command")]
    pub(crate) stimulus_socket: Option<PathBuf>,
    /// The interface of the lines.
    #[arg(long, value_name = "IF", default_value = "ens1f0", value_parser = interface)]
    pub(crate) stimulus_interface: String,
    /// Shell command that changes a state: PTP_RESOURCE and PTP_VALUE say what becomes what; 69 says that it cannot.
    #[arg(long, value_name = "COMMAND", requires = "url")]
    pub(crate) stimulus_command: Option<OsString>,
    /// Shell command that ends the endpoint, as PTP_SIGNAL (TERM or KILL) says, and starts it again.
    #[arg(long, value_name = "COMMAND", requires = "url")]
    pub(crate) restart_command: Option<OsString>,
    /// Nobody else uses the endpoint: all its subscriptions may be deleted.
    #[arg(long, requires = "url")]
    pub(crate) alone: bool,
    /// How long a notification may take.
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    pub(crate) within_ms: u64,
    /// How long nothing must come to be taken for nothing.
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    pub(crate) quiet_ms: u64,
    /// PEM file of authorities for an https endpoint, beside those of the system.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Address that the suite's consumers bind.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) consumer_bind: IpAddr,
    /// Host under which the endpoint reaches the suite's consumers [default: localhost].
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub(crate) consumer_host: String,
    /// Shuffle the scenarios with this seed.
    #[arg(long, value_name = "SEED")]
    pub(crate) shuffle: Option<u64>,
    /// A requirement that was not run counts as failed.
    #[arg(long)]
    pub(crate) complete: bool,
    /// Write a JUnit report.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write a JSON report.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write a report as one HTML page.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// The proxy executable, without a URL [default: this program, acting as the proxy].
    #[arg(long, value_name = "PATH", env = "PTP_LAB_PROXY", conflicts_with = "url")]
    pub(crate) proxy: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explore {
    /// The seeds, the end not included.
    #[arg(long, value_name = "A..B", value_parser = seeds, required_unless_present = "from_commit")]
    pub(crate) seeds: Option<Range<u64>>,
    /// The first seed is the number that the first eight digits of this hash make.
    #[arg(long, value_name = "HASH", conflicts_with = "seeds")]
    pub(crate) from_commit: Option<String>,
    /// How many seeds, with --from-commit.
    #[arg(long, value_name = "N", default_value_t = 300, conflicts_with = "seeds")]
    pub(crate) count: u64,
    /// How many at a time [default: as many as there are processors].
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Where to write a scenario for each failure.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Simulate and play each case twice, and compare every line and event.
    #[arg(long)]
    pub(crate) twice: bool,
    /// Write newline-delimited JSON instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Consume {
    /// Port on 127.0.0.1, 0 for any free one.
    #[arg(long, value_name = "PORT", default_value_t = 9200)]
    pub(crate) port: u16,
    /// End after so many notifications [default: never].
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PaceName {
    /// A second takes a second.
    Real,
    /// As fast as the lines are taken.
    Fast,
}

impl From<PaceName> for Pace {
    fn from(name: PaceName) -> Self {
        match name {
            PaceName::Real => Self::Real,
            PaceName::Fast => Self::Fast,
        }
    }
}

fn thresholds(text: &str) -> Result<Thresholds, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let &[max, min, holdover] = parts.as_slice() else {
        return Err("expected three numbers: MAX,MIN,HOLDOVER_S".to_owned());
    };
    let thresholds = Thresholds {
        max_offset_ns: max.parse().map_err(|_| format!("MAX is not a whole number: {max}"))?,
        min_offset_ns: min.parse().map_err(|_| format!("MIN is not a whole number: {min}"))?,
        holdover_s: holdover.parse().map_err(|_| format!("HOLDOVER_S is not a whole number: {holdover}"))?,
    };
    // In a profile these stand for the defaults.
    if thresholds.max_offset_ns < 1 || thresholds.holdover_s < 1 {
        return Err("MAX and HOLDOVER_S must be at least 1".to_owned());
    }
    if thresholds.min_offset_ns >= thresholds.max_offset_ns {
        return Err(format!("MIN {min} is not less than MAX {max}"));
    }
    Ok(thresholds)
}

fn mask(name: &str) -> Result<&'static Mask, String> {
    let names = || MASKS.iter().map(|mask| mask.name).collect::<Vec<_>>().join(", ");
    Mask::named(name).ok_or_else(|| format!("there are {}", names()))
}

/// `A..B`, not empty.
fn seeds(text: &str) -> Result<Range<u64>, String> {
    let seeds = text.split_once("..").and_then(|(from, until)| Some(from.parse().ok()?..until.parse().ok()?));
    seeds.filter(|seeds| !seeds.is_empty()).ok_or_else(|| "expected a range such as 0..1000".to_owned())
}

/// A name that Linux gives to an interface and a section of ptp4l's configuration can carry.
fn interface(text: &str) -> Result<String, String> {
    let is_unfit = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '[' | ']');
    if text.is_empty() || text.contains(is_unfit) {
        return Err("not the name of an interface".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn thresholds_are_three_numbers_in_order() {
        let expected = Thresholds { max_offset_ns: 50, min_offset_ns: -40, holdover_s: 14_400 };
        assert_eq!(thresholds("50,-40,14400"), Ok(expected));
        for text in ["50,-40", "50,-40,x", "-40,50,5", "50,-40,-1"] {
            assert!(thresholds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn thresholds_for_which_a_proxy_would_take_its_defaults_are_refused() {
        for text in ["0,-1,1", "-1,-10,1", "100,-100,0"] {
            assert!(thresholds(text).is_err(), "{text}");
        }
        assert!(thresholds("1,0,1").is_ok());
    }

    #[test]
    fn seeds_are_a_range_that_is_not_empty() {
        assert_eq!(seeds("0..10"), Ok(0..10));
        for text in ["", "5", "5..", "5..5", "7..5", "-1..5", "0..x"] {
            assert!(seeds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_interface_has_a_name_that_a_section_can_carry() {
        assert_eq!(interface("ens1f0.100"), Ok("ens1f0.100".to_owned()));
        for text in ["", "a b", "a]b", "../x"] {
            assert!(interface(text).is_err(), "{text}");
        }
    }
}
