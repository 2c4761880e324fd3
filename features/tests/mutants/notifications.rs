//! Endpoints that tell changes wrongly: in another form, late, twice, or not at all.

use crate::answers::OTHER_ID;
use crate::change::{Change, Delivery, Mutant, Notification};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than a notification may take.
const TOO_LATE: Duration = Duration::from_secs(3);

/// Longer than hung consumers may delay others.
const LATE: Duration = Duration::from_millis(1500);

/// Longer than the suite waits for silence once, shorter than it does twice.
const AFTER_A_SILENCE: Duration = Duration::from_millis(600);

/// The table.
pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        what: "changes are put",
        checks: &[60],
        changes: &[Change::Notification(|event| {
            if !event.is_initial {
                event.method = "PUT";
            }
        })],
    },
    Mutant {
        what: "changes are sent as text",
        checks: &[60],
        changes: &[Change::Notification(|event| event.content_type = "text/plain".to_owned())],
    },
    Mutant {
        what: "changes are sent as CloudEvents in structured mode",
        checks: &[60],
        changes: &[Change::Notification(|event| {
            event.content_type = "application/cloudevents+json".to_owned()
        })],
    },
    Mutant {
        what: "changes are sent in arrays",
        checks: &[60, 63],
        changes: &[Change::Notification(|event| event.body = json!([event.body]))],
    },
    Mutant {
        what: "changes are not told",
        checks: &[60, 64, 66],
        changes: &[Change::Delivery(|event| changed(event, Delivery::Never))],
    },
    Mutant {
        what: "changes are told twice",
        checks: &[60, 70, 74],
        changes: &[Change::Delivery(|event| changed(event, Delivery::Twice))],
    },
    Mutant {
        what: "changes are told after 3 s",
        checks: &[60, 64],
        changes: &[Change::Delivery(|event| changed(event, Delivery::Later(TOO_LATE)))],
    },
    Mutant {
        what: "each tenth change is lost",
        checks: &[70, 75],
        changes: &[Change::Delivery(
            |event| {
                if event.number % 10 == 9 { Delivery::Never } else { Delivery::Once }
            },
        )],
    },
    Mutant {
        what: "of two changes the second is told first",
        checks: &[75],
        changes: &[Change::Delivery(|event| {
            if event.number % 2 == 1 { Delivery::AfterTheNext } else { Delivery::Once }
        })],
    },
    Mutant {
        what: "changes are told after 1.5 s",
        checks: &[76],
        changes: &[Change::Delivery(|event| changed(event, Delivery::Later(LATE)))],
    },
    Mutant {
        what: "a state that only lasts is told again",
        checks: &[71],
        changes: &[Change::Delivery(|_| Delivery::Again(AFTER_A_SILENCE))],
    },
    Mutant {
        what: "the source of a change is its whole address",
        checks: &[61],
        changes: &[Change::Notification(|event| {
            event.body["source"] = event.first_value()["ResourceAddress"].clone();
        })],
    },
    Mutant {
        what: "the type of a change is cut short",
        checks: &[62],
        changes: &[Change::Notification(|event| {
            let text = event.body["type"].as_str().unwrap_or_default();
            event.body["type"] = text.trim_end_matches("-change").to_owned().into();
        })],
    },
    Mutant {
        what: "values are numbers where they can be",
        checks: &[63],
        changes: &[Change::Notification(|event| {
            let number = event.first_value()["value"].as_str().and_then(|value| value.parse::<u8>().ok());
            if let Some(number) = number {
                event.first_value()["value"] = number.into();
            }
        })],
    },
    Mutant {
        what: "changes have no values",
        checks: &[63],
        changes: &[Change::Notification(|event| event.body["data"]["values"] = json!([]))],
    },
    Mutant {
        what: "the data of a change is a text",
        checks: &[63],
        changes: &[Change::Notification(|event| {
            event.body["data"] = event.body["data"].to_string().into();
        })],
    },
    Mutant {
        what: "the type of data is written as one word",
        checks: &[63],
        changes: &[Change::Notification(|event| {
            let kind = event.first_value()["data_type"].take();
            event.first_value()["dataType"] = kind;
        })],
    },
    Mutant {
        what: "the state of a clock is told in small letters",
        checks: &[64],
        changes: &[Change::Notification(|event| {
            let value = event.first_value()["value"].as_str().unwrap_or_default().to_lowercase();
            event.first_value()["value"] = value.into();
        })],
    },
    Mutant {
        what: "the lock state of Synchronous Ethernet is a metric",
        checks: &[65],
        changes: &[Change::Notification(|event| {
            if event.body["source"] == "/sync/synce-status/lock-state" {
                event.first_value()["data_type"] = "metric".into();
            }
        })],
    },
    Mutant {
        what: "the state of a receiver is told with underscores",
        checks: &[66],
        changes: &[Change::Notification(|event| {
            let value = event.first_value()["value"].as_str().unwrap_or_default().replace('-', "_");
            event.first_value()["value"] = value.into();
        })],
    },
    Mutant {
        what: "a clock class is a notification",
        checks: &[67],
        changes: &[Change::Notification(|event| event.first_value()["data_type"] = "notification".into())],
    },
    Mutant {
        what: "a clock class is an enumeration",
        checks: &[67],
        changes: &[Change::Notification(|event| event.first_value()["value_type"] = "enumeration".into())],
    },
    Mutant {
        what: "changes are those of another node",
        checks: &[63, 68],
        changes: &[Change::Notification(|event| {
            let address = event.first_value()["ResourceAddress"].as_str().unwrap_or_default();
            event.first_value()["ResourceAddress"] = address.replace("/node1/", "/node2/").into();
        })],
    },
    Mutant {
        what: "the time of a change has no zone",
        checks: &[69],
        changes: &[Change::Notification(|event| {
            let text = event.body["time"].as_str().unwrap_or_default();
            event.body["time"] = text.trim_end_matches('Z').to_owned().into();
        })],
    },
    Mutant {
        what: "the time of a change is local, with its offset",
        checks: &[69],
        changes: &[Change::Notification(|event| {
            move_time(event, |time| {
                time.with_timezone(&FixedOffset::east_opt(3600).expect("less than a day")).to_rfc3339()
            });
        })],
    },
    Mutant {
        what: "the time of a change is local and said to be UTC",
        checks: &[69],
        changes: &[Change::Notification(|event| {
            move_time(event, |time| {
                (time + TimeDelta::hours(1)).to_utc().to_rfc3339().replace("+00:00", "Z")
            });
        })],
    },
    Mutant {
        what: "the time of a change is two seconds old",
        checks: &[69],
        changes: &[Change::Notification(|event| {
            move_time(event, |time| {
                (time - TimeDelta::seconds(2)).to_utc().to_rfc3339().replace("+00:00", "Z")
            });
        })],
    },
    Mutant {
        what: "all changes have the same id",
        checks: &[70],
        changes: &[Change::Notification(|event| event.body["id"] = OTHER_ID.into())],
    },
    Mutant {
        what: "the node is as good as its best clock",
        checks: &[64, 72],
        changes: &[Change::Notification(|event| {
            if event.body["source"] == "/sync/sync-status/sync-state" {
                event.first_value()["value"] = "LOCKED".into();
            }
        })],
    },
    Mutant {
        what: "a clock class of 7 is not told",
        checks: &[74],
        changes: &[Change::Delivery(|event| {
            let is_7 = event.body["data"]["values"][0]["value"] == "7";
            if is_7 { Delivery::Never } else { Delivery::Once }
        })],
    },
];

fn changed(event: &Notification, delivery: Delivery) -> Delivery {
    if event.is_initial { Delivery::Once } else { delivery }
}

fn move_time(event: &mut Notification, change: fn(DateTime<FixedOffset>) -> String) {
    let time = event.body["time"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    event.body["time"] = time.map_or(Value::Null, |time| change(time).into());
}
