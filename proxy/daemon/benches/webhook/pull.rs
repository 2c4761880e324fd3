//! Requests per second that the REST API answers.

use crate::node::{TaskError, plain};
use crate::process::now;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::error::Error;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// How requests travel.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    /// A connection for each request under way.
    Http1,
    /// One connection for all, with prior knowledge.
    H2c,
}

impl Protocol {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::H2c => "h2c",
        }
    }
}

/// Sends one request after the other.
enum Sender {
    Http1(http1::SendRequest<Empty<Bytes>>),
    H2c(http2::SendRequest<Empty<Bytes>>),
}

impl Sender {
    /// One for each request that is under way at a time.
    async fn connect(protocol: Protocol, authority: &str, count: usize) -> Result<Vec<Self>, TaskError> {
        let mut senders = Vec::new();
        match protocol {
            Protocol::Http1 => {
                for _ in 0..count {
                    let (sender, connection) = http1::handshake(open(authority).await?).await?;
                    tokio::spawn(connection);
                    senders.push(Self::Http1(sender));
                }
            }
            Protocol::H2c => {
                let stream = open(authority).await?;
                let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
                tokio::spawn(connection);
                senders.extend((0..count).map(|_| Self::H2c(sender.clone())));
            }
        }
        Ok(senders)
    }

    async fn ask(&mut self, authority: &str, path: &str) -> Result<(), TaskError> {
        let request = match self {
            Self::Http1(_) => Request::get(path).header(header::HOST, authority),
            Self::H2c(_) => Request::get(format!("http://{authority}{path}")),
        };
        let request = request.body(Empty::new())?;
        let response = match self {
            Self::Http1(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Self::H2c(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
        };
        let status = response.status();
        response.into_body().collect().await?;
        if status == StatusCode::OK {
            Ok(())
        } else {
            Err(format!("{path} was answered with {status}").into())
        }
    }
}

async fn open(authority: &str) -> Result<TokioIo<TcpStream>, TaskError> {
    let stream = TcpStream::connect(authority).await?;
    stream.set_nodelay(true)?;
    Ok(TokioIo::new(stream))
}

/// Asks for a path for so long, so many times at once, and says how many answers there were in a second.
pub(crate) fn requests_per_s(
    runtime: &Runtime,
    (authority, path): (&str, &str),
    protocol: Protocol,
    concurrency: usize,
    length: Duration,
) -> Result<f64, Box<dyn Error>> {
    let answers = runtime.block_on(async {
        let senders = Sender::connect(protocol, authority, concurrency).await?;
        let end = now() + length;
        let mut workers = JoinSet::new();
        for mut sender in senders {
            let (authority, path) = (authority.to_owned(), path.to_owned());
            workers.spawn(async move {
                let mut answers = 0_u32;
                while now() < end {
                    sender.ask(&authority, &path).await?;
                    answers += 1;
                }
                Ok::<u32, TaskError>(answers)
            });
        }
        workers.join_all().await.into_iter().sum::<Result<u32, TaskError>>()
    });
    Ok(f64::from(answers.map_err(plain)?) / length.as_secs_f64())
}
