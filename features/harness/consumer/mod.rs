//! A consumer of notifications: an HTTP server that records what it is sent and behaves as told, however badly.
//!
//! Answers 204 unless told otherwise. Keeps a bounded number of notifications; the rest is counted. One consumer stands for
//! many: each path is an endpoint of its own, with conducts of its own ([`Consumer::endpoint_of`]).
//!
//! A conduct is chosen when the head of a request is there ([`answer`]); HTTP is left to a library as long as it is HTTP
//! ([`serve`]), and to nobody after that ([`fault`]).

mod answer;
mod certificate;
mod conduct;
mod fault;
mod records;
mod serve;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

pub use certificate::{Authority, Identity, TlsIdentity};
pub use conduct::Conduct;
pub use records::{Outcome, Received};
pub use settings::ConsumerSettings;

use crate::LabError;
use records::{Records, Shared};
use serve::Serving;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// A consumer that listens.
#[derive(Debug)]
pub struct Consumer {
    settings: ConsumerSettings,
    shared: Arc<Shared>,
    serving: Option<Serving>,
}

impl Consumer {
    /// Opens a consumer on 127.0.0.1, on a port of its own.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn open() -> Result<Self, LabError> {
        Self::open_at(0).await
    }

    /// Opens a consumer on 127.0.0.1 and this port, or on any free one for 0.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn open_at(port: u16) -> Result<Self, LabError> {
        Self::open_with(ConsumerSettings { port, ..ConsumerSettings::loopback() }).await
    }

    /// Opens a consumer on 127.0.0.1 and `[::1]` whose endpoints name `localhost`.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn open_localhost() -> Result<Self, LabError> {
        Self::open_with(ConsumerSettings::localhost()).await
    }

    /// Opens a consumer that speaks HTTPS on 127.0.0.1 and `[::1]`, and whose endpoints name `localhost`.
    ///
    /// # Errors
    /// When the certificate cannot be made or no port be opened.
    pub async fn open_tls(authority: &Authority, identity: Identity) -> Result<Self, LabError> {
        let tls = Some(authority.certify(identity)?);
        Self::open_with(ConsumerSettings { tls, ..ConsumerSettings::localhost() }).await
    }

    /// Opens a consumer with these settings.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn open_with(settings: ConsumerSettings) -> Result<Self, LabError> {
        let mut consumer = Self { settings, shared: Arc::new(Shared::new()), serving: None };
        consumer.reopen().await?;
        Ok(consumer)
    }

    /// An endpoint that cannot be found: names in `.invalid` never resolve (RFC 6761, 6.4).
    pub fn unresolvable_endpoint() -> String {
        "http://consumer.invalid/event".to_owned()
    }

    /// Where events are to be sent.
    pub fn endpoint(&self) -> String {
        format!("{}{EVENT_PATH}", self.root())
    }

    /// Where events for the `n`-th of many consumers behind this port are to be sent.
    pub fn endpoint_of(&self, n: usize) -> String {
        format!("{}{}", self.root(), path_of(n))
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.settings.port
    }

    /// Changes how the next requests are treated, on all paths that have no conducts of their own.
    pub fn behave(&self, conduct: Conduct) {
        self.program(vec![conduct]);
    }

    /// Changes how the next requests are treated: each conduct counts for one, the last one for all that follow.
    pub fn program(&self, conducts: Vec<Conduct>) {
        self.lock().program(conducts);
        self.shared.retold.send_replace(());
    }

    /// Changes how the next requests to the `n`-th endpoint are treated, apart from the others. What a conduct says of new
    /// connections, of which the path is not known, does not hold here.
    pub fn program_of(&self, n: usize, conducts: Vec<Conduct>) {
        self.lock().program_path(path_of(n), conducts);
        self.shared.retold.send_replace(());
    }

    /// Takes what has arrived since the last call, in order of arrival.
    pub fn take(&self) -> Vec<Received> {
        self.lock().take()
    }

    /// Takes what has arrived at the `n`-th endpoint since the last call, in order of arrival.
    pub fn take_of(&self, n: usize) -> Vec<Received> {
        self.lock().take_path(&path_of(n))
    }

    /// How many requests arrived, taken or not, kept or not.
    pub fn count(&self) -> u64 {
        self.lock().count()
    }

    /// How many requests arrived at the `n`-th endpoint, taken or not, kept or not.
    pub fn count_of(&self, n: usize) -> u64 {
        self.lock().count_path(&path_of(n))
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> u64 {
        self.lock().connections()
    }

    /// How many notifications arrived beyond the bound of what is kept.
    pub fn not_kept(&self) -> usize {
        self.lock().not_kept()
    }

    /// Waits until something has arrived that was not taken yet.
    pub async fn arrival(&self) {
        let mut arrivals = self.shared.arrivals.subscribe();
        while self.lock().is_empty() {
            arrivals.changed().await.expect("the sender is in what is shared");
        }
    }

    /// Takes the first request that is wanted, waiting for it at most so long. Others stay.
    pub async fn wait_for(&self, wanted: impl Fn(&Received) -> bool, within: Duration) -> Option<Received> {
        let mut arrivals = self.shared.arrivals.subscribe();
        let first = async {
            loop {
                let received = self.lock().take_first(&wanted);
                if let Some(received) = received {
                    return received;
                }
                arrivals.changed().await.expect("the sender is in what is shared");
            }
        };
        tokio::time::timeout(within, first).await.ok()
    }

    /// Answers the requests that hang with 204. Those to come are treated as before.
    pub fn release(&self) {
        self.shared.release.send_replace(());
    }

    /// When the peer gave up requests before they were answered.
    pub fn given_up(&self) -> Vec<Instant> {
        self.lock().given_up()
    }

    /// Closes the port, so that connections are refused. What has arrived stays.
    pub async fn refuse(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.end().await;
        }
    }

    /// Listens on the port that it had before.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub async fn reopen(&mut self) -> Result<(), LabError> {
        self.refuse().await;
        let listeners = self.settings.listen()?;
        if let Some(listener) = listeners.first() {
            let address = listener.local_addr().map_err(|source| LabError::Listen { source })?;
            self.settings.port = address.port();
        }
        let acceptor = self.settings.tls.as_ref().map(TlsIdentity::acceptor);
        self.serving = Some(Serving::start(listeners, acceptor, &self.shared));
        Ok(())
    }

    fn root(&self) -> String {
        let scheme = if self.settings.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}:{}", self.settings.host, self.settings.port)
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.shared.lock()
    }
}

/// The path of the endpoint that is not one of many.
const EVENT_PATH: &str = "/event";

fn path_of(n: usize) -> String {
    format!("{EVENT_PATH}/{n}")
}
