//! Which path is answered by whom.

use super::problem::{ApiProblem, problem_response};
use super::{Api, BASE_PATH, current_state, path, publishers, request_body, subscriptions};
use crate::auth::Auth;
use crate::clock;
use crate::http_server::PeerCertificates;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{any, get};
use std::sync::Arc;
use tower::ServiceExt as _;

/// The routes of the API and nothing else: no internal ones, which would be open to the network.
///
/// From outside to inside: a path is cleaned, the answer is counted, who asks may, the body is received, there is room,
/// somebody answers. Whether the proxy is healthy can be asked without room.
pub(crate) fn router(api: Api) -> Router {
    let routes = Router::new()
        .route(
            "/subscriptions",
            get(subscriptions::list).post(subscriptions::create).delete(subscriptions::remove_all),
        )
        .route("/subscriptions/{id}", get(subscriptions::show).delete(subscriptions::remove))
        .route("/publishers", get(publishers::list))
        .route("/publishers/{id}", get(publishers::show))
        .route("/{*address}", any(current_state::show))
        .layer(from_fn_with_state(api.clone(), admit))
        .route("/health", get(async || "OK"));
    let routes = Router::new()
        .nest(BASE_PATH, routes)
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(api.clone(), request_body::receive));
    let routes = match &api.auth {
        None => routes,
        Some(auth) => routes.layer(from_fn_with_state(Arc::clone(auth), authorize)),
    };
    let routes = routes.layer(from_fn_with_state(api.clone(), count)).with_state(api);
    Router::new().fallback_service(routes.map_request(path::clean))
}

/// Admits a request if there is room.
async fn admit(State(api): State<Api>, request: Request, next: Next) -> Response {
    match api.room.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => {
            let problem = ApiProblem::Overloaded;
            if let Some(reason) = problem.refusal() {
                api.http.refused(reason);
            }
            problem_response(&problem, request.headers())
        }
    }
}

/// Counts the answer to a request.
async fn count(State(api): State<Api>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    api.requests.count(response.status().as_u16());
    response
}

/// Lets a request on that may do what it asks for, be there such a path or not.
async fn authorize(State(auth): State<Arc<Auth>>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<PeerCertificates>().cloned().unwrap_or_default();
    match auth.admit(request.method(), request.headers(), &peer, clock::read_utc).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem_response(&ApiProblem::Auth(problem), request.headers()),
    }
}

async fn not_found(headers: HeaderMap) -> Response {
    problem_response(&ApiProblem::NotFound { detail: "no such path".to_owned() }, &headers)
}

/// Routing adds which methods there are.
async fn other_method(headers: HeaderMap) -> Response {
    problem_response(&ApiProblem::OtherMethod, &headers)
}

#[cfg(test)]
mod tests {
    use super::router;
    use crate::cloud_event::Renderer;
    use crate::config::{ApiLimits, ApiProfile};
    use crate::deliver::EndpointPolicy;
    use crate::driver::Command;
    use crate::http_server::HttpCounts;
    use crate::rest::{Api, Publishers, RequestCounts};
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::sync::{Semaphore, mpsc};

    fn api(commands: mpsc::Sender<Command>, requests_max: usize) -> Api {
        let renderer = Renderer::new("n", ApiProfile::Compat);
        Api {
            commands,
            endpoints: Arc::new(EndpointPolicy::localhost()),
            subscriptions_url: "http://x/".into(),
            publishers: Arc::new(Publishers::new(&renderer, 1)),
            renderer,
            limits: ApiLimits {
                request_bytes: 1024,
                header_timeout: Duration::from_secs(1),
                body_timeout: Duration::from_secs(1),
                connections: 1,
                requests: requests_max,
            },
            requests: RequestCounts::default(),
            http: HttpCounts::default(),
            auth: None,
            room: Arc::new(Semaphore::new(requests_max)),
        }
    }

    async fn serve(api: Api) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/api/ocloudNotifications/v2", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router(api)).await });
        base
    }

    #[tokio::test]
    async fn requests_wait_for_a_slow_driver_and_all_are_answered() {
        const REQUESTS: usize = 5;
        let (commands, mut commanded) = mpsc::channel(1);
        let base = serve(api(commands, REQUESTS)).await;
        let asked: Vec<_> =
            (0..REQUESTS).map(|_| tokio::spawn(reqwest::get(format!("{base}/subscriptions")))).collect();
        for _ in 0..REQUESTS {
            let Some(Command::List { reply }) = commanded.recv().await else { panic!("another command") };
            reply.send(Vec::new()).unwrap();
        }
        for request in asked {
            assert_eq!(request.await.unwrap().unwrap().status(), 200);
        }
    }

    #[tokio::test]
    async fn a_request_more_than_there_is_room_for_is_answered_with_503() {
        let (commands, mut commanded) = mpsc::channel(1);
        let api = api(commands, 1);
        let (requests, http) = (api.requests.clone(), api.http.clone());
        let base = serve(api).await;

        let waiting = tokio::spawn(reqwest::get(format!("{base}/subscriptions")));
        let command = commanded.recv().await.unwrap();
        assert_eq!(reqwest::get(format!("{base}/publishers")).await.unwrap().status(), 503);
        assert_eq!(http.all().requests_refused, [("overloaded", 1)].into());
        // Whether the proxy is healthy can be asked all the same.
        assert_eq!(reqwest::get(format!("{base}/health")).await.unwrap().status(), 200);
        // A driver that has gone is the same to a client.
        drop(command);
        assert_eq!(waiting.await.unwrap().unwrap().status(), 503);
        assert_eq!(reqwest::get(format!("{base}/publishers")).await.unwrap().status(), 200);
        assert_eq!(requests.all(), [(200, 2), (503, 2)].into());
    }
}
