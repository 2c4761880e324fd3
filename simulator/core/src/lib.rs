//! A deterministic radio node.
