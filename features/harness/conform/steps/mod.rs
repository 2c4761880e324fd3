//! The words of the suite's features, one file for each noun.
//!
//! A step asks, stimulates or looks; what it finds is compared as raw JSON or text. A step that cannot be judged ends its
//! scenario with `Case::not_run`.

mod address;
mod answer;
mod consumer;
mod current_state;
mod list;
mod notification;
mod request;
mod state;
mod subscription;
