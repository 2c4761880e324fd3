//! The `cloud-event-proxy` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    cloud_event_proxy::main(std::env::args_os())
}
