//! Who may change something: opt-in authorization of the REST API, by client certificate (mTLS), bearer token (OAuth 2.0),
//! or both.
//!
//! Without `--auth-config` nothing of this exists at run time. With it, methods that change something are demanded a
//! credential, and reading stays public, `/health` included: probes of a platform have no credentials. There is no
//! exception for loopback: pods with `hostNetwork` and every process of the node come from there.

mod counts;
mod fields;
mod files;
mod issuer_keys;
mod key_set;
mod problem;
mod settings;
mod tls;
mod token;

pub(crate) use counts::AuthCounts;
pub(crate) use issuer_keys::KeyKeeper;
pub(crate) use problem::{AuthProblem, TokenProblem};
pub(crate) use settings::{AuthSettings, Demand, read};
pub(crate) use tls::LoadedTls;

use crate::http_server::PeerCertificates;
use axum::http::{HeaderMap, Method};
use issuer_keys::{IssuerKeys, issuer_keys};
use proxy_core::Utc;
use token::TokenRules;

/// Decides which requests are authorized.
#[derive(Debug)]
pub(crate) struct Auth {
    wants_certificate: bool,
    token: Option<TokenCheck>,
    counts: AuthCounts,
}

#[derive(Debug)]
struct TokenCheck {
    rules: TokenRules,
    keys: IssuerKeys,
}

impl Auth {
    /// What these demands mean, and who keeps the keys of the issuer current, if there is one.
    pub(crate) fn new(demand: Demand) -> (Self, Option<KeyKeeper>) {
        let (wants_certificate, token) = match demand {
            Demand::Certificate => (true, None),
            Demand::Token(token) => (false, Some(token)),
            Demand::CertificateAndToken(token) => (true, Some(token)),
        };
        let (token, keeper) = token
            .map(|token| {
                let (keys, keeper) = issuer_keys(token.place);
                (TokenCheck { rules: token.rules, keys }, keeper)
            })
            .unzip();
        (Self { wants_certificate, token, counts: AuthCounts::default() }, keeper)
    }

    /// Refused requests.
    pub(crate) fn counts(&self) -> &AuthCounts {
        &self.counts
    }

    /// Whether a request may do what it asks for, with the keys that are known. Safe methods, RFC 9110, 9.2.1, may always.
    pub(crate) fn authorize(
        &self,
        method: &Method,
        headers: &HeaderMap,
        peer: &PeerCertificates,
        now: Utc,
    ) -> Result<(), AuthProblem> {
        if method.is_safe() {
            return Ok(());
        }
        if self.wants_certificate && peer.0.is_empty() {
            return Err(AuthProblem::NoCertificate);
        }
        let Some(TokenCheck { rules, keys }) = &self.token else { return Ok(()) };
        let token = token::bearer(headers)?;
        let keys = keys.current().ok_or(AuthProblem::NoKeys)?;
        rules.judge(token, &keys, now)
    }

    /// As [`Self::authorize`], at the time that `now` tells. If newer keys could help, they are asked for and waited for, a
    /// bounded time. What is refused is counted.
    pub(crate) async fn admit(
        &self,
        method: &Method,
        headers: &HeaderMap,
        peer: &PeerCertificates,
        now: impl Fn() -> Utc + Send,
    ) -> Result<(), AuthProblem> {
        let mut result = self.authorize(method, headers, peer, now());
        if let (Err(problem), Some(token)) = (&result, &self.token)
            && problem.may_be_stale()
            && token.keys.look_again().await
        {
            result = self.authorize(method, headers, peer, now());
        }
        result.inspect_err(|problem| self.counts.count(problem))
    }
}

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
