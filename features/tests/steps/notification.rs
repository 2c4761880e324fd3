//! The wire form of notifications.

use super::Node;
use cucumber::gherkin::Step;
use cucumber::then;
use ptp_lab::resource_path as path;
use serde_json::Value;

#[then(regex = r"^consumer (\w+) is sent, for (\S+) and apart from its id:$")]
async fn is_sent(node: &mut Node, name: String, resource: String, step: &Step) {
    let expected: Value = serde_json::from_str(step.docstring().expect("the event")).expect("JSON");
    let sent = node.consumer(&name).await.next_of(&path(&resource)).expect("it was told");
    assert_eq!((sent.method.as_str(), sent.content_type.as_deref()), ("POST", Some("application/json")));
    let mut body = sent.body;
    let id = body.as_object_mut().expect("an object").remove("id").expect("an id");
    assert_eq!(body, expected);
    let groups: Vec<usize> = id.as_str().expect("text").split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{id} is a UUID");
}

#[then(regex = r"^consumers (\w+) and (\w+) are sent the same event$")]
async fn sent_the_same(node: &mut Node, first: String, second: String) {
    let one = node.consumer(&first).await.next().expect("it was told").body;
    let other = node.consumer(&second).await.next().expect("it was told").body;
    assert_eq!(one, other);
}

#[then(regex = r"^consumer (\w+) is sent (\d+) events with (\d+) different ids$")]
async fn different_ids(node: &mut Node, name: String, count: usize, different: usize) {
    let consumer = node.consumer(&name).await;
    let ids: Vec<Value> =
        std::iter::from_fn(|| consumer.next()).map(|received| received.body["id"].clone()).collect();
    let mut distinct = ids.iter().map(Value::to_string).collect::<Vec<_>>();
    distinct.sort();
    distinct.dedup();
    assert_eq!((ids.len(), distinct.len()), (count, different));
}
