//! One scenario under way: its subject, its consumers, what was asked and answered.

use super::interpretation::{Interpretations, Point};
use super::kept::Kept;
use super::level::Profile;
use super::requests::Notes;
use super::result::{Direction, Exchange};
use super::subject::{Launch, Subject, SubjectSettings};
use super::wire::{Answered, Ask, WireError, with_body};
use crate::limits::EXCHANGES_MAX;
use crate::resource_path as path;
use crate::wall_clock;
use crate::{Consumer, ConsumerSettings, Outcome, Received, Signal};
use cucumber::World;
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::panic::panic_any;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What all scenarios of a run share.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) subject: SubjectSettings,
    pub(super) profile: Profile,
    pub(super) interpretations: Interpretations,
    pub(super) consumers: ConsumerPlace,
}

/// Where the suite's consumers listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerPlace {
    /// The address to bind.
    pub bind: IpAddr,
    /// The host under which the subject reaches it, as in a URL.
    pub host: String,
}

impl ConsumerPlace {
    /// Where consumers listen by default: on this machine, under the name that every profile allows.
    pub fn local() -> Self {
        Self { bind: IpAddr::V4(Ipv4Addr::LOCALHOST), host: "localhost".to_owned() }
    }

    fn settings(&self) -> ConsumerSettings {
        if *self == Self::local() {
            ConsumerSettings::localhost()
        } else {
            ConsumerSettings::reachable_as(self.bind, &self.host)
        }
    }
}

/// A reason for which a scenario cannot be judged, thrown by a step.
#[derive(Clone, Debug)]
pub(super) struct NotRun(pub(super) String);

/// A scenario under way.
#[derive(Debug, Default, World)]
pub(crate) struct Case {
    context: Option<Arc<Context>>,
    /// What the scenario wants of the start of its subject.
    pub(super) launch: Launch,
    subject: Option<Subject>,
    /// Consumers by the name that the scenario gives them.
    consumers: BTreeMap<String, Watched>,
    /// The answer to the last request.
    pub(super) answer: Option<Answered>,
    /// When the last request was sent and when its answer had come.
    asked: Option<(Instant, Instant)>,
    /// Subscriptions in the order in which they were made: id, and the answer that described them.
    pub(super) subscriptions: Vec<Subscribed>,
    /// What was listed, named and answered so far.
    pub(super) notes: Notes,
    /// What was exchanged, for the report of a failure.
    exchanges: Vec<Exchange>,
    /// What was set up or seen beside requests and notifications.
    pub(super) kept: Kept,
}

/// A subscription that was made.
#[derive(Clone, Debug)]
pub(super) struct Subscribed {
    pub(super) id: String,
    /// The answer of 201.
    pub(super) answer: Answered,
}

/// A consumer and what it was told and nobody has looked at yet.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) consumer: Consumer,
    heard: VecDeque<Received>,
}

impl Case {
    /// To be called before the first step.
    pub(super) fn prepare(&mut self, context: Arc<Context>) {
        self.context = Some(context);
    }

    pub(super) fn context(&self) -> &Context {
        self.context.as_ref().expect("prepared before the first step")
    }

