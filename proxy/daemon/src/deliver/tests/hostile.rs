//! Consumers whose answers are wrong or without end. Each costs one attempt, and no more memory than a bound.

use super::{Failure, PATIENCE, Sent, accept, body, deliverer, listener};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Of the buffers of both ends of a loopback connection, which hold what nobody reads.
const BUFFERS_BYTES: usize = 32 * 1024 * 1024;

/// How an attempt ends with a consumer that sends these bytes and then what `more` sends, whose result comes with it.
async fn sent_to<T>(answer: &[u8], timeout: Duration, more: impl AsyncFnOnce(TcpStream) -> T) -> (Sent, T) {
    let (listener, address) = listener().await;
    let deliverer = deliverer(timeout);
    let endpoint = format!("http://{address}/");
    tokio::join!(deliverer.deliver(&endpoint, body()), async {
        let (mut stream, _) = accept(&listener).await;
        stream.write_all(answer).await.unwrap();
        more(stream).await
    })
}

/// Writes the same again and again until nobody reads it any more; how much was taken.
async fn write_without_end(mut stream: TcpStream, piece: &[u8]) -> usize {
    let mut written = 0;
    let writing = async {
        while stream.write_all(piece).await.is_ok() {
            written += piece.len();
        }
    };
    tokio::time::timeout(PATIENCE, writing).await.unwrap();
    written
}

#[tokio::test]
async fn a_body_without_end_is_not_read() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n";
    let (sent, written) =
        sent_to(head, PATIENCE, async |stream| write_without_end(stream, &[b'x'; 4096]).await).await;
    assert_eq!(sent, Sent::Answered { status: 200 });
    assert!(written < BUFFERS_BYTES, "{written}");
}

#[tokio::test]
async fn a_body_in_chunks_without_end_is_not_read() {
    let head = b"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (sent, written) =
        sent_to(head, PATIENCE, async |stream| write_without_end(stream, b"5\r\nxxxxx\r\n").await).await;
    assert_eq!(sent, Sent::Answered { status: 500 });
    assert!(written < BUFFERS_BYTES, "{written}");
}

#[tokio::test]
async fn a_body_that_drips_is_not_waited_for() {
    let head = b"HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nx";
    // Held open until the attempt has ended.
    let (sent, _stream) = sent_to(head, PATIENCE, async |stream| stream).await;
    assert_eq!(sent, Sent::Answered { status: 202 });
}

#[tokio::test]
async fn a_204_with_a_body_is_a_204() {
    let head = b"HTTP/1.1 204 No Content\r\nContent-Length: 999999999999\r\n\r\n";
    let (sent, written) =
        sent_to(head, PATIENCE, async |stream| write_without_end(stream, &[b'x'; 4096]).await).await;
    assert_eq!(sent, Sent::Accepted);
    assert!(written < BUFFERS_BYTES, "{written}");
}

#[tokio::test]
async fn provisional_answers_without_end_are_given_up_after_the_time_of_the_attempt() {
    let piece = b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    let (sent, _) =
        sent_to(b"", Duration::from_millis(200), async |stream| write_without_end(stream, piece).await).await;
    assert_eq!(sent, Sent::Failed(Failure::Timeout));
}

#[tokio::test]
async fn half_a_status_line_is_no_answer() {
    let half = b"HTTP/1.1 20";
    let (sent, ()) = sent_to(half, PATIENCE, async |stream| drop(stream)).await;
    assert_eq!(sent, Sent::Failed(Failure::Reset));
    let (sent, _stream) = sent_to(half, Duration::from_millis(100), async |stream| stream).await;
    assert_eq!(sent, Sent::Failed(Failure::Timeout));
}

#[tokio::test]
async fn a_connection_that_is_reset_before_the_answer_is_no_answer() {
    let reset = async |stream: TcpStream| {
        stream.set_zero_linger().unwrap();
        drop(stream);
    };
    let (sent, ()) = sent_to(b"", PATIENCE, reset).await;
    assert_eq!(sent, Sent::Failed(Failure::Reset));
}

#[tokio::test]
async fn a_connection_that_ends_after_the_head_has_brought_an_answer() {
    let head = b"HTTP/1.1 503 Later\r\nContent-Length: 10\r\n\r\n";
    let (sent, ()) = sent_to(head, PATIENCE, async |stream| drop(stream)).await;
    assert_eq!(sent, Sent::Answered { status: 503 });
}

#[tokio::test]
async fn what_is_not_http_is_no_answer() {
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.2\r\n\r\n"] {
        let (sent, _stream) = sent_to(garbage, PATIENCE, async |stream| stream).await;
        assert_eq!(sent, Sent::Failed(Failure::Protocol), "{garbage:?}");
    }
}

#[tokio::test]
async fn a_head_without_end_is_not_kept() {
    let field = [b"x: ".as_slice(), &[b'y'; 4000], b"\r\n"].concat();
    let start = b"HTTP/1.1 204 No Content\r\n";
    let (sent, written) =
        sent_to(start, PATIENCE, async |stream| write_without_end(stream, &field).await).await;
    assert_eq!(sent, Sent::Failed(Failure::Protocol));
    assert!(written < BUFFERS_BYTES, "{written}");
    let (sent, written) =
        sent_to(b"HTTP/1.1 204 ", PATIENCE, async |stream| write_without_end(stream, &[b'y'; 4096]).await)
            .await;
    assert_eq!(sent, Sent::Failed(Failure::Protocol));
    assert!(written < BUFFERS_BYTES, "{written}");
}
