//! TLS of outgoing connections: who is believed.
//!
//! The provider of cryptography is given to each configuration, so that nothing process-wide has to be installed first.

use crate::limits::AUTHORITIES_BYTES_MAX;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

/// Certificates of authorities that were read from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Authorities(Vec<CertificateDer<'static>>);

/// Why a file cannot say whom to believe.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AuthoritiesError {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is too large.
    #[error("larger than {AUTHORITIES_BYTES_MAX} bytes")]
    TooLarge,
    /// Something in it is no PEM.
    #[error("no PEM: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// There is no certificate in it.
    #[error("no certificate in it")]
    Empty,
    /// Something in it is no certificate.
    #[error("certificate {number}: {source}")]
    Certificate {
        /// Which, from 1.
        number: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

impl Authorities {
    /// Reads a PEM file with one or more certificates.
    pub(crate) fn read(path: &Path) -> Result<Self, AuthoritiesError> {
        let mut pem = Vec::new();
        let read = std::fs::File::open(path)?.take(AUTHORITIES_BYTES_MAX + 1).read_to_end(&mut pem)?;
        if u64::try_from(read).is_ok_and(|bytes| bytes > AUTHORITIES_BYTES_MAX) {
            return Err(AuthoritiesError::TooLarge);
        }
        Self::parse(&pem)
    }

    fn parse(pem: &[u8]) -> Result<Self, AuthoritiesError> {
        let certificates = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
        if certificates.is_empty() {
            return Err(AuthoritiesError::Empty);
        }
        for (index, certificate) in certificates.iter().enumerate() {
            let added = RootCertStore::empty().add(certificate.clone());
            added.map_err(|source| AuthoritiesError::Certificate { number: index + 1, source })?;
        }
        Ok(Self(certificates))
    }
}

/// Believes the authorities of the system and these. A system without any, as an empty container image is, has only
/// these.
pub(super) fn client_config(authorities: &Authorities) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::warn!(%error, "an authority of the system cannot be read");
    }
    let (of_system, unusable) = roots.add_parsable_certificates(system.certs);
    roots.add_parsable_certificates(authorities.0.iter().cloned());
    let configured = authorities.0.len();
    tracing::info!(of_system, unusable, configured, "authorities of https endpoints");
    let mut config = config_with(roots)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Believes nobody: for a client that speaks plain HTTP only.
pub(crate) fn no_tls() -> Result<ClientConfig, rustls::Error> {
    config_with(RootCertStore::empty())
}

fn config_with(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::{Authorities, AuthoritiesError, CertificateDer};
    use crate::limits::AUTHORITIES_BYTES_MAX;
    use std::io;

    fn certificate() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(["consumer".to_owned()]).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<Authorities, AuthoritiesError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        Authorities::read(file.path())
    }

    #[test]
    fn a_file_may_hold_several_certificates_and_other_text() {
        let (one, two) = (certificate(), certificate());
        let expected: Vec<CertificateDer<'_>> = vec![one.cert.der().clone(), two.cert.der().clone()];
        let text =
            format!("of the lab:\n{}{}{}", one.cert.pem(), one.signing_key.serialize_pem(), two.cert.pem());
        assert_eq!(read(text.as_bytes()).unwrap().0, expected);
    }

    #[test]
    fn a_file_without_certificates_is_an_error() {
        assert!(matches!(read(b""), Err(AuthoritiesError::Empty)));
        assert!(matches!(read(b"-----BEGIN CERTIFICATE-----\nMII"), Err(AuthoritiesError::Pem(_))));
        let key = certificate().signing_key.serialize_pem();
        assert!(matches!(read(key.as_bytes()), Err(AuthoritiesError::Empty)));
        let torn = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let text = format!("{}{torn}", certificate().cert.pem());
        assert!(matches!(read(text.as_bytes()), Err(AuthoritiesError::Certificate { number: 2, .. })));
    }

    #[test]
    fn a_file_that_is_not_there_or_too_large_is_an_error() {
        let missing = Authorities::read(std::path::Path::new("/nonexistent/ca.pem"));
        assert!(
            matches!(missing, Err(AuthoritiesError::Io(error)) if error.kind() == io::ErrorKind::NotFound)
        );
        let room = usize::try_from(AUTHORITIES_BYTES_MAX).unwrap();
        assert!(matches!(read(&vec![b' '; room + 1]), Err(AuthoritiesError::TooLarge)));
        assert!(matches!(read(&vec![b' '; room]), Err(AuthoritiesError::Empty)));
    }
}
