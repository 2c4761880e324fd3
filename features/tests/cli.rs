//! The `ptp-lab` program as its users meet it: exit codes, output forms, pipes.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn lab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ptp-lab"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("it starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn scenario(name: &str) -> String {
    repository("scenarios").join(name).display().to_string()
}

fn temporary(content: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().expect("a temporary file");
    std::fs::write(file.path(), content).expect("written");
    file
}

#[test]
fn a_command_line_that_cannot_be_understood_ends_with_64() {
    for arguments in [&[][..], &["walk"], &["run"], &["run", "x.toml", "--thresholds", "1,2,3"], &["replay"]]
    {
        assert_eq!(lab(arguments).status.code(), Some(64), "{arguments:?}");
    }
    assert_eq!(lab(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_file_that_is_no_scenario_ends_with_78_and_every_problem_in_it() {
    let file = temporary("title = 7\nnonsense = true\n");
    let output = lab(&["run", &file.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(78));
    let told = stderr(&output);
    assert!(told.contains("line 1") && told.contains("line 2"), "{told}");
    assert_eq!(lab(&["run", "/no/such/file.toml"]).status.code(), Some(78));
}

#[test]
fn a_proxy_that_does_not_start_ends_with_1_and_the_reason() {
    let output = lab(&["run", &scenario("oc_cold_boot.toml"), "--proxy", "/bin/false"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("before it served"), "{}", stderr(&output));
}

#[test]
fn a_scenario_that_comes_as_expected_ends_with_0_and_a_verdict() {
    let output = lab(&["run", &scenario("oc_cold_boot.toml")]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let text = stdout(&output);
    assert!(text.ends_with("verdict: passed\n") && !text.contains('\x1b'), "{text}");
}

#[test]
fn a_scenario_that_comes_otherwise_ends_with_1_and_an_explanation() {
    let text = std::fs::read_to_string(repository("scenarios/oc_cold_boot.toml")).expect("in the repository");
    let other = temporary(&text.replace("value = \"LOCKED\"", "value = \"HOLDOVER\""));
    let output = lab(&["run", &other.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let told = stdout(&output);
    assert!(told.contains("lock-state LOCKED") && told.contains("HOLDOVER"), "{told}");
    assert!(told.ends_with("verdict: failed\n"), "{told}");
}

#[test]
fn json_output_is_one_object_for_each_line_and_ends_with_the_summary() {
    let output = lab(&["run", &scenario("oc_cold_boot.toml"), "--json"]);
    let objects: Vec<Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let last = objects.last().expect("not empty");
    assert_eq!((&last["kind"], &last["passed"]), (&"summary".into(), &true.into()));
    assert_eq!(last["expected"], last["matched"]);
    let times: Vec<u64> =
        objects[..objects.len() - 1].iter().map(|o| o["at_ns"].as_u64().expect("a time")).collect();
    assert!(times.is_sorted() && !times.is_empty());
    let events = objects.iter().filter(|object| object["kind"] == "event").count();
    assert_eq!(last["events"], events);
}

#[test]
fn the_same_scenario_gives_the_same_timeline_and_another_seed_another() {
    let path = scenario("oc_cold_boot.toml");
    let timeline = |arguments: &[&str]| -> Vec<Value> {
        let output = lab(&[&["run", &path, "--json"], arguments].concat());
        let mut objects: Vec<Value> =
            stdout(&output).lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
        for object in &mut objects {
            let members = object.as_object_mut().expect("an object");
            for wall_time in ["delivered_us", "wall_s", "speed_factor", "latency_us"] {
                members.remove(wall_time);
            }
        }
        objects
    };
    let [first, second, other] = [timeline(&[]), timeline(&[]), timeline(&["--seed", "4711"])];
    assert_eq!(first, second);
    assert_ne!(first, other);
}

#[test]
fn a_replay_goes_through_and_shows_the_marks_of_the_recording() {
    let log = repository("scenarios/recorded/3.1.1/veth-oc.log").display().to_string();
    let output = lab(&["replay", &log, "--interface", "eth0"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("mark      1795348996.429 mono=1051.18 start GM"), "{text}");
    assert!(text.contains("1051.180s"), "{text}");
}

#[test]
fn a_replay_misses_no_event_of_a_state_that_flaps_128_times_a_second() {
    let log = temporary("");
    let sample = |n: usize| {
        let offset_ns = if n.is_multiple_of(2) { 5 } else { 500 };
        let ms = n * 1000 / 128;
        format!("ptp4l[1.{ms:03}]: [ptp4l.0.config] master offset {offset_ns} s2 freq +0 path delay 10\n")
    };
    std::fs::write(log.path(), (0..128).map(sample).collect::<String>()).expect("written");
    let output = lab(&["replay", &log.path().display().to_string()]);
    // lock-state and sync-state each
    assert!(stdout(&output).contains("128 lines, 256 events"), "{}", stdout(&output));
}

#[test]
fn a_profile_that_is_not_json_is_not_replaced_by_defaults() {
    let log = repository("scenarios/recorded/3.1.1/veth-oc.log").display().to_string();
    let profile = temporary("not JSON");
    let output = lab(&["replay", &log, "--profile", &profile.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("expected ident at line 1"), "{}", stderr(&output));
}

#[test]
fn a_folder_that_keeps_a_node_is_not_used_for_another() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let keep = folder.path().join("node").display().to_string();
    let arguments = ["run", &scenario("oc_cold_boot.toml"), "--keep", &keep];
    assert_eq!(lab(&arguments).status.code(), Some(0));
    let again = lab(&arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("holds a node already"), "{}", stderr(&again));
}

/// A lab in the middle of a long run, and the process id of its proxy.
fn in_the_middle_of_a_run(folder: &Path) -> (Child, String) {
    let text = std::fs::read_to_string(scenario("oc_cold_boot.toml")).expect("it is there");
    let long =
        text.lines().map(|line| if line.starts_with("duration") { "duration = \"30000s\"" } else { line });
    let long = temporary(&long.collect::<Vec<_>>().join("\n"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_ptp-lab"))
        .args(["run", &long.path().display().to_string()])
        .env("TMPDIR", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // Its first line comes when the proxy serves.
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    out.read_line(&mut String::new()).expect("readable");
    std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
    let node = std::fs::read_dir(folder).expect("readable").next().expect("a node").expect("readable");
    let ready = std::fs::read_to_string(node.path().join("ready.json")).expect("it serves");
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    (child, ready["pid"].to_string())
}

fn signal(name: &str, pid: &str) -> bool {
    let kill = format!("kill -{name} {pid} 2>/dev/null");
    Command::new("sh").args(["-c", &kill]).status().expect("there is a shell").success()
}

/// Whether a process runs; one that nobody has waited for yet has ended, too.
fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_proxy_that_dies_in_a_run_ends_it_with_1_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (child, proxy) = in_the_middle_of_a_run(folder.path());
    assert!(signal("KILL", &proxy));
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("the proxy ended with signal: 9"), "{}", stderr(&output));
}

#[test]
fn a_lab_that_is_told_to_end_leaves_neither_proxy_nor_files() {
    for name in ["INT", "TERM"] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (child, proxy) = in_the_middle_of_a_run(folder.path());
        assert!(signal(name, &child.id().to_string()));
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(1), "SIG{name}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0, "SIG{name}");
        while lives(&proxy) {
            std::thread::yield_now();
        }
    }
}

#[test]
fn simulated_lines_are_the_same_every_time_and_can_be_piped() {
    let path = scenario("oc_cold_boot.toml");
    let [first, second] = [lab(&["simulate", &path]), lab(&["simulate", &path])];
    assert_eq!(first.status.code(), Some(0), "{}", stderr(&first));
    assert!(stdout(&first).lines().any(|line| line.starts_with("ptp4l[")));
    assert_eq!(first.stdout, second.stdout);
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let written = lab(&["simulate", &path, "--out", &file.path().display().to_string()]);
    assert_eq!(written.status.code(), Some(0));
    assert_eq!(std::fs::read(file.path()).expect("written"), first.stdout);
}

#[test]
fn the_files_of_a_simulated_node_can_be_had_for_a_proxy_started_by_hand() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let node_dir = folder.path().display().to_string();
    let output = lab(&["simulate", &scenario("oc_cold_boot.toml"), "--node-dir", &node_dir]);
    assert_eq!(output.status.code(), Some(0));
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).expect("written");
    assert!(read("run/ptp4l.0.config").starts_with("#profile: "));
    let profile: Value = serde_json::from_str(&read("profile/worker-0")).expect("JSON");
    assert_eq!(profile[0]["ptpClockThreshold"]["holdOverTimeout"], 5);
}

#[test]
fn a_consumer_confirms_notifications_and_tells_them() {
    let mut consumer = Command::new(env!("CARGO_BIN_EXE_ptp-lab"))
        .args(["consume", "--count", "1", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut told = String::new();
    let stderr = consumer.stderr.take().expect("it is piped");
    BufReader::new(stderr).read_line(&mut told).expect("it says where it listens");
    let address = told.split("http://").nth(1).and_then(|url| url.split('/').next());
    let mut stream = TcpStream::connect(address.expect("an address")).expect("it listens");
    let request = "POST /event HTTP/1.1\r\nhost: x\r\ncontent-length: 8\r\n\r\n{\"id\":7}";
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).expect("answered");
    assert_eq!(&answer, b"HTTP/1.1 204");
    let output = consumer.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "{\"id\":7}\n"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let path = scenario("packet_delay_burst.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_ptp-lab"))
        .args(["simulate", &path])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), stderr(&output)), (Some(0), String::new()));
}

#[test]
fn simulated_lines_arrive_at_a_socket_as_they_are_printed() {
    let path = scenario("oc_cold_boot.toml");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let socket = dir.path().join("events.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).expect("bound");
    let reading = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("connected");
        std::io::read_to_string(&mut stream).expect("text")
    });
    let fed = lab(&["simulate", &path, "--socket", &socket.display().to_string(), "--pace", "fast"]);
    assert_eq!(fed.status.code(), Some(0), "{}", stderr(&fed));
    assert_eq!(reading.join().expect("read"), stdout(&lab(&["simulate", &path])));
}

#[test]
fn a_recorded_run_can_be_made_a_page() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let run = folder.path().join("run").display().to_string();
    let arguments = ["run", &scenario("oc_cold_boot.toml"), "--record", &run];
    let played = lab(&arguments);
    assert_eq!(played.status.code(), Some(0), "{}", stderr(&played));
    let events = std::fs::read_to_string(folder.path().join("run/events.ndjson")).expect("recorded");
    let recorded = events.lines().filter(|line| line.contains("\"kind\":\"event\"")).count();
    assert!(stdout(&played).contains(&format!(" {recorded} events")), "{recorded}: {}", stdout(&played));
    let lines = std::fs::read_to_string(folder.path().join("run/lines.log")).expect("recorded");
    let texts: Vec<&str> = lines.lines().filter_map(|line| line.splitn(3, ' ').nth(2)).collect();
    let simulated = stdout(&lab(&["simulate", &scenario("oc_cold_boot.toml")]));
    assert_eq!(texts, simulated.lines().collect::<Vec<_>>());
    let reported = lab(&["report", &run, "--mask", "class-b,prtc-b"]);
    assert_eq!(reported.status.code(), Some(0), "{}", stderr(&reported));
    let page = std::fs::read_to_string(folder.path().join("run/report.html")).expect("a page");
    assert!(page.contains("against prtc-b") && page.contains("✓ passed"), "{page}");
    let again = lab(&arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("holds a run already"), "{}", stderr(&again));
}

#[test]
fn the_truth_of_a_simulation_has_a_row_for_each_second() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().display().to_string();
    let output = lab(&["simulate", &scenario("oc_cold_boot.toml"), "--record", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let truth = std::fs::read_to_string(folder.path().join("truth.csv")).expect("recorded");
    let mut rows = truth.lines();
    assert!(
        rows.next().is_some_and(|header| header.starts_with("at_ns,ptp_clock_state,ptp_clock_error_ns,"))
    );
    let whole =
        rows.filter(|row| row.split(',').next().is_some_and(|at| at == "0" || at.ends_with("000000000")));
    let run: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("run.json")).expect("recorded"))
            .expect("JSON");
    // From 0 to the end, both of them counted.
    let seconds = run["outcome"]["simulated_ns"].as_u64().expect("a number") / 1_000_000_000 + 1;
    assert_eq!(whole.count() as u64, seconds);
}

#[test]
fn a_folder_that_holds_no_run_and_a_mask_that_there_is_not_are_told() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().display().to_string();
    let output = lab(&["report", &path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("holds no run"), "{}", stderr(&output));
    let output = lab(&["report", &path, "--mask", "prtc-z"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(stderr(&output).contains("there are eprtc, prtc-b"), "{}", stderr(&output));
}

#[test]
fn a_recorded_replay_has_the_lines_and_no_truth() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().display().to_string();
    let log = repository("scenarios/recorded/4.4/veth-oc.log").display().to_string();
    let output = lab(&["replay", &log, "--record", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = std::fs::read_to_string(folder.path().join("lines.log")).expect("recorded");
    let played = format!(" {} lines", lines.lines().count());
    assert!(stdout(&output).contains(&played), "{played}: {}", stdout(&output));
    assert_eq!(lab(&["report", &path]).status.code(), Some(0));
    let page = std::fs::read_to_string(folder.path().join("report.html")).expect("a page");
    assert!(page.contains("Not in the run folder: truth.csv."), "{page}");
    assert!(page.contains("Reported offsets"), "{page}");
}
