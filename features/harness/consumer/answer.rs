//! What is done with one request.

use super::conduct::{Answer, Fault, Manner};
use super::records::{Exchange, Shared};
use super::serve::Closing;
use crate::limits::NOTIFICATION_BYTES_MAX;
use axum::body::Bytes;
use axum::http::header::{HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a connection needs for each of its requests.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    pub(super) number: u64,
    pub(super) closing: Closing,
    /// Takes the connection away from HTTP.
    pub(super) seize: mpsc::Sender<(Fault, Exchange)>,
}

/// There will be no answer: the connection ends, or somebody else has it.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(super) struct NoAnswer;

type Reply = Result<Response<Full<Bytes>>, NoAnswer>;

impl Connection {
    /// Treats a request as its conduct says.
    pub(super) async fn treat(mut self, request: Request<Incoming>) -> Reply {
        let conduct = self.shared.lock().next_conduct(request.uri().path());
        let (head, body) = request.into_parts();
        match Manner::from(conduct) {
            Manner::BreakMidRequest(fault) => {
                let exchange = self.shared.record(&head, Bytes::new(), self.number);
                self.give_away(fault, exchange).await
            }
            Manner::Break(fault) => match self.read(&head, body).await? {
                Ok(exchange) => self.give_away(fault, exchange).await,
                Err(refusal) => Ok(refusal),
            },
            Manner::Answer(answer) => {
                let read = self.read(&head, body).await?;
                Ok(read.map_or_else(|refusal| refusal, |exchange| reply(exchange, answer)))
            }
            Manner::AnswerAfter(delay) => {
                let read = self.read(&head, body).await?;
                self.answer_after(tokio::time::sleep(delay), read).await
            }
            Manner::AnswerWhenReleased => {
                // From here on a release is meant for this request, too.
                let mut released = self.shared.release.subscribe();
                let read = self.read(&head, body).await?;
                let release = async move {
                    // Fails only without a sender, and that is in what is shared.
                    let _released = released.changed().await;
                };
                self.answer_after(release, read).await
            }
        }
    }

    async fn answer_after(
        &mut self,
        wait: impl Future<Output = ()>,
        read: Result<Exchange, Response<Full<Bytes>>>,
    ) -> Reply {
        let exchange = match read {
            Ok(exchange) => exchange,
            Err(refusal) => return Ok(refusal),
        };
        tokio::select! {
            () = wait => Ok(reply(exchange, Answer::empty(204))),
            () = self.closing.closed() => {
                exchange.cut();
                Err(NoAnswer)
            }
        }
    }

    /// Reads the body and records the request. A body that is too large is refused and not recorded.
    async fn read(
        &mut self,
        head: &Parts,
        body: Incoming,
    ) -> Result<Result<Exchange, Response<Full<Bytes>>>, NoAnswer> {
        let body = tokio::select! {
            body = Limited::new(body, NOTIFICATION_BYTES_MAX).collect() => body,
            () = self.closing.closed() => return Err(NoAnswer),
        };
        match body {
            Ok(body) => Ok(Ok(self.shared.record(head, body.to_bytes(), self.number))),
            Err(error) if error.is::<LengthLimitError>() => {
                Ok(Err(response(Answer::empty(StatusCode::PAYLOAD_TOO_LARGE.as_u16()))))
            }
            Err(_torn) => Err(NoAnswer),
        }
    }

    /// Leaves the connection to the fault. The request waits here until its connection has been taken.
    async fn give_away(&mut self, fault: Fault, exchange: Exchange) -> Reply {
        let given = self.seize.send((fault, exchange)).await;
        if given.is_ok() {
            self.closing.closed().await;
        }
        Err(NoAnswer)
    }
}

fn reply(exchange: Exchange, answer: Answer) -> Response<Full<Bytes>> {
    let response = response(answer);
    exchange.answered(response.status().as_u16());
    response
}

fn response(answer: Answer) -> Response<Full<Bytes>> {
    whole(answer).unwrap_or_else(|_not_http| {
        let mut failed = Response::new(Full::default());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}

fn whole(answer: Answer) -> Result<Response<Full<Bytes>>, axum::http::Error> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    response.body(Full::from(answer.body))
}
