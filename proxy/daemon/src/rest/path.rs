//! Paths as clients write them.
//!
//! Clients put an address after `v2/` with its own slash, or join paths carelessly. Existing producers redirect such a
//! path to a clean one; here it is answered, if it names something.

use super::{BARE_BASE_PATH, BASE_PATH};
use axum::extract::Request;
use axum::http::Uri;
use std::borrow::Cow;

/// The request with a path that the routes know: clean, and below [`BASE_PATH`] for both places where the API is.
pub(super) fn clean(mut request: Request) -> Request {
    let path = request.uri().path();
    if let Cow::Owned(clean) = clean_path(path) {
        // Only segments of a valid path are left, so that this is one. The query means nothing here.
        *request.uri_mut() = Uri::try_from(clean).unwrap_or_default();
    }
    request
}

fn clean_path(path: &str) -> Cow<'_, str> {
    let is_clean = !path.contains("//") && !path.contains("/.");
    if is_clean && path.starts_with(BASE_PATH) {
        return Cow::Borrowed(path);
    }
    let (base, rest) = split_base(path);
    let base = if base == BARE_BASE_PATH { BASE_PATH.to_owned() } else { base };
    // In an address a dot is a node or a cluster: O-RAN.WG6 O-Cloud Notification API v04.00, table 2.
    let has_address = rest.ends_with("/CurrentState");
    let rest = if has_address { without_empty_segments(&rest) } else { resolved(&rest) };
    Cow::Owned(base + &rest)
}

/// A path in two: the place of the API, resolved, and the rest as it is; or nothing and all of it.
fn split_base(path: &str) -> (String, String) {
    let ends = path.match_indices('/').map(|(index, _)| index).filter(|index| *index > 0);
    for end in ends {
        let (base, rest) = path.split_at(end);
        let base = resolved(base);
        if base == BASE_PATH || base == BARE_BASE_PATH {
            return (base, rest.to_owned());
        }
    }
    (String::new(), path.to_owned())
}

/// Without empty segments and dots, a double dot taking the segment before it (RFC 3986, 5.2.4). A slash at the end
/// stays: it makes another path.
fn resolved(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    joined(&segments, path)
}

fn without_empty_segments(path: &str) -> String {
    let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    joined(&segments, path)
}

fn joined(segments: &[&str], path: &str) -> String {
    let mut joined = segments.iter().fold(String::new(), |joined, segment| joined + "/" + segment);
    if joined.is_empty() || path.ends_with('/') {
        joined.push('/');
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::clean_path;

    #[test]
    fn a_path_that_is_not_clean_is_that_of_what_it_names() {
        for (path, clean) in [
            ("/api/ocloudNotifications/v2/health", "/api/ocloudNotifications/v2/health"),
            ("/ocloudNotifications/v2/health", "/api/ocloudNotifications/v2/health"),
            ("//api/./ocloudNotifications//v2/health", "/api/ocloudNotifications/v2/health"),
            ("/x/../ocloudNotifications/v2//subscriptions", "/api/ocloudNotifications/v2/subscriptions"),
            ("/api/ocloudNotifications/v2/a/../health", "/api/ocloudNotifications/v2/health"),
            ("/api/ocloudNotifications/v2//subscriptions/", "/api/ocloudNotifications/v2/subscriptions/"),
            (
                "/api/ocloudNotifications/v2/././sync/CurrentState",
                "/api/ocloudNotifications/v2/././sync/CurrentState",
            ),
            (
                "/ocloudNotifications/v2//./n//sync/CurrentState",
                "/api/ocloudNotifications/v2/./n/sync/CurrentState",
            ),
            ("/api/ocloudNotifications/v2", "/api/ocloudNotifications/v2"),
            ("/API/ocloudNotifications/v2/health", "/API/ocloudNotifications/v2/health"),
            ("/..", "/"),
            ("*", "/*"),
            ("", "/"),
        ] {
            assert_eq!(clean_path(path), clean, "{path}");
        }
    }
}
