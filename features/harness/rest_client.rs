//! A client of the notification API that hands back what came over the wire.

use crate::LabError;
use crate::limits::API_ANSWER_MAX;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// An answer of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers by their lower-case names; the last one counts.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub body: String,
}

impl Reply {
    /// The body as JSON; `null` when it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }
}

/// A client for one base address.
#[derive(Clone, Debug)]
pub struct RestClient {
    base: String,
    http: reqwest::Client,
}

impl RestClient {
    /// A client whose paths are appended to `base`.
    pub fn new(base: String) -> Self {
        Self::with_patience(base, API_ANSWER_MAX)
    }

    fn with_patience(base: String, max: Duration) -> Self {
        let http = reqwest::Client::builder().timeout(max).no_proxy();
        let http = http.redirect(reqwest::redirect::Policy::none()).build();
        Self { base, http: http.expect("no TLS and no proxy are asked for, so nothing can be missing") }
    }

    /// Subscribes `endpoint` to a resource address.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn subscribe(&self, resource_address: &str, endpoint: &str) -> Result<Reply, LabError> {
        let body = json!({"ResourceAddress": resource_address, "EndpointUri": endpoint});
        self.post("/subscriptions", &body).await
    }

    /// Sends JSON to a path.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Reply, LabError> {
        reply(self.http.post(format!("{}{path}", self.base)).json(body).send().await?).await
    }

    /// Sends any text to a path.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_text(&self, path: &str, body: &str) -> Result<Reply, LabError> {
        reply(self.http.post(format!("{}{path}", self.base)).body(body.to_owned()).send().await?).await
    }

    /// Reads a path.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&self, path: &str) -> Result<Reply, LabError> {
        self.request(Method::GET, path).await
    }

    /// Deletes a path.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn delete(&self, path: &str) -> Result<Reply, LabError> {
        self.request(Method::DELETE, path).await
    }

    async fn request(&self, method: Method, path: &str) -> Result<Reply, LabError> {
        reply(self.http.request(method, format!("{}{path}", self.base)).send().await?).await
    }
}

async fn reply(response: reqwest::Response) -> Result<Reply, LabError> {
    let status = response.status().as_u16();
    let text = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers = response.headers().iter().map(text).collect();
    Ok(Reply { status, headers, body: response.text().await? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[tokio::test]
    async fn an_answer_that_does_not_come_in_time_is_an_error() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!("http://{}", silent.local_addr().expect("bound"));
        let client = RestClient::with_patience(base, Duration::from_millis(1));
        let answered = client.get("/").await;
        assert!(matches!(&answered, Err(LabError::Api { source }) if source.is_timeout()), "{answered:?}");
    }
}
