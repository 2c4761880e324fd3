//! The proxy from outside: the shipped program, its socket, its API, its files and its signals.

#[cfg(test)]
mod auth;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod http;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod provenance;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod store;
#[cfg(test)]
mod subscribing;
#[cfg(test)]
mod support;
