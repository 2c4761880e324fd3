//! The form of an event: O-RAN.WG6 O-Cloud Notification API v04.00, clause 7.2, under the readings of a run.

use super::interpretation::{Interpretations, Point};
use crate::unix_ns;
use serde_json::Value;

/// Resources with the types of their events, clause 7.2.3.
pub(super) const SOURCES_AND_TYPES: [(&str, &str); 7] = [
    ("/sync/sync-status/sync-state", "event.sync.sync-status.synchronization-state-change"),
    ("/sync/ptp-status/lock-state", "event.sync.ptp-status.ptp-state-change"),
    ("/sync/sync-status/os-clock-sync-state", "event.sync.sync-status.os-clock-sync-state-change"),
    ("/sync/ptp-status/clock-class", "event.sync.ptp-status.ptp-clock-class-change"),
    ("/sync/gnss-status/gnss-sync-status", "event.sync.gnss-status.gnss-state-change"),
    ("/sync/synce-status/lock-state", "event.sync.synce-status.synce-state-change"),
    ("/sync/synce-status/clock-quality", "event.sync.synce-status.synce-clock-quality-change"),
];

const CLOCK_STATES: [&str; 3] = ["LOCKED", "HOLDOVER", "FREERUN"];

/// Table 40.
const GNSS_STATES: [&str; 9] = [
    "SYNCHRONIZED",
    "ACQUIRING-SYNC",
    "ANTENNA-DISCONNECTED",
    "BOOTING",
    "ANTENNA-SHORT-CIRCUIT",
    "FAILURE-MULTIPATH",
    "FAILURE-NOFIX",
    "FAILURE-LOW-SNR",
    "FAILURE-PLL",
];

/// What a resource's state is.
enum Kind {
    Clock,
    Gnss,
    Code,
}

fn kind(resource: &str) -> Kind {
    match resource {
        "/sync/gnss-status/gnss-sync-status" => Kind::Gnss,
        "/sync/ptp-status/clock-class" | "/sync/synce-status/clock-quality" => Kind::Code,
        _ => Kind::Clock,
    }
}

/// The source of a resource's events; `None` for what is no resource.
pub(super) fn source(resource: &str, readings: &Interpretations) -> Option<&'static str> {
    let (source, _) = SOURCES_AND_TYPES.into_iter().find(|(source, _)| *source == resource)?;
    let is_extended = readings.reading(Point::SynceSource) == "extended";
    Some(match source {
        "/sync/synce-status/lock-state" if is_extended => "/sync/synce-status/lock-state-extended",
        plain => plain,
    })
}

/// Whether a type is that of a resource's events.
pub(super) fn is_type_of(resource: &str, found: &str, readings: &Interpretations) -> bool {
    let is_extended = readings.reading(Point::SynceSource) == "extended";
    let is_any = readings.reading(Point::SyncStateType) == "any";
    match resource {
        "/sync/synce-status/lock-state" if is_extended => {
            found == "event.sync.synce-status.synce-state-change-extended"
        }
        "/sync/sync-status/sync-state" if is_any => found.starts_with("event.sync"),
        _ => SOURCES_AND_TYPES.contains(&(resource, found)),
    }
}

/// The key that says whether a value is a notification or a metric.
pub(super) fn data_type_key(readings: &Interpretations) -> &'static str {
    readings.reading(Point::DataTypeKey)
}

/// The values of an event; none if it has none.
pub(super) fn values(event: &Value) -> Vec<Value> {
    // One reading of table 32: a text with the array, or with the object of the other reading.
    let in_text = event["data"].as_str().map(|text| serde_json::from_str(text).unwrap_or(Value::Null));
    let data = in_text.as_ref().unwrap_or(&event["data"]);
    data.as_array().or_else(|| data["values"].as_array()).cloned().unwrap_or_default()
}

/// Whether a value is one that the state of the resource can have.
pub(super) fn is_legal(resource: &str, value: &str) -> bool {
    match kind(resource) {
        Kind::Clock => CLOCK_STATES.contains(&value),
        Kind::Gnss => GNSS_STATES.contains(&value),
        Kind::Code => value.parse::<u8>().is_ok(),
    }
}

/// Everything that is wrong with an event of a resource of a node.
pub(super) fn problems(event: &Value, resource: &str, node: &str, readings: &Interpretations) -> Vec<String> {
    let mut problems = Vec::new();
    if event["specversion"] != "1.0" {
        problems.push(format!("specversion is {}, expected \"1.0\"", event["specversion"]));
    }
    for key in ["id", "source", "type", "time"] {
        if event[key].as_str().is_none_or(str::is_empty) {
            problems.push(format!("{key} is {}, expected a string", event[key]));
        }
    }
    if event["time"].as_str().is_some_and(|time| unix_ns(time).is_none()) {
        problems.push(format!("time is {}, expected RFC 3339 in UTC", event["time"]));
    }
    let is_text = event["data"].is_string();
    let form = readings.reading(Point::DataForm);
    if is_text != (form == "string") {
        problems.push(format!("data is {}, expected an {form}", event["data"]));
    }
    if !is_text && event["data"]["version"] != "1.0" {
        problems.push(format!("data.version is {}, expected \"1.0\"", event["data"]["version"]));
    }
    let values = values(event);
    if values.is_empty() {
        problems.push("data.values is empty or absent".to_owned());
    }
    for (index, value) in values.iter().enumerate() {
        let found = value_problems(value, resource, node, readings);
        problems.extend(found.into_iter().map(|problem| format!("values[{index}]: {problem}")));
    }
    if values
        .first()
        .and_then(|value| value["value"].as_str())
        .is_some_and(|value| !is_legal(resource, value))
    {
        problems.push(format!("{} is no value of {resource}", values[0]["value"]));
    }
    problems
}

