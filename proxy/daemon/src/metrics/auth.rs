//! Requests that were not authorized. On the page only if the proxy demands credentials.

use super::family::{Family, whole};
use crate::auth::AuthCounts;

/// The counter, by reason.
pub(super) fn family(refusals: &AuthCounts) -> Family {
    let name = "cloud_event_proxy_unauthorized_requests_total";
    let mut family = Family::counter(name, "Requests of the REST API that were not authorized, by reason");
    for (reason, count) in refusals.all() {
        family.sample(&[("reason", reason)], whole(count));
    }
    family
}
