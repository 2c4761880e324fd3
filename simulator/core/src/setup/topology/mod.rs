//! Whole nodes to start from, one file each.

mod boundary;
mod dual_follower;
mod dual_nic;
mod ntp_failover;
mod ordinary;
mod synce;
mod telecom_boundary;
mod telecom_grandmaster;
