//! The simulator from outside: its order, the form of its lines, and how close it comes to real linuxptp.

mod aggregation;
mod common;
mod daemon;
mod fidelity;
mod fleet;
mod free_running;
mod lines;
mod network_time;
mod phc2sys;
mod ports;
mod synce;
mod telecom;
mod world;
