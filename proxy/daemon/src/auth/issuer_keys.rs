//! The keys of the issuer of tokens, kept current in the background.
//!
//! A request never fetches keys: it takes those that are there. If they do not know the key of its token, it asks for
//! newer ones and waits a bounded time, because an issuer may start to use a key at any moment. What cannot be read or
//! fetched leaves the keys as they are.

use super::files;
use super::key_set::{KeySet, KeySetError};
use crate::clock::read_monotonic;
use crate::limits::{
    KEY_SET_BYTES_MAX, KEYS_LOOK_INTERVAL, KEYS_PAUSE, KEYS_TIMEOUT, KEYS_WAIT_MAX, KEYS_WAITING_MAX,
};
use crate::telemetry::is_worth_a_line;
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;
use url::Url;

/// Where the keys of the issuer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// In a file.
    File(PathBuf),
    /// On a server.
    Server {
        /// What to get.
        url: Url,
        /// PEM file of the authorities that the server may have; those of the system if absent.
        authorities: Option<PathBuf>,
        /// File with a token for the server.
        token: Option<PathBuf>,
    },
}

/// Why there are no newer keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The server does not answer.
    #[error("the server of the keys does not answer: {0}")]
    Server(#[from] reqwest::Error),
    /// It answers something else.
    #[error("the server of the keys answers {0}")]
    Status(u16),
    /// It takes too long.
    #[error("the server of the keys takes longer than {KEYS_TIMEOUT:?}")]
    TimedOut,
    /// It says too much.
    #[error("the keys have more than {KEY_SET_BYTES_MAX} bytes")]
    TooLarge,
    /// What is there are no keys.
    #[error("{0}")]
    KeySet(#[from] KeySetError),
}

/// What is known of the keys.
#[derive(Debug)]
struct Known {
    keys: Option<Arc<KeySet>>,
    /// How often they were looked for, with or without success.
    looks: u64,
    /// From when on asking for newer ones has an effect.
    next_look: Instant,
}

/// The keys as requests see them.
#[derive(Debug)]
pub(crate) struct IssuerKeys {
    known: watch::Receiver<Known>,
    wanted: Arc<Notify>,
    waiting: Semaphore,
}

/// Keeps the keys current.
#[derive(Debug)]
pub(crate) struct KeyKeeper {
    place: KeyPlace,
    known: watch::Sender<Known>,
    wanted: Arc<Notify>,
    failures: u64,
}

/// No keys yet, and who gets them.
pub(super) fn issuer_keys(place: KeyPlace) -> (IssuerKeys, KeyKeeper) {
    let (sender, known) = watch::channel(Known { keys: None, looks: 0, next_look: read_monotonic() });
    let wanted = Arc::new(Notify::new());
    let waiting = Semaphore::new(KEYS_WAITING_MAX);
    let keeper = KeyKeeper { place, known: sender, wanted: Arc::clone(&wanted), failures: 0 };
    (IssuerKeys { known, wanted, waiting }, keeper)
}

impl IssuerKeys {
    /// The latest ones.
    pub(super) fn current(&self) -> Option<Arc<KeySet>> {
        self.known.borrow().keys.clone()
    }

    /// Asks for newer keys and waits until they have been looked for, at most [`KEYS_WAIT_MAX`]. Says whether they have:
    /// not if that was only just done, or if too many wait already.
    pub(super) async fn look_again(&self) -> bool {
        let mut known = self.known.clone();
        let looks = {
            let known = known.borrow_and_update();
            if read_monotonic() < known.next_look {
                return false;
            }
            known.looks
        };
        let Ok(_place) = self.waiting.try_acquire() else { return false };
        self.wanted.notify_one();
        let newer = known.wait_for(|known| known.looks != looks);
        matches!(tokio::time::timeout(KEYS_WAIT_MAX, newer).await, Ok(Ok(_)))
    }
}

impl KeyKeeper {
    /// Looks for keys until the end.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            // The sender is dropped only after it has said stop.
            _ = stop.wait_for(|stop| *stop) => {}
            never = self.keep() => match never {},
        }
    }

    async fn keep(&mut self) -> Infallible {
        loop {
            let interval = self.look().await;
            tokio::time::sleep(KEYS_PAUSE).await;
            let rest = interval.saturating_sub(KEYS_PAUSE);
            // Nobody asked: it is time all the same.
            let _ = tokio::time::timeout(rest, self.wanted.notified()).await;
        }
    }

    /// Looks once, and says when to do so again.
    pub(super) async fn look(&mut self) -> Duration {
        let found = self.place.keys().await;
        let next_look = read_monotonic() + KEYS_PAUSE;
        let (keys, interval) = match found {
            Ok(keys) => {
                if self.failures > 0 || self.known.borrow().looks == 0 {
                    tracing::info!(keys = keys.len(), "the keys of the issuer are known");
                }
                self.failures = 0;
                (Some(Arc::new(keys)), KEYS_LOOK_INTERVAL)
            }
            Err(error) => {
                self.failures += 1;
                if is_worth_a_line(self.failures) {
                    tracing::warn!(%error, failures = self.failures, "no newer keys of the issuer");
                }
                (None, KEYS_PAUSE)
            }
        };
        self.known.send_modify(|known| {
            known.keys = keys.or(known.keys.take());
            known.looks += 1;
            known.next_look = next_look;
        });
        interval
    }
}

impl KeyPlace {
    /// What is there now, within [`KEYS_TIMEOUT`].
    async fn keys(&self) -> Result<KeySet, KeysError> {
        let json = match self {
            Self::File(path) => read(path)?,
            Self::Server { url, authorities, token } => {
                let client = client(authorities.as_ref())?;
                let mut request = client.get(url.clone());
                if let Some(path) = token {
                    request = request.bearer_auth(String::from_utf8_lossy(&read(path)?).trim());
                }
                let fetched = tokio::time::timeout(KEYS_TIMEOUT, fetch(request)).await;
                fetched.map_err(|_| KeysError::TimedOut)??
            }
        };
        Ok(KeySet::parse(&json)?)
    }
}

/// Files are read where they are needed: they are small and local, and this task makes nobody wait.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, KeysError> {
    let bytes_max = u64::try_from(KEY_SET_BYTES_MAX).expect("a bound of some kilobytes");
    files::read_at_most(path, bytes_max)
        .map_err(|source| KeysError::File { path: path.display().to_string(), source })
}

/// A client of its own for each look, so that a new file of authorities counts, and no connection is kept for minutes.
pub(super) fn client(authorities: Option<&PathBuf>) -> Result<reqwest::Client, KeysError> {
    let builder =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).referer(false);
    let builder = match authorities {
        None => builder,
        Some(path) => builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(&read(path)?)?),
    };
    Ok(builder.build()?)
}

async fn fetch(request: reqwest::RequestBuilder) -> Result<Vec<u8>, KeysError> {
    let mut response = request.send().await?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(KeysError::Status(response.status().as_u16()));
    }
    let mut json = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if json.len() + chunk.len() > KEY_SET_BYTES_MAX {
            return Err(KeysError::TooLarge);
        }
        json.extend_from_slice(&chunk);
    }
    Ok(json)
}

#[cfg(test)]
mod tests;
