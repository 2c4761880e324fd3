//! Endpoints that answer wrongly to what is sent to them, above all to requests for subscriptions.

use crate::change::{
    BASE_PATH, Change, Mutant, NO_STATUS, address_of, answered, below_base, edit, edit_address,
    edit_subscriptions, is, is_subscription, remove_header, set_header,
};
use Change::{Answer, Chunked, Http1Only, InPlace, Request};
use ptp_lab::Topology;
use ptp_lab::conform::wire::{Answered, Ask};
use serde_json::{Value, json};

/// An id that no server has given.
pub(crate) const OTHER_ID: &str = "00000000-0000-4000-8000-000000000001";

/// The table.
pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant { what: "HTTP/2 is refused", checks: &[2], changes: &[Http1Only] },
    Mutant { what: "bodies come without their length", checks: &[4], changes: &[Chunked] },
    Mutant {
        what: "answers are HTML by their media type",
        checks: &[3],
        changes: &[Answer(|_, answer, _| set_header(answer, "content-type", "text/html"))],
    },
    Mutant {
        what: "answers have no media type",
        checks: &[3],
        changes: &[Answer(|_, answer, _| remove_header(answer, "content-type"))],
    },
    Mutant {
        what: "405 comes without Allow",
        checks: &[5],
        changes: &[Answer(|_, answer, _| remove_header(answer, "allow"))],
    },
    Mutant {
        what: "405 allows what it refuses",
        checks: &[5],
        changes: &[Answer(|_, answer, _| {
            if answer.status == 405 {
                set_header(answer, "allow", "GET, POST, PUT, PATCH, DELETE");
            }
        })],
    },
    Mutant {
        what: "a method that a path does not have is answered with 404",
        checks: &[5, 59],
        changes: &[Answer(|_, answer, _| replace_status(&mut answer.status, 405, 404))],
    },
    Mutant {
        what: "PUT to a subscription deletes it",
        checks: &[5],
        changes: &[Request(|ask| {
            if ["PUT", "PATCH"].contains(&ask.method) {
                ask.method = "DELETE";
            }
        })],
    },
    Mutant {
        what: "a path that there is not is answered with an empty object",
        checks: &[6],
        changes: &[Answer(|ask, answer, _| {
            if ask.method == "GET" && answer.status == 404 {
                *answer = answered(200, Some(&json!({})));
            }
        })],
    },
    Mutant {
        what: "the base path shows the request",
        checks: &[7],
        changes: &[InPlace(|ask, _| {
            below_base(ask).starts_with("/?").then(|| answered(200, Some(&json!({"path": ask.path}))))
        })],
    },
    Mutant {
        what: "the health is not served",
        checks: &[99],
        changes: &[InPlace(|ask, _| is(ask, "GET", "/health").then(|| answered(404, None)))],
    },
    Mutant {
        what: "the health is told in other words",
        checks: &[99],
        changes: &[Answer(|ask, answer, _| {
            if is(ask, "GET", "/health") {
                answer.body = b"fine".to_vec();
            }
        })],
    },
    Mutant {
        what: "there are no publishers",
        checks: &[100],
        changes: &[InPlace(|ask, _| is(ask, "GET", "/publishers").then(|| answered(200, Some(&json!([])))))],
    },
    Mutant {
        what: "a resource has no publisher",
        checks: &[100],
        changes: &[Answer(|ask, answer, _| {
            if is(ask, "GET", "/publishers") {
                edit(answer, |list| drop(list.as_array_mut().and_then(Vec::pop)));
            }
        })],
    },
    Mutant {
        what: "an event with a number for a value breaks the connection",
        checks: &[94],
        changes: &[InPlace(|ask, _| is(ask, "POST", "/create/event").then(|| answered(NO_STATUS, None)))],
    },
    Mutant {
        what: "a new subscription is answered with 200",
        checks: &[8],
        changes: &[Answer(|_, answer, _| replace_status(&mut answer.status, 201, 200))],
    },
    Mutant {
        what: "the id of a subscription is a number",
        checks: &[8],
        changes: &[Answer(|_, answer, _| edit_subscriptions(answer, |one| one["SubscriptionId"] = 7.into()))],
    },
    Mutant {
        what: "subscriptions have no UriLocation",
        checks: &[8, 10, 42],
        changes: &[Answer(|_, answer, _| edit_subscriptions(answer, |one| one["UriLocation"] = Value::Null))],
    },
    Mutant {
        what: "the UriLocation of a subscription leads nowhere",
        checks: &[10],
        changes: &[Answer(|_, answer, _| {
            edit_subscriptions(answer, |one| {
                one["UriLocation"] = format!("http://node{BASE_PATH}/subscriptions/{OTHER_ID}").into();
            });
        })],
    },
    Mutant {
        what: "a new subscription has no Location",
        checks: &[9],
        changes: &[Answer(|_, answer, _| remove_header(answer, "location"))],
    },
    Mutant {
        what: "the Location is that of another subscription",
        checks: &[9],
        changes: &[Answer(|ask, answer, _| {
            if is_subscription(ask) {
                set_header(answer, "location", &format!("{BASE_PATH}/subscriptions/{OTHER_ID}"));
            }
        })],
    },
    Mutant {
        what: "an id that the client sends is taken",
        checks: &[11],
        changes: &[Answer(|ask, answer, _| {
            let sent = serde_json::from_slice::<Value>(&ask.body).unwrap_or_default();
            if is_subscription(ask) && sent["SubscriptionId"].is_string() {
                edit(answer, |made| made["SubscriptionId"] = sent["SubscriptionId"].clone());
            }
        })],
    },
    Mutant {
        what: "the address of a subscription gets a slash at its end",
        checks: &[12],
        changes: &[Answer(|_, answer, _| {
            edit_subscriptions(answer, |one| one["ResourceAddress"] = lengthened(&one["ResourceAddress"]));
        })],
    },
    Mutant {
        what: "the endpoint of a subscription comes back in small letters",
        checks: &[12],
        changes: &[Answer(|_, answer, _| {
            edit_subscriptions(answer, |one| {
                one["EndpointUri"] = one["EndpointUri"].as_str().unwrap_or_default().to_lowercase().into();
            });
        })],
    },
    Mutant {
        what: "whatever is posted makes a subscription",
        checks: &[13, 14, 15, 16, 17, 26, 35, 36],
        changes: &[Answer(|ask, answer, _| {
            if is_subscription(ask) && answer.status == 400 {
                *answer = made_up();
            }
        })],
    },
    Mutant {
        what: "a request that is refused is listed all the same",
        checks: &[13, 14, 16, 20, 22],
        changes: &[Answer(|ask, answer, memory| {
            if is_subscription(ask) && answer.status >= 400 {
                memory.count += 1;
            }
            if is(ask, "GET", "/subscriptions") && memory.count > 0 {
                let mut more = made_up().json();
                more["SubscriptionId"] = format!("00000000-0000-4000-8000-{:012}", memory.count).into();
                edit(answer, |list| list.as_array_mut().into_iter().for_each(|list| list.push(more.take())));
            }
        })],
    },
    Mutant {
        what: "a bad request is answered with 404",
        checks: &[13, 14, 15, 16, 17, 26, 35, 36, 38],
        changes: &[Answer(|_, answer, _| replace_status(&mut answer.status, 400, 404))],
    },
    Mutant {
        what: "what is not there is answered with 400",
        checks: &[6, 20, 21, 44, 46, 52, 54],
        changes: &[Answer(|_, answer, _| replace_status(&mut answer.status, 404, 400))],
    },
    Mutant {
        what: "errors have a text",
        checks: &[19, 44, 52],
        changes: &[Answer(|_, answer, _| {
            if answer.status >= 400 {
                answer.body = b"no\n".to_vec();
            }
        })],
    },
    Mutant {
        what: "a resource that is not there is taken for another",
        checks: &[20],
        changes: &[Request(|ask| {
            edit_address(ask, |_| {
                format!("/cluster/node/{}/sync/ptp-status/lock-state", Topology::NODE_NAME)
            });
        })],
    },
    Mutant {
        what: "a resource that is not there is subscribed and nothing is ever told",
        checks: &[20, 21],
        changes: &[Answer(|ask, answer, _| {
            if is_subscription(ask) && answer.status == 404 {
                *answer = made_up();
            }
        })],
    },
    Mutant {
        what: "every node is this one",
        checks: &[21, 54],
        changes: &[Request(|ask| {
            edit_address(ask, |address| {
                let mut parts: Vec<&str> = address.split('/').collect();
                if parts.len() > 3 {
                    parts[3] = Topology::NODE_NAME;
                }
                parts.join("/")
            });
        })],
    },
    Mutant {
        what: "a duplicate is answered with 201",
        checks: &[22, 25],
        changes: &[Answer(|ask, answer, memory| {
            if is_subscription(ask) && answer.status == 201 {
                memory.earlier = Some(answer.json());
            }
            if answer.status == 409 {
                *answer = answered(201, memory.earlier.as_ref());
            }
        })],
    },
    Mutant {
        what: "a duplicate is a bad request",
        checks: &[19, 22, 25],
        changes: &[Answer(|_, answer, _| replace_status(&mut answer.status, 409, 400))],
    },
    Mutant {
        what: "there is one subscription at a time",
        checks: &[23, 24],
        changes: &[Answer(|ask, answer, memory| {
            if is_subscription(ask) && answer.status == 201 {
                memory.count += 1;
                if memory.count > 1 {
                    *answer = answered(409, None);
                }
            }
        })],
    },
    Mutant {
        what: "keys are read in small letters, too",
        checks: &[26],
        changes: &[Request(|ask| {
            let text = String::from_utf8_lossy(&ask.body);
            let text = text.replace("\"resourceAddress\"", "\"ResourceAddress\"");
            ask.body = text.replace("\"endpointUri\"", "\"EndpointUri\"").into_bytes();
        })],
    },
    Mutant {
        what: "a request must say that it is JSON",
        checks: &[27],
        changes: &[InPlace(|ask, _| {
            let is_json = ask.headers.iter().any(|(_, value)| value == "application/json");
            (is_subscription(ask) && !is_json).then(|| answered(415, None))
        })],
    },
    Mutant {
        what: "endpoints must be named localhost",
        checks: &[28],
        changes: &[InPlace(|ask, _| {
            let is_local = String::from_utf8_lossy(&ask.body).contains("http://localhost");
            (is_subscription(ask) && !is_local).then(|| answered(400, None))
        })],
    },
    Mutant {
        what: "bodies of any size are taken",
        checks: &[29],
        changes: &[Request(|ask| {
            if let Ok(mut json) = serde_json::from_slice::<Value>(&ask.body)
                && json["Padding"].is_string()
            {
                json["Padding"] = Value::Null;
                ask.body = json.to_string().into_bytes();
            }
        })],
    },
    Mutant {
        what: "subtrees cannot be subscribed",
        checks: &[83],
        changes: &[InPlace(|ask, _| refused(ask, |address| address.ends_with("/sync")))],
    },
    Mutant {
        what: "patterns cannot be subscribed",
        checks: &[84],
        changes: &[InPlace(|ask, _| refused(ask, |address| address.contains('*')))],
    },
    Mutant {
        what: "dots cannot be subscribed",
        checks: &[85],
        changes: &[InPlace(|ask, _| refused(ask, |address| address.contains("/./")))],
    },
    Mutant {
        what: "an address with a slash at its end cannot be subscribed",
        checks: &[86],
        changes: &[InPlace(|ask, _| refused(ask, |address| address.ends_with('/')))],
    },
    Mutant {
        what: "a subscription is told of the whole node",
        checks: &[82],
        changes: &[Request(|ask| {
            edit_address(ask, |_| format!("/cluster/node/{}/sync", Topology::NODE_NAME));
        })],
    },
];

fn refused(ask: &Ask, is_refused: fn(&str) -> bool) -> Option<Answered> {
    is_refused(&address_of(ask)).then(|| answered(404, None))
}

fn replace_status(status: &mut u16, from: u16, to: u16) {
    if *status == from {
        *status = to;
    }
}

fn lengthened(text: &Value) -> Value {
    format!("{}/", text.as_str().unwrap_or_default()).into()
}

/// A subscription that nobody has made.
fn made_up() -> Answered {
    let location = format!("http://node{BASE_PATH}/subscriptions/{OTHER_ID}");
    let json = json!({"SubscriptionId": OTHER_ID, "UriLocation": location,
        "ResourceAddress": "/cluster/node/node1/sync/ptp-status/lock-state",
        "EndpointUri": "http://localhost:9/event"});
    answered(201, Some(&json))
}
