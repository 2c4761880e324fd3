//! Whole nodes to start from, one file each.

mod ordinary;
