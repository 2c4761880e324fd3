//! Certificates and tokens, good and bad, and the settings of a proxy that demands them.

use super::wire::Wire;
use crate::{LabError, wall_clock};
use axum::routing::get;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const ISSUER: &str = "https://issuer.invalid";
const AUDIENCE: &str = "cloud-event-proxy";
const SCOPE: &str = "subscriptions:write";
const KEY_ID: &str = "key-1";

/// `{"alg":"none","typ":"JWT"}`, RFC 7519, 6.1.
const UNSECURED_HEADER: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";

/// 2017-07-14, before everything that any clock of the suite says.
const LONG_AGO_UNIX_S: u64 = 1_500_000_000;

/// Until when a token is good from now on.
const TOKEN_LIFETIME_S: u64 = 3600;

/// A proxy's settings, and the authority and the issuer that it trusts. The issuer's keys are served until it is dropped.
#[derive(Debug)]
pub(super) struct Credentials {
    folder: TempDir,
    authority: CertificateAuthority,
    signer: EncodingKey,
    serving: JoinHandle<()>,
}

/// What is demanded of whoever changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Demand {
    /// A client certificate.
    pub(super) certificate: bool,
    /// A bearer token.
    pub(super) token: bool,
}

/// What somebody has to show.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// A certificate, if any.
    pub(super) certificate: Option<CertificateKind>,
    /// A token, if any.
    pub(super) token: Option<TokenKind>,
}

/// A client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CertificateKind {
    /// Signed by the trusted authority, for clients.
    Good,
    /// Signed by an authority that the trusted one has certified, and sent with that one's certificate.
    Intermediate,
    /// Signed by an authority that nobody knows.
    OfAnotherAuthority,
    /// Of the trusted authority, until the year 2001.
    Expired,
    /// Of the trusted authority, for servers.
    ForServers,
}

/// A bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Signed by the issuer, for this service, with the scope.
    Good,
    /// Signed with another key under the name of the issuer's.
    OfAStranger,
    /// With the algorithm `none` and no signature.
    Unsigned,
    /// With the claims of one token and the signature of another.
    Changed,
    /// Good until 2017.
    Expired,
    /// With another `iss`.
    OfAnotherIssuer,
    /// With another `aud`.
    ForSomebodyElse,
    /// With another scope.
    WithoutScope,
}

#[derive(Debug)]
struct CertificateAuthority {
    certificate: CertificateDer<'static>,
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with what certifies it, and its key.
struct Certified {
    chain: Vec<CertificateDer<'static>>,
    pem: String,
    key: KeyPair,
}

impl Credentials {
    /// Makes everything anew, and writes the files that a proxy with this demand needs.
    ///
    /// # Errors
    /// When keys, files or the port for the issuer's keys cannot be made.
    pub(super) async fn new(demand: Demand) -> Result<Self, LabError> {
        let folder = tempfile::tempdir().map_err(LabError::file(std::env::temp_dir()))?;
        let authority = CertificateAuthority::root()?;
        let signer = signer()?;
        let (keys_url, serving) = serve_keys(&signer).await?;
        let server = authority.certify(ExtendedKeyUsagePurpose::ServerAuth, 4000)?;
        let path = |name: &str| folder.path().join(name);
        let settings = json!({
            "enableMTLS": demand.certificate,
            "caCertPath": path("ca.crt"),
            "serverCertPath": path("tls.crt"),
            "serverKeyPath": path("tls.key"),
            "enableOAuth": demand.token,
            "oauthIssuer": ISSUER,
            "oauthJWKSURL": keys_url,
            "requiredAudience": AUDIENCE,
            "requiredScopes": [SCOPE],
        });
        write(path("ca.crt"), &authority.pem)?;
        write(path("tls.crt"), &server.pem)?;
        write(path("tls.key"), &server.key.serialize_pem())?;
        write(path("auth.json"), &settings.to_string())?;
        Ok(Self { folder, authority, signer, serving })
    }

    /// For `--auth-config`.
    pub(super) fn settings_file(&self) -> PathBuf {
        self.folder.path().join("auth.json")
    }

