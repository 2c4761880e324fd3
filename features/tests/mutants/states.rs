//! Endpoints that keep, list or delete subscriptions wrongly, or say wrongly what the state is.

use crate::answers::OTHER_ID;
use crate::change::{
    Change, Mutant, answered, below_base, edit, edit_address, edit_subscriptions, is, is_pull,
    is_subscription, subscription_id,
};
use Change::{Answer, InPlace, Request};
use ptp_lab::Topology;
use ptp_lab::conform::wire::{Answered, Ask};
use serde_json::{Value, json};

/// The table.
pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        what: "an empty list is null",
        checks: &[41],
        changes: &[Answer(|ask, answer, _| {
            if is(ask, "GET", "/subscriptions") && answer.body == b"[]" {
                answer.body = b"null".to_vec();
            }
        })],
    },
    Mutant {
        what: "the list is in an object",
        checks: &[41, 42],
        changes: &[Answer(|ask, answer, _| {
            if is(ask, "GET", "/subscriptions") {
                edit(answer, |list| *list = json!({"subscriptions": list}));
            }
        })],
    },
    Mutant {
        what: "the list lacks its last subscription",
        checks: &[42],
        changes: &[Answer(|ask, answer, _| edit_list(ask, answer, |list| drop(list.pop())))],
    },
    Mutant {
        what: "the list ends after twenty subscriptions",
        checks: &[42],
        changes: &[Answer(|ask, answer, _| edit_list(ask, answer, |list| list.truncate(20)))],
    },
    Mutant {
        what: "the list has its first subscription twice",
        checks: &[42],
        changes: &[Answer(|ask, answer, _| {
            edit_list(ask, answer, |list| list.extend(list.first().cloned()))
        })],
    },
    Mutant {
        what: "a subscription that is read has no UriLocation",
        checks: &[10, 43],
        changes: &[Answer(|ask, answer, _| {
            if ask.method == "GET" && subscription_id(ask).is_some() {
                edit_subscriptions(answer, |one| one["UriLocation"] = Value::Null);
            }
        })],
    },
    Mutant {
        what: "any id leads to the latest subscription",
        checks: &[44, 45],
        changes: &[Answer(|ask, answer, memory| {
            if is_subscription(ask) && answer.status == 201 {
                memory.earlier = Some(answer.json());
            }
            if ask.method == "GET" && subscription_id(ask).is_some() {
                *answer = answered(200, Some(&memory.earlier.clone().unwrap_or_default()));
            }
        })],
    },
    Mutant {
        what: "all subscriptions have the same id",
        checks: &[42, 49],
        changes: &[Answer(|_, answer, _| {
            edit_subscriptions(answer, |one| one["SubscriptionId"] = OTHER_ID.into());
        })],
    },
    Mutant {
        what: "a deletion is answered with 200",
        checks: &[45, 48],
        changes: &[Answer(|ask, answer, _| {
            if ask.method == "DELETE" && answer.status == 204 {
                answer.status = 200;
            }
        })],
    },
    Mutant {
        what: "a deletion deletes nothing",
        checks: &[45, 46, 47, 48, 49],
        changes: &[InPlace(|ask, _| (ask.method == "DELETE").then(|| answered(204, None)))],
    },
    Mutant {
        what: "a deletion deletes all",
        checks: &[45, 46],
        changes: &[Request(|ask| {
            if ask.method == "DELETE" {
                ask.path = format!("{}/subscriptions", crate::change::BASE_PATH);
            }
        })],
    },
    Mutant {
        what: "what is deleted is not listed, but told",
        checks: &[47],
        changes: &[
            InPlace(|ask, memory| {
                let id = subscription_id(ask).filter(|_| ask.method == "DELETE")?;
                memory.deleted.insert(id.to_owned());
                Some(answered(204, None))
            }),
            Answer(|ask, answer, memory| {
                let is_kept = |one: &Value| {
                    !memory.deleted.contains(one["SubscriptionId"].as_str().unwrap_or_default())
                };
                edit_list(ask, answer, |list| list.retain(is_kept));
                if subscription_id(ask).is_some_and(|id| memory.deleted.contains(id)) {
                    *answer = answered(404, None);
                }
            }),
        ],
    },
    Mutant {
        what: "a subscription can be deleted twice",
        checks: &[46],
        changes: &[Answer(|ask, answer, _| {
            if ask.method == "DELETE" && answer.status == 404 {
                answer.status = 204;
            }
        })],
    },
    Mutant {
        what: "the deletion of all deletes nothing",
        checks: &[48],
        changes: &[InPlace(|ask, _| is(ask, "DELETE", "/subscriptions").then(|| answered(204, None)))],
    },
    Mutant {
        what: "the current state is in an array",
        checks: &[50],
        changes: &[Answer(|ask, answer, _| edit_state(ask, answer, |event| *event = json!([event])))],
    },
    Mutant {
        what: "a value of the current state is a number",
        checks: &[50],
        changes: &[Answer(|ask, answer, _| {
            edit_state(ask, answer, |event| event["data"]["values"][0]["value"] = 6.into());
        })],
    },
    Mutant {
        what: "the current state has its address for a source",
        checks: &[50],
        changes: &[Answer(|ask, answer, _| {
            edit_state(ask, answer, |event| {
                event["source"] = event["data"]["values"][0]["ResourceAddress"].clone();
            });
        })],
    },
    Mutant {
        what: "the current state can be read by subscribers only",
        checks: &[51],
        changes: &[Answer(|ask, answer, memory| {
            memory.count += u64::from(is_subscription(ask) && answer.status == 201);
            memory.count -= u64::from(ask.method == "DELETE" && answer.status == 204);
            if is_pull(ask) && memory.count == 0 {
                *answer = answered(404, None);
            }
        })],
    },
    Mutant {
        what: "what is not known or not there is FREERUN",
        checks: &[52, 53, 54],
        changes: &[Answer(|ask, answer, _| {
            if is_pull(ask) && answer.status == 404 {
                *answer = answered(200, Some(&made_up_state(below_base(ask))));
            }
        })],
    },
    Mutant {
        what: "a slash too many before an address is an obstacle",
        checks: &[55],
        changes: &[InPlace(|ask, _| below_base(ask).starts_with("//").then(|| answered(404, None)))],
    },
    Mutant {
        what: "dots have no current state",
        checks: &[56],
        changes: &[InPlace(|ask, _| below_base(ask).starts_with("/./").then(|| answered(404, None)))],
    },
    Mutant {
        what: "the time of the current state is that of the request",
        checks: &[57],
        changes: &[Answer(|ask, answer, _| {
            edit_state(ask, answer, |event| event["time"] = chrono::Utc::now().to_rfc3339().into());
        })],
    },
    Mutant {
        what: "the current state is always LOCKED",
        checks: &[58, 73],
        changes: &[Answer(|ask, answer, _| {
            edit_state(ask, answer, |event| event["data"]["values"][0]["value"] = "LOCKED".into());
        })],
    },
    Mutant {
        what: "the current state names resources without their node",
        checks: &[50, 58],
        changes: &[Answer(|ask, answer, _| {
            edit_state(ask, answer, |event| {
                event["data"]["values"][0]["ResourceAddress"] = event["source"].clone();
            });
        })],
    },
    Mutant {
        what: "whoever posts to a current state reads it",
        checks: &[59],
        changes: &[Request(|ask| {
            if ask.path.ends_with("/CurrentState") {
                ask.method = "GET";
            }
        })],
    },
    Mutant {
        what: "a resource whose name begins like another is that one",
        checks: &[20, 52],
        changes: &[Request(|ask| {
            edit_address(ask, |address| {
                let whole = format!("/cluster/node/{}/sync/ptp-status/lock-stat", Topology::NODE_NAME);
                let end = if is_end_of_state(address) { "/CurrentState" } else { "" };
                if address.trim_end_matches("/CurrentState") == whole {
                    format!("{whole}e{end}")
                } else {
                    address.to_owned()
                }
            });
        })],
    },
];

fn is_end_of_state(address: &str) -> bool {
    address.ends_with("/CurrentState")
}

fn edit_list(ask: &Ask, answer: &mut Answered, change: impl FnOnce(&mut Vec<Value>)) {
    if is(ask, "GET", "/subscriptions") {
        edit(answer, |json| {
            if let Some(list) = json.as_array_mut() {
                change(list);
            }
        });
    }
}

fn edit_state(ask: &Ask, answer: &mut Answered, change: impl FnOnce(&mut Value)) {
    if is_pull(ask) && answer.status == 200 {
        edit(answer, change);
    }
}

fn made_up_state(path: &str) -> Value {
    let address = path.trim_end_matches("/CurrentState");
    json!({"specversion": "1.0", "id": OTHER_ID, "source": "/sync/ptp-status/lock-state",
        "type": "event.sync.ptp-status.ptp-state-change", "time": "2026-11-22T12:00:00Z",
        "data": {"version": "1.0", "values": [{"ResourceAddress": address, "data_type": "notification",
            "value_type": "enumeration", "value": "FREERUN"}]}})
}
