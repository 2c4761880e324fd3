//! Keys, tokens and certificates, made when they are needed.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};

pub(super) const ISSUER: &str = "https://issuer.test";
pub(super) const AUDIENCE: &str = "cloud-event-proxy";

/// An issuer's private key.
pub(super) struct Signer {
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Jwk,
    pub(super) id: String,
}

impl Signer {
    /// A new key for an algorithm.
    pub(super) fn new(algorithm: Algorithm, id: &str) -> Self {
        let kinds = [
            (Algorithm::ES256, &rcgen::PKCS_ECDSA_P256_SHA256),
            (Algorithm::ES384, &rcgen::PKCS_ECDSA_P384_SHA384),
            (Algorithm::EdDSA, &rcgen::PKCS_ED25519),
        ];
        let kind = kinds.into_iter().find(|(one, _)| *one == algorithm).map(|(_, kind)| kind);
        let pair = KeyPair::generate_for(kind.unwrap_or(&rcgen::PKCS_RSA_SHA256)).unwrap();
        let pem = pair.serialize_pem();
        let (key, jwk) = if algorithm == Algorithm::EdDSA {
            // The library makes no public key from a private one that has its public key beside it.
            let public = DecodingKey::from_ed_der(pair.public_key_raw());
            (EncodingKey::from_ed_pem(pem.as_bytes()), Jwk::from_decoding_key(&public, Some(algorithm)))
        } else {
            let key = EncodingKey::from_ec_pem(pem.as_bytes());
            let key = key.or_else(|_| EncodingKey::from_rsa_pem(pem.as_bytes())).unwrap();
            let jwk = Jwk::from_encoding_key(&key, algorithm);
            (Ok(key), jwk)
        };
        Self { algorithm, key: key.unwrap(), jwk: jwk.unwrap(), id: id.to_owned() }
    }

    /// A key on P-256.
    pub(super) fn ec(id: &str) -> Self {
        Self::new(Algorithm::ES256, id)
    }

    /// The public key as the issuer shows it.
    pub(super) fn jwk(&self) -> Value {
        let mut jwk = self.jwk.clone();
        jwk.common.key_id = Some(self.id.clone());
        serde_json::to_value(jwk).unwrap()
    }

    /// The header of its tokens.
    pub(super) fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        header
    }

    /// A signed token.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    /// A signed token with another header.
    pub(super) fn token_with(&self, header: &Header, claims: &Value) -> String {
        jsonwebtoken::encode(header, claims, &self.key).unwrap()
    }
}

/// The key set of an issuer with these keys.
pub(super) fn key_set(signers: &[&Signer]) -> String {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// An authority of certificates.
pub(super) struct Authority {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key.
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) pem: String,
    pub(super) key: KeyPair,
}

impl Authority {
    /// An authority that nobody stands above.
    pub(super) fn root(name: &str) -> Self {
        let (params, key) = (Self::params(name), KeyPair::generate().unwrap());
        let certificate = params.self_signed(&key).unwrap();
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// An authority below this one.
    pub(super) fn intermediate(&self, name: &str) -> Self {
        let (params, key) = (Self::params(name), KeyPair::generate().unwrap());
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    /// A certificate for localhost and this purpose, valid from 1975 to 4096.
    pub(super) fn issue(&self, purpose: ExtendedKeyUsagePurpose) -> Identity {
        self.issue_until(purpose, 4096)
    }

    /// A certificate that ends with the first day of a year.
    pub(super) fn issue_until(&self, purpose: ExtendedKeyUsagePurpose, year: i32) -> Identity {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        params.not_before = date_time_ymd(1975, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { chain: vec![certificate.der().clone()], pem: certificate.pem(), key }
    }
}

impl Identity {
    /// With the certificate of the authority that has signed it.
    pub(super) fn below(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.certificate.clone());
        self
    }
}
