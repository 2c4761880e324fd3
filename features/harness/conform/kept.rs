//! What a scenario of delivery, restarts, security or drop-in has set up or seen, for its later steps.

use super::cluster::Cluster;
use super::credentials::Credentials;
use super::wire::{Answered, Wire, WireError};
use crate::LabError;
use serde_json::Value;
use std::time::Instant;

/// What a scenario has set up or seen beside requests and notifications.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// When the latest change was begun.
    pub(super) changed_at: Option<Instant>,
    /// How many changes of the clock class a scenario has made in bursts.
    pub(super) burst_changes: usize,
    /// When the last notification of a burst had come.
    pub(super) burst_arrived: Option<Instant>,
    /// How many times the lock state was changed back and forth.
    pub(super) flips: usize,
    /// The cluster in which the subject keeps its subscriptions.
    pub(super) cluster: Option<Cluster>,
    /// Who may change something.
    pub(super) credentials: Option<Credentials>,
    /// Subscriptions that an earlier proxy has left.
    pub(super) left_behind: Vec<Value>,
    /// Requests from another address.
    pub(super) outside: Option<Wire>,
    /// The publishers before something was tried.
    pub(super) publishers: Vec<u8>,
    /// What came of a request that need not be answered.
    pub(super) attempt: Option<Result<Answered, WireError>>,
    /// What the example consumer has met.
    pub(super) example: ExampleRun,
    /// How a start went.
    pub(super) start: Option<Start>,
}

/// How a start went.
#[derive(Debug)]
pub(super) enum Start {
    /// It serves; what it answers to the first version of the API.
    Serves(Result<Answered, WireError>),
    /// It does not.
    Failed(LabError),
}

/// What the example consumer has met.
#[derive(Debug, Default)]
pub(super) struct ExampleRun {
    /// How many times it has created all subscriptions.
    pub(super) created: usize,
    /// How many times it has deleted all subscriptions.
    pub(super) deleted: usize,
    /// How many times it has looked at everything.
    pub(super) rounds: usize,
    /// What was wrong.
    pub(super) complaints: Vec<String>,
}
