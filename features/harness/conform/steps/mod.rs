//! The words of the suite's features, one file for each noun.
//!
//! A step asks, stimulates or looks; what it finds is compared as raw JSON or text. A step that cannot be judged ends its
//! scenario with `Case::not_run`.

mod address;
mod answer;
mod cluster;
mod consumer;
mod current_state;
mod delivery;
mod dropin;
mod example_consumer;
mod failing;
mod list;
mod notification;
mod process;
mod request;
mod routes;
mod security;
mod state;
mod store;
mod subscription;
