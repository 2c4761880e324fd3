//! Whom the suite trusts when an endpoint speaks https.

use crate::LabError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// The authorities of the system, and those of a PEM file.
///
/// # Errors
/// When the file cannot be read or holds no certificate.
pub fn client_config(authorities: Option<&Path>) -> Result<Arc<ClientConfig>, LabError> {
    let mut roots = RootCertStore::empty();
    // A system without a store of certificates has none to offer.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = authorities {
        let unusable =
            |detail: String| LabError::Endpoint { detail: format!("{}: {detail}", path.display()) };
        let certificates =
            CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
        let mut found = 0;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
            found += 1;
        }
        if found == 0 {
            return Err(unusable("no certificate in it".to_owned()));
        }
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Authority;

    #[test]
    fn authorities_come_from_a_file_that_has_some() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ca.pem");
        Authority::new().expect("made").write_pem(&path).expect("written");
        assert!(client_config(Some(&path)).is_ok());
        std::fs::write(&path, "no certificate").expect("written");
        assert!(client_config(Some(&path)).is_err());
        assert!(client_config(Some(&folder.path().join("absent.pem"))).is_err());
    }
}
