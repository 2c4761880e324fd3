//! Bearer tokens: JSON Web Tokens, RFC 7519, as RFC 6750 has a client send them.

use super::key_set::KeySet;
use super::{AuthProblem, TokenProblem};
use crate::limits::{TOKEN_BYTES_MAX, TOKEN_LEEWAY_S};
use axum::http::{HeaderMap, header};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use proxy_core::Utc;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// What a token must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenRules {
    /// `iss`.
    pub(crate) issuer: String,
    /// One of `aud`.
    pub(crate) audience: String,
    /// All of these must be in `scope` or `scp`; printable ASCII.
    pub(crate) scopes: Vec<String>,
}

/// The claims that the library does not judge: times, because it would ask the machine for the time, and scopes.
#[derive(Deserialize)]
struct Claims {
    /// Seconds since 1970, maybe with a fraction, RFC 7519, 2.
    exp: f64,
    nbf: Option<f64>,
    /// RFC 8693, 4.2.
    scope: Option<Scopes>,
    /// The same, as some issuers write it.
    scp: Option<Scopes>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scopes {
    Text(String),
    List(Vec<String>),
}

/// The bearer token of a request, RFC 6750, 2.1: the only way of the three in which one is taken, because the others put
/// it where it is logged.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, AuthProblem> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let Some(value) = values.next() else { return Err(AuthProblem::NoToken) };
    let malformed = AuthProblem::InvalidToken(TokenProblem::Malformed);
    // Two of them: whatever stands in front of the proxy may have believed the other one.
    if values.next().is_some() {
        return Err(malformed);
    }
    let value = value.to_str().map_err(|_| malformed.clone())?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthProblem::NoToken);
    }
    let token = token.trim_start_matches(' ');
    if token.is_empty() || token.len() > TOKEN_BYTES_MAX { Err(malformed) } else { Ok(token) }
}

impl TokenRules {
    /// Judges a token at this time.
    pub(super) fn judge(&self, token: &str, keys: &KeySet, now: Utc) -> Result<(), AuthProblem> {
        // `none` and whatever else is not a known signature is unreadable here.
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenProblem::Malformed)?;
        // RFC 7515, 4.1.11: what is critical and not understood makes a token invalid, and nothing is understood.
        if header.crit.is_some() {
            return Err(TokenProblem::Malformed.into());
        }
        if matches!(header.alg, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
            return Err(TokenProblem::Algorithm.into());
        }
        let candidates = keys.candidates(header.kid.as_deref(), header.alg)?;
        let is_named = header.kid.is_some();
        let claims = self.verified(token, header.alg, &candidates).map_err(|problem| {
            // Without a name for the key there is no telling whether the issuer has a new one.
            if problem == TokenProblem::Signature && !is_named { TokenProblem::UnknownKey } else { problem }
        })?;
        claims.check_time(now)?;
        self.check_scopes(&claims)
    }

    /// The claims, if one of the keys has signed them and issuer and audience are right.
    fn verified(
        &self,
        token: &str,
        algorithm: Algorithm,
        keys: &[&DecodingKey],
    ) -> Result<Claims, TokenProblem> {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // The time is judged by `Claims::check_time`, with the time that it is told.
        validation.validate_exp = false;
        for key in keys {
            match jsonwebtoken::decode::<Claims>(token, key, &validation) {
                Ok(decoded) => return Ok(decoded.claims),
                Err(error) => {
                    let problem = problem_of(error.kind());
                    if problem != TokenProblem::Signature {
                        return Err(problem);
                    }
                }
            }
        }
        Err(TokenProblem::Signature)
    }

    fn check_scopes(&self, claims: &Claims) -> Result<(), AuthProblem> {
        let has = |scope: &str| [&claims.scope, &claims.scp].into_iter().flatten().any(|has| has.has(scope));
        if self.scopes.iter().all(|scope| has(scope)) {
            return Ok(());
        }
        Err(AuthProblem::InsufficientScope { required: Arc::from(self.scopes.join(" ")) })
    }
}

/// The signature is checked before the claims are read, so that what is not known by name is about the claims.
fn problem_of(error: &ErrorKind) -> TokenProblem {
    let missing = |claim: &str| ErrorKind::MissingRequiredClaim(claim.to_owned());
    if *error == ErrorKind::InvalidSignature {
        TokenProblem::Signature
    } else if *error == ErrorKind::InvalidIssuer || *error == missing("iss") {
        TokenProblem::Issuer
    } else if *error == ErrorKind::InvalidAudience || *error == missing("aud") {
        TokenProblem::Audience
    } else if *error == ErrorKind::InvalidAlgorithm {
        TokenProblem::Algorithm
    } else {
        TokenProblem::Claims
    }
}

impl Claims {
    /// RFC 7519, 4.1.4 and 4.1.5: before `exp`, and not before `nbf`.
    fn check_time(&self, now: Utc) -> Result<(), TokenProblem> {
        let now_s = Duration::from_nanos(now.unix_ns).as_secs_f64();
        if now_s >= self.exp + TOKEN_LEEWAY_S {
            return Err(TokenProblem::Expired);
        }
        if self.nbf.is_some_and(|nbf_s| now_s < nbf_s - TOKEN_LEEWAY_S) {
            return Err(TokenProblem::NotYetValid);
        }
        Ok(())
    }
}

impl Scopes {
    fn has(&self, scope: &str) -> bool {
        match self {
            Self::Text(text) => text.split(' ').any(|one| one == scope),
            Self::List(list) => list.iter().any(|one| one == scope),
        }
    }
}
