//! Flags, environment, files and exit codes.

use crate::support::{Proxy, Setup};
use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program without any environment.
fn run(args: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cloud-event-proxy"));
    command.args(args).env_clear().envs(environment.iter().copied()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_names_every_setting_and_exits_with_0() {
    let output = run(&["--help"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for flag in
        ["--node-name", "--metrics-addr", "--http-event-publishers", "--clock", "--ready-file", "validate"]
    {
        assert!(help.contains(flag), "{flag} is missing in\n{help}");
    }
}

#[test]
fn an_unknown_flag_is_a_usage_error() {
    let output = run(&["--metrics-address", ":1"], &[]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("--metrics-address"));
}

#[test]
fn every_problem_is_printed_and_the_exit_code_says_configuration() {
    for action in ["run", "validate"] {
        let output = run(&[action, "--api-port", "x", "--api-version", "1.0"], &[]);
        assert_eq!(output.status.code(), Some(78), "{action}");
        assert_eq!(
            stderr(&output),
            "node-name: \"\"; expected the node's name as the platform has it, from --node-name or NODE_NAME\n\
             api-version: \"1.0\"; expected 2 or later: version 1 of the REST API is no longer supported\n\
             api-port: \"x\"; expected a port number from 0 to 65535\n"
        );
    }
}

#[test]
fn a_flag_counts_more_than_the_environment_and_that_more_than_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("proxy.toml");
    fs::write(&file, "node-name = 'n'\napi-port = 'of the file'").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let flag = ["validate", "--api-port", "of the flag"];
    let environment = [("CLOUD_EVENT_PROXY_API_PORT", "of the environment")];
    let said = |args: &[&str], environment: &[(&str, &str)]| {
        let text = stderr(&run(args, environment));
        text.split('"').nth(1).unwrap().to_owned()
    };
    assert_eq!(said(&[&flag[..], &config].concat(), &environment), "of the flag");
    assert_eq!(said(&[&["validate"], &config[..]].concat(), &environment), "of the environment");
    assert_eq!(said(&[&["validate"], &config[..]].concat(), &[]), "of the file");
}

#[test]
fn the_arguments_and_environment_of_the_ptp_operator_are_valid() {
    let arguments = [
        "validate",
        "--metrics-addr=127.0.0.1:9091",
        "--store-path=/store",
        "--transport-host=http://ptp-event-publisher-service-NODE_NAME.openshift-ptp.svc.cluster.local:9043",
        "--api-port=9043",
    ];
    let environment = [
        ("NODE_NAME", "compute-1.example.com"),
        ("NODE_IP", "192.0.2.1"),
        ("NAME_SPACE", "openshift-ptp"),
        ("PTP_PLUGIN", "true"),
        ("LOG_LEVEL", "debug"),
        ("PTP_PROFILE_PATH", "/etc/linuxptp"),
    ];
    let output = run(&arguments, &environment);
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn an_unreadable_or_unknown_file_is_named() {
    let output = run(&["validate", "--config", "/nonexistent.toml"], &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(stderr(&output).starts_with("/nonexistent.toml: "));

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("proxy.toml");
    fs::write(&file, "node-name = 'n'\napi-prot = 1").unwrap();
    let output = run(&["validate", "--config", file.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(stderr(&output).contains("api-prot"));

    fs::write(&file, "#".repeat(1024 * 1024 + 1)).unwrap();
    let output = run(&["validate", "--config", file.to_str().unwrap()], &[]);
    assert_eq!(output.status.code(), Some(78));
    assert!(stderr(&output).contains("at most 1048576 bytes"));
}

#[test]
fn the_files_of_the_node_are_validated_too() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    let arguments = ["validate", "--node-name", "n", "--ptp-profile-path", path, "--ptp-config-dir", path];
    assert_eq!(run(&arguments, &[]).status.code(), Some(0));
    fs::write(directory.path().join("n"), "{").unwrap();
    fs::write(directory.path().join("ptp4l.0.config"), "#profile: p\n[broken").unwrap();
    let output = run(&arguments, &[]);
    assert_eq!(output.status.code(), Some(78));
    assert_eq!(stderr(&output).lines().count(), 2, "{}", stderr(&output));
}

#[test]
fn every_example_is_valid() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut count = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let output = run(&["validate", "--config", path.to_str().unwrap()], &[]);
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()), "{}", path.display());
        count += 1;
    }
    assert_eq!(count, 3);
}

#[tokio::test]
async fn a_socket_that_somebody_listens_on_ends_the_start() {
    let setup = Setup::new();
    let _owner = UnixListener::bind(setup.path("events.sock")).unwrap();
    let output = setup.command().output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("another process is listening on this socket"), "{}", stderr(&output));
}

#[tokio::test]
async fn a_file_in_the_place_of_the_socket_ends_the_start_and_stays() {
    let setup = Setup::new();
    fs::write(setup.path("events.sock"), "precious").unwrap();
    let output = setup.command().output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("exists and is not a socket"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(setup.path("events.sock")).unwrap(), "precious");
}

#[tokio::test]
async fn a_port_that_is_taken_ends_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Setup::new().flag("--metrics-addr", &address).command().output().await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&format!("{address} cannot be bound")), "{}", stderr(&output));
}

#[tokio::test]
async fn however_many_processors_there_are_the_proxy_starts_with_its_main_thread_and_four_more() {
    // And one that waits for the disk, or a second one if the first has not yet come to rest.
    let threads = Proxy::start().await.threads();
    assert!((5..=7).contains(&threads), "{threads}");
}
