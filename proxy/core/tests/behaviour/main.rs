//! What an outsider sees of the core, in virtual time: lines and requests go in, events, deliveries and
//! answers come out.

mod configuration;
mod delivery;
mod identity;
mod invariants;
mod node_state;
mod os_clock;
mod ports;
mod processes;
mod ptp_clock;
mod pull;
mod replay;
mod subscription;
mod world;
