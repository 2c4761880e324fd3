//! What a peer sees of each conduct, through a client and through a bare socket.

mod answers;
mod faults;
mod places;

use super::*;
use crate::RestClient;
use serde_json::{Value, json};
use std::io::ErrorKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer than anything here takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A notification as a bare socket sends it.
const REQUEST: &[u8] = b"POST /event HTTP/1.1\r\nhost: consumer\r\ncontent-length: 2\r\n\r\n{}";

async fn opened(conduct: Conduct) -> Consumer {
    let consumer = Consumer::open().await.expect("a free port");
    consumer.behave(conduct);
    consumer
}

async fn connect(consumer: &Consumer) -> TcpStream {
    TcpStream::connect(("127.0.0.1", consumer.port())).await.expect("it listens")
}

/// Sends a notification over a connection of its own.
async fn send(consumer: &Consumer) -> TcpStream {
    let mut stream = connect(consumer).await;
    stream.write_all(REQUEST).await.expect("it is taken");
    stream
}

/// What comes until the other side ends, and the error with which it ends, if it does not close.
async fn heard(mut stream: TcpStream) -> (Vec<u8>, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("it ends");
    (bytes, ended.err().map(|error| error.kind()))
}

/// The next bytes, so many.
async fn hear(stream: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut bytes)).await.expect("they come").expect("no end");
    bytes
}

async fn next(consumer: &Consumer) -> Received {
    consumer.wait_for(|_| true, PATIENCE).await.expect("it arrives")
}

async fn outcome(received: &Received) -> Outcome {
    tokio::time::timeout(PATIENCE, received.ended()).await.expect("it ends")
}

async fn status(client: &RestClient, endpoint: &str) -> u16 {
    client.post(endpoint, &json!({})).await.expect("answered").status
}
