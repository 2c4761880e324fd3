//! Invariants of the tree live in `tests/`.
