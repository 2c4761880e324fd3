//! The current state, as the API tells it when asked.

use super::{Node, first_value, is_about};
use cucumber::{then, when};
use ptp_lab::resource_path as path;

async fn ask(node: &mut Node, address: &str) {
    let reply = node.client().get(&format!("{address}/CurrentState")).await.expect("the API answers");
    node.reply = Some(reply);
}

#[when(regex = r"^somebody asks for the current state of the address (\S+)$")]
async fn asks_address(node: &mut Node, address: String) {
    ask(node, &address).await;
}

#[when(regex = r"^somebody asks for the current state of (\S+)$")]
async fn asks(node: &mut Node, resource: String) {
    let address = node.running().testbed.address(&path(&resource));
    ask(node, &address).await;
}

#[then(regex = r"^the current state of (\S+) is (\S+)$")]
async fn is(node: &mut Node, resource: String, value: String) {
    asks(node, resource).await;
    let reply = node.reply.as_ref().expect("asked");
    assert_eq!((reply.status, first_value(&reply.json())), (200, value.as_str()), "{reply:?}");
}

/// Where several clocks have one: that of this one.
#[then(regex = r"^the current state of (\S+) of (\S+) is (\S+)$")]
async fn of_clock_is(node: &mut Node, resource: String, subject: String, value: String) {
    asks(node, resource).await;
    let reply = node.reply.as_ref().expect("asked");
    let json = reply.json();
    let values = json["data"]["values"].as_array().unwrap_or_else(|| panic!("{reply:?}"));
    let found = values.iter().find(|one| is_about(one, &subject)).unwrap_or_else(|| panic!("{reply:?}"));
    assert_eq!(found["value"], value.as_str(), "{reply:?}");
}

#[then(regex = r"^the current state of (\S+) is not known$")]
async fn is_not_known(node: &mut Node, resource: String) {
    asks(node, resource).await;
    let reply = node.reply.as_ref().expect("asked");
    assert_eq!((reply.status, reply.body.as_str()), (404, ""), "{reply:?}");
}

#[then(regex = r"^the current state of (\S+) says nothing of (\S+)$")]
async fn says_nothing_of(node: &mut Node, resource: String, subject: String) {
    asks(node, resource).await;
    let reply = node.reply.as_ref().expect("asked");
    assert!(!reply.body.contains(&subject), "{reply:?}");
}

#[then(regex = r"^the current state of (\S+) says the same as the last notification of consumer (\w+)$")]
async fn same_as_notification(node: &mut Node, resource: String, name: String) {
    let mut pushed = None;
    let consumer = node.consumer(&name).await;
    while let Some(received) = consumer.next_of(&path(&resource)) {
        pushed = Some(received.body);
    }
    let mut pushed = pushed.expect("it was told");
    asks(node, resource).await;
    let mut pulled = node.reply.as_ref().expect("asked").json();
    // Only the id may differ: asking is not an event.
    for event in [&mut pushed, &mut pulled] {
        event.as_object_mut().expect("an object").remove("id");
    }
    assert_eq!(pulled, pushed);
}