/// Table 35.
fn value_problems(value: &Value, resource: &str, node: &str, readings: &Interpretations) -> Vec<String> {
    let mut problems = Vec::new();
    let key = data_type_key(readings);
    let code_type = readings.reading(Point::CodeValueType);
    let expected = match value[key].as_str() {
        Some("notification") => &["enumeration"][..],
        Some("metric") if matches!(kind(resource), Kind::Code) => &[code_type][..],
        Some("metric") => &["metric", "decimal64.3"][..],
        Some(_) | None => {
            problems.push(format!("{key} is {}, expected notification or metric", value[key]));
            &["enumeration", "metric", "decimal64.3"][..]
        }
    };
    if value["value_type"].as_str().is_none_or(|found| !expected.contains(&found)) {
        problems.push(format!("value_type is {}, expected {}", value["value_type"], expected.join(" or ")));
    }
    if !value["value"].is_string() {
        problems.push(format!("value is {}, expected a string", value["value"]));
    }
    let below = format!("/cluster/node/{node}/");
    if value["ResourceAddress"].as_str().is_none_or(|address| !address.starts_with(&below)) {
        problems.push(format!("ResourceAddress is {}, expected one below {below}", value["ResourceAddress"]));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conform::level::Profile;
    use serde_json::json;

    fn event() -> Value {
        json!({"specversion": "1.0", "id": "1", "source": "/sync/ptp-status/clock-class",
            "type": "event.sync.ptp-status.ptp-clock-class-change", "time": "2026-11-22T12:11:32.5Z",
            "data": {"version": "1.0", "values": [{"ResourceAddress": "/cluster/node/n/ens1fx/master",
                "data_type": "metric", "value_type": "decimal64.3", "value": "6"}]}})
    }

    #[test]
    fn every_resource_has_a_source_and_a_type() {
        let readings = Interpretations::of_profile(Profile::Oran);
        for resource in crate::RESOURCES {
            assert_eq!(source(resource, &readings), Some(resource));
        }
    }

    fn found(event: &Value) -> Vec<String> {
        problems(event, "/sync/ptp-status/clock-class", "n", &Interpretations::of_profile(Profile::Compat))
    }

    #[test]
    fn an_event_as_the_tables_have_it_has_no_problem() {
        assert_eq!(found(&event()), Vec::<String>::new());
    }

    #[test]
    fn each_departure_is_a_problem() {
        for (pointer, value) in [
            ("/specversion", json!("0.3")),
            ("/id", json!("")),
            ("/source", json!(null)),
            ("/time", json!("2026-11-22T12:11:32500000Z")),
            ("/data", json!("{}")),
            ("/data/version", json!(1.0)),
            ("/data/values", json!([])),
            ("/data/values/0/value", json!(6)),
            ("/data/values/0/value", json!("256")),
            ("/data/values/0/data_type", json!("number")),
            ("/data/values/0/value_type", json!("metric")),
            ("/data/values/0/ResourceAddress", json!("synce1/ens1f0/ExtQL")),
        ] {
            let mut event = event();
            *event.pointer_mut(pointer).expect("it is there") = value;
            assert!(!found(&event).is_empty(), "{pointer}");
        }
    }

    #[test]
    fn values_are_found_in_a_text_too() {
        let values = event()["data"]["values"].clone();
        let expected = values.as_array().cloned().expect("an array");
        for text in [values.to_string(), event()["data"].to_string()] {
            let mut in_text = event();
            in_text["data"] = text.into();
            assert_eq!(super::values(&in_text), expected);
        }
    }

    #[test]
    fn a_reading_changes_what_is_expected() {
        let mut readings = Interpretations::of_profile(Profile::Compat);
        let synce = "/sync/synce-status/lock-state";
        assert_eq!(source(synce, &readings), Some(synce));
        readings.choose("synce-source=extended").expect("a reading");
        assert_eq!(source(synce, &readings), Some("/sync/synce-status/lock-state-extended"));
        let short = "event.synchronization-state-change";
        assert!(!is_type_of("/sync/sync-status/sync-state", short, &readings));
        readings.choose("sync-state-type=any").expect("a reading");
        assert!(is_type_of("/sync/sync-status/sync-state", short, &readings));
    }
}
