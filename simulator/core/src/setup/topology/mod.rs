//! Whole nodes to start from, one file each.

mod boundary;
mod dual_follower;
mod ordinary;
mod telecom_boundary;
mod telecom_grandmaster;
