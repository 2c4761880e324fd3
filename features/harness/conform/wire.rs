//! The suite's own HTTP client: it sends exactly what a requirement says, path as it is, and keeps what was exchanged.
//!
//! Clients made for convenience mend paths, follow redirects and choose versions. Here each request has a connection of
//! its own and is sent as written, over HTTP/1.1 or HTTP/2 with prior knowledge.

use super::result::{Direction, Exchange};
use crate::limits::{ANSWER_BYTES_MAX, API_ANSWER_MAX, EXCHANGE_TEXT_MAX};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Which version of HTTP a request uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2 with prior knowledge; over TLS by negotiation.
    Http2,
}

/// A request of the suite.
#[derive(Clone, Debug)]
pub struct Ask {
    /// `GET` and so on.
    pub method: &'static str,
    /// Everything after the authority, sent as it is.
    pub path: String,
    /// Headers beside `Host` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Over which version.
    pub version: Version,
}

impl Ask {
    /// A request without a body over HTTP/1.1.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new(), version: Version::Http1 }
    }

    /// The same with a body of JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        self.body = body.to_string().into_bytes();
        self
    }

    /// The same with any body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same with one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same over HTTP/2.
    pub fn http2(mut self) -> Self {
        self.version = Version::Http2;
        self
    }
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status code.
    pub status: u16,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answered {
    /// The value of a header, if it was sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The base URL cannot be used.
    #[error("{base} is not an http or https URL with a host")]
    Base {
        /// As written.
        base: String,
    },
    /// The request cannot be sent at all.
    #[error("the request cannot be sent: {0}")]
    Request(#[from] hyper::http::Error),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(#[from] std::io::Error),
    /// The exchange broke.
    #[error("the exchange broke: {0}")]
    Exchange(#[from] hyper::Error),
    /// The answer broke or is larger than the suite takes.
    #[error("the body of the answer: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// No answer in time.
    #[error("no answer within {seconds} s")]
    TooLate {
        /// How long it was given.
        seconds: u64,
    },
}

/// Where requests go.
#[derive(Clone, Debug)]
pub struct Wire {
    base: Uri,
    tls: Option<Arc<rustls::ClientConfig>>,
}

impl Wire {
    /// Requests below a base URL. `tls` is needed for https.
    ///
    /// # Errors
    /// When the base is not a URL that can be asked.
    pub fn new(base: &str, tls: Option<Arc<rustls::ClientConfig>>) -> Result<Self, WireError> {
        let unusable = || WireError::Base { base: base.to_owned() };
        let uri: Uri = base.trim_end_matches('/').parse().map_err(|_| unusable())?;
        let is_usable = match uri.scheme_str() {
            Some("http") => true,
            Some("https") => tls.is_some(),
            Some(_) | None => false,
        };
        if !is_usable || uri.host().is_none() {
            return Err(unusable());
        }
        Ok(Self { base: uri, tls })
    }

    /// The base URL.
    pub fn base(&self) -> String {
        self.base.to_string().trim_end_matches('/').to_owned()
    }

    /// Asks below the base and tells the answer with the text of the exchange.
    pub async fn ask(&self, ask: &Ask) -> (Result<Answered, WireError>, Exchange) {
        let path = format!("{}{}", self.base.path().trim_end_matches('/'), ask.path);
        self.ask_at(&path, ask).await
    }

    /// The same for a whole path, whatever the base's is.
    pub async fn ask_at(&self, path: &str, ask: &Ask) -> (Result<Answered, WireError>, Exchange) {
        let answered = tokio::time::timeout(API_ANSWER_MAX, self.exchange(path, ask)).await;
        let answered = answered.unwrap_or(Err(WireError::TooLate { seconds: API_ANSWER_MAX.as_secs() }));
        let exchange = Exchange {
            direction: Direction::ToSubject,
            request: request_text(path, self.authority(), ask),
            response: match &answered {
                Ok(answered) => answer_text(answered),
                Err(error) => error.to_string(),
            },
        };
        (answered, exchange)
    }

    fn authority(&self) -> &str {
        self.base.authority().map_or("", |authority| authority.as_str())
    }

    fn is_tls(&self) -> bool {
        self.base.scheme_str() == Some("https")
    }

    async fn exchange(&self, path: &str, ask: &Ask) -> Result<Answered, WireError> {
        let host = self.base.host().unwrap_or_default().trim_matches(['[', ']']);
        let port = self.base.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 });
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        match self.tls.as_ref().filter(|_| self.is_tls()) {
            None => self.over(stream, path, ask).await,
            Some(config) => {
                let mut config = rustls::ClientConfig::clone(config);
                config.alpn_protocols = vec![match ask.version {
                    Version::Http1 => b"http/1.1".to_vec(),
                    Version::Http2 => b"h2".to_vec(),
                }];
                let name = ServerName::try_from(host.to_owned())
                    .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
                let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
                self.over(connector.connect(name, stream).await?, path, ask).await
            }
        }
    }

    async fn over<S>(&self, stream: S, path: &str, ask: &Ask) -> Result<Answered, WireError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let body = Full::new(Bytes::from(ask.body.clone()));
        match ask.version {
            Version::Http1 => {
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
                let driving = tokio::spawn(connection);
                let request = self.request(path, ask)?.header("host", self.authority()).body(body)?;
                let answered = collect(sender.send_request(request).await?).await;
                driving.abort();
                answered
            }
            Version::Http2 => {
                let (mut sender, connection) =
                    http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
                let driving = tokio::spawn(connection);
                let scheme = self.base.scheme_str().unwrap_or("http");
                let whole = format!("{scheme}://{}{path}", self.authority());
                let request = self.request(&whole, ask)?.body(body)?;
                let answered = collect(sender.send_request(request).await?).await;
                driving.abort();
                answered
            }
        }
    }

    fn request(&self, target: &str, ask: &Ask) -> Result<hyper::http::request::Builder, WireError> {
        let mut request = Request::builder().method(ask.method).uri(target);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        Ok(request)
    }
}

