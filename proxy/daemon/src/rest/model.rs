//! The JSON of requests and answers that are not events.

use super::problem::ApiProblem;
use crate::deliver::{Endpoint, EndpointError, EndpointPolicy};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use proxy_core::Subscription;
use serde::{Deserialize, Serialize};

/// The body of a subscription request. Other keys are ignored, those that only the server sets among them
/// (O-RAN.WG6 O-Cloud Notification API v04.00, table 30).
#[derive(Debug, Deserialize)]
pub(super) struct SubscriptionRequest {
    /// What to subscribe to.
    #[serde(rename = "ResourceAddress")]
    pub(super) resource_address: String,
    /// Where to send events.
    #[serde(rename = "EndpointUri")]
    pub(super) endpoint: String,
}

impl SubscriptionRequest {
    /// Reads a body and checks what can be checked without the core.
    pub(super) fn parse(body: &[u8], policy: &EndpointPolicy) -> Result<Self, ApiProblem> {
        let request: Self = serde_json::from_slice(body)?;
        if request.resource_address.is_empty() {
            return Err(ApiProblem::EmptyKey { key: "ResourceAddress" });
        }
        if request.endpoint.is_empty() {
            return Err(ApiProblem::EmptyKey { key: "EndpointUri" });
        }
        Endpoint::parse(&request.endpoint, policy)?;
        Ok(request)
    }
}

/// A subscription, or a publisher, which has the same shape. Keys in the order of existing producers.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SubscriptionResource<'a> {
    #[serde(rename = "ResourceAddress")]
    pub(super) resource_address: &'a str,
    #[serde(rename = "EndpointUri")]
    pub(super) endpoint: &'a str,
    #[serde(rename = "SubscriptionId")]
    pub(super) id: &'a str,
    #[serde(rename = "UriLocation")]
    pub(super) location: String,
}

impl<'a> SubscriptionResource<'a> {
    /// A subscription at its address.
    pub(super) fn new(subscription: &'a Subscription, subscriptions_url: &str) -> Self {
        let Subscription { id, resource_address, endpoint } = subscription;
        Self { resource_address, endpoint, id: &id.0, location: format!("{subscriptions_url}{}", id.0) }
    }
}

/// A JSON body.
pub(super) fn json(value: &impl Serialize) -> Response {
    json_bytes(serde_json::to_vec(value).expect("structs of strings always serialize"))
}

/// A body that is JSON already.
pub(super) fn json_bytes(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}

impl From<EndpointError> for ApiProblem {
    fn from(error: EndpointError) -> Self {
        Self::Endpoint { detail: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::SubscriptionRequest;
    use crate::deliver::EndpointPolicy;

    fn is_accepted(body: &str) -> bool {
        let policy = EndpointPolicy::parse("cluster").unwrap();
        SubscriptionRequest::parse(body.as_bytes(), &policy).is_ok()
    }

    #[test]
    fn an_endpoint_that_the_policy_can_never_allow_is_refused() {
        let with = |endpoint| format!(r#"{{"ResourceAddress":"/a","EndpointUri":"{endpoint}"}}"#);
        assert!(is_accepted(&with("http://consumer:9043/event")));
        assert!(is_accepted(&with("https://consumer/event")));
        assert!(!is_accepted(&with("http://consumer.example.com/event")));
        assert!(!is_accepted(&with("not a uri")));
        assert!(!is_accepted(&with("")));
    }

    #[test]
    fn bodies_without_both_keys_are_refused() {
        let endpoint = r#""EndpointUri":"http://c/e""#;
        for body in [
            "",
            "{",
            "[]",
            "null",
            "\"x\"",
            "{}",
            &format!("{{{endpoint}}}"),
            &format!(r#"{{"ResourceAddress":"",{endpoint}}}"#),
            &format!(r#"{{"ResourceAddress":7,{endpoint}}}"#),
            &format!(r#"{{"resource":"/a",{endpoint}}}"#),
            r#"{"ResourceAddress":"/a"}"#,
        ] {
            assert!(!is_accepted(body), "{body}");
        }
    }

    #[test]
    fn keys_of_the_server_and_unknown_keys_are_ignored() {
        let body = r#"{"ResourceAddress":"/a","EndpointUri":"http://c/e","SubscriptionId":"x","UriLocation":5,"y":[]}"#;
        assert!(is_accepted(body));
    }
}
