//! Certificates for consumers: a certificate authority of the testbed, and what it certifies, rightly or not.

use crate::LabError;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;

/// What the certificate of a consumer is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// For `localhost`, 127.0.0.1 and `[::1]`, and valid.
    Valid,
    /// Valid, but for `somebody-else.invalid`.
    WrongName,
    /// For the right names, but not after the year 2001.
    Expired,
}

/// A certificate authority that nobody knows until told: its certificate is for `--delivery-ca`.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// An authority with a key of its own.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn new() -> Result<Self, LabError> {
        let mut of_itself = CertificateParams::default();
        of_itself.distinguished_name.push(DnType::CommonName, "ptp-lab authority");
        of_itself.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(uncertified)?;
        let certificate = of_itself.self_signed(&key).map_err(uncertified)?;
        Ok(Self { pem: certificate.pem(), issuer: Issuer::new(of_itself, key) })
    }

    /// Its certificate in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Writes its certificate as a PEM file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_pem(&self, path: &Path) -> Result<(), LabError> {
        std::fs::write(path, &self.pem).map_err(LabError::file(path))
    }

    /// Certifies a consumer.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub fn certify(&self, identity: Identity) -> Result<TlsIdentity, LabError> {
        let right: &[&str] = &["localhost", "127.0.0.1", "::1"];
        let (names, last_year) = match identity {
            Identity::Valid => (right, 4000),
            Identity::WrongName => (&["somebody-else.invalid"][..], 4000),
            Identity::Expired => (right, 2001),
        };
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut of_consumer = CertificateParams::new(names).map_err(uncertified)?;
        of_consumer.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
        of_consumer.not_before = rcgen::date_time_ymd(2000, 1, 1);
        of_consumer.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        let key = KeyPair::generate().map_err(uncertified)?;
        let certificate = of_consumer.signed_by(&key, &self.issuer).map_err(uncertified)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(vec![certificate.der().clone()], key);
        let mut config = config.map_err(|source| LabError::Tls { source })?;
        // Faults are written in HTTP/1.1.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsIdentity(Arc::new(config)))
    }
}

fn uncertified(source: rcgen::Error) -> LabError {
    LabError::Certificate { source }
}

/// A key with its certificate. Speaks TLS 1.2 and 1.3, and HTTP/1.1 over it.
#[derive(Clone, Debug)]
pub struct TlsIdentity(Arc<ServerConfig>);

impl TlsIdentity {
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}
