//! Name look-ups of the system, bounded: each blocks a thread for as long as a name server pleases, which is longer than
//! anybody waits for it.

use super::failure::SendError;
use super::policy::EndpointPolicy;
use crate::limits::ADDRESSES_PER_NAME_MAX;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, watch};

/// Looks a name up, and blocks the thread meanwhile.
pub(super) type LookUp = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// What a look-up brought, for all who wait for it; nothing yet if absent.
type Answer = Option<Option<Arc<[IpAddr]>>>;

/// As the system does it: `/etc/hosts`, DNS.
pub(super) fn system_look_up(name: &str) -> io::Result<Vec<IpAddr>> {
    Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect())
}

/// Look-ups under way: one for each name at a time, and no more than there is room for. Who comes later waits for room,
/// within the time of the attempt.
pub(super) struct LookUps {
    look_up: Arc<LookUp>,
    room: Arc<Semaphore>,
    under_way: Mutex<BTreeMap<String, watch::Sender<Answer>>>,
}

impl LookUps {
    /// No look-up under way, and room for so many.
    pub(super) fn new(look_up: Arc<LookUp>, max: usize) -> Arc<Self> {
        let room = Arc::new(Semaphore::new(max));
        Arc::new(Self { look_up, room, under_way: Mutex::default() })
    }

    /// The addresses of a name; none if it has none or the look-up failed. To be called within the runtime.
    async fn addresses(self: Arc<Self>, name: &str) -> Option<Arc<[IpAddr]>> {
        let mut answer = Arc::clone(&self).join(name);
        let answer = answer.wait_for(Option::is_some).await.ok()?;
        answer.clone().flatten()
    }

    /// Joins the look-up that is under way, or starts one.
    fn join(self: Arc<Self>, name: &str) -> watch::Receiver<Answer> {
        let mut under_way = self.under_way();
        if let Some(sender) = under_way.get(name) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(None);
        under_way.insert(name.to_owned(), sender);
        tokio::spawn(Arc::clone(&self).run(name.to_owned()));
        receiver
    }

    async fn run(self: Arc<Self>, name: String) {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(&self.room).acquire_owned().await else {
            return;
        };
        if self.is_given_up(&name) {
            return;
        }
        let look_up = Arc::clone(&self.look_up);
        let asked = name.clone();
        // The thread keeps the permit, not those who wait: they may give up long before it comes back.
        let found = tokio::task::spawn_blocking(move || {
            let found = look_up(&asked);
            drop(permit);
            found
        });
        let found = found.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        let addresses =
            found.inspect_err(|error| tracing::debug!(name, %error, "a name look-up failed")).ok();
        if let Some(sender) = self.under_way().remove(&name) {
            sender.send_replace(Some(addresses.map(Arc::from)));
        }
    }

    /// Whether nobody waits for a look-up that has not begun; then it is forgotten.
    fn is_given_up(&self, name: &str) -> bool {
        let mut under_way = self.under_way();
        let is_given_up = under_way.get(name).is_none_or(|sender| sender.receiver_count() == 0);
        if is_given_up {
            under_way.remove(name);
        }
        is_given_up
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<String, watch::Sender<Answer>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Resolves the names of endpoints to what the policy allows at the moment of the connection, so that a name that
/// changes its address after it was judged gains nothing.
pub(super) struct PolicyResolver {
    pub(super) look_ups: Arc<LookUps>,
    pub(super) policy: Arc<EndpointPolicy>,
}

impl Resolve for PolicyResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (look_ups, policy) = (Arc::clone(&self.look_ups), Arc::clone(&self.policy));
        Box::pin(async move {
            let name = name.as_str();
            let found = look_ups.addresses(name).await.filter(|found| !found.is_empty());
            let found = found.ok_or_else(|| SendError::Unresolved { name: name.to_owned() })?;
            let allowed = found.iter().copied().filter(|address| policy.allows_connection(name, *address));
            let allowed: Vec<IpAddr> = allowed.take(ADDRESSES_PER_NAME_MAX).collect();
            if allowed.is_empty() {
                return Err(SendError::Forbidden { name: name.to_owned(), found: found.to_vec() }.into());
            }
            Ok(sockets(allowed))
        })
    }
}

/// Resolves the name of a proxy, which the operator has chosen.
pub(super) struct PlainResolver(pub(super) Arc<LookUps>);

impl Resolve for PlainResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let look_ups = Arc::clone(&self.0);
        Box::pin(async move {
            let name = name.as_str();
            let found = look_ups.addresses(name).await;
            let found = found.ok_or_else(|| SendError::Unresolved { name: name.to_owned() })?;
            Ok(sockets(found.iter().copied().take(ADDRESSES_PER_NAME_MAX).collect()))
        })
    }
}

/// The port is that of the URL.
fn sockets(addresses: Vec<IpAddr>) -> Addrs {
    Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)))
}

#[cfg(test)]
mod tests;
