//! The files.

use super::super::{Outputs, html, json, junit, write};
use super::fixture::mixed;
use crate::LabError;
use std::fs;

#[test]
fn each_file_that_is_asked_for_is_there_whole_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("r.json"), "old").expect("written");
    let outputs =
        Outputs { junit: Some(path("r.xml")), json: Some(path("r.json")), html: Some(path("r.html")) };
    write(&mixed(), &outputs).expect("written");
    let read = |name: &str| fs::read_to_string(path(name)).expect("there");
    assert_eq!(read("r.xml"), junit::render(&mixed()).expect("written"));
    assert_eq!(read("r.json"), json::render(&mixed()));
    assert_eq!(read("r.html"), html::render(&mixed()));
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 3);
}

#[test]
fn a_report_has_the_permissions_of_any_new_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (report, other) = (folder.path().join("r.json"), folder.path().join("other"));
    fs::write(&other, "").expect("written");
    write(&mixed(), &Outputs { json: Some(report.clone()), ..Outputs::default() }).expect("written");
    let permissions = |path| fs::metadata(path).expect("there").permissions();
    assert_eq!(permissions(report), permissions(other));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("none/r.html");
    let error = write(&mixed(), &Outputs { html: Some(path.clone()), ..Outputs::default() });
    assert!(matches!(error, Err(LabError::File { path: named, .. }) if named == path));
}
