//! The public keys of an issuer: a JSON Web Key set, RFC 7517.

use super::TokenProblem;
use crate::limits::KEYS_MAX;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

const RSA: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
];

/// The keys that tokens may be signed with.
#[derive(Clone, Debug)]
pub(crate) struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// What it may verify. Taken from the key and never from a token, so that a token cannot have a public key taken for
    /// a shared secret.
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

/// Why a text is no set of keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeySetError {
    /// It is not the JSON of one.
    #[error("it is no JSON Web Key set: {0}")]
    Json(#[from] serde_json::Error),
    /// No key in it can verify anything.
    #[error("it has no key that verifies signatures")]
    NoKey,
}

#[derive(Deserialize)]
struct RawKeySet {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// The first [`KEYS_MAX`] usable keys. Others are left out, as RFC 7517, 5 has it: unknown types and members out of
    /// range, keys for encryption, and shared secrets, which are never accepted.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, KeySetError> {
        let raw: RawKeySet = serde_json::from_slice(json)?;
        let usable = raw.keys.into_iter().filter_map(|key| Key::new(&serde_json::from_value(key).ok()?));
        let keys: Vec<Key> = usable.take(KEYS_MAX).collect();
        if keys.is_empty() { Err(KeySetError::NoKey) } else { Ok(Self(keys)) }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The keys that a token with this header may be signed with: those with its `kid`, or all if it names none.
    pub(super) fn candidates(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&DecodingKey>, TokenProblem> {
        let mut named = self.0.iter().filter(|key| id.is_none() || key.id.as_deref() == id).peekable();
        if named.peek().is_none() {
            return Err(TokenProblem::UnknownKey);
        }
        let fitting = named.filter(|key| key.algorithms.contains(&algorithm));
        let keys: Vec<&DecodingKey> = fitting.map(|key| &key.key).collect();
        if keys.is_empty() { Err(TokenProblem::Algorithm) } else { Ok(keys) }
    }
}

impl Key {
    fn new(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let verifies = match (&common.public_key_use, &common.key_operations) {
            (Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)), _) => false,
            (_, Some(operations)) => operations.contains(&KeyOperations::Verify),
            (Some(PublicKeyUse::Signature) | None, None) => true,
        };
        let mut algorithms = algorithms_of(&jwk.algorithm);
        algorithms.retain(|one| common.key_algorithm.is_none_or(|only| only == KeyAlgorithm::from(*one)));
        if !verifies || algorithms.is_empty() {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self { id: common.key_id.clone(), algorithms, key })
    }
}

/// What a key of this type can verify, RFC 7518, 3.1 and RFC 8037, 3.1: a shared secret, and what may come, nothing.
fn algorithms_of(parameters: &AlgorithmParameters) -> Vec<Algorithm> {
    if let AlgorithmParameters::RSA(_) = parameters {
        RSA.to_vec()
    } else if let AlgorithmParameters::EllipticCurve(key) = parameters {
        on_curve(
            &key.curve,
            &[(EllipticCurve::P256, Algorithm::ES256), (EllipticCurve::P384, Algorithm::ES384)],
        )
    } else if let AlgorithmParameters::OctetKeyPair(key) = parameters {
        on_curve(&key.curve, &[(EllipticCurve::Ed25519, Algorithm::EdDSA)])
    } else {
        Vec::new()
    }
}

fn on_curve(curve: &EllipticCurve, known: &[(EllipticCurve, Algorithm)]) -> Vec<Algorithm> {
    known.iter().filter(|(one, _)| one == curve).map(|(_, algorithm)| *algorithm).collect()
}
