//! The log of the proxy, as an operator reads it: what made a state change.

use super::Node;
use cucumber::gherkin::Step;
use cucumber::then;
use ptp_lab::resource_path as path;

impl Node {
    /// The lines of the log that speak of a change of a state, oldest first.
    fn logged_changes(&mut self) -> Vec<String> {
        let log = self.running().testbed.log().expect("there is a log");
        log.lines().filter(|line| line.contains(" changed ")).map(str::to_owned).collect()
    }
}

#[then(regex = r"^the log says once that (\S+) became (\S+), because of:$")]
async fn says_why(node: &mut Node, resource: String, value: String, step: &Step) {
    let cause = step.docstring().expect("the cause").trim();
    let changes = node.logged_changes();
    let words =
        [format!("resource=\"{}\"", path(&resource)), format!(" {value}"), format!("cause={cause:?}")];
    let said = changes.iter().filter(|line| words.iter().all(|word| line.contains(word.as_str()))).count();
    assert_eq!(said, 1, "{words:?} in {changes:#?}");
}

#[then(regex = r"^the log tells of (\d+) changes$")]
async fn tells_of(node: &mut Node, count: usize) {
    let changes = node.logged_changes();
    assert_eq!(changes.len(), count, "{changes:#?}");
}

/// Beside the changes of states there is what the start has to say, which does not grow with the lines.
#[then("the log has no line about ordinary lines")]
async fn no_ordinary_lines(node: &mut Node) {
    let log = node.running().testbed.log().expect("there is a log");
    let made: Vec<&str> =
        log.lines().filter(|line| line.contains("master offset") && !line.contains(" changed ")).collect();
    assert!(made.is_empty(), "{made:#?}");
}
