//! The one place that turns what went wrong into HTTP.
//!
//! Errors have an empty body, as the O-RAN conformance tests demand, unless the request's `Accept` lists
//! `application/problem+json`: then they carry problem details, RFC 9457.
//!
//! The tables of the specification know 400, 404 and 409. Beyond them: 405, 408 and 413 for requests that HTTP itself
//! finds wrong, 401 and 403 for those that are not authorized, and 503 when the store could not be written, when there are too many requests or subscriptions, or when
//! the proxy is ending: try again.

use crate::auth::AuthProblem;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use proxy_core::{CurrentStateError, SubscribeError};
use serde::Serialize;

const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not fulfilled.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiProblem {
    /// The body could not be read.
    #[error("the body could not be read: {detail}")]
    UnreadableBody {
        /// Why.
        detail: String,
    },
    /// The body is no subscription.
    #[error("the body is no subscription: {0}")]
    NoSubscription(#[from] serde_json::Error),
    /// A key is empty.
    #[error("{key} is empty")]
    EmptyKey {
        /// Which.
        key: &'static str,
    },
    /// The endpoint cannot be used.
    #[error("EndpointUri is not acceptable: {detail}")]
    Endpoint {
        /// Why.
        detail: String,
    },
    /// The body is too large.
    #[error("the body is larger than {limit} bytes")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// Nothing is there.
    #[error("{detail}")]
    NotFound {
        /// What.
        detail: String,
    },
    /// The resource is there, the method is not.
    #[error("only GET is possible here")]
    OnlyGet,
    /// The same, where routing knows which methods there are.
    #[error("this method is not possible here")]
    OtherMethod,
    /// The core did not subscribe.
    #[error("{0}")]
    Subscribe(#[from] SubscribeError),
    /// There is no current state.
    #[error("{0}")]
    CurrentState(#[from] CurrentStateError),
    /// The store could not be written; nothing has changed.
    #[error("the change could not be stored")]
    NotStored,
    /// The core gave an answer that does not belong to the request.
    #[error("the request was answered as another one")]
    WrongAnswer,
    /// Too many requests at a time.
    #[error("too many requests at a time")]
    Overloaded,
    /// The proxy ends.
    #[error("the proxy is ending")]
    Ending,
    /// The request may not do what it asks for.
    #[error("{0}")]
    Auth(#[from] AuthProblem),
}

#[derive(Serialize)]
struct ProblemDetails {
    title: &'static str,
    status: u16,
    detail: String,
}

impl ApiProblem {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnreadableBody { .. }
            | Self::NoSubscription(_)
            | Self::EmptyKey { .. }
            | Self::Endpoint { .. }
            | Self::Subscribe(SubscribeError::NotConfirmed) => StatusCode::BAD_REQUEST,
            Self::NotFound { .. }
            | Self::Subscribe(SubscribeError::UnknownResource { .. })
            | Self::CurrentState(
                CurrentStateError::UnknownResource { .. } | CurrentStateError::NoData { .. },
            ) => StatusCode::NOT_FOUND,
            Self::OnlyGet | Self::OtherMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Subscribe(SubscribeError::Duplicate) => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::WrongAnswer => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotStored
            | Self::Overloaded
            | Self::Ending
            | Self::Subscribe(
                SubscribeError::NotStored
                | SubscribeError::TooMany { .. }
                | SubscribeError::TooManyForEndpoint { .. },
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Auth(problem) => problem.status(),
        }
    }
}

impl ApiProblem {
    /// Why a request was refused whatever it asks for, as the metrics page names it.
    pub(super) fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::TooLarge { .. } => Some("too_large"),
            Self::TooSlow => Some("too_slow"),
            Self::UnreadableBody { .. } => Some("unreadable"),
            Self::Overloaded => Some("overloaded"),
            Self::NoSubscription(_)
            | Self::EmptyKey { .. }
            | Self::Endpoint { .. }
            | Self::NotFound { .. }
            | Self::OnlyGet
            | Self::OtherMethod
            | Self::Subscribe(_)
            | Self::CurrentState(_)
            | Self::Auth(_)
            | Self::NotStored
            | Self::WrongAnswer
            | Self::Ending => None,
        }
    }
}

/// The answer to a request that went one way or the other.
pub(super) fn respond(result: Result<Response, ApiProblem>, headers: &HeaderMap) -> Response {
    result.unwrap_or_else(|problem| problem_response(&problem, headers))
}

/// The answer to a request that was not fulfilled.
pub(super) fn problem_response(problem: &ApiProblem, headers: &HeaderMap) -> Response {
    let status = problem.status();
    let mut response =
        if wants_details(headers) { with_details(problem, status) } else { status.into_response() };
    match problem {
        ApiProblem::OnlyGet => {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        }
        // The rest of the body is not waited for, so that the connection cannot be used again.
        ApiProblem::TooSlow | ApiProblem::TooLarge { .. } => {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        ApiProblem::Auth(problem) => {
            if let Some(challenge) = problem.challenge() {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
            }
        }
        ApiProblem::UnreadableBody { .. }
        | ApiProblem::NoSubscription(_)
        | ApiProblem::EmptyKey { .. }
        | ApiProblem::Endpoint { .. }
        | ApiProblem::NotFound { .. }
        | ApiProblem::OtherMethod
        | ApiProblem::Subscribe(_)
        | ApiProblem::CurrentState(_)
        | ApiProblem::NotStored
        | ApiProblem::WrongAnswer
        | ApiProblem::Overloaded
        | ApiProblem::Ending => {}
    }
    response
}

fn with_details(problem: &ApiProblem, status: StatusCode) -> Response {
    let details = ProblemDetails {
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        detail: problem.to_string(),
    };
    let body = serde_json::to_vec(&details).expect("strings and a number always serialize");
    let mut response = (status, Body::from(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response
}

fn wants_details(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|range| {
        let media_type = range.split_once(';').map_or(range, |(media_type, _)| media_type);
        media_type.trim().eq_ignore_ascii_case(PROBLEM_JSON)
    })
}

#[cfg(test)]
mod tests {
    use super::wants_details;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn details_are_given_to_those_who_list_them() {
        for (accept, wanted) in [
            ("application/problem+json", true),
            ("application/json, Application/Problem+JSON;q=0.5", true),
            ("application/json", false),
            ("*/*", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(wants_details(&headers), wanted, "{accept}");
        }
        assert!(!wants_details(&HeaderMap::new()));
    }
}
