//! `/subscriptions`: O-RAN.WG6 O-Cloud Notification API v04.00, 4.1, and the removal of all of them.

use super::model::{SubscriptionRequest, SubscriptionResource, json};
use super::problem::{ApiProblem, respond};
use super::{Api, BASE_PATH};
use crate::driver::Command;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use proxy_core::Answer;

/// The id in a path. One that is no text is one that nobody has.
type Id = Result<Path<String>, PathRejection>;

/// `POST /subscriptions`
pub(super) async fn create(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Response {
    respond(try_create(&api, &body).await, &headers)
}

async fn try_create(api: &Api, body: &[u8]) -> Result<Response, ApiProblem> {
    let SubscriptionRequest { resource_address, endpoint } =
        SubscriptionRequest::parse(body, &api.endpoints)?;
    match api.ask(|reply| Command::Subscribe { resource_address, endpoint, reply }).await? {
        Answer::Subscribed(subscription) => {
            let resource = SubscriptionResource::new(&subscription, &api.subscriptions_url);
            let location = HeaderValue::from_str(&resource.location).ok();
            let mut response = (StatusCode::CREATED, json(&resource)).into_response();
            if let Some(location) = location {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Ok(response)
        }
        Answer::NotSubscribed(error) => Err(error.into()),
        Answer::NotStored => Err(ApiProblem::NotStored),
        Answer::Unsubscribed | Answer::UnknownSubscription => Err(ApiProblem::WrongAnswer),
    }
}

/// `GET /subscriptions`
pub(super) async fn list(State(api): State<Api>, headers: HeaderMap) -> Response {
    let subscriptions = api.ask(|reply| Command::List { reply }).await;
    let result = subscriptions.map(|subscriptions| {
        let url = &api.subscriptions_url;
        json(&subscriptions.iter().map(|one| SubscriptionResource::new(one, url)).collect::<Vec<_>>())
    });
    respond(result, &headers)
}

/// `DELETE /subscriptions`, an extension: ends everybody's subscriptions.
pub(super) async fn remove_all(State(api): State<Api>, headers: HeaderMap) -> Response {
    let answer = api.ask(|reply| Command::UnsubscribeAll { reply }).await;
    respond(answer.and_then(removed), &headers)
}

/// `GET /subscriptions/{id}`
pub(super) async fn show(State(api): State<Api>, id: Id, headers: HeaderMap) -> Response {
    respond(try_show(&api, id).await, &headers)
}

async fn try_show(api: &Api, id: Id) -> Result<Response, ApiProblem> {
    let Path(id) = id.map_err(|_| unknown())?;
    let subscription = api.ask(|reply| Command::Show { id, reply }).await?.ok_or_else(unknown)?;
    Ok(json(&SubscriptionResource::new(&subscription, &api.subscriptions_url)))
}

/// `DELETE /subscriptions/{id}`
pub(super) async fn remove(State(api): State<Api>, id: Id, headers: HeaderMap) -> Response {
    respond(try_remove(&api, id).await, &headers)
}

async fn try_remove(api: &Api, id: Id) -> Result<Response, ApiProblem> {
    let Path(id) = id.map_err(|_| unknown())?;
    removed(api.ask(|reply| Command::Unsubscribe { id, reply }).await?)
}

fn removed(answer: Answer) -> Result<Response, ApiProblem> {
    match answer {
        Answer::Unsubscribed => Ok(StatusCode::NO_CONTENT.into_response()),
        Answer::UnknownSubscription => Err(unknown()),
        Answer::NotStored => Err(ApiProblem::NotStored),
        Answer::Subscribed(_) | Answer::NotSubscribed(_) => Err(ApiProblem::WrongAnswer),
    }
}

fn unknown() -> ApiProblem {
    ApiProblem::NotFound { detail: "no such subscription".to_owned() }
}

/// What precedes the id in the address of a subscription.
pub(crate) fn subscriptions_url(scheme: &str, public_host: &str, port: u16) -> String {
    format!("{scheme}://{public_host}:{port}{BASE_PATH}/subscriptions/")
}