    /// The reading of a contradiction in this run.
    pub(super) fn reading(&self, point: Point) -> &'static str {
        self.context().interpretations.reading(point)
    }

    /// The subject, started when it is first needed.
    pub(super) async fn subject(&mut self) -> &mut Subject {
        if self.subject.is_none() {
            let context = Arc::clone(self.context.as_ref().expect("prepared before the first step"));
            let launch = std::mem::take(&mut self.launch);
            self.subject =
                Some(Subject::open(&context.subject, launch).await.unwrap_or_else(|error| panic!("{error}")));
        }
        self.subject.as_mut().expect("just put there")
    }

    /// Asks below the base; the answer is kept as the last one.
    pub(super) async fn ask(&mut self, ask: Ask) -> Answered {
        let answered = self.try_ask(&ask).await;
        answered.unwrap_or_else(|error| panic!("{} {}: {error}", ask.method, ask.path))
    }

    /// Asks below the base; the answer, if there is one, is kept as the last one.
    pub(super) async fn try_ask(&mut self, ask: &Ask) -> Result<Answered, WireError> {
        let wire = self.subject().await.wire().clone();
        let began = wall_clock::now();
        let (answered, exchange) = wire.ask(ask).await;
        self.asked = Some((began, wall_clock::now()));
        self.note(exchange);
        self.answer = answered.as_ref().ok().cloned();
        answered
    }

    /// The answer to the last request.
    pub(super) fn answer(&self) -> &Answered {
        self.answer.as_ref().expect("something was asked")
    }

    /// When the last answer had come.
    pub(super) fn answered_at(&self) -> Instant {
        self.asked.expect("something was asked").1
    }

    /// How long the last answer took.
    pub(super) fn answered_within(&self) -> Duration {
        let (began, ended) = self.asked.expect("something was asked");
        ended - began
    }

    /// The full address of a resource of the subject's node; the resource by its short name or its path.
    pub(super) async fn address(&mut self, resource: &str) -> String {
        format!("/cluster/node/{}{}", self.subject().await.node_name(), path(resource))
    }

    /// Subscribes a consumer to an address, whatever comes of it.
    pub(super) async fn subscribe(&mut self, consumer: &str, address: &str) -> Answered {
        let endpoint = self.consumer(consumer).await.consumer.endpoint();
        self.subscribe_endpoint(address, &endpoint).await
    }

    /// Subscribes an endpoint to an address, whatever comes of it.
    pub(super) async fn subscribe_endpoint(&mut self, address: &str, endpoint: &str) -> Answered {
        let body = serde_json::json!({"ResourceAddress": address, "EndpointUri": endpoint});
        self.post_subscription(Ask::new("POST", "/subscriptions").json(&body)).await
    }

    /// Keeps the subscription that an answer describes, so that it can be asked for, and removed at the end.
    pub(super) fn keep_subscription(&mut self, answered: &Answered) {
        if answered.status == 201 {
            let id = answered.json()["SubscriptionId"].as_str().unwrap_or_default().to_owned();
            self.subscriptions.push(Subscribed { id, answer: answered.clone() });
        }
    }

    /// The consumer of that name; opened when it is named first.
    pub(super) async fn consumer(&mut self, name: &str) -> &mut Watched {
        if !self.consumers.contains_key(name) {
            let place = self.context().consumers.settings();
            let consumer = Consumer::open_with(place).await.unwrap_or_else(|error| panic!("{error}"));
            self.consumers.insert(name.to_owned(), Watched { consumer, heard: VecDeque::new() });
        }
        self.consumers.get_mut(name).expect("just put there")
    }

    /// Where the scenario's consumers listen: host and port, as in their endpoints.
    pub(super) fn authorities(&self) -> Vec<String> {
        let host = &self.context().consumers.host;
        self.consumers.values().map(|one| format!("{host}:{}", one.consumer.port())).collect()
    }

    /// The next notification of a resource that a consumer is sent, in time.
    pub(super) async fn hears(&mut self, name: &str, resource: &str) -> Option<Received> {
        let patience = self.subject().await.patience();
        let source = path(resource);
        let received = self.consumer(name).await.next_of(&source, patience).await?;
        self.note_notification(name, &received);
        Some(received)
    }

    /// The next notification that a consumer is sent, of whatever resource, in time.
    pub(super) async fn hears_any(&mut self, name: &str) -> Option<Received> {
        let patience = self.subject().await.patience();
        let received = self.consumer(name).await.next(patience).await?;
        self.note_notification(name, &received);
        Some(received)
    }

    /// Everything that a consumer is sent until the subject has nothing more to say.
    pub(super) async fn hears_all(&mut self, name: &str) -> Vec<Received> {
        self.subject().await.settle().await.unwrap_or_else(|error| panic!("{error}"));
        let heard = self.consumer(name).await.take();
        for received in &heard {
            self.note_notification(name, received);
        }
        heard
    }

    fn note_notification(&mut self, name: &str, received: &Received) {
        let mut head = format!("{} {} {}", received.method, received.path, received.version);
        for (name, value) in &received.headers {
            head.push_str(&format!("\n{name}: {value}"));
        }
        let response = match received.outcome() {
            Some(Outcome::Answered { status, .. }) => status.to_string(),
            Some(Outcome::GaveUp { .. }) => "the subject did not wait for the answer".to_owned(),
            Some(Outcome::Cut { .. }) => "the consumer ended it".to_owned(),
            None => "the consumer has not answered yet".to_owned(),
        };
        self.note(Exchange {
            direction: Direction::ToConsumer(name.to_owned()),
            request: with_body(head, &received.bytes),
            response,
        });
    }

    pub(super) fn note(&mut self, exchange: Exchange) {
        if self.exchanges.len() < EXCHANGES_MAX {
            self.exchanges.push(exchange);
        }
    }

    pub(super) fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Ends the scenario as one that cannot be judged.
    pub(super) fn not_run(reason: impl Into<String>) -> ! {
        panic_any(NotRun(reason.into()))
    }

    /// Removes what the scenario has left behind on its subject.
    pub(super) async fn end(&mut self) {
        match self.subject.as_mut() {
            Some(Subject::Own(own)) => {
                // It may have ended already; nothing of it is left either way.
                let _ = own.stop(Signal::Kill).await;
            }
            Some(Subject::Foreign(foreign)) => {
                for subscribed in &self.subscriptions {
                    let ask = Ask::new("DELETE", format!("/subscriptions/{}", subscribed.id));
                    // It may be gone already.
                    let _ = foreign.wire().ask(&ask).await;
                }
            }
            None => {}
        }
    }
}

impl Watched {
    /// The next notification of a resource, in order of arrival, waited for; those of other resources stay.
    async fn next_of(&mut self, source: &str, patience: Duration) -> Option<Received> {
        self.next_that(|received| received.body["source"] == source, patience).await
    }

    /// The next notification, in order of arrival, waited for.
    async fn next(&mut self, patience: Duration) -> Option<Received> {
        self.next_that(|_| true, patience).await
    }

    async fn next_that(
        &mut self,
        is_meant: impl Fn(&Received) -> bool,
        patience: Duration,
    ) -> Option<Received> {
        let waiting = async {
            loop {
                self.heard.extend(self.consumer.take());
                if let Some(at) = self.heard.iter().position(&is_meant) {
                    return self.heard.remove(at);
                }
                self.consumer.arrival().await;
            }
        };
        tokio::time::timeout(patience, waiting).await.unwrap_or(None)
    }

    /// Everything that was sent and that nobody has looked at.
    fn take(&mut self) -> Vec<Received> {
        self.heard.extend(self.consumer.take());
        self.heard.drain(..).collect()
    }
}
