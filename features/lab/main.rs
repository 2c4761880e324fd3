//! The `ptp-lab` program: run scenarios and recorded logs against the proxy, or only write the lines of a scenario.

mod args;
mod clknetsim;
mod conform;
mod exit;
mod explore;
mod output;
mod signals;
mod tasks;

use args::Args;
use clap::Parser;
use exit::Exit;
use ptp_lab::ProxyProgram;
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // The lab starts itself again as the proxy, so that one program is enough for a whole testbed.
    let as_proxy = |argument: &OsString| argument == ProxyProgram::AS_PROXY;
    if arguments.get(1).is_some_and(as_proxy) {
        return cloud_event_proxy::main(arguments.into_iter().skip(1));
    }
    match Args::try_parse_from(arguments) {
        Ok(args) => perform(args).into(),
        Err(problem) => {
            let asked_for_help = !problem.use_stderr();
            // Without a terminal to tell it to, nobody reads it.
            problem.print().unwrap_or(());
            if asked_for_help { Exit::Passed.into() } else { Exit::Usage.into() }
        }
    }
}

fn perform(args: Args) -> Exit {
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::failed(&error),
    };
    runtime.block_on(async {
        // Leaving by return takes the proxy and the temporary files along.
        tokio::select! {
            exit = Box::pin(tasks::perform(args.task)) => exit,
            () = signals::told_to_end() => Exit::Failed,
        }
    })
}
