//! Consumers: how they behave, and what they are told.

use super::{Node, first_value, is_about};
use cucumber::{given, then, when};
use ptp_lab::resource_path as path;
use ptp_lab::{Conduct, unix_ns};

#[given(regex = r"^consumer (\w+) answers with (\d+)$")]
#[when(regex = r"^consumer (\w+) answers with (\d+)$")]
async fn answers(node: &mut Node, name: String, status: u16) {
    node.consumer(&name).await.consumer.behave(Conduct::Answer(status));
}

#[given(regex = r"^consumer (\w+) no longer answers$")]
#[when(regex = r"^consumer (\w+) no longer answers$")]
async fn hangs(node: &mut Node, name: String) {
    node.consumer(&name).await.consumer.behave(Conduct::Hang);
}

#[given(regex = r"^consumer (\w+) refuses connections$")]
#[when(regex = r"^consumer (\w+) refuses connections$")]
async fn refuses(node: &mut Node, name: String) {
    node.consumer(&name).await.consumer.refuse().await;
}

#[when(regex = r"^consumer (\w+) accepts connections again$")]
async fn accepts_again(node: &mut Node, name: String) {
    node.consumer(&name).await.consumer.reopen().await.expect("its port is free");
}

/// Of whom, the offset and the time are compared where they are named.
#[then(
    regex = r"^consumer (\w+) is told that (\S+)(?: of (\S+))? (?:is|became) (\S+?)(?: with an offset of (-?\d+) ns)?(?: at (\S+))?$"
)]
async fn is_told(node: &mut Node, words: &[String]) {
    let [name, resource, subject, value, offset_ns, time] = words else { panic!("six words: {words:?}") };
    let told = node.consumer(name).await.next_of(&path(resource));
    let told = told.unwrap_or_else(|| panic!("consumer {name} was told nothing of {resource}"));
    assert_eq!(first_value(&told.body), value.as_str(), "{}", told.body);
    let values = &told.body["data"]["values"];
    assert!(subject.is_empty() || is_about(&values[0], subject), "{}", told.body);
    assert!(offset_ns.is_empty() || values[1]["value"] == offset_ns.as_str(), "{}", told.body);
    let told_ns = told.body["time"].as_str().and_then(unix_ns);
    assert!(told_ns.is_some(), "{}", told.body["time"]);
    assert!(time.is_empty() || told_ns == unix_ns(time), "{} is not {time}", told.body["time"]);
}

#[then(regex = r"^the last thing that consumer (\w+) is told of (\S+) is (\S+)$")]
async fn last_told(node: &mut Node, name: String, resource: String, value: String) {
    let consumer = node.consumer(&name).await;
    let told =
        std::iter::from_fn(|| consumer.next_of(&path(&resource))).last().expect("it was told something");
    assert_eq!(first_value(&told.body), value, "{}", told.body);
}

#[then(regex = r"^consumer (\w+) is told nothing(?: more)?$")]
async fn is_told_nothing(node: &mut Node, name: String) {
    node.settle().await;
    let told = node.consumer(&name).await.next();
    assert!(told.is_none(), "consumer {name} was told {}", told.expect("checked").body);
}

#[then(regex = r"^consumer (\w+) is told, in this order, of (.+)$")]
async fn is_told_in_order(node: &mut Node, name: String, resources: String) {
    let consumer = node.consumer(&name).await;
    for resource in resources.split(", ") {
        let told =
            consumer.next().unwrap_or_else(|| panic!("consumer {name} was told nothing of {resource}"));
        assert_eq!(told.body["source"], path(resource).as_str());
    }
}

#[then(regex = r"^consumer (\w+) was told before the proxy gave up on consumer (\w+)$")]
async fn told_before_given_up(node: &mut Node, name: String, hanging: String) {
    node.settle().await;
    let told = node.consumer(&name).await.next().expect("it was told");
    let given_up = node.consumer(&hanging).await.consumer.given_up();
    let first = given_up.first().expect("the proxy gave up on the consumer that hangs");
    assert!(told.arrived < *first);
}
