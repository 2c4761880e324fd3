//! The simulator beside real linuxptp with the same model of clocks and network.

mod statistics;
