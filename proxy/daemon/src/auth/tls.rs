//! TLS of the REST API: its certificate and key, who may sign client certificates, and how they are exchanged while the
//! proxy runs.

use super::files;
use crate::config::Problem;
use crate::limits::TLS_LOOK_INTERVAL;
use crate::telemetry::is_worth_a_line;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;

const CERTIFICATE: &str = "serverCertPath";
const KEY: &str = "serverKeyPath";
const AUTHORITIES: &str = "caCertPath";
const A_CERTIFICATE: &str = "a PEM file with the certificate of the server, and what leads to its authority";
const A_KEY: &str = "a PEM file with the private key of the certificate";
const SOME_AUTHORITIES: &str = "a PEM file with the authorities of client certificates";

/// Where certificates and keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate of the server with its chain.
    pub(crate) certificate: PathBuf,
    /// Its private key.
    pub(crate) key: PathBuf,
    /// Who signs client certificates; if absent, none is asked for.
    pub(crate) authorities: Option<PathBuf>,
}

/// What the files say, as it is written. Not to be printed: one of them is a private key.
#[derive(PartialEq, Eq)]
struct Texts {
    certificate: Vec<u8>,
    key: Vec<u8>,
    authorities: Option<Vec<u8>>,
}

/// Files that have been read and are good.
pub(crate) struct LoadedTls {
    files: TlsFiles,
    texts: Texts,
    acceptor: TlsAcceptor,
}

/// Exchanges the acceptor when the files change.
pub(crate) struct TlsKeeper {
    files: TlsFiles,
    texts: Texts,
    acceptor: watch::Sender<TlsAcceptor>,
    failures: u64,
}

impl TlsFiles {
    /// Reads all files; on failure with every problem.
    pub(crate) fn load(self) -> Result<LoadedTls, Vec<Problem>> {
        let texts = self.texts()?;
        let acceptor = texts.acceptor(&self)?;
        Ok(LoadedTls { files: self, texts, acceptor })
    }

    fn texts(&self) -> Result<Texts, Vec<Problem>> {
        let certificate = read(CERTIFICATE, &self.certificate, A_CERTIFICATE);
        let key = read(KEY, &self.key, A_KEY);
        let authorities = self.authorities.as_ref().map(|path| read(AUTHORITIES, path, SOME_AUTHORITIES));
        match (certificate, key, authorities.transpose()) {
            (Ok(certificate), Ok(key), Ok(authorities)) => Ok(Texts { certificate, key, authorities }),
            (certificate, key, authorities) => {
                Err([certificate.err(), key.err(), authorities.err()].into_iter().flatten().collect())
            }
        }
    }
}

fn read(key: &str, path: &Path, expected: &str) -> Result<Vec<u8>, Problem> {
    files::read(path).map_err(|error| Problem::new(key, format!("{}: {error}", path.display()), expected))
}

impl Texts {
    /// What they mean together.
    fn acceptor(&self, files: &TlsFiles) -> Result<TlsAcceptor, Vec<Problem>> {
        let chain = certificates(&self.certificate)
            .map_err(|error| unusable(CERTIFICATE, &files.certificate, &error, A_CERTIFICATE));
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|error| unusable(KEY, &files.key, &error, A_KEY));
        let verifier = match (&self.authorities, &files.authorities) {
            (Some(text), Some(path)) => {
                verifier(text).map_err(|error| unusable(AUTHORITIES, path, error.as_ref(), SOME_AUTHORITIES))
            }
            (None, _) | (_, None) => Ok(WebPkiClientVerifier::no_client_auth()),
        };
        let (chain, key, verifier) = match (chain, key, verifier) {
            (Ok(chain), Ok(key), Ok(verifier)) => (chain, key, verifier),
            (chain, key, verifier) => {
                return Err([chain.err(), key.err(), verifier.err()].into_iter().flatten().collect());
            }
        };
        let builder = ServerConfig::builder().with_client_cert_verifier(verifier);
        let mut config = builder
            .with_single_cert(chain, key)
            .map_err(|error| vec![unusable(KEY, &files.key, &error, A_KEY)])?;
        // A client proves who it is on every connection. A resumed session would carry a certificate on that has expired
        // or whose authority has gone.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn unusable(key: &str, path: &Path, error: &dyn std::fmt::Display, expected: &str) -> Problem {
    Problem::new(key, format!("{}: {error}", path.display()), expected)
}

/// At least one certificate.
fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, rustls::pki_types::pem::Error> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(text).collect::<Result<_, _>>()?;
    if chain.is_empty() { Err(rustls::pki_types::pem::Error::NoItemsFound) } else { Ok(chain) }
}

/// Checks the chain of a client up to an authority, the dates, and the purpose clientAuth, RFC 5280, 4.2.1.12. A client
/// without a certificate is let in, because reading is open to everybody; with a wrong one it is not.
fn verifier(authorities: &[u8]) -> Result<Arc<dyn ClientCertVerifier>, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authorities)? {
        roots.add(certificate)?;
    }
    Ok(WebPkiClientVerifier::builder(Arc::new(roots)).allow_unauthenticated().build()?)
}

impl LoadedTls {
    /// The acceptor as it is at any time, and who exchanges it.
    pub(crate) fn keep(self) -> (watch::Receiver<TlsAcceptor>, TlsKeeper) {
        let Self { files, texts, acceptor } = self;
        let (acceptor, current) = watch::channel(acceptor);
        (current, TlsKeeper { files, texts, acceptor, failures: 0 })
    }
}

impl TlsKeeper {
    /// Looks at the files until the end.
    pub(crate) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(TLS_LOOK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // They have just been read.
        ticks.reset();
        loop {
            tokio::select! {
                // The sender is dropped only after it has said stop.
                _ = stop.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => self.look(),
            }
        }
    }

    /// Reads the files, which are small, few and local. New connections have what they say, if that is new and good.
    fn look(&mut self) {
        let loaded = self.files.texts().and_then(|texts| {
            if texts == self.texts {
                return Ok(None);
            }
            let acceptor = texts.acceptor(&self.files)?;
            Ok(Some((texts, acceptor)))
        });
        match loaded {
            Ok(None) => self.failures = 0,
            Ok(Some((texts, acceptor))) => {
                self.texts = texts;
                self.failures = 0;
                // Nobody listens any more at the end.
                let _ = self.acceptor.send(acceptor);
                tracing::info!("TLS certificates taken up");
            }
            Err(problems) => {
                self.failures += 1;
                if is_worth_a_line(self.failures) {
                    for problem in problems {
                        tracing::warn!(%problem, "the TLS certificates stay as they were");
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
