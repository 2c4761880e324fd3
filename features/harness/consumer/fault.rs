//! What a consumer does to a connection that HTTP does not provide for.

use super::conduct::Fault;
use super::records::Exchange;
use super::serve::Closing;
use super::wire::Wire;
use crate::limits::{ENDLESS_BODY_CHUNK_BYTES, HUGE_HEADER_BYTES, HUGE_HEADERS};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;

/// What is sent where HTTP is expected: it begins like a TLS alert.
pub(super) const GARBAGE: &[u8] = b"\x15\x03\x01\x00\x02\x02\x28 this is not HTTP \xff\xfe\r\n\r\n";

/// How a fault came to its end.
#[derive(Clone, Copy)]
enum End {
    /// With a whole answer of this status.
    Answered(u16),
    /// The consumer leaves it at that.
    Cut,
    /// The consumer leaves it at that, and resets the connection.
    Reset,
}

/// Does it, until it is done, the peer has gone, or the consumer closes.
pub(super) async fn carry_out(fault: Fault, exchange: Exchange, wire: Wire, mut closing: Closing) {
    let retold = exchange.shared.retold.subscribe();
    let end = tokio::select! {
        end = perform(fault, wire.clone(), retold) => end,
        () = closing.closed() => Ok(End::Cut),
    };
    match end {
        Ok(End::Answered(status)) => exchange.answered(status),
        Ok(End::Cut) => exchange.cut(),
        Ok(End::Reset) => {
            wire.reset();
            exchange.cut();
        }
        // The peer has gone, which is what an exchange says that has no outcome.
        Err(_gone) => drop(exchange),
    }
}

async fn perform(fault: Fault, mut wire: Wire, mut retold: watch::Receiver<()>) -> io::Result<End> {
    match fault {
        Fault::Drip { pause } => until_gone(wire.clone(), drip(wire, pause)).await,
        Fault::EndlessBody { status } => until_gone(wire.clone(), endless_body(wire, status)).await,
        Fault::HalfStatusLine => {
            send(&mut wire, b"HTTP/1.1 20").await?;
            until_gone(wire, std::future::pending()).await
        }
        Fault::Reset => Ok(End::Reset),
        Fault::ResetAfterHeaders => {
            send(&mut wire, b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n").await?;
            Ok(End::Reset)
        }
        Fault::Close => {
            wire.shutdown().await?;
            Ok(End::Cut)
        }
        Fault::Garbage => {
            send(&mut wire, GARBAGE).await?;
            wire.shutdown().await?;
            Ok(End::Cut)
        }
        Fault::HugeHeaders => until_gone(wire.clone(), huge_headers(wire)).await,
        Fault::Informational { count } => until_gone(wire.clone(), informational(wire, count)).await,
        Fault::Ignore => {
            // Ends when the consumer is told to behave anew: the sender is in what is shared.
            let _told = retold.changed().await;
            Ok(End::Cut)
        }
    }
}

/// Writes until that is done or the peer has closed its side, which an error stands for.
async fn until_gone(mut wire: Wire, writing: impl Future<Output = io::Result<End>>) -> io::Result<End> {
    let gone = async {
        let mut bytes = [0; 1024];
        while wire.read(&mut bytes).await? > 0 {}
        Err(io::ErrorKind::UnexpectedEof.into())
    };
    tokio::select! {
        end = writing => end,
        gone = gone => gone,
    }
}

async fn send(wire: &mut Wire, bytes: &[u8]) -> io::Result<()> {
    wire.write_all(bytes).await?;
    wire.flush().await
}

async fn drip(mut wire: Wire, pause: Duration) -> io::Result<End> {
    let head = b"HTTP/1.1 204 No Content\r\nx-drip: ".iter().copied();
    for byte in head.chain(std::iter::repeat(b'.')) {
        send(&mut wire, &[byte]).await?;
        tokio::time::sleep(pause).await;
    }
    Ok(End::Cut)
}

async fn endless_body(mut wire: Wire, status: u16) -> io::Result<End> {
    let head = format!("HTTP/1.1 {status} Without End\r\ncontent-type: application/octet-stream\r\n\r\n");
    send(&mut wire, head.as_bytes()).await?;
    let chunk = vec![b'.'; ENDLESS_BODY_CHUNK_BYTES];
    loop {
        wire.write_all(&chunk).await?;
    }
}

async fn huge_headers(mut wire: Wire) -> io::Result<End> {
    wire.write_all(b"HTTP/1.1 204 No Content\r\n").await?;
    for n in 0..HUGE_HEADERS {
        let name = format!("x-huge-{n}: ");
        let value = ".".repeat(HUGE_HEADER_BYTES - name.len() - 2);
        wire.write_all(format!("{name}{value}\r\n").as_bytes()).await?;
    }
    finish(wire).await
}

async fn informational(mut wire: Wire, count: usize) -> io::Result<End> {
    for _ in 0..count {
        send(&mut wire, b"HTTP/1.1 102 Processing\r\n\r\n").await?;
    }
    wire.write_all(b"HTTP/1.1 204 No Content\r\n").await?;
    finish(wire).await
}

/// Ends the head of a 204, and the connection.
async fn finish(mut wire: Wire) -> io::Result<End> {
    send(&mut wire, b"connection: close\r\n\r\n").await?;
    wire.shutdown().await?;
    Ok(End::Answered(204))
}
