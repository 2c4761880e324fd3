//! `/publishers`: an extension that names the resources of this node, in the shape of subscriptions.
//!
//! Existing tooling lists them; they cannot be changed.

use super::model::{SubscriptionResource, json};
use super::{Api, BASE_PATH};
use crate::cloud_event::Renderer;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use proxy_core::Resource;
use serde::Serialize;
use uuid::Uuid;

/// One publisher for each resource.
#[derive(Debug)]
pub(crate) struct Publishers {
    /// Resource addresses with their ids.
    publishers: Vec<(String, String)>,
    base: String,
    /// Nobody is told anything by publishers; the key only has to be there.
    endpoint: String,
}

#[derive(Serialize)]
struct PublisherError {
    error: &'static str,
}

impl Publishers {
    /// The publishers of a node, served on a port. Their ids follow from their addresses, so that they stay the same.
    pub(crate) fn new(renderer: &Renderer, port: u16) -> Self {
        let publishers = Resource::ALL.map(|resource| {
            let address = renderer.address(resource);
            let id = Uuid::new_v3(&Uuid::NAMESPACE_URL, address.as_bytes()).hyphenated().to_string();
            (address, id)
        });
        let base = format!("http://localhost:{port}{BASE_PATH}");
        Self { publishers: publishers.into(), endpoint: format!("{base}/dummy"), base }
    }

    fn all(&self) -> impl Iterator<Item = SubscriptionResource<'_>> {
        self.publishers.iter().map(|(resource_address, id)| {
            let location = format!("{}/publishers/{id}", self.base);
            SubscriptionResource { resource_address, endpoint: &self.endpoint, id, location }
        })
    }
}

/// `GET /publishers`
pub(super) async fn list(State(api): State<Api>) -> Response {
    json(&api.publishers.all().collect::<Vec<_>>())
}

/// `GET /publishers/{id}`. An unknown one is a bad request here, as in redhat-cne/rest-api `v2/routes.go`.
pub(super) async fn show(State(api): State<Api>, id: Result<Path<String>, PathRejection>) -> Response {
    let publisher = id.ok().and_then(|Path(id)| api.publishers.all().find(|publisher| publisher.id == id));
    match publisher {
        Some(publisher) => json(&publisher),
        None => {
            (StatusCode::BAD_REQUEST, json(&PublisherError { error: "publisher not found" })).into_response()
        }
    }
}
