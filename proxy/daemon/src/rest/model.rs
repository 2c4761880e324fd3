//! The JSON of requests and answers that are not events.

use super::problem::ApiProblem;
use crate::config::ApiProfile;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use proxy_core::Subscription;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

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
    pub(super) fn parse(body: &[u8], profile: ApiProfile) -> Result<Self, ApiProblem> {
        let request: Self = serde_json::from_slice(body)?;
        if request.resource_address.is_empty() {
            return Err(ApiProblem::EmptyKey { key: "ResourceAddress" });
        }
        check_endpoint(&request.endpoint, profile)?;
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

/// An endpoint must be an absolute `http` URI with a host. `https` is refused because this build has no TLS client: the
/// initial notification could only fail. By the letter of the specification, 4.1.1, the host must be `localhost`.
fn check_endpoint(endpoint: &str, profile: ApiProfile) -> Result<(), ApiProblem> {
    let refuse = |detail: &str| Err(ApiProblem::Endpoint { detail: detail.to_owned() });
    if endpoint.is_empty() {
        return Err(ApiProblem::EmptyKey { key: "EndpointUri" });
    }
    // The parser of URLs would silently drop some of these.
    if endpoint.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return refuse("it contains blanks or control characters");
    }
    let url = Url::parse(endpoint).map_err(|error| ApiProblem::Endpoint { detail: error.to_string() })?;
    // The parser would mend what browsers mend: `http:host`, `http:///host` and backslashes.
    let after_scheme = endpoint.get(url.scheme().len()..).and_then(|rest| rest.strip_prefix("://"));
    if after_scheme.is_none_or(|rest| rest.starts_with('/')) || endpoint.contains('\\') {
        return refuse("it is not an absolute URI with a host");
    }
    match (url.scheme(), url.host(), profile) {
        ("http", Some(Host::Domain("localhost")), _) => Ok(()),
        ("http", Some(_), ApiProfile::Oran) => refuse("its host is not localhost"),
        ("http", Some(_), ApiProfile::Compat) => Ok(()),
        ("https", _, _) => {
            tracing::warn!(endpoint, "an https endpoint is refused: this build has no TLS client");
            refuse("https endpoints are not supported by this build")
        }
        _ => refuse("it is not an http URI with a host"),
    }
}

#[cfg(test)]
mod tests {
    use super::SubscriptionRequest;
    use crate::config::ApiProfile;

    fn is_accepted(body: &str, profile: ApiProfile) -> bool {
        SubscriptionRequest::parse(body.as_bytes(), profile).is_ok()
    }

    fn with_endpoint(endpoint: &str) -> String {
        format!(r#"{{"ResourceAddress":"/cluster/node/n/sync","EndpointUri":"{endpoint}"}}"#)
    }

    #[test]
    fn endpoints_are_http_uris_with_a_host() {
        for endpoint in
            ["http://consumer:9043/event", "http://127.0.0.1:1/", "http://[::1]:80/x", "HTTP://Host/a?b=1"]
        {
            assert!(is_accepted(&with_endpoint(endpoint), ApiProfile::Compat), "{endpoint}");
        }
        for endpoint in [
            "",
            "not a uri",
            "/rel",
            "ftp://host/x",
            "http://[::1",
            "https://host/",
            "http://",
            "http://a b/",
            "mailto:a@b",
            "http:host/",
            "http:///host/",
            "http:\\\\\\\\host\\\\x",
            "http://host\\\\x/",
        ] {
            assert!(!is_accepted(&with_endpoint(endpoint), ApiProfile::Compat), "{endpoint}");
        }
    }

    #[test]
    fn by_the_letter_of_the_specification_endpoints_are_local() {
        assert!(is_accepted(&with_endpoint("http://localhost:9085/event"), ApiProfile::Oran));
        assert!(!is_accepted(&with_endpoint("http://127.0.0.1:9085/event"), ApiProfile::Oran));
        assert!(!is_accepted(&with_endpoint("http://consumer:9085/event"), ApiProfile::Oran));
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
            assert!(!is_accepted(body, ApiProfile::Compat), "{body}");
        }
    }

    #[test]
    fn keys_of_the_server_and_unknown_keys_are_ignored() {
        let body = r#"{"ResourceAddress":"/a","EndpointUri":"http://c/e","SubscriptionId":"x","UriLocation":5,"y":[]}"#;
        assert!(is_accepted(body, ApiProfile::Compat));
    }
}
