//! `GET /{ResourceAddress}/CurrentState`: O-RAN.WG6 O-Cloud Notification API v04.00, 6.1.

use super::Api;
use super::model::json_bytes;
use super::problem::{ApiProblem, respond};
use crate::driver::Command;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;

/// The current state of a resource. Every other path of the API comes here too, and is not found.
pub(super) async fn show(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    respond(try_show(&api, path, &method).await, &headers)
}

async fn try_show(
    api: &Api,
    path: Result<Path<String>, PathRejection>,
    method: &Method,
) -> Result<Response, ApiProblem> {
    let not_found = || ApiProblem::NotFound { detail: "no such path".to_owned() };
    let Path(path) = path.map_err(|_| not_found())?;
    let resource = path.strip_suffix("/CurrentState").ok_or_else(not_found)?;
    if method != Method::GET && method != Method::HEAD {
        return Err(ApiProblem::OnlyGet);
    }
    let resource_address = address(resource);
    let event = api.ask(|reply| Command::CurrentState { resource_address, reply }).await??;
    Ok(json_bytes(api.renderer.json(&event)))
}

/// The address that a path names: with one leading slash, and none doubled, as clients that put the address after
/// `v2/` with its own slash produce them.
fn address(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments.fold(String::with_capacity(path.len() + 1), |address, segment| address + "/" + segment)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn doubled_slashes_count_as_one() {
        assert_eq!(address("cluster/node/n/sync"), "/cluster/node/n/sync");
        assert_eq!(address("/cluster//node/n/sync/"), "/cluster/node/n/sync");
        assert_eq!(address("././sync"), "/././sync");
        assert_eq!(address(""), "");
    }
}
