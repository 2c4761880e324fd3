//! Which request is authorized: every credential that there is, as a table.

use super::fixtures::{AUDIENCE, ISSUER, Signer, key_set};
use super::issuer_keys::KeyPlace;
use super::settings::{Demand, TokenDemand};
use super::token::TokenRules;
use super::{Auth, AuthProblem, KeyKeeper, TokenProblem};
use crate::http_server::PeerCertificates;
use crate::limits::{KEYS_MAX, TOKEN_BYTES_MAX};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use proxy_core::Utc;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

const NOW_S: u64 = 1_800_000_000;
const SCOPE: &str = "subscriptions:write";

pub(super) fn demand(place: KeyPlace) -> TokenDemand {
    let rules = TokenRules {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        scopes: vec![SCOPE.to_owned()],
    };
    TokenDemand { rules, place }
}

pub(super) fn at(unix_s: u64) -> Utc {
    Utc { unix_ns: unix_s * 1_000_000_000 }
}

pub(super) fn now() -> Utc {
    at(NOW_S)
}

/// Claims of a good token.
pub(super) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "exp": NOW_S + 60, "nbf": NOW_S - 60, "scope": format!("other {SCOPE}"),
    })
}

/// Those of a good token but for one.
fn with(claim: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[claim] = value.into();
    claims
}

fn without(claim: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(claim).unwrap();
    claims
}

pub(super) fn bearer(token: &str) -> HeaderMap {
    HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).unwrap())])
}

fn keys_file(directory: &Path, json: &str) -> KeyPlace {
    let path = directory.join("keys.json");
    std::fs::write(&path, json).unwrap();
    KeyPlace::File(path)
}

/// One that knows these keys.
async fn knowing(json: &str, demand: impl Fn(TokenDemand) -> Demand) -> Auth {
    let directory = tempfile::tempdir().unwrap();
    let (auth, keeper) = Auth::new(demand(self::demand(keys_file(directory.path(), json))));
    let mut keeper: KeyKeeper = keeper.unwrap();
    keeper.look().await;
    auth
}

fn judged(auth: &Auth, headers: &HeaderMap) -> Result<(), AuthProblem> {
    auth.authorize(&Method::POST, headers, &PeerCertificates::default(), now())
}

