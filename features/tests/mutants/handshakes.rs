//! Endpoints that make subscriptions without their consumers, or with the wrong first words.

use crate::change::{Change, Delivery, Mutant, Notification};
use Change::{Confirmation, FollowsRedirects};
use serde_json::Value;
use std::time::Duration;

/// Longer than a subscription takes, shorter than the suite waits for silence.
const AFTER_THE_ANSWER: Duration = Duration::from_millis(250);

/// The table.
pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        what: "consumers are not asked",
        checks: &[30, 31],
        changes: &[Change::Delivery(|event| initial(event, Delivery::Never))],
    },
    Mutant {
        what: "consumers are asked twice",
        checks: &[30],
        changes: &[Change::Delivery(|event| initial(event, Delivery::Twice))],
    },
    Mutant {
        what: "consumers are told after the answer",
        checks: &[30],
        changes: &[Change::Delivery(|event| initial(event, Delivery::Later(AFTER_THE_ANSWER)))],
    },
    Mutant {
        what: "nobody waits for what a consumer answers",
        checks: &[35, 36, 37, 38, 39],
        changes: &[Change::Delivery(|event| initial(event, Delivery::Later(Duration::ZERO)))],
    },
    Mutant {
        what: "any success confirms",
        checks: &[35],
        changes: &[Confirmation(|answered| confirm(&mut answered.status, 200..300))],
    },
    Mutant {
        what: "an error confirms",
        checks: &[36],
        changes: &[Confirmation(|answered| confirm(&mut answered.status, 400..600))],
    },
    Mutant {
        what: "an error of the server confirms",
        checks: &[36],
        changes: &[Confirmation(|answered| confirm(&mut answered.status, 500..600))],
    },
    Mutant {
        what: "a redirection confirms",
        checks: &[39],
        changes: &[Confirmation(|answered| confirm(&mut answered.status, 300..400))],
    },
    Mutant { what: "redirections are followed", checks: &[39], changes: &[FollowsRedirects] },
    Mutant {
        what: "the initial notification has no version",
        checks: &[31],
        changes: &[Change::Notification(|event| {
            if event.is_initial {
                event.body["specversion"] = Value::Null;
            }
        })],
    },
    Mutant {
        what: "the initial notification has data without a version",
        checks: &[31],
        changes: &[Change::Notification(|event| {
            if event.is_initial {
                event.body["data"]["version"] = Value::Null;
            }
        })],
    },
    Mutant {
        what: "the initial notification is one of the node",
        checks: &[32],
        changes: &[Change::Notification(|event| {
            if event.is_initial {
                event.body["source"] = "/sync/sync-status/sync-state".into();
                event.body["type"] = "event.sync.sync-status.synchronization-state-change".into();
            }
        })],
    },
    Mutant {
        what: "the initial notification always says FREERUN",
        checks: &[33],
        changes: &[Change::Notification(|event| {
            if event.is_initial {
                event.first_value()["value"] = "FREERUN".into();
            }
        })],
    },
    Mutant {
        what: "where nothing is known the initial notification does not say so",
        checks: &[34],
        changes: &[Change::Notification(|event| {
            if event.is_initial {
                let source = event.body["source"].as_str().unwrap_or_default();
                event.first_value()["ResourceAddress"] = format!("/cluster/node/node1{source}").into();
            }
        })],
    },
    Mutant {
        what: "what changes during the handshake is not told",
        checks: &[40],
        changes: &[Change::Delivery(
            |event| {
                if event.number == 1 { Delivery::Never } else { Delivery::Once }
            },
        )],
    },
];

fn initial(event: &Notification, delivery: Delivery) -> Delivery {
    if event.is_initial { delivery } else { Delivery::Once }
}

fn confirm(status: &mut u16, statuses: std::ops::Range<u16>) {
    if statuses.contains(status) {
        *status = 204;
    }
}
