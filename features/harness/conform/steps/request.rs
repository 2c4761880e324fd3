//! Requests as they are written.

use crate::conform::case::Case;
use crate::conform::wire::Ask;
use cucumber::{given, when};

/// `GET /subscriptions` and the like, below the base; `<node>` is the name of the node.
#[given(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) has been sent$")]
#[when(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) is sent$")]
async fn sends(case: &mut Case, method: String, path: String) {
    let path = case.with_node(&path).await;
    case.ask(Ask::new(method_of(&method), path)).await;
}

#[when(regex = r"^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/\S*) is sent over HTTP/2 with prior knowledge$")]
async fn sends_http2(case: &mut Case, method: String, path: String) {
    let path = case.with_node(&path).await;
    case.ask(Ask::new(method_of(&method), path).http2()).await;
}

pub(super) fn method_of(name: &str) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|method| *method == name).unwrap_or_else(|| panic!("no method {name}"))
}
