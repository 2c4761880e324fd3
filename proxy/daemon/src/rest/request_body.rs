//! The body of a request, received whole before the request counts: whoever sends it slowly takes no room from others.

use super::Api;
use super::problem::{ApiProblem, problem_response};
use crate::config::ApiLimits;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::future::poll_fn;
use std::pin::Pin;

/// Receives the body of a request, whatever it asks for, and hands the request on.
pub(super) async fn receive(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match read(body, &api.limits).await {
        Ok(body) => next.run(Request::from_parts(parts, body.into())).await,
        Err(problem) => {
            if let Some(reason) = problem.refusal() {
                api.http.refused(reason);
            }
            problem_response(&problem, &parts.headers)
        }
    }
}

/// A body of bounded size in bounded time. One that says that it is too large is not looked at.
async fn read(body: Body, limits: &ApiLimits) -> Result<Vec<u8>, ApiProblem> {
    if body.is_end_stream() {
        return Ok(Vec::new());
    }
    let limit = limits.request_bytes;
    if usize::try_from(body.size_hint().lower()).map_or(true, |declared| declared > limit) {
        return Err(ApiProblem::TooLarge { limit });
    }
    tokio::time::timeout(limits.body_timeout, collect(body, limit)).await.unwrap_or(Err(ApiProblem::TooSlow))
}

async fn collect(mut body: Body, limit: usize) -> Result<Vec<u8>, ApiProblem> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| ApiProblem::UnreadableBody { detail: error.to_string() })?;
        // Trailers, the other kind of frame, mean nothing here.
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > limit {
                return Err(ApiProblem::TooLarge { limit });
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}
