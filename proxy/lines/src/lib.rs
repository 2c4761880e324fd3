//! The line grammar of linuxptp and of the daemon around it: parse and print, side by side.
//!
//! One file per program holds its forms in both directions. Parsing borrows from the input and allocates nothing;
//! printing a parsed line gives back the bytes that the program wrote. A line that is not known is [`Line::Other`],
//! kept verbatim; only a known form with an unreadable field is a [`LineError`].
//!
//! This crate does not know thresholds, states, resource names or JSON, and reads neither clock nor socket.
#![no_std]

mod line;

pub use line::*;
