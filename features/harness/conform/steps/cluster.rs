//! The cluster in whose ConfigMap the subject keeps its subscriptions.

use crate::Topology;
use crate::conform::case::Case;
use crate::conform::cluster::Cluster;
use crate::limits::{CHANGE_POLL, CLUSTER_WRITE_MAX};
use cucumber::{given, then, when};

#[given("the subject keeps its subscriptions in a ConfigMap too")]
async fn has_a_cluster(case: &mut Case) {
    let cluster = Cluster::open(Topology::NODE_NAME).await.unwrap_or_else(|error| panic!("{error}"));
    cluster.mount(&mut case.launch);
    case.kept.cluster = Some(cluster);
}

#[given("the cluster stops answering")]
fn stops_answering(case: &mut Case) {
    cluster(case).stop_answering();
}

fn cluster(case: &Case) -> &Cluster {
    case.kept.cluster.as_ref().expect("the subject was given a cluster")
}

/// The subject writes to it in its own time.
#[given(regex = r"^the ConfigMap has (\d+) entr(?:y|ies)$")]
#[when(regex = r"^the ConfigMap has (\d+) entr(?:y|ies)$")]
async fn has_entries(case: &mut Case, count: usize) {
    let cluster = cluster(case);
    let written = async {
        while cluster.entries() != count {
            tokio::time::sleep(CHANGE_POLL).await;
        }
    };
    let in_time = tokio::time::timeout(CLUSTER_WRITE_MAX, written).await.is_ok();
    assert!(in_time, "the ConfigMap has {} entries, expected {count}", cluster.entries());
}

#[then("the cluster was asked and has still not answered")]
async fn has_not_answered(case: &mut Case) {
    let cluster = cluster(case);
    let asked = async {
        while cluster.waiting() == 0 {
            tokio::time::sleep(CHANGE_POLL).await;
        }
    };
    let in_time = tokio::time::timeout(CLUSTER_WRITE_MAX, asked).await.is_ok();
    assert!(in_time, "the subject has not turned to the cluster at all");
}
