//! The incumbent's recorded behaviour, case by case, against the shipped program on its real socket, API and metrics.
//!
//! `scenarios/incumbent/README.md` says what the cases are and how to run others of the same kind.

#[cfg(test)]
mod case;
#[cfg(test)]
mod deviation;
#[cfg(test)]
mod event;
#[cfg(test)]
mod judge;
#[cfg(test)]
mod node;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod play;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod special;
#[cfg(test)]
mod suite;
#[cfg(test)]
mod table;
