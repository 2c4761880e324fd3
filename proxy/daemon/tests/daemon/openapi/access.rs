//! What those are answered who may not change anything.

use super::answers::{Call, Judge};
use super::{NOBODY, subscription};
use crate::support::{Setup, lock_state};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use std::fs;

const ISSUER: &str = "https://issuer.test";
const AUDIENCE: &str = "events";

/// 401 without a token, 403 with one that lacks the scope.
pub(super) async fn answers_to_strangers(judge: &mut Judge) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let key = EncodingKey::from_ec_pem(key.serialize_pem().as_bytes()).unwrap();
    let setup = Setup::new();
    let keys = json!({ "keys": [Jwk::from_encoding_key(&key, Algorithm::ES256).unwrap()] });
    fs::write(setup.path("keys.json"), keys.to_string()).unwrap();
    let settings = json!({
        "enableOAuth": true,
        "oauthIssuer": ISSUER,
        "requiredAudience": AUDIENCE,
        "requiredScopes": ["subscribe"],
        "oauthJWKSFile": setup.path("keys.json"),
        "allowCleartext": true,
    });
    fs::write(setup.path("auth.json"), settings.to_string()).unwrap();
    let settings = setup.path("auth.json").to_str().unwrap().to_owned();
    let proxy = setup.flag("--auth-config", &settings).start().await;

    let token = token(&key, "read");
    for call in [
        // Nobody listens there, so that whoever is let in is refused all the same.
        Call::new("createSubscription", "/subscriptions")
            .with_body(subscription(&lock_state(), "http://127.0.0.1:1/")),
        Call::new("removeSubscription", format!("/subscriptions/{NOBODY}")),
        Call::new("removeAllSubscriptions", "/subscriptions"),
    ] {
        judge.call(&proxy, call.clone()).await;
        judge.call(&proxy, call.with_token(&token)).await;
    }
    assert_eq!(judge.call(&proxy, Call::new("listSubscriptions", "/subscriptions")).await.status, 200);
}

/// A token of the issuer that is good until 2100.
fn token(key: &EncodingKey, scope: &str) -> String {
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "exp": 4_102_444_800_u64, "scope": scope });
    jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, key).unwrap()
}
