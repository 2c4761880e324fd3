//! A request on its way to the router, and its answer on the way back.

use super::PeerCertificates;
use super::place::{OpenRequest, Progress};
use super::table::Step;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tower::ServiceExt as _;

/// What every request of a connection has in common.
#[derive(Clone)]
pub(super) struct RequestOrigin {
    /// Who answers.
    pub(super) router: Router,
    /// Where the connection says how far it is.
    pub(super) progress: Progress,
    /// The other end.
    pub(super) address: SocketAddr,
    /// What the other end has shown.
    pub(super) certificates: PeerCertificates,
}

impl RequestOrigin {
    /// Has a request answered.
    pub(super) async fn answer(
        self,
        request: hyper::Request<Incoming>,
    ) -> Result<hyper::Response<AnswerBody>, Infallible> {
        // After each request it is another connection's turn; else one that sends many ahead has sixteen answered at a time.
        tokio::task::yield_now().await;
        let Self { router, progress, address, certificates } = self;
        let is_two = request.version() == Version::HTTP_2;
        let mut open = progress.begin(is_two);
        let response = if has_its_host(request.version(), request.headers()) {
            let state = BodyState::Unasked;
            let body = |incoming| Body::new(RequestBody { incoming, progress, is_two, state });
            let mut request: Request = request.map(body);
            request.extensions_mut().insert(ConnectInfo(address));
            request.extensions_mut().insert(certificates);
            router.oneshot(request).await.unwrap_or_else(|never| match never {})
        } else {
            StatusCode::BAD_REQUEST.into_response()
        };
        open.answered();
        Ok(without_length_of_nothing(response).map(|body| AnswerBody { body, _open: open }))
    }
}

/// An HTTP/1.1 request without a host, with several, or with what is none must be refused (RFC 9112, 3.2). An empty one
/// is allowed.
fn has_its_host(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let is_one = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.is_empty() || is_host(host.as_bytes()),
        (None, _) | (Some(_), Some(_)) => false,
    };
    version != Version::HTTP_11 || is_one
}

/// A host with or without a port, and without credentials.
fn is_host(text: &[u8]) -> bool {
    Authority::try_from(text).is_ok_and(|authority| !authority.as_str().contains('@'))
}

/// 204 has no body, and no length of one (RFC 9110, 8.6).
fn without_length_of_nothing(mut response: Response) -> Response {
    if response.status() == StatusCode::NO_CONTENT {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// The body of a request, which says when it is waited for.
struct RequestBody {
    incoming: Incoming,
    progress: Progress,
    /// Over HTTP/2 what is not read is no hindrance.
    is_two: bool,
    state: BodyState,
}

/// How far a body has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyState {
    /// Nobody has waited for it.
    Unasked,
    /// It is waited for.
    Awaited,
    /// Nothing more will come.
    Over,
}

impl RequestBody {
    fn over(&mut self) {
        if self.state == BodyState::Awaited {
            self.progress.step(Step::BodyOver);
        }
        self.state = BodyState::Over;
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.incoming).poll_frame(cx);
        if polled.is_pending() && self.state == BodyState::Unasked {
            self.state = BodyState::Awaited;
            self.progress.step(Step::BodyAwaited);
        }
        let frame = ready!(polled);
        if !matches!(frame, Some(Ok(_))) {
            self.over();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if self.state != BodyState::Over && !self.is_two && !self.incoming.is_end_stream() {
            self.progress.leave_unread();
        }
        self.over();
    }
}

/// The body of an answer. The request is over when it is dropped.
pub(super) struct AnswerBody {
    body: Body,
    _open: OpenRequest,
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
