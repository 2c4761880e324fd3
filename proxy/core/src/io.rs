//! The contract between the core and the shell that drives it: what goes in and what comes out.

use crate::{Event, Memory, NodeConfiguration, Report, Subscription, SubscriptionId};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use ptp_lines::Message;

/// What does not change while the proxy runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The node's name as the platform has it; the third segment of resource addresses.
    pub node_name: String,
    /// After so many consecutive transport failures the subscriptions of an endpoint end. At least 1.
    pub unsubscribe_after: u32,
    /// Subscriptions, and endpoints, at a time, pending ones included; by default
    /// [`crate::limits::SUBSCRIPTIONS_MAX`].
    pub subscriptions_max: usize,
    /// Subscriptions of one endpoint at a time, pending ones included; by default
    /// [`crate::limits::SUBSCRIPTIONS_PER_ENDPOINT_MAX`]. Those of an earlier run are adopted even if they are more.
    pub subscriptions_per_endpoint_max: usize,
}

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A line of the event socket. Control lines are for the shell.
    Line {
        /// Where it came from.
        origin: Origin,
        /// What it says.
        message: Message<'a>,
        /// The line as it came, for [`crate::Cause::Line`].
        text: &'a [u8],
    },
    /// A report of a daemon that speaks of states instead of forwarding lines.
    Report(Report<'a>),
    /// The files of the node were read. Replaces what was known; clocks whose configuration is unchanged keep their state.
    Configure(NodeConfiguration),
    /// The daemon's table of interface aliases; an interface without one goes by its own name.
    Aliases(BTreeMap<String, String>),
    /// Subscriptions found in the store at start. Those that can never fire are kept and listed, so that
    /// nothing that a consumer was given disappears. At most [`Settings::subscriptions_max`] are adopted,
    /// in this order; the rest is counted ([`crate::Snapshot::subscriptions_not_adopted`]), receives nothing and
    /// stays in the store until its endpoint is written again.
    Restore(Vec<Subscription>),
    /// Subscriptions of an earlier run that were found elsewhere than in the store, at any time: as
    /// [`Self::Restore`], and they are written to the store. One whose endpoint has subscribed to the same address
    /// meanwhile is skipped.
    Adopt(Vec<Subscription>),
    /// What an earlier run knew when it ended, see [`crate::Core::memory`]. To be given once, after the first
    /// [`Input::Configure`] and after [`Input::Restore`]; what the node's configuration no longer has is dropped.
    Recall(Memory),
    /// A consumer wants to subscribe.
    Subscribe {
        /// To be named in the answer.
        request: RequestId,
        /// The resource address as written.
        resource_address: String,
        /// Where to send events; the shell has checked that it is an acceptable URI.
        endpoint: Arc<str>,
    },
    /// A consumer wants to unsubscribe.
    Unsubscribe {
        /// To be named in the answer.
        request: RequestId,
        /// Which one.
        id: SubscriptionId,
    },
    /// Somebody wants every subscription gone.
    UnsubscribeAll {
        /// To be named in the answer.
        request: RequestId,
    },
    /// How the initial notification of a [`Output::Handshake`] went.
    HandshakeDone {
        /// Whose.
        request: RequestId,
        /// How.
        outcome: HandshakeOutcome,
    },
    /// How an [`Output::Store`] went.
    Stored {
        /// Which.
        ticket: StoreTicket,
        /// Whether it is on disk.
        durable: bool,
    },
    /// How an [`Output::Deliver`] went.
    Delivered {
        /// The token that came with it.
        attempt: Attempt,
        /// How.
        outcome: Outcome,
    },
    /// [`crate::Core::next_deadline`] has come.
    Timeout,
}

/// What the daemon has said of the connection that a line came on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `CMD LIVE_START`: its lines are those of a running process.
    Live,
    /// Nothing: its lines may be a replay of what the daemon has kept.
    Unmarked,
}

/// A request that waits for its [`Output::Answer`]; never used twice in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// A write to the store that waits for [`Input::Stored`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoreTicket(pub(crate) u64);

/// One attempt to deliver. Neither `Clone` nor `Copy`: it is answered exactly once, in [`Input::Delivered`].
#[derive(Debug, PartialEq, Eq)]
pub struct Attempt(pub(crate) u64);

/// How the initial notification went, O-RAN.WG6 O-Cloud Notification API v04.00, 5.1.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandshakeOutcome {
    /// 204.
    Confirmed,
    /// Any other answer, or none.
    Refused,
}

/// How a delivery went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 204.
    Accepted,
    /// An HTTP answer other than 204: the consumer has it, and is warned about.
    Answered {
        /// The status code.
        status: u16,
    },
    /// No answer: refused, reset, timed out, unresolved.
    Failed,
}

/// What to do. To be carried out in order.
#[derive(Debug)]
pub enum Output {
    /// A published state changed: to be logged. Deliveries of it follow apart.
    Changed(Arc<Event>),
    /// [`crate::Core::memory`] has changed: to be kept, so that the next run can recall it. At most one for each
    /// input; several that are not carried out yet may be carried out as one.
    Remember,
    /// Send the initial notification once, and say how it went.
    Handshake {
        /// For [`Input::HandshakeDone`].
        request: RequestId,
        /// Where to.
        endpoint: Arc<str>,
        /// The current state.
        event: Arc<Event>,
    },
    /// Make these the stored subscriptions of this endpoint (none: remove them), durably, then say so.
    Store {
        /// For [`Input::Stored`].
        ticket: StoreTicket,
        /// Whose.
        endpoint: Arc<str>,
        /// All of them.
        subscriptions: Vec<Subscription>,
    },
    /// Answer a request.
    Answer {
        /// Which.
        request: RequestId,
        /// What.
        answer: Answer,
    },
    /// Send an event once, and say how it went.
    Deliver(Delivery),
    /// A subscription has ended because its endpoint failed too often: to be logged.
    Ended {
        /// The subscription.
        subscription: Subscription,
        /// Consecutive failures of its endpoint.
        failures: u32,
    },
}

/// One attempt to send one event to one subscriber.
#[derive(Debug)]
pub struct Delivery {
    /// For [`Input::Delivered`].
    pub attempt: Attempt,
    /// Where to.
    pub endpoint: Arc<str>,
    /// The subscriber.
    pub subscription: SubscriptionId,
    /// What to send.
    pub event: Arc<Event>,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Subscribed, stored and active.
    Subscribed(Subscription),
    /// Not subscribed.
    NotSubscribed(SubscribeError),
    /// Gone, durably.
    Unsubscribed,
    /// No subscription has this id.
    UnknownSubscription,
    /// The store could not be written; nothing has changed.
    NotStored,
}

/// Why a subscription was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The address can never fire on this node.
    #[error("no such resource on this node: {address}")]
    UnknownResource {
        /// As written.
        address: String,
    },
    /// The same address and endpoint are subscribed, or about to be.
    #[error("already subscribed")]
    Duplicate,
    /// The endpoint did not confirm the initial notification with 204.
    #[error("the endpoint did not confirm the initial notification")]
    NotConfirmed,
    /// The store could not be written.
    #[error("the subscription could not be stored")]
    NotStored,
    /// The proxy holds as many subscriptions as it may.
    #[error("too many subscriptions: the limit is {limit}")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// The endpoint has as many subscriptions as it may.
    #[error("too many subscriptions of this endpoint: the limit is {limit}")]
    TooManyForEndpoint {
        /// The bound.
        limit: usize,
    },
}
