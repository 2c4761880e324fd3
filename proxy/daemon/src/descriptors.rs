//! Room for descriptors: each delivery under way has a connection, and there may be as many as subscriptions.
//!
//! The soft limit is low for programs that select(2), which this one does not; the hard one is the operator's.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft limit to the hard one, and logs both. Without it the proxy serves too, with fewer connections.
pub(crate) fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => tracing::info!(soft = ?current, hard = ?maximum, "descriptors: the hard limit holds"),
        Err(error) => {
            tracing::warn!(%error, soft = ?current, hard = ?maximum, "descriptors: the soft limit stays");
        }
    }
}
