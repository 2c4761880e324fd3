//! The command line.

use crate::config::RawConfig;
use std::path::PathBuf;

/// Reads linuxptp lines from a UNIX socket and notifies O-RAN event consumers of clock state changes.
///
/// A flag counts more than its environment variable, that more than the file, and that more than the default. Of a flag
/// that is given twice the last one counts.
#[derive(Debug, clap::Parser)]
#[command(name = "cloud-event-proxy", version, args_override_self = true)]
pub(crate) struct Args {
    /// What to do
    #[arg(value_enum, default_value_t = Action::Run)]
    pub(crate) action: Action,
    /// TOML file with any of the settings below, under the names of their flags
    #[arg(long, env = "CLOUD_EVENT_PROXY_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The settings.
    #[command(flatten)]
    pub(crate) settings: RawConfig,
}

/// What the program can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Action {
    /// Serve until a signal comes
    Run,
    /// Check flags, environment, configuration file and the files of the node, print every problem, and exit with 0 or 78
    Validate,
}