async fn collect(response: Response<hyper::body::Incoming>) -> Result<Answered, WireError> {
    let status = response.status().as_u16();
    let headers = response.headers().iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let headers = headers.collect();
    let body =
        Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(WireError::Body)?;
    Ok(Answered { status, headers, body: body.to_bytes().to_vec() })
}

fn request_text(path: &str, authority: &str, ask: &Ask) -> String {
    let version = match ask.version {
        Version::Http1 => "HTTP/1.1",
        Version::Http2 => "HTTP/2",
    };
    let mut text = format!("{} {path} {version}\nhost: {authority}", ask.method);
    for (name, value) in &ask.headers {
        let shown = if name.eq_ignore_ascii_case("authorization") { "(not shown)" } else { value };
        let _ = write!(text, "\n{name}: {shown}");
    }
    with_body(text, &ask.body)
}

fn answer_text(answered: &Answered) -> String {
    let mut text = format!("{}", answered.status);
    for (name, value) in &answered.headers {
        let _ = write!(text, "\n{name}: {value}");
    }
    with_body(text, &answered.body)
}

/// A head and a body as text; what is too long is cut with a note.
pub(super) fn with_body(mut head: String, body: &[u8]) -> String {
    if body.is_empty() {
        return head;
    }
    let shown = &body[..body.len().min(EXCHANGE_TEXT_MAX)];
    head.push_str("\n\n");
    head.push_str(&String::from_utf8_lossy(shown));
    if shown.len() < body.len() {
        let _ = write!(head, "\n({} bytes more)", body.len() - shown.len());
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_path_is_sent_as_it_is() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}/api/v2/", listener.local_addr().expect("bound"));
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("connected");
            let mut head = vec![0; 1024];
            let bytes = stream.read(&mut head).await.expect("a request");
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("connected");
            String::from_utf8_lossy(&head[..bytes]).into_owned()
        });
        let wire = Wire::new(&base, None).expect("a URL");
        let (answered, exchange) = wire.ask(&Ask::new("GET", "/././sync//x/../CurrentState")).await;
        assert_eq!(answered.expect("answered").status, 204);
        let head = served.await.expect("it was asked");
        assert!(head.starts_with("GET /api/v2/././sync//x/../CurrentState HTTP/1.1\r\n"), "{head}");
        assert!(exchange.request.starts_with("GET /api/v2/././sync//x/../CurrentState HTTP/1.1\n"));
        assert_eq!(exchange.response, "204");
    }

    #[test]
    fn a_base_that_cannot_be_asked_is_refused() {
        for base in ["", "host:9043", "ftp://host/", "https://host/"] {
            assert!(Wire::new(base, None).is_err(), "{base}");
        }
    }

    #[test]
    fn a_long_body_is_cut_with_a_note() {
        let text = with_body("200".to_owned(), &vec![b'x'; EXCHANGE_TEXT_MAX + 5]);
        assert!(text.ends_with("x\n(5 bytes more)"));
    }
}
