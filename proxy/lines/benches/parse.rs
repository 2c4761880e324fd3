//! Benchmarks of parsing.

fn main() {}
