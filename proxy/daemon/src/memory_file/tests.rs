//! The file on a real file system: its form, adoption, other boots, and what is damaged.

use super::MemoryFile;
use crate::limits::MEMORY_FILE_BYTES_MAX;
use proxy_core::{
    Cause, Detail, Event, EventId, Extent, Memory, PortRole, Reading, RememberedProcess, RememberedRole,
    RememberedState, Resource, Source, Subject, SubscriptionId, SyncState, Utc, Value,
};
use ptp_lines::ConfigName;
use std::fs;
use std::path::Path;

fn file(directory: &Path, boot_id: &str) -> MemoryFile {
    MemoryFile { path: directory.join("metrics.json"), boot_id: Some(boot_id.to_owned()) }
}

fn config() -> ConfigName {
    ConfigName::parse(b"ptp4l.0.config").unwrap()
}

/// A node in HOLDOVER with one port and one process.
fn memory() -> Memory {
    let event = Event {
        id: EventId([7; 16]),
        resource: Resource::SyncState,
        time: Utc { unix_ns: u64::MAX },
        values: vec![Value { subject: Subject::Node, reading: Reading::State(SyncState::Holdover) }],
        cause: Cause::Line("a \"line\"\u{1}".to_owned()),
        extent: Extent::Resource,
    };
    let undelivered = vec![SubscriptionId("c7f98a95-8d9b-4e1d-8149-93d234bfe373".to_owned())];
    Memory {
        states: vec![RememberedState { source: Source::Node, event, detail: Detail::None, undelivered }],
        roles: vec![RememberedRole {
            config: config(),
            interface: "ens1f0".to_owned(),
            role: PortRole::Faulty,
            live_ms: Some(72_444_514),
        }],
        processes: vec![RememberedProcess { program: "ptp4l".to_owned(), config: config(), is_up: true }],
        ..Memory::default()
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_was_remembered_in_this_boot_is_remembered_whole() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), "a").write(&memory(), Utc { unix_ns: 0 }).unwrap();
    assert_eq!(file(directory.path(), "a").read(), Some(memory()));
    assert_eq!(names(directory.path()), ["metrics.json"]);
}

#[test]
fn of_another_boot_or_of_none_only_the_state_of_the_node_counts() {
    let directory = tempfile::tempdir().unwrap();
    let expected = Memory { sync_state: Some(SyncState::Holdover), ..Memory::default() };
    file(directory.path(), "a").write(&memory(), Utc { unix_ns: 0 }).unwrap();
    assert_eq!(file(directory.path(), "b").read(), Some(expected.clone()));
    let unknown = MemoryFile { boot_id: None, ..file(directory.path(), "") };
    assert_eq!(unknown.read(), Some(expected.clone()));
    unknown.write(&memory(), Utc { unix_ns: 0 }).unwrap();
    assert_eq!(unknown.read(), Some(expected));
}

#[test]
fn this_boot_is_the_same_for_every_process_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = MemoryFile::in_directory(directory.path());
    assert_eq!(first.boot_id.as_ref().unwrap().len(), 36);
    first.write(&memory(), Utc { unix_ns: 0 }).unwrap();
    assert_eq!(MemoryFile::in_directory(directory.path()).read(), Some(memory()));
}

#[test]
fn other_proxies_find_their_keys() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), "a");
    let written = |memory: &Memory| -> serde_json::Value {
        file.write(memory, Utc { unix_ns: 1_700_000_000_999_999_999 }).unwrap();
        let mut text: serde_json::Value =
            serde_json::from_slice(&fs::read(directory.path().join("metrics.json")).unwrap()).unwrap();
        text.as_object_mut().unwrap().remove("cloud_event_proxy");
        text
    };
    assert_eq!(
        written(&memory()),
        serde_json::json!({
            "timestamp": 1_700_000_000,
            "last_clock_state": "HOLDOVER",
            "portRoles": {"ptp4l.0.config": {"ens1f0": 3}},
            "process_states": {"ptp4l.0.config": {"ptp4l": true}},
        })
    );
    assert_eq!(
        written(&Memory::default()),
        serde_json::json!({"timestamp": 1_700_000_000, "last_clock_state": "", "portRoles": {}, "process_states": null})
    );
}

#[test]
fn a_file_of_an_existing_proxy_gives_the_state_of_the_node_and_the_processes() {
    let directory = tempfile::tempdir().unwrap();
    let read = |text: &str| {
        fs::write(directory.path().join("metrics.json"), text).unwrap();
        file(directory.path(), "a").read()
    };
    let text = r#"{"timestamp":1,"last_clock_state":"FREERUN","portRoles":{"ptp4l.0.config":{"ens1f0":3}},
        "process_states":{"ptp4l.0.config":{"ptp4l":true},"anything":{"x":true}}}"#;
    let processes = memory().processes;
    let expected = Memory { sync_state: Some(SyncState::Freerun), processes, ..Memory::default() };
    assert_eq!(read(text), Some(expected));
    let text = r#"{"timestamp":1,"last_clock_state":"","portRoles":{},"process_states":null}"#;
    assert_eq!(read(text), Some(Memory::default()));
}

#[test]
fn a_truncated_file_is_set_aside() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), "a");
    file.write(&memory(), Utc { unix_ns: 0 }).unwrap();
    let text = fs::read(directory.path().join("metrics.json")).unwrap();
    for length in 0..text.len() {
        fs::write(directory.path().join("metrics.json"), &text[..length]).unwrap();
        assert_eq!(file.read(), None, "cut after {length} bytes");
        assert_eq!(names(directory.path()), ["metrics.json.corrupt"]);
    }
    assert_eq!(file.read(), None);
}

#[test]
fn a_memory_that_means_nothing_to_this_proxy_is_set_aside() {
    let directory = tempfile::tempdir().unwrap();
    for own in [r#"{"boot_id":"a","memory":{"states":7}}"#, r#"{"boot_id":"a"}"#, "[]"] {
        let text = format!(r#"{{"last_clock_state":"LOCKED","cloud_event_proxy":{own}}}"#);
        fs::write(directory.path().join("metrics.json"), text).unwrap();
        assert_eq!(file(directory.path(), "a").read(), None, "{own}");
        assert_eq!(names(directory.path()), ["metrics.json.corrupt"]);
    }
}

#[test]
fn a_file_above_the_limit_is_set_aside_and_none_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), "a");
    let large = fs::File::create(directory.path().join("metrics.json")).unwrap();
    large.set_len(MEMORY_FILE_BYTES_MAX + 1).unwrap();
    assert_eq!(file.read(), None);
    assert_eq!(names(directory.path()), ["metrics.json.corrupt"]);

    file.write(&memory(), Utc { unix_ns: 0 }).unwrap();
    let mut larger = memory();
    larger.processes[0].program = "x".repeat(usize::try_from(MEMORY_FILE_BYTES_MAX).unwrap());
    assert_eq!(file.write(&larger, Utc { unix_ns: 0 }).unwrap_err().kind(), std::io::ErrorKind::FileTooLarge);
    assert_eq!(file.read(), Some(memory()));
}

#[test]
fn a_failed_write_leaves_the_old_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(directory.path(), "a");
    file.write(&memory(), Utc { unix_ns: 0 }).unwrap();
    // A directory in the place of the temporary file: creating it fails for root too.
    fs::create_dir(directory.path().join("metrics.json.tmp")).unwrap();
    assert!(file.write(&Memory::default(), Utc { unix_ns: 0 }).is_err());
    assert_eq!(file.read(), Some(memory()));
}
