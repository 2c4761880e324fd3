//! How many requests were refused, and why.

use super::AuthProblem;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Requests that were not authorized, by reason.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuthCounts(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl AuthCounts {
    /// Counts one.
    pub(crate) fn count(&self, problem: &AuthProblem) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(problem.reason()).or_default() += 1;
    }

    /// All of them.
    pub(crate) fn all(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
