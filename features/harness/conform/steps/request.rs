//! Requests as they are written.

use crate::conform::case::Case;
use crate::conform::wire::{Answered, Ask};
use crate::limits::REDIRECTS_MAX;
use cucumber::{given, when};

/// What must not come back.
pub(super) const MARKER: &str = "conformance-marker-5c1f";

/// `GET /subscriptions` and the like, below the base; `<node>` is the name of the node.
#[given(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) has been sent$")]
#[when(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) is sent$")]
async fn sends(case: &mut Case, method: String, path: String) {
    let path = case.with_node(&path).await;
    send(case, Ask::new(method_of(&method), path)).await;
}

#[when(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) is sent over HTTP/2 with prior knowledge$")]
async fn sends_http2(case: &mut Case, method: String, path: String) {
    let path = case.with_node(&path).await;
    send(case, Ask::new(method_of(&method), path).http2()).await;
}

/// JSON, or what is sent in its place.
#[when(regex = r"^(POST|PUT|PATCH|DELETE) (/\S*) is sent with the body (\S.*)$")]
async fn sends_body(case: &mut Case, method: String, path: String, body: String) {
    let (path, body) = (case.with_node(&path).await, case.with_node(&body).await);
    let ask = Ask::new(method_of(&method), path).header("content-type", "application/json").body(body);
    send(case, ask).await;
}

/// As a client that understands problem details asks.
#[when(regex = r"^(GET|POST|DELETE) (/\S*) is sent by a client that takes problem details$")]
async fn sends_accepting_problems(case: &mut Case, method: String, path: String) {
    let path = case.with_node(&path).await;
    let ask =
        Ask::new(method_of(&method), path).header("accept", "application/json, application/problem+json");
    send(case, ask).await;
}

#[when(
    regex = r"^(GET|POST|DELETE) (/\S*) is sent by a client that takes problem details with the body (\S.*)$"
)]
async fn sends_body_accepting_problems(case: &mut Case, method: String, path: String, body: String) {
    let (path, body) = (case.with_node(&path).await, case.with_node(&body).await);
    let ask = Ask::new(method_of(&method), path)
        .header("content-type", "application/json")
        .header("accept", "application/json, application/problem+json")
        .body(body);
    send(case, ask).await;
}

/// The marker is in the query, in a header and in the body.
#[when(regex = r"^(GET|POST|PUT) (/\S*) is sent with a marker$")]
async fn sends_marked(case: &mut Case, method: String, path: String) {
    let ask = Ask::new(method_of(&method), format!("{path}?{MARKER}"))
        .header("x-conformance", MARKER)
        .header("content-type", "text/plain");
    let ask = if method == "GET" { ask } else { ask.body(MARKER) };
    case.ask(ask).await;
}

/// As clients that were made for convenience do.
#[when(regex = r"^GET (/\S*) is sent and redirects are followed$")]
async fn follows_redirects(case: &mut Case, path: String) {
    let path = case.with_node(&path).await;
    let mut answer = case.ask(Ask::new("GET", path)).await;
    for _ in 0..REDIRECTS_MAX {
        let Some(next) = redirect(&answer) else { return };
        answer = case.ask_at(&next, Ask::new("GET", "")).await;
    }
    panic!("redirected more than {REDIRECTS_MAX} times, last to {:?}", answer.header("location"));
}

fn redirect(answer: &Answered) -> Option<String> {
    if !(300..400).contains(&answer.status) {
        return None;
    }
    answer.header("location").map(path_of)
}

/// The path and the query of a URL, which may have neither scheme nor host.
pub(super) fn path_of(url: &str) -> String {
    let after_scheme = url.split_once("://").map(|(_, rest)| rest);
    let path = after_scheme.map_or(url, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    path.to_owned()
}

/// A subscription that comes of it is kept.
async fn send(case: &mut Case, ask: Ask) {
    if ask.method == "POST" && ask.path == "/subscriptions" {
        case.post_subscription(ask).await;
    } else {
        case.ask(ask).await;
    }
}

pub(super) fn method_of(name: &str) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|method| *method == name).unwrap_or_else(|| panic!("no method {name}"))
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_of_a_url_is_what_follows_the_authority() {
        assert_eq!(path_of("http://host.svc:9043/api/v2/subscriptions/1?x"), "/api/v2/subscriptions/1?x");
        assert_eq!(path_of("/api/v2"), "/api/v2");
        assert_eq!(path_of("http://host"), "/");
    }
}
