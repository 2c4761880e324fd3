//! Addresses: what is accepted must be heard of.

use super::consumer::first_value;
use crate::conform::case::Case;
use cucumber::{then, when};

/// Whatever the endpoint makes of the address; what it says at once is not what the scenario is about.
#[when(regex = r"^consumer (\w+) tries to subscribe to the address (\S+)$")]
async fn tries(case: &mut Case, consumer: String, address: String) {
    let address = case.with_node(&address).await;
    case.subscribe(&consumer, &address).await;
    case.hears_all(&consumer).await;
}

#[then(regex = r"^consumer (\w+) was refused with 404 or is told that (\S+) is (\S+)$")]
async fn refused_or_told(case: &mut Case, consumer: String, resource: String, value: String) {
    let status = case.answer().status;
    match status {
        404 => {
            let told = case.hears_all(&consumer).await;
            assert!(told.is_empty(), "refused with 404, and told {}", told[0].body);
        }
        201 => {
            let told = case.hears(&consumer, &resource).await;
            let told = told.unwrap_or_else(|| panic!("answered 201, and then told nothing of {resource}"));
            assert_eq!(first_value(&told), value, "{}", told.body);
        }
        other => panic!("expected 201 or 404, found {other}"),
    }
}
