//! Where the invariants of the tree live: dependency arrows in `tests/arrows.rs`, budgets and documents in
//! `tests/tidy.rs`. The crate itself has no code; it depends on nothing in the workspace.
