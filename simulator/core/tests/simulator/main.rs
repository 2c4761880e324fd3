//! The simulator from outside: its order, the form of its lines, and how close it comes to real linuxptp.

mod common;
mod fidelity;
mod free_running;
mod lines;
mod ports;
mod world;
