//! The JSON Schemas of the API, `proxy/api/`, to which events and subscriptions are held.

use super::interpretation::{Interpretations, Point};
use super::level::Profile;
use jsonschema::{Registry, Resource, Validator};
use serde_json::{Value, json};
use std::sync::LazyLock;

const FOLDER: &str = "https://cloud-event-proxy.invalid/v2/";

const FILES: [(&str, &str); 3] = [
    ("subscription-info.schema.json", include_str!("../../../proxy/api/subscription-info.schema.json")),
    ("event.schema.json", include_str!("../../../proxy/api/event.schema.json")),
    ("event.oran.schema.json", include_str!("../../../proxy/api/event.oran.schema.json")),
];

static SUBSCRIPTION: LazyLock<Validator> = LazyLock::new(|| validator("subscription-info.schema.json"));
static EVENT: LazyLock<Validator> = LazyLock::new(|| validator("event.schema.json"));
static EVENT_ORAN: LazyLock<Validator> = LazyLock::new(|| validator("event.oran.schema.json"));

fn validator(name: &str) -> Validator {
    let resources = FILES.into_iter().map(|(name, text)| {
        let schema: Value = serde_json::from_str(text).expect("the schemas of the tree are JSON");
        (format!("{FOLDER}{name}"), Resource::from_contents(schema))
    });
    let registry = Registry::new().extend(resources).and_then(|registry| registry.prepare());
    let registry = registry.expect("the schemas of the tree refer to each other");
    let whole = json!({ "$ref": format!("{FOLDER}{name}") });
    let validator =
        jsonschema::options().with_registry(&registry).should_validate_formats(true).build(&whole);
    validator.expect("the schemas of the tree are schemas")
}

/// How an event departs from the schema of a profile. The schemas have the default readings; under another reading of the
/// form of events they say nothing.
pub(super) fn event_problems(event: &Value, profile: Profile, readings: &Interpretations) -> Vec<String> {
    let form = [Point::DataTypeKey, Point::DataForm, Point::SynceSource, Point::SyncStateType];
    let is_default = |point: &Point| readings.reading(*point) == point.description().readings[0];
    if !form.iter().all(is_default) {
        return Vec::new();
    }
    // The letter of the specification, as long as its metrics are read by the letter, too.
    let is_letter = profile == Profile::Oran && readings.reading(Point::CodeValueType) == "metric";
    problems(event, if is_letter { &EVENT_ORAN } else { &EVENT })
}

/// How a subscription departs from its schema.
pub(super) fn subscription_problems(subscription: &Value) -> Vec<String> {
    problems(subscription, &SUBSCRIPTION)
}

fn problems(instance: &Value, validator: &Validator) -> Vec<String> {
    validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings() -> Interpretations {
        Interpretations::of_profile(Profile::Compat)
    }

    /// Of a clock class, with the type of its value.
    fn event(value_type: &str) -> Value {
        json!({"specversion": "1.0", "id": "1", "source": "/sync/ptp-status/clock-class",
            "type": "event.sync.ptp-status.ptp-clock-class-change", "time": "2026-11-22T12:11:32.5Z",
            "data": {"version": "1.0", "values": [{"ResourceAddress": "/cluster/node/n/sync/ptp-status/clock-class",
                "data_type": "metric", "value_type": value_type, "value": "6"}]}})
    }

    #[test]
    fn each_profile_has_its_schema() {
        assert_eq!(event_problems(&event("decimal64.3"), Profile::Compat, &readings()), Vec::<String>::new());
        let letter = Interpretations::of_profile(Profile::Oran);
        assert_eq!(event_problems(&event("metric"), Profile::Oran, &letter), Vec::<String>::new());
        assert!(!event_problems(&event("decimal64.3"), Profile::Oran, &letter).is_empty());
        assert!(!event_problems(&json!({}), Profile::Compat, &readings()).is_empty());
    }

    #[test]
    fn under_another_reading_the_schema_says_nothing() {
        let mut readings = readings();
        readings.choose("data-form=string").expect("a reading");
        assert!(event_problems(&json!({}), Profile::Compat, &readings).is_empty());
    }

    #[test]
    fn a_subscription_has_four_keys() {
        let whole = json!({"ResourceAddress": "/cluster/node/n/sync", "EndpointUri": "http://c:1/e",
            "SubscriptionId": "c7f98a95-8d9b-4e1d-8149-93d234bfe373",
            "UriLocation": "http://h:9043/api/ocloudNotifications/v2/subscriptions/c7f98a95-8d9b-4e1d-8149-93d234bfe373"});
        assert_eq!(subscription_problems(&whole), Vec::<String>::new());
        for key in ["ResourceAddress", "EndpointUri", "SubscriptionId", "UriLocation"] {
            let mut partial = whole.clone();
            partial.as_object_mut().expect("an object").remove(key);
            assert!(!subscription_problems(&partial).is_empty(), "{key}");
        }
    }
}
