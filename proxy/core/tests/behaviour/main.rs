//! What an outsider sees of the core, in virtual time: lines and requests go in, events, deliveries and
//! answers come out.

mod boundary_clock;
mod clock_address;
mod configuration;
mod delivery;
mod grandmaster;
mod identity;
mod invariants;
mod memory;
mod node_state;
mod os_clock;
mod ports;
mod processes;
mod provenance;
mod ptp_clock;
mod pull;
mod redundancy;
mod replay;
mod reports;
mod subscription;
mod synce;
mod system_clock;
mod world;