    /// Requests over TLS to the proxy that has this base over clear HTTP, by somebody who shows a certificate or none.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub(super) fn wire(&self, base: &str, certificate: Option<CertificateKind>) -> Result<Wire, LabError> {
        let tls = |source| LabError::Tls { source };
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.certificate.clone()).map_err(tls)?;
        let config = ClientConfig::builder().with_root_certificates(roots);
        let config = match certificate {
            None => config.with_no_client_auth(),
            Some(kind) => {
                let Certified { chain, key, .. } = self.certified(kind)?;
                let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
                config.with_client_auth_cert(chain, key).map_err(tls)?
            }
        };
        let base = base.replacen("http:", "https:", 1);
        Wire::new(&base, Some(Arc::new(config)))
            .map_err(|error| LabError::Endpoint { detail: error.to_string() })
    }

    fn certified(&self, kind: CertificateKind) -> Result<Certified, LabError> {
        let client = ExtendedKeyUsagePurpose::ClientAuth;
        match kind {
            CertificateKind::Good => self.authority.certify(client, 4000),
            CertificateKind::Intermediate => {
                let below = self.authority.intermediate()?;
                let mut certified = below.certify(client, 4000)?;
                certified.chain.push(below.certificate);
                Ok(certified)
            }
            CertificateKind::OfAnotherAuthority => CertificateAuthority::root()?.certify(client, 4000),
            CertificateKind::Expired => self.authority.certify(client, 2001),
            CertificateKind::ForServers => self.authority.certify(ExtendedKeyUsagePurpose::ServerAuth, 4000),
        }
    }

    /// A token of this kind.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub(super) fn token(&self, kind: TokenKind) -> Result<String, LabError> {
        let now_s = wall_clock::unix_ns() / 1_000_000_000;
        let mut claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "suite",
            "exp": now_s + TOKEN_LIFETIME_S,
            "scope": format!("openid {SCOPE}"),
        });
        match kind {
            TokenKind::Good => sign(&claims, &self.signer),
            TokenKind::OfAStranger => sign(&claims, &signer()?),
            TokenKind::Unsigned => {
                let good = sign(&claims, &self.signer)?;
                let claims = good.split('.').nth(1).unwrap_or_default();
                Ok(format!("{UNSECURED_HEADER}.{claims}."))
            }
            TokenKind::Changed => {
                let good = sign(&claims, &self.signer)?;
                claims["sub"] = "somebody else".into();
                let other = sign(&claims, &self.signer)?;
                let (content, _) = other.rsplit_once('.').unwrap_or_default();
                let (_, signature) = good.rsplit_once('.').unwrap_or_default();
                Ok(format!("{content}.{signature}"))
            }
            TokenKind::Expired => self.with(claims, "exp", LONG_AGO_UNIX_S.into()),
            TokenKind::OfAnotherIssuer => self.with(claims, "iss", "https://another.invalid".into()),
            TokenKind::ForSomebodyElse => self.with(claims, "aud", "another-service".into()),
            TokenKind::WithoutScope => self.with(claims, "scope", "openid".into()),
        }
    }

    fn with(&self, mut claims: Value, claim: &str, value: Value) -> Result<String, LabError> {
        claims[claim] = value;
        sign(&claims, &self.signer)
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl CertificateAuthority {
    fn root() -> Result<Self, LabError> {
        let (params, key) = (authority_params("ptp-lab root"), KeyPair::generate().map_err(uncertified)?);
        let certificate = params.self_signed(&key).map_err(uncertified)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    fn intermediate(&self) -> Result<Self, LabError> {
        let params = authority_params("ptp-lab intermediate");
        let key = KeyPair::generate().map_err(uncertified)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(uncertified)?;
        Ok(Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        })
    }

    /// For this machine, from 2000 to the first day of a year.
    fn certify(&self, purpose: ExtendedKeyUsagePurpose, last_year: i32) -> Result<Certified, LabError> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).map_err(uncertified)?;
        params.extended_key_usages.push(purpose);
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        let key = KeyPair::generate().map_err(uncertified)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(uncertified)?;
        Ok(Certified { chain: vec![certificate.der().clone()], pem: certificate.pem(), key })
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn signer() -> Result<EncodingKey, LabError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(uncertified)?;
    EncodingKey::from_ec_pem(key.serialize_pem().as_bytes()).map_err(unsigned)
}

fn sign(claims: &Value, key: &EncodingKey) -> Result<String, LabError> {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(KEY_ID.to_owned());
    jsonwebtoken::encode(&header, claims, key).map_err(unsigned)
}

/// Serves the issuer's public key as a JSON Web Key set, RFC 7517, on this machine.
async fn serve_keys(signer: &EncodingKey) -> Result<(String, JoinHandle<()>), LabError> {
    let mut key = Jwk::from_encoding_key(signer, Algorithm::ES256).map_err(unsigned)?;
    key.common.key_id = Some(KEY_ID.to_owned());
    let keys = json!({ "keys": [key] });
    let listening = |source| LabError::Listen { source };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(listening)?;
    let url = format!("http://{}/keys", listener.local_addr().map_err(listening)?);
    let router = axum::Router::new().route("/keys", get(async move || axum::Json(keys.clone())));
    let serving = tokio::spawn(async move {
        // It ends with the task.
        let _ended = axum::serve(listener, router).await;
    });
    Ok((url, serving))
}

fn write(path: impl AsRef<Path>, text: &str) -> Result<(), LabError> {
    std::fs::write(&path, text).map_err(LabError::file(path.as_ref()))
}

fn uncertified(source: rcgen::Error) -> LabError {
    LabError::Certificate { source }
}

fn unsigned(error: jsonwebtoken::errors::Error) -> LabError {
    LabError::Endpoint { detail: format!("a token cannot be signed: {error}") }
}
