//! The page of the metrics, as text.

use super::Node;
use cucumber::{given, then};
use ptp_lab::limits::API_ANSWER_MAX;

#[then(regex = r"^the metric (\S+) is (\S+)$")]
async fn metric_is(node: &mut Node, series: String, value: String) {
    let page = node.metrics_page().await;
    assert_eq!(sample(&page, &series), Some(value.as_str()), "{}", related(&page, &series));
}

/// Of what nobody announces when it is done.
#[given(regex = r"^the metric (\S+) has become (\S+)$")]
#[then(regex = r"^the metric (\S+) becomes (\S+)$")]
async fn metric_becomes(node: &mut Node, series: String, value: String) {
    let waiting = async { while sample(&node.metrics_page().await, &series) != Some(value.as_str()) {} };
    let waited = tokio::time::timeout(API_ANSWER_MAX, waiting).await;
    assert!(waited.is_ok(), "{series} is not {value}");
}

#[then(regex = r"^there is no metric (\S+)$")]
async fn no_metric(node: &mut Node, series: String) {
    let page = node.metrics_page().await;
    assert_eq!(sample(&page, &series), None);
}

#[then(regex = r"^no metric speaks of (\S+)$")]
async fn no_metric_of(node: &mut Node, text: String) {
    let page = node.metrics_page().await;
    let speaking: Vec<&str> = page.lines().filter(|line| line.contains(&text)).collect();
    assert!(page.contains("openshift_ptp_") && speaking.is_empty(), "{speaking:?}");
}

/// A label without a value names nothing that an operator could find.
#[then("no metric of the node has an empty label")]
async fn no_empty_label(node: &mut Node) {
    let page = node.metrics_page().await;
    let series: Vec<&str> = page.lines().filter(|line| line.starts_with("openshift_ptp_")).collect();
    assert!(!series.is_empty(), "{page}");
    let empty: Vec<&&str> = series.iter().filter(|line| line.contains("=\"\"")).collect();
    assert!(empty.is_empty(), "{empty:?}");
}

fn sample<'a>(page: &'a str, series: &str) -> Option<&'a str> {
    page.lines().find_map(|line| line.strip_prefix(series)).map(str::trim)
}

/// The samples of the same metric, for the message.
fn related(page: &str, series: &str) -> String {
    let name = series.split('{').next().unwrap_or(series);
    page.lines().filter(|line| line.starts_with(name)).collect::<Vec<_>>().join("\n")
}
