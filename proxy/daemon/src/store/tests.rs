//! The store on a real file system: format, adoption, and what is damaged.

use super::Store;
use crate::limits::{STORE_FILE_BYTES_MAX, STORE_FILES_MAX};
use proxy_core::{Subscription, SubscriptionId};
use std::fs;
use std::path::Path;

const URL: &str = "http://proxy:9043/api/ocloudNotifications/v2/subscriptions/";
const ENDPOINT: &str = "http://127.0.0.1:9100/cm";
/// Named by the UUIDv3 of the endpoint in the URL namespace.
const FILE: &str = "69c38e5f-ec38-3dbf-a509-ede974e31b00.json";

/// As redhat-cne/cloud-event-proxy writes it.
const TEXT: &str = r#"{
 "clientID": "69c38e5f-ec38-3dbf-a509-ede974e31b00",
 "subStore": {
  "store": {
   "c7f98a95-8d9b-4e1d-8149-93d234bfe373": {
    "ResourceAddress": "/cluster/node/compute-1.example.com/sync/ptp-status/clock-class",
    "EndpointUri": "http://127.0.0.1:9100/cm",
    "SubscriptionId": "c7f98a95-8d9b-4e1d-8149-93d234bfe373",
    "UriLocation": "http://proxy:9043/api/ocloudNotifications/v2/subscriptions/c7f98a95-8d9b-4e1d-8149-93d234bfe373"
   }
  }
 },
 "EndpointUri": "http://127.0.0.1:9100/cm",
 "status": 1,
 "action": 0
}"#;

fn subscription() -> Subscription {
    Subscription {
        id: SubscriptionId("c7f98a95-8d9b-4e1d-8149-93d234bfe373".to_owned()),
        resource_address: "/cluster/node/compute-1.example.com/sync/ptp-status/clock-class".to_owned(),
        endpoint: ENDPOINT.into(),
    }
}

fn store(directory: &Path) -> Store {
    Store::open(directory, URL.to_owned()).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_as_existing_proxies_write_it() {
    let directory = tempfile::tempdir().unwrap();
    store(directory.path()).write(ENDPOINT, &[subscription()]).unwrap();
    assert_eq!(names(directory.path()), [FILE]);
    assert_eq!(fs::read_to_string(directory.path().join(FILE)).unwrap(), TEXT);
}

#[test]
fn a_file_of_an_existing_proxy_is_adopted_with_its_ids() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(FILE), TEXT).unwrap();
    fs::write(directory.path().join("pub.json"), "[]").unwrap();
    fs::write(directory.path().join("sub.json"), "").unwrap();
    fs::write(directory.path().join("metrics.json"), "{").unwrap();
    assert_eq!(store(directory.path()).read_all().unwrap(), [subscription()]);
    assert_eq!(names(directory.path()).len(), 4);
}

#[test]
fn a_file_whose_last_subscription_was_removed_by_an_existing_proxy_holds_none() {
    let directory = tempfile::tempdir().unwrap();
    for empty in [r#"{}"#, "null"] {
        let text = format!(
            r#"{{"clientID":"69c38e5f-ec38-3dbf-a509-ede974e31b00","subStore":{{"store":{empty}}},"EndpointUri":"x","status":1,"action":0}}"#
        );
        fs::write(directory.path().join(FILE), text).unwrap();
        assert_eq!(store(directory.path()).read_all().unwrap(), []);
        assert_eq!(names(directory.path()), [FILE]);
    }
}

#[test]
fn without_subscriptions_there_is_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    store.write(ENDPOINT, &[subscription()]).unwrap();
    store.write(ENDPOINT, &[]).unwrap();
    store.write(ENDPOINT, &[]).unwrap();
    assert_eq!(names(directory.path()), [""; 0]);
}

