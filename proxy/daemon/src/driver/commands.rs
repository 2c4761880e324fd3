//! What others may ask of the driver: one closed list for the REST API and the metrics page.

use super::mirror::Mirroring;
use super::{Counters, Driver};
use proxy_core::{
    Answer, CurrentStateError, Event, Input, RequestId, Snapshot, Subscription, SubscriptionId,
};
use std::sync::Arc;
use tokio::sync::oneshot;

/// A question or an order, with the place for its answer.
#[derive(Debug)]
pub(crate) enum Command {
    /// Subscribe an endpoint to a resource.
    Subscribe {
        /// As written.
        resource_address: String,
        /// As written; an acceptable URI.
        endpoint: String,
        /// For the answer.
        reply: oneshot::Sender<Answer>,
    },
    /// End a subscription.
    Unsubscribe {
        /// Which.
        id: String,
        /// For the answer.
        reply: oneshot::Sender<Answer>,
    },
    /// End all subscriptions.
    UnsubscribeAll {
        /// For the answer.
        reply: oneshot::Sender<Answer>,
    },
    /// All subscriptions.
    List {
        /// For the answer.
        reply: oneshot::Sender<Vec<Subscription>>,
    },
    /// One subscription.
    Show {
        /// Which.
        id: String,
        /// For the answer.
        reply: oneshot::Sender<Option<Subscription>>,
    },
    /// The current state of a resource.
    CurrentState {
        /// As written.
        resource_address: String,
        /// For the answer.
        reply: oneshot::Sender<Result<Arc<Event>, CurrentStateError>>,
    },
    /// What metrics need.
    Scrape {
        /// For the answer.
        reply: oneshot::Sender<Scrape>,
    },
}

/// What metrics need.
#[derive(Debug)]
pub(crate) struct Scrape {
    /// Of the core.
    pub(crate) snapshot: Snapshot,
    /// Of the shell.
    pub(crate) counters: Counters,
    /// Connections of the event socket that are open.
    pub(crate) connections_open: usize,
}

impl Driver {
    /// Obeys. Who asked may have gone; then nobody hears the answer.
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Subscribe { resource_address, endpoint, reply } => {
                let request = self.register(reply);
                self.tell_core(Input::Subscribe { request, resource_address, endpoint: endpoint.into() });
            }
            Command::Unsubscribe { id, reply } => {
                let request = self.register(reply);
                if let Some(mirroring) = &mut self.mirroring {
                    mirroring.removal_asked(&id);
                }
                self.tell_core(Input::Unsubscribe { request, id: SubscriptionId(id) });
            }
            Command::UnsubscribeAll { reply } => {
                let request = self.register(reply);
                if let Some(mirroring) = &mut self.mirroring {
                    mirroring.removal_of_all_asked();
                }
                self.tell_core(Input::UnsubscribeAll { request });
            }
            Command::List { reply } => {
                let _ = reply.send(self.core.subscriptions().cloned().collect());
            }
            Command::Show { id, reply } => {
                let _ = reply.send(self.core.subscription(&id).cloned());
            }
            Command::CurrentState { resource_address, reply } => {
                let _ = reply.send(self.core.current_state(&resource_address));
            }
            Command::Scrape { reply } => {
                let _ = reply.send(Scrape {
                    snapshot: self.core.snapshot(),
                    counters: self.counters_now(),
                    connections_open: self.connections.len(),
                });
            }
        }
    }

    fn counters_now(&self) -> Counters {
        let cluster = self.mirroring.as_ref().map(Mirroring::counters);
        Counters { cluster, ..self.counters.clone() }
    }

    /// Keeps the place for the answer to a request.
    fn register(&mut self, reply: oneshot::Sender<Answer>) -> RequestId {
        self.next_request += 1;
        let request = RequestId(self.next_request);
        self.requests.insert(request, reply);
        request
    }
}
