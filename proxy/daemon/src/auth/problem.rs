//! Why a request may not do what it asks for, and how HTTP says so.

use axum::http::{HeaderValue, StatusCode};
use std::sync::Arc;

/// Named in every challenge, RFC 9110, 11.5.
const REALM: &str = "cloud-event-proxy";

/// Why a request is not authorized.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthProblem {
    /// The connection has no client certificate.
    #[error("a client certificate is required")]
    NoCertificate,
    /// There is no bearer token.
    #[error("a bearer token is required")]
    NoToken,
    /// There is one, and it counts for nothing.
    #[error("{0}")]
    InvalidToken(#[from] TokenProblem),
    /// The token is good, and not for this.
    #[error("the token does not have every scope of: {required}")]
    InsufficientScope {
        /// All scopes that are needed, with spaces between them.
        required: Arc<str>,
    },
    /// No token can be judged.
    #[error("the keys of the issuer are not known yet")]
    NoKeys,
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenProblem {
    /// It is no signed JSON Web Token, or one with critical extensions, or several were sent.
    #[error("the token is malformed")]
    Malformed,
    /// It is signed in a way that the key is not for, not at all, or with a shared secret.
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// The issuer has no such key.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature of the token is wrong")]
    Signature,
    /// `iss` is absent or somebody else.
    #[error("the token is of another issuer")]
    Issuer,
    /// `aud` is absent or somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is unreadable, or `exp` is absent.
    #[error("the token has no readable claims")]
    Claims,
}

impl AuthProblem {
    /// RFC 6750, 3.1; 503 if it is not the client's fault.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoCertificate | Self::NoToken | Self::InvalidToken(_) => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope { .. } => StatusCode::FORBIDDEN,
            Self::NoKeys => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The value of `WWW-Authenticate`, RFC 6750, 3.
    pub(crate) fn challenge(&self) -> Option<HeaderValue> {
        let challenge = match self {
            // HTTP demands a challenge with 401, and no scheme is registered for certificates of TLS. This is the name
            // that a lapsed draft of the HTTP working group gave it (draft-thomson-httpbis-cant).
            Self::NoCertificate => format!("ClientCertificate realm=\"{REALM}\""),
            // Who sent no token is told no error, RFC 6750, 3.1.
            Self::NoToken => format!("Bearer realm=\"{REALM}\""),
            Self::InvalidToken(problem) => {
                format!("Bearer realm=\"{REALM}\", error=\"invalid_token\", error_description=\"{problem}\"")
            }
            Self::InsufficientScope { required } => {
                format!("Bearer realm=\"{REALM}\", error=\"insufficient_scope\", scope=\"{required}\"")
            }
            Self::NoKeys => return None,
        };
        Some(HeaderValue::try_from(challenge).expect("scopes are checked to be printable ASCII"))
    }

    /// The name of this problem on the metrics page.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::NoCertificate => "no_certificate",
            Self::NoToken => "no_token",
            Self::InvalidToken(problem) => problem.reason(),
            Self::InsufficientScope { .. } => "scope",
            Self::NoKeys => "no_keys",
        }
    }

    /// Whether newer keys could change it.
    pub(super) fn may_be_stale(&self) -> bool {
        match self {
            Self::InvalidToken(TokenProblem::UnknownKey) | Self::NoKeys => true,
            Self::InvalidToken(
                TokenProblem::Malformed
                | TokenProblem::Algorithm
                | TokenProblem::Signature
                | TokenProblem::Issuer
                | TokenProblem::Audience
                | TokenProblem::Expired
                | TokenProblem::NotYetValid
                | TokenProblem::Claims,
            )
            | Self::NoCertificate
            | Self::NoToken
            | Self::InsufficientScope { .. } => false,
        }
    }
}

impl TokenProblem {
    fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Claims => "claims",
        }
    }
}
