//! The `cloud-event-proxy` program.

fn main() {}
