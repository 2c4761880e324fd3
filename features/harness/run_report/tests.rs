//! The page of a small run, computed by hand, and folders that are not what they should be.

use super::lanes::{Stay, class, stays};
use super::read::RunData;
use super::scale::{Scale, decimated, short};
use super::*;
use serde_json::json;
use std::fs;
use tempfile::TempDir;

/// Six seconds: set at 1 s, left alone at 3.5 s.
const TRUTH: &str = "\
at_ns,ptp_clock_state,ptp_clock_error_ns,os_clock_state,os_clock_error_ns,grandmaster_clock_class
0,unsynchronized,350000.000,unsynchronized,-5.000,6
1000000000,tracking,10.000,tracking,4.000,6
2000000000,tracking,-30.000,tracking,4.000,6
3000000000,tracking,20.000,tracking,4.000,6
3500000000,coasting,25.000,tracking,4.000,
4000000000,coasting,40.000,tracking,4.000,
5000000000,coasting,60.000,tracking,4.000,
";

const LINES: &str = "\
1.000000000 ptp4l ptp4l[1001.000]: [ptp4l.0.config] master offset          7 s2 freq   +1921 path delay       469
1.500000000 phc2sys phc2sys[1001.500]: [ptp4l.0.config] CLOCK_REALTIME phc offset       -65 s2 freq  -11760 delay    503
";

fn about(title: &str) -> String {
    let thresholds = json!({"max_offset_ns": 100, "min_offset_ns": -100, "holdover_s": 5});
    let verdict =
        json!({"matched": 1, "expected": 2, "passed": false, "explanation": ["FREERUN did not come"]});
    let outcome = json!({"simulated_ns": 6_000_000_000_u64, "lines": 2, "events": 1, "latency_us": [1500, 1500, 1500], "verdict": verdict});
    json!({"format": 1, "producer": "ptp-lab 0.1.0", "task": "run", "name": "small", "title": title, "seed": 7,
        "start_unix_s": 1_700_000_000, "thresholds": thresholds, "outcome": outcome})
    .to_string()
}

fn notification(kind: &str, at_ns: u64, address: &str, value: &str) -> String {
    let values = json!([{"ResourceAddress": address, "data_type": "notification", "value": value},
        {"ResourceAddress": address, "data_type": "metric", "value": "25"}]);
    let event = json!({"id": "1", "source": "/sync/ptp-status/lock-state", "time": "2023-11-14T22:13:23Z", "data": {"values": values}});
    let mut object = json!({"kind": kind, "at_ns": at_ns, "received_at_ns": at_ns, "event": event});
    if kind == "event" {
        object["delivered_us"] = 1500.into();
    }
    format!("{object}\n")
}

fn events(action: &str, value: &str) -> String {
    let told = json!({"kind": "action", "at_ns": 3_000_000_000_u64, "text": action});
    let known = notification("initial", 0, "/cluster/node/n/ens1fx/master", "LOCKED");
    format!("{known}{told}\n{}", notification("event", 3_600_000_000, "/cluster/node/n/ens1fx/master", value))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

fn small() -> TempDir {
    let (about, events) = (about("A small run"), events("grandmaster silent", "HOLDOVER"));
    folder(&[("run.json", &about), ("truth.csv", TRUTH), ("lines.log", LINES), ("events.ndjson", &events)])
}

fn masks(names: &[&str]) -> Vec<&'static Mask> {
    names.iter().map(|name| Mask::named(name).expect("there is one")).collect()
}

fn page_of(folder: &TempDir, names: &[&str]) -> String {
    render(&RunData::read(folder.path()).expect("a run"), &masks(names))
}

fn refused(files: &[(&str, &str)]) -> String {
    RunData::read(folder(files).path()).expect_err("it is broken").to_string()
}

