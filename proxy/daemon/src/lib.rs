//! The proxy as a process: sockets, REST, webhooks, store, metrics and configuration around [`proxy_core`].
//!
//! [`main`] is the whole program. It is a library so that a testbed can start itself again as the proxy process.
//! What is decided about clocks, subscriptions and deliveries is decided in the core; this crate only carries it out.

mod accept_pause;
mod args;
mod auth;
mod clock;
mod cloud_event;
mod cluster_store;
mod config;
mod daemon_api;
mod deliver;
mod descriptors;
mod driver;
mod exit;
mod histogram;
mod http_server;
mod limits;
mod line_socket;
mod memory_file;
mod metrics;
mod node_files;
mod report_socket;
mod rest;
mod run;
mod store;
mod telemetry;

use args::{Action, Args};
use clap::Parser as _;
use config::{Config, Problem};
use exit::Exit;
use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

/// Runs the program with these arguments, the first of which is its name, until it is told to end by SIGTERM or SIGINT.
///
/// Exit codes: 0 ended as asked or help was printed, 64 the command line is wrong, 70 a part of the process ended that
/// never should, 77 the system did not permit something, 78 the configuration has problems, 1 anything else.
pub fn main<I: IntoIterator<Item = OsString>>(args: I) -> ExitCode {
    end_on_panic();
    run_with(args).into()
}

/// A broken invariant in whatever task ends the process with SIGABRT: the supervisor restarts it, and the store brings its
/// subscriptions back. A proxy that lives on without one of its parts would be worse.
fn end_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::abort();
    }));
}

fn run_with(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Ok };
            // Standard output may be closed; then nobody reads the help.
            let _ = error.print();
            return exit;
        }
    };
    let action = args.action;
    let config = match configuration(args) {
        Ok(config) => config,
        Err(problems) => return report(&problems),
    };
    let auth = config.auth_config.as_deref().map(auth::read).transpose();
    match (action, auth) {
        (Action::Run, Ok(auth)) => run::run(config, auth),
        (Action::Run, Err(problems)) => report(&problems),
        (Action::Validate, auth) => {
            let mut problems = node_files::NodeFiles::new(&config).read().problems;
            problems.extend(auth.err().unwrap_or_default());
            report(&problems)
        }
    }
}

fn configuration(args: Args) -> Result<Config, Vec<Problem>> {
    let file = args.config.as_deref().map(config::read_file).transpose().map_err(|problem| vec![problem])?;
    config::resolve(args.settings.or(file.unwrap_or_default()))
}

/// Prints problems, and says how to exit.
fn report(problems: &[Problem]) -> Exit {
    let mut stderr = std::io::stderr().lock();
    for problem in problems {
        // A closed standard error leaves the exit code.
        let _ = writeln!(stderr, "{problem}");
    }
    if problems.is_empty() { Exit::Ok } else { Exit::Configuration }
}
