//! The dependency arrows of ARCHITECTURE.md, as a test over `cargo metadata`.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

/// What each crate may depend on within the workspace, outside its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("ptp-lines", &[]),
    ("proxy-core", &["ptp-lines"]),
    ("cloud-event-proxy", &["proxy-core", "ptp-lines"]),
    ("sim-core", &["ptp-lines"]),
    ("ptp-scenario", &["sim-core"]),
    ("ptp-lab", &["cloud-event-proxy", "proxy-core", "ptp-lines", "ptp-scenario", "sim-core"]),
    ("ci", &[]),
];

/// Everything that the crates without input and output may use from outside the workspace, outside their tests.
const PURE: &[(&str, &[&str])] = &[
    ("ptp-lines", &[]),
    ("proxy-core", &["rand_chacha", "serde", "thiserror"]),
    ("sim-core", &["rand", "rand_chacha", "statrs"]),
];

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        // What the members declare is enough, and needs no package of somebody else's.
        .no_deps()
        .exec()
        .expect("cargo metadata reads the workspace")
}

fn dependencies<'a>(package: &'a Package, kinds: &'a [DependencyKind]) -> impl Iterator<Item = &'a str> {
    package.dependencies.iter().filter(|d| kinds.contains(&d.kind)).map(|d| d.name.as_str())
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let metadata = workspace();
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    assert_eq!(members, allowed.keys().copied().collect(), "each crate has its row, and each row its crate");
    for package in metadata.workspace_packages() {
        let kinds = [DependencyKind::Normal, DependencyKind::Build];
        for dependency in dependencies(package, &kinds).filter(|d| members.contains(d)) {
            let row = allowed[package.name.as_str()];
            assert!(row.contains(&dependency), "{} must not depend on {dependency}", package.name);
        }
    }
}

#[test]
fn simulator_and_proxy_do_not_meet_even_in_tests() {
    let metadata = workspace();
    let proxy = ["proxy-core", "cloud-event-proxy"];
    let simulator = ["sim-core", "ptp-scenario"];
    let kinds = [DependencyKind::Normal, DependencyKind::Build, DependencyKind::Development];
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let other: &[&str] = if proxy.contains(&name) {
            &simulator
        } else if simulator.contains(&name) {
            &proxy
        } else {
            continue;
        };
        for dependency in dependencies(package, &kinds) {
            assert!(
                !other.contains(&dependency),
                "{name} must not depend on {dependency}, not even in tests"
            );
        }
    }
}

#[test]
fn pure_crates_use_nothing_that_could_read_a_clock_or_open_a_socket() {
    let metadata = workspace();
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|p| p.name.as_str()).collect();
    for (name, allowed) in PURE {
        let package = metadata.workspace_packages().into_iter().find(|p| p.name.as_str() == *name);
        let package = package.expect("a pure crate is a member");
        let kinds = [DependencyKind::Normal, DependencyKind::Build];
        for dependency in dependencies(package, &kinds).filter(|d| !members.contains(d)) {
            assert!(allowed.contains(&dependency), "{name} must not depend on {dependency}");
        }
        for dependency in &package.dependencies {
            let outside =
                dependency.kind == DependencyKind::Normal && !members.contains(dependency.name.as_str());
            let std_feature =
                dependency.features.iter().any(|f| f == "std" || f == "thread_rng" || f == "sys_rng");
            if outside && *name != "sim-core" {
                assert!(
                    !dependency.uses_default_features && !std_feature,
                    "{name}: {} with std",
                    dependency.name
                );
            }
            assert!(
                !dependency.features.iter().any(|f| f == "thread_rng" || f == "sys_rng"),
                "{name}: ambient entropy"
            );
        }
    }
}
