//! The conformance specifications.

fn main() {}
