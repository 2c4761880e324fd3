//! What the two forms of a timeline look like.

use super::*;
use crate::event::WireValue;

fn lock_state(value: &str, offset_ns: i64) -> WireEvent {
    let item = |data_type: &str, value: String| WireValue {
        address: "/cluster/node/n/ens1fx/master".to_owned(),
        data_type: data_type.to_owned(),
        value,
    };
    WireEvent {
        id: "1".to_owned(),
        unix_ns: 0,
        resource: "/sync/ptp-status/lock-state".to_owned(),
        values: vec![item("notification", value.to_owned()), item("metric", offset_ns.to_string())],
        json: serde_json::Value::Null,
    }
}

fn story() -> Vec<Entry> {
    let event = What::Event { event: lock_state("HOLDOVER", -3), delivered_in: Duration::from_micros(840) };
    vec![
        Entry { at_ns: 120_000_000_000, what: What::Action("grandmaster silent".to_owned()) },
        Entry { at_ns: 120_825_999_999, what: event },
    ]
}

fn summary() -> Summary {
    Summary {
        simulated_ns: 240_000_000_000,
        wall: Duration::from_millis(500),
        lines: 7_000,
        events: 1,
        latency: LatencySummary::of(vec![Duration::from_micros(840)]),
        verdict: Some(Verdict {
            matched: 1,
            expected: 2,
            passed: false,
            explanation: vec!["missing: lock-state FREERUN".to_owned()],
        }),
    }
}

fn text(colour: Colour) -> String {
    let mut out = Vec::new();
    let mut sink = Text::new(&mut out, colour);
    for entry in story() {
        sink.entry(&entry).expect("memory");
    }
    sink.summary(&summary()).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_timeline_for_people_has_one_aligned_line_for_each_happening() {
    let expected = "    120.000s  action    grandmaster silent
    120.825s  event     lock-state HOLDOVER (offset -3 ns)                    delivered in 0.8 ms

240.000 s simulated in 0.50 s: 480 times as fast; 7000 lines, 1 events
event delivery: p50 0.8 ms, p99 0.8 ms, max 0.8 ms
missing: lock-state FREERUN
expected events matched: 1 of 2
verdict: failed
";
    assert_eq!(text(Colour::Off), expected);
}

#[test]
fn colours_change_nothing_but_escape_sequences() {
    let coloured = text(Colour::On);
    assert!(coloured.contains("\x1b[33mevent   \x1b[0m"), "{coloured}");
    let plain = coloured.split('\x1b').map(|part| part.split_once('m').filter(|_| part.starts_with('[')));
    let plain: String =
        plain.zip(coloured.split('\x1b')).map(|(cut, whole)| cut.map_or(whole, |c| c.1)).collect();
    assert_eq!(plain, text(Colour::Off));
}

#[test]
fn a_timeline_for_programs_has_one_object_for_each_line() {
    let mut out = Vec::new();
    let mut sink = Json::new(&mut out);
    for entry in story() {
        sink.entry(&entry).expect("memory");
    }
    sink.summary(&summary()).expect("memory");
    let expected = r#"{"kind":"action","at_ns":120000000000,"text":"grandmaster silent"}
{"kind":"event","at_ns":120825999999,"resource":"/sync/ptp-status/lock-state","value":"HOLDOVER","offset_ns":-3,"delivered_us":840}
{"kind":"summary","simulated_ns":240000000000,"wall_s":0.5,"speed_factor":480.0,"lines":7000,"events":1,"latency_us":{"p50":840,"p99":840,"max":840},"expected":2,"matched":1,"passed":false,"explanation":["missing: lock-state FREERUN"]}
"#;
    assert_eq!(String::from_utf8(out).expect("text"), expected);
}

#[test]
fn percentiles_are_of_nearest_rank() {
    let latencies: Vec<Duration> = (1..=200).map(Duration::from_millis).rev().collect();
    let summary = LatencySummary::of(latencies).expect("not empty");
    let [p50, p99, max] = [100, 198, 200].map(Duration::from_millis);
    assert_eq!(summary, LatencySummary { p50, p99, max });
    assert_eq!(LatencySummary::of(Vec::new()), None);
}
