//! What the operator and its tests look at.

use crate::RESOURCES;
use crate::conform::case::Case;
use cucumber::then;
use serde_json::Value;

#[then("the answer says OK")]
fn says_ok(case: &mut Case) {
    let text = case.answer().text();
    assert!(text.contains("OK"), "expected OK, found `{text}`");
}

#[then("the answer is one publisher for each of the seven resources")]
async fn is_the_publishers(case: &mut Case) {
    let json = case.answer().json();
    let publishers = json.as_array().cloned().unwrap_or_else(|| panic!("no array: {json}"));
    let text = |publisher: &Value, key: &str| publisher[key].as_str().unwrap_or_default().to_owned();
    for publisher in &publishers {
        for key in ["EndpointUri", "SubscriptionId", "UriLocation"] {
            assert!(!text(publisher, key).is_empty(), "{key} in {publisher}");
        }
    }
    let mut found: Vec<String> = publishers.iter().map(|one| text(one, "ResourceAddress")).collect();
    let mut expected = Vec::new();
    for resource in RESOURCES {
        expected.push(case.address(resource).await);
    }
    found.sort();
    expected.sort();
    assert_eq!(found, expected, "the addresses of the publishers");
}