#[test]
fn an_unreadable_file_is_set_aside_and_the_others_are_adopted() {
    let other = Subscription { endpoint: "http://other/".into(), ..subscription() };
    for length in 0..TEXT.len() {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path());
        store.write(&other.endpoint, std::slice::from_ref(&other)).unwrap();
        fs::write(directory.path().join(FILE), &TEXT[..length]).unwrap();
        assert_eq!(store.read_all().unwrap(), std::slice::from_ref(&other), "cut after {length} bytes");
        assert!(names(directory.path()).contains(&format!("{FILE}.corrupt")));
        store.write(ENDPOINT, &[subscription()]).unwrap();
        assert_eq!(store.read_all().unwrap().len(), 2);
    }
}

#[test]
fn a_pipe_does_not_hold_up_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join(FILE);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(store(directory.path()).read_all().unwrap().is_empty());
    assert!(names(directory.path()).contains(&format!("{FILE}.corrupt")));
}

#[test]
fn subscriptions_in_a_file_of_another_name_move_to_the_file_of_their_endpoint() {
    let directory = tempfile::tempdir().unwrap();
    let second = TEXT.replace("c7f98a95", "d8f98a95");
    fs::write(directory.path().join("00000000-0000-3000-8000-000000000000.json"), second).unwrap();
    fs::write(directory.path().join(FILE), TEXT).unwrap();
    let store = store(directory.path());
    assert_eq!(store.read_all().unwrap().len(), 2);
    assert_eq!(names(directory.path()), [FILE]);
    assert_eq!(store.read_all().unwrap().len(), 2);
}

#[test]
fn what_a_crash_left_half_written_is_removed() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(format!("{FILE}.tmp")), "{").unwrap();
    fs::write(directory.path().join("notes.tmp"), "not ours").unwrap();
    assert_eq!(store(directory.path()).read_all().unwrap(), []);
    assert_eq!(names(directory.path()), ["notes.tmp"]);
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = store(directory.path());
    store.write(ENDPOINT, &[subscription()]).unwrap();
    // A directory in the place of the temporary file: creating it fails for root too.
    fs::create_dir(directory.path().join(format!("{FILE}.tmp"))).unwrap();
    assert!(store.write(ENDPOINT, &[subscription(), subscription()]).is_err());
    assert_eq!(fs::read_to_string(directory.path().join(FILE)).unwrap(), TEXT);
}

#[test]
fn a_store_has_one_owner_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let first = store(directory.path());
    let kept = first.clone();
    drop(first);
    let error = Store::open(directory.path(), URL.to_owned()).unwrap_err();
    assert_eq!(error.to_string(), "another proxy uses this directory");
    drop(kept);
    store(directory.path());
}

#[test]
fn a_missing_directory_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let nested = directory.path().join("a").join("b");
    store(&nested).write(ENDPOINT, &[subscription()]).unwrap();
    assert_eq!(names(&nested), [FILE]);
}

#[test]
fn a_file_that_is_too_large_is_set_aside() {
    let directory = tempfile::tempdir().unwrap();
    let file = fs::File::create(directory.path().join(FILE)).unwrap();
    file.set_len(STORE_FILE_BYTES_MAX + 1).unwrap();
    assert_eq!(store(directory.path()).read_all().unwrap(), []);
    assert_eq!(names(directory.path()), [format!("{FILE}.corrupt")]);
}

#[test]
fn no_more_files_are_read_than_the_limit() {
    let directory = tempfile::tempdir().unwrap();
    for number in 0..=STORE_FILES_MAX {
        fs::write(directory.path().join(format!("{number:08x}-0000-3000-8000-000000000000.json")), "")
            .unwrap();
    }
    assert_eq!(store(directory.path()).read_all().unwrap(), []);
    // All but the last one, number 10 000, were found unreadable.
    let untouched = names(directory.path()).into_iter().filter(|name| name.ends_with(".json"));
    assert_eq!(untouched.collect::<Vec<_>>(), ["00002710-0000-3000-8000-000000000000.json"]);
}