#[tokio::test]
async fn a_token_counts_if_everything_about_it_is_right() {
    use TokenProblem::{
        Algorithm as Unaccepted, Audience, Claims, Expired, Issuer, Malformed, NotYetValid, Signature,
        UnknownKey,
    };
    let (signer, stranger) = (Signer::ec("one"), Signer::ec("one"));
    let auth = knowing(&key_set(&[&signer]), Demand::Token).await;
    let good = signer.token(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    // RFC 7519, 6.1: {"alg":"none"}.
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    let mut critical = signer.header();
    critical.crit = Some(vec!["exp".to_owned()]);
    let mut brings_its_key = stranger.header();
    brings_its_key.jwk = Some(serde_json::from_value(stranger.jwk()).unwrap());
    // The public key as a shared secret.
    let mut shared = Header::new(Algorithm::HS256);
    shared.kid = Some(signer.id.clone());
    let secret = EncodingKey::from_secret(key_set(&[&signer]).as_bytes());
    let shared = jsonwebtoken::encode(&shared, &claims(), &secret).unwrap();

    let table = [
        ("good", good.clone(), Ok(())),
        ("audiences as a list", signer.token(&with("aud", json!(["x", AUDIENCE]))), Ok(())),
        ("no nbf", signer.token(&without("nbf")), Ok(())),
        ("times with a fraction", signer.token(&with("exp", NOW_S as f64 + 0.5)), Ok(())),
        ("signed by another key of that name", stranger.token(&claims()), Err(Signature)),
        ("brings its own key", stranger.token_with(&brings_its_key, &claims()), Err(Signature)),
        ("signed by an unknown key", Signer::ec("two").token(&claims()), Err(UnknownKey)),
        ("claims of another", format!("{}.{}.{}", parts[0], "e30", parts[2]), Err(Signature)),
        ("not signed", unsigned, Err(Malformed)),
        ("signed with the public key", shared, Err(Unaccepted)),
        ("critical extension", signer.token_with(&critical, &claims()), Err(Malformed)),
        ("no token at all", "sesame".to_owned(), Err(Malformed)),
        ("empty", String::new(), Err(Malformed)),
        ("other issuer", signer.token(&with("iss", "https://other.test")), Err(Issuer)),
        ("no issuer", signer.token(&without("iss")), Err(Issuer)),
        ("other audience", signer.token(&with("aud", "other")), Err(Audience)),
        ("no audience", signer.token(&without("aud")), Err(Audience)),
        ("expired 30 s ago", signer.token(&with("exp", NOW_S - 30)), Err(Expired)),
        ("expired within the leeway", signer.token(&with("exp", NOW_S - 29)), Ok(())),
        ("no expiry", signer.token(&without("exp")), Err(Claims)),
        ("unreadable expiry", signer.token(&with("exp", "never")), Err(Claims)),
        ("valid in 31 s", signer.token(&with("nbf", NOW_S + 31)), Err(NotYetValid)),
        ("valid within the leeway", signer.token(&with("nbf", NOW_S + 30)), Ok(())),
    ];
    for (what, token, expected) in table {
        assert_eq!(judged(&auth, &bearer(&token)), expected.map_err(AuthProblem::InvalidToken), "{what}");
    }
}

#[tokio::test]
async fn scopes_are_all_demanded_and_may_stand_in_either_claim() {
    let signer = Signer::ec("one");
    let auth = knowing(&key_set(&[&signer]), Demand::Token).await;
    let judged = |claims: &Value| judged(&auth, &bearer(&signer.token(claims)));
    let insufficient = Err(AuthProblem::InsufficientScope { required: SCOPE.into() });
    assert_eq!(judged(&with("scope", "subscriptions")), insufficient);
    assert_eq!(judged(&without("scope")), insufficient);
    let mut list = without("scope");
    list["scp"] = json!(["a", SCOPE]);
    assert_eq!(judged(&list), Ok(()));
    list["scp"] = json!(SCOPE);
    assert_eq!(judged(&list), Ok(()));
}

#[tokio::test]
async fn every_algorithm_with_a_public_key_is_accepted_with_its_own_key_only() {
    const ALGORITHMS: [Algorithm; 9] = [
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::EdDSA,
    ];
    let signers: Vec<Signer> =
        ALGORITHMS.iter().map(|algorithm| Signer::new(*algorithm, &format!("{algorithm:?}"))).collect();
    let auth = knowing(&key_set(&signers.iter().collect::<Vec<_>>()), Demand::Token).await;
    for signer in &signers {
        assert_eq!(judged(&auth, &bearer(&signer.token(&claims()))), Ok(()), "{}", signer.id);
        // Without the name of a key, all that fit are tried.
        let mut unnamed = signer.header();
        unnamed.kid = None;
        assert_eq!(judged(&auth, &bearer(&signer.token_with(&unnamed, &claims()))), Ok(()), "{}", signer.id);
        // The name of a key for another algorithm.
        let mut misnamed = signer.header();
        misnamed.kid = signers.iter().map(|other| other.id.clone()).find(|id| *id != signer.id);
        let problem = AuthProblem::InvalidToken(TokenProblem::Algorithm);
        let token = signer.token_with(&misnamed, &claims());
        assert_eq!(judged(&auth, &bearer(&token)), Err(problem), "{}", signer.id);
    }
}

#[tokio::test]
async fn keys_that_do_not_verify_are_left_out_and_the_others_count() {
    let (good, encrypts) = (Signer::ec("good"), Signer::ec("encrypts"));
    let mut other_use = encrypts.jwk();
    other_use["use"] = "enc".into();
    let keys = json!({ "keys": [
        other_use,
        { "kty": "oct", "k": "c2VjcmV0", "kid": "shared" },
        { "kty": "unheard of" },
        17,
        good.jwk(),
    ] });
    let auth = knowing(&keys.to_string(), Demand::Token).await;
    let unknown = Err(AuthProblem::InvalidToken(TokenProblem::UnknownKey));
    assert_eq!(judged(&auth, &bearer(&good.token(&claims()))), Ok(()));
    assert_eq!(judged(&auth, &bearer(&encrypts.token(&claims()))), unknown);
}

#[tokio::test]
async fn no_more_keys_are_taken_than_the_limit() {
    let signers: Vec<Signer> = (0..=KEYS_MAX).map(|number| Signer::ec(&number.to_string())).collect();
    let auth = knowing(&key_set(&signers.iter().collect::<Vec<_>>()), Demand::Token).await;
    assert_eq!(judged(&auth, &bearer(&signers[KEYS_MAX - 1].token(&claims()))), Ok(()));
    let unknown = Err(AuthProblem::InvalidToken(TokenProblem::UnknownKey));
    assert_eq!(judged(&auth, &bearer(&signers[KEYS_MAX].token(&claims()))), unknown);
}

#[tokio::test]
async fn a_token_of_the_longest_size_is_taken_and_a_longer_one_is_not() {
    let signer = Signer::ec("one");
    let auth = knowing(&key_set(&[&signer]), Demand::Token).await;
    let padded = |bytes: usize| signer.token(&with("pad", "x".repeat(bytes)));
    // Base64 makes four bytes of three.
    let longest = (0..).map(|less| padded(TOKEN_BYTES_MAX * 3 / 4 - less));
    let longest = longest.into_iter().find(|token| token.len() <= TOKEN_BYTES_MAX).unwrap();
    assert!(longest.len() > TOKEN_BYTES_MAX - 4, "{}", longest.len());
    assert_eq!(judged(&auth, &bearer(&longest)), Ok(()));
    let malformed = Err(AuthProblem::InvalidToken(TokenProblem::Malformed));
    assert_eq!(judged(&auth, &bearer(&padded(TOKEN_BYTES_MAX * 3 / 4))), malformed);
}

#[tokio::test]
async fn a_token_stands_once_in_the_header_of_its_scheme() {
    let signer = Signer::ec("one");
    let auth = knowing(&key_set(&[&signer]), Demand::Token).await;
    let token = signer.token(&claims());
    let judged = |values: &[String]| {
        let values = values.iter().map(|value| HeaderValue::try_from(value).unwrap());
        judged(&auth, &values.map(|value| (header::AUTHORIZATION, value)).collect())
    };
    let malformed = Err(AuthProblem::InvalidToken(TokenProblem::Malformed));
    assert_eq!(judged(&[]), Err(AuthProblem::NoToken));
    assert_eq!(judged(&["Basic c2VjcmV0".to_owned()]), Err(AuthProblem::NoToken));
    assert_eq!(judged(&["Bearer".to_owned()]), malformed);
    assert_eq!(judged(&[format!("bEARER {token}")]), Ok(()));
    assert_eq!(judged(&[format!("Bearer {token}"), format!("Bearer {token}")]), malformed);
}

#[tokio::test]
async fn both_credentials_are_demanded_if_both_are_enabled_and_reading_is_public() {
    let signer = Signer::ec("one");
    let keys = key_set(&[&signer]);
    let token = bearer(&signer.token(&claims()));
    let certificate = PeerCertificates(Arc::new(vec![CertificateDer::from(vec![1])]));
    let (no_token, no_certificate) = (HeaderMap::new(), PeerCertificates::default());
    let only_certificate = Auth::new(Demand::Certificate).0;
    let only_token = knowing(&keys, Demand::Token).await;
    let both = knowing(&keys, Demand::CertificateAndToken).await;
    let table = [
        (&only_certificate, &no_token, &no_certificate, Err(AuthProblem::NoCertificate)),
        (&only_certificate, &no_token, &certificate, Ok(())),
        (&only_token, &no_token, &certificate, Err(AuthProblem::NoToken)),
        (&only_token, &token, &no_certificate, Ok(())),
        (&both, &token, &no_certificate, Err(AuthProblem::NoCertificate)),
        (&both, &no_token, &certificate, Err(AuthProblem::NoToken)),
        (&both, &token, &certificate, Ok(())),
    ];
    for (auth, headers, peer, expected) in table {
        for method in ["POST", "PUT", "PATCH", "DELETE", "BREW"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(auth.authorize(&method, headers, peer, now()), expected, "{method}");
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            assert_eq!(auth.authorize(&method, &no_token, &no_certificate, now()), Ok(()), "{method}");
        }
    }
}

/// RFC 6750, 3 and 3.1.
#[test]
fn each_problem_has_its_status_and_its_challenge() {
    let scope = AuthProblem::InsufficientScope { required: "a b".into() };
    let expired = AuthProblem::InvalidToken(TokenProblem::Expired);
    let table = [
        (AuthProblem::NoToken, 401, Some(r#"Bearer realm="cloud-event-proxy""#)),
        (AuthProblem::NoCertificate, 401, Some(r#"ClientCertificate realm="cloud-event-proxy""#)),
        (
            expired,
            401,
            Some(
                r#"Bearer realm="cloud-event-proxy", error="invalid_token", error_description="the token has expired""#,
            ),
        ),
        (scope, 403, Some(r#"Bearer realm="cloud-event-proxy", error="insufficient_scope", scope="a b""#)),
        (AuthProblem::NoKeys, 503, None),
    ];
    for (problem, status, challenge) in table {
        assert_eq!(problem.status(), StatusCode::from_u16(status).unwrap(), "{problem}");
        let said = problem.challenge();
        assert_eq!(said.as_ref().map(|value| value.to_str().unwrap()), challenge, "{problem}");
    }
}

#[tokio::test]
async fn refused_requests_are_counted_by_reason() {
    let signer = Signer::ec("one");
    let auth = knowing(&key_set(&[&signer]), Demand::Token).await;
    let (expired, nobody) = (bearer(&signer.token(&with("exp", 1))), PeerCertificates::default());
    for headers in [HeaderMap::new(), expired.clone(), expired, bearer(&signer.token(&claims()))] {
        let _ = auth.admit(&Method::DELETE, &headers, &nobody, now).await;
    }
    assert_eq!(auth.counts().all(), [("expired", 2), ("no_token", 1)].into());
}
