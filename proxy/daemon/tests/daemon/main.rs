//! The proxy from outside: the shipped program, its socket, its API, its files and its signals.

#[cfg(test)]
mod command_line;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod subscribing;
#[cfg(test)]
mod support;
