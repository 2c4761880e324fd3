//! What a consumer has asked for.

use alloc::string::String;
use alloc::sync::Arc;
use serde::{Deserialize, Serialize};

/// An active subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id, as the API shows it.
    pub id: SubscriptionId,
    /// The resource address exactly as the consumer wrote it.
    pub resource_address: String,
    /// Where events go, exactly as the consumer wrote it.
    pub endpoint: Arc<str>,
}

/// A version 4 UUID in its usual text form; ids adopted from a store are kept as they are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubscriptionId(pub String);
