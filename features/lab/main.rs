//! The `ptp-lab` program.

fn main() {}
