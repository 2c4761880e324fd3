//! Whole nodes to start from, one file each.

mod ordinary;
mod telecom_boundary;
mod telecom_grandmaster;
