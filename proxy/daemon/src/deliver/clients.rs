//! The HTTP clients for endpoints, and which one an attempt takes.

use super::DeliverySettings;
use super::endpoint::Endpoint;
use super::lookup::{LookUp, LookUps, PlainResolver, PolicyResolver};
use super::policy::EndpointPolicy;
use super::tls::client_config;
use crate::config::DeliveryProxy;
use crate::limits::{
    ANSWER_HEADER_BYTES_MAX, DELIVERY_LOOK_UPS_MAX, HANDSHAKE_LOOK_UPS_MAX, HTTP2_PING_INTERVAL,
    IDLE_CONNECTIONS_PER_HOST_MAX,
};
use hyper_util::client::proxy::matcher::Matcher;
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The HTTP part.
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    /// The TLS part.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// What an attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// An initial notification.
    Handshake,
    /// Any other.
    Delivery,
}

/// Clients for endpoints. Handshakes and deliveries have look-ups of their own: somebody who subscribes with names that
/// never resolve does not take the threads for the names of those who are subscribed.
pub(super) struct Clients {
    handshakes: reqwest::Client,
    deliveries: reqwest::Client,
    proxied: Option<Proxied>,
}

/// By a proxy of the environment.
struct Proxied {
    /// Which URLs go there.
    matcher: Matcher,
    client: reqwest::Client,
}

impl Clients {
    /// Clients with these settings.
    pub(super) fn new(settings: &DeliverySettings, look_up: Arc<LookUp>) -> Result<Self, ClientError> {
        let tls = client_config(&settings.authorities)?;
        let resolver = |max| PolicyResolver {
            look_ups: LookUps::new(Arc::clone(&look_up), max),
            policy: Arc::clone(&settings.policy),
        };
        let direct = || builder(tls.clone(), settings.timeout).no_proxy();
        Ok(Self {
            handshakes: direct()
                .dns_resolver(resolver(HANDSHAKE_LOOK_UPS_MAX))
                .pool_max_idle_per_host(0)
                .build()?,
            deliveries: direct().dns_resolver(resolver(DELIVERY_LOOK_UPS_MAX)).build()?,
            proxied: match settings.proxy {
                DeliveryProxy::None => None,
                DeliveryProxy::Environment => {
                    let look_ups = LookUps::new(Arc::clone(&look_up), DELIVERY_LOOK_UPS_MAX);
                    let client = builder(tls.clone(), settings.timeout).dns_resolver(PlainResolver(look_ups));
                    let matcher = Matcher::from_env();
                    tracing::info!(proxies = ?matcher, "deliveries go by the proxies of the environment");
                    Some(Proxied { matcher, client: client.build()? })
                }
            },
        })
    }

    /// The client for an attempt. None if a proxy would resolve a name that only its addresses can allow: the proxy
    /// could not be kept to them.
    pub(super) fn for_endpoint(
        &self,
        endpoint: &Endpoint,
        route: Route,
        policy: &EndpointPolicy,
    ) -> Option<&reqwest::Client> {
        let by_proxy = self.proxied.as_ref().filter(|proxied| proxied.takes(endpoint));
        match (by_proxy, route) {
            (Some(proxied), _) => {
                let is_allowed = endpoint.name().is_none_or(|name| policy.trusts_name(name));
                is_allowed.then_some(&proxied.client)
            }
            (None, Route::Handshake) => Some(&self.handshakes),
            (None, Route::Delivery) => Some(&self.deliveries),
        }
    }
}

impl Proxied {
    /// What is on this host is not on that of the proxy.
    fn takes(&self, endpoint: &Endpoint) -> bool {
        let uri = endpoint.url().as_str().parse::<hyper::Uri>();
        !endpoint.is_local() && uri.is_ok_and(|uri| self.matcher.intercept(&uri).is_some())
    }
}

fn builder(tls: ClientConfig, timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Shared among the addresses of a name, so that one that hangs leaves time for the next.
        .connect_timeout(timeout)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST_MAX)
        .http2_max_header_list_size(ANSWER_HEADER_BYTES_MAX)
        // All requests to a host share one connection; a dead one must not take them all with it.
        .http2_keep_alive_interval(HTTP2_PING_INTERVAL)
        .http2_keep_alive_timeout(timeout)
        .http2_keep_alive_while_idle(true)
        .user_agent(concat!("cloud-event-proxy/", env!("CARGO_PKG_VERSION")))
}