#[test]
fn the_figures_are_those_computed_by_hand() {
    let page = page_of(&small(), &["class-a"]);
    for expected in [
        "<h1>Run report: A small run</h1>",
        "✗ failed</span>, 1 of 2 matched",
        "<li>FREERUN did not come</li>",
        "PTP clock against class-a: <span class=\"verdict passed\">✓ passed",
        // The largest of 10, -30 and 20; with the time that it coasted, 60.
        "<td>-30.0 at 2 s</td><td>+60.0 at 5 s</td>",
        // The average of the three is 0. The low pass keeps exp(-0.2 pi) = 0.533488: 10, -8.660, 4.710 span 18.7.
        "<td>0.0</td><td>18.7</td>",
        // 3.5 to 6 s, 1 to 3.5 s, 0 to 1 s.
        "coasting 2.500 s, tracking 2.500 s, unsynchronized 1.000 s",
        // 100 - 30, one second after the first sample.
        "<td class=\"number\">-30.00</td><td class=\"number\">100.00</td><td>1 s after the clock first tracked</td><td class=\"number\">+70.00 ns</td>",
        "needs 1000 s of tracking",
        // From the state that changed at 3.5 s to the event at 3.6 s; the action was at 3 s.
        "<td class=\"number\">3.600</td><td>lock-state</td><td>HOLDOVER</td><td class=\"number\">25</td><td class=\"number\">0.100</td><td class=\"number\">1.5</td>",
        "<li>3.000 s: grandmaster silent</li>",
        "<title>LOCKED from 0.000 s to 3.600 s</title>",
        "<title>HOLDOVER from 3.600 s to 6.000 s</title>",
        "ptp4l (ptp4l.0.config)",
        "phc2sys of CLOCK_REALTIME",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
}

#[test]
fn a_clock_beyond_a_mask_fails_with_its_margin() {
    // 5 ns of class D: 10 ns at the start is the largest behind the low pass, so the margin is -5 ns.
    let page = page_of(&small(), &["class-d"]);
    assert!(page.contains("PTP clock against class-d: <span class=\"verdict failed\">✗ failed"), "{page}");
    assert!(page.contains("<td class=\"number\">-5.00 ns</td>"), "{page}");
    assert!(!page.contains("OS clock against"));
}

/// Reads the tags of a page; every one that is opened must be closed in its turn.
fn assert_well_formed(page: &str) {
    let mut open = Vec::new();
    let mut rest = page;
    while let Some((_, tagged)) = rest.split_once('<') {
        let (tag, after) = tagged.split_once('>').expect("a tag ends");
        assert!(!tag.contains('<'), "{tag}");
        rest = after;
        let name = tag.trim_start_matches('/').split([' ', '/']).next().expect("a name");
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "after {open:?}");
        } else if !tag.ends_with('/') && !matches!(name, "!DOCTYPE" | "meta" | "br") {
            open.push(name);
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn the_page_is_well_formed_and_needs_nothing_from_outside() {
    let page = page_of(&small(), &["class-a", "prtc-a"]);
    assert_well_formed(&page);
    for outside in ["http://", "https://", "src=", "href=", "<script", "@import", "<link", "<img"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    let drawings = page.matches("role=\"img\"").count();
    assert!(drawings >= 5, "{drawings}");
    assert_eq!(page.matches("aria-labelledby=").count(), drawings);
}

#[test]
fn what_a_run_says_is_text_whatever_it_holds() {
    let hostile = "</title></svg><script>alert(\"1\")</script> & \u{1b}[2J \u{202e}";
    let address = format!("/cluster/node/n/{hostile}/master");
    let events =
        format!("{}{}", events(hostile, hostile), notification("event", 4_000_000_000, &address, "FREERUN"));
    let about = about(hostile);
    let truth = TRUTH.replace("coasting", "<b>&\"");
    let page = page_of(
        &folder(&[("run.json", &about), ("truth.csv", &truth), ("events.ndjson", &events)]),
        &["class-a"],
    );
    assert_well_formed(&page);
    assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    assert!(
        page.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; \\u{1b}[2J \\u{202e}"),
        "{page}"
    );
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let run = small();
    let [first, second] = [run.path().join("a.html"), run.path().join("b.html")];
    for out in [&first, &second] {
        write(run.path(), &masks(&["class-a"]), out).expect("written");
    }
    assert_eq!(fs::read(first).expect("there"), fs::read(second).expect("there"));
}

#[test]
fn files_that_are_missing_are_named_and_the_rest_is_shown() {
    let page =
        page_of(&folder(&[("events.ndjson", &events("grandmaster silent", "HOLDOVER"))]), &["class-a"]);
    assert_well_formed(&page);
    assert!(page.contains("Not in the run folder: run.json, truth.csv, lines.log."), "{page}");
    assert!(page.contains("– not judged") && page.contains("<td>HOLDOVER</td>"), "{page}");
    let lines = page_of(&folder(&[("lines.log", LINES)]), &["class-a"]);
    assert_well_formed(&lines);
    assert!(lines.contains("<title id=\"errors-0-title\">Reported offsets</title>"), "{lines}");
    for one in [folder(&[("truth.csv", TRUTH)]), folder(&[("events.ndjson", "")])] {
        assert_well_formed(&page_of(&one, &["prtc-b"]));
    }
}

#[test]
fn a_folder_without_a_run_is_refused() {
    let problem = refused(&[("notes.txt", "nothing")]);
    assert!(problem.contains("holds no run: there is no run.json, truth.csv"), "{problem}");
}

#[test]
fn a_file_that_is_broken_is_refused_with_its_line() {
    let cut = &TRUTH[..TRUTH.len() - 4];
    let infinite = TRUTH.replace("-30.000", "inf");
    let backwards = TRUTH.replace("\n2000000000,", "\n999999999,");
    let far = TRUTH.replace("\n5000000000,", "\n18446744073709551615,");
    let about = about("x").replace("\"format\":1", "\"format\":2");
    for (name, text, expected) in [
        ("truth.csv", cut, "truth.csv, line 8: the file is cut off in this line"),
        ("truth.csv", "", "truth.csv, line 1: the header is missing"),
        ("truth.csv", "time,a_error_ns\n", "line 1: the first column is not at_ns"),
        ("truth.csv", "at_ns,a_error_ns\n", "line 1: there is no column a_state"),
        ("truth.csv", "at_ns,a_state,a_error_ns\n0,x\n", "line 2: 2 values in 3 columns"),
        ("truth.csv", &infinite, "line 4: not a finite number: inf"),
        ("truth.csv", &backwards, "line 4: time goes backwards"),
        ("truth.csv", &far, "more than ten years after the start"),
        ("lines.log", "now ptp4l text\n", "lines.log, line 1: not a time, a connection and a line"),
        ("events.ndjson", "{\"kind\":\"event\",\"at_ns\":1}\n", "events.ndjson, line 1: no string"),
        ("events.ndjson", "{\"kind\":\"new\",\"at_ns\":1}\n", "line 1: of unknown kind new"),
        ("events.ndjson", "{\"kind\":\"action\"\n", "line 1: EOF while parsing"),
        ("run.json", &about, "run.json, line 1: format 2 is not known, only 1"),
        ("run.json", "{", "run.json, line 1: EOF while parsing"),
    ] {
        let problem = refused(&[(name, text)]);
        assert!(problem.contains(expected), "{expected}: {problem}");
    }
}

#[test]
fn a_day_stays_small_and_its_only_peak_is_drawn() {
    let mut truth = TRUTH.lines().next().expect("a header").to_owned() + "\n";
    for s in 0..86_400_u64 {
        let error = if s == 43_211 { 90.0 } else { ((s * 7_919) % 41) as f64 - 20.0 };
        truth += &format!("{s}000000000,tracking,{error},tracking,{error},6\n");
    }
    let flapping: String = (0..20_000)
        .map(|i| {
            let value = if i % 2 == 0 { "FREERUN" } else { "LOCKED" };
            notification("event", i * 4_000_000_000, "/cluster/node/n/ens1fx/master", value)
        })
        .collect();
    let page =
        page_of(&folder(&[("truth.csv", &truth), ("events.ndjson", &flapping)]), &["class-a", "prtc-a"]);
    assert!(page.len() < 2_000_000, "{}", page.len());
    assert_well_formed(&page);
    assert!(page.contains("Not shown: 19500 events."));
    // The reach of the axis is 1.1 * 90 = 99 ns, so 90 ns is 262 - 240 (90 + 99) / 198 = 32.9 pixels from the top.
    assert!(page.contains(" 32.9L"), "the peak is missing");
}

#[test]
fn a_pixel_keeps_its_lowest_and_its_highest_point_in_their_order() {
    let scale = Scale { range: (0.0, 10.0), pixels: (0.0, 1.0) };
    let points = [(1.0, 5.0), (2.0, 9.0), (3.0, 6.0), (4.0, -2.0), (5.0, 0.0)];
    assert_eq!(decimated(&points, scale), [(2.0, 9.0), (4.0, -2.0)]);
    assert_eq!(decimated(&points[..1], scale), [(1.0, 5.0)]);
}

#[test]
fn ticks_are_round_numbers_within_the_range() {
    let scale = Scale { range: (-150.0, 150.0), pixels: (0.0, 1.0) };
    assert_eq!(scale.ticks(6.0), [-150.0, -100.0, -50.0, 0.0, 50.0, 100.0, 150.0]);
    assert_eq!([0.5, 100.0, -0.0, 2e7].map(short), ["0.5", "100", "0", "2e7"]);
}

#[test]
fn a_state_lasts_until_it_changes() {
    let states =
        [(0.0, "LOCKED"), (1.0, "LOCKED"), (2.0, "HOLDOVER")].map(|(s, state)| (s, state.to_owned()));
    let stay = |from_s, until_s, state: &str| Stay { from_s, until_s, state: state.to_owned() };
    assert_eq!(stays(states.to_vec(), 5.0), [stay(0.0, 2.0, "LOCKED"), stay(2.0, 5.0, "HOLDOVER")]);
    let looks = ["LOCKED", "coasting", "FAILURE-NOFIX", "248"].map(class);
    assert_eq!(looks, ["good", "holding", "bad", "other"]);
}
