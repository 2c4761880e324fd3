//! Lines per second, on a mix like that of a node whose ptp4l and phc2sys print 16 samples a second each.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use ptp_lines::{parse, strip_level};

const SECONDS: i64 = 60;
const SAMPLES_PER_S: i64 = 16;

fn main() {
    divan::main();
}

/// One minute of a node, with a port that comes and goes once.
fn minute() -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut add = |line: String| lines.push(line.into_bytes());
    for second in 0..SECONDS {
        for sample in 0..SAMPLES_PER_S {
            let ms = sample * 1000 / SAMPLES_PER_S;
            let stamp = format!("{}.{ms:03}", 1_031_682 + second);
            let offset = (second * 7 + sample * 3) % 19 - 9;
            add(format!(
                "ptp4l[{stamp}]: [ptp4l.1.config] master offset {offset:10} s2 freq   -3972 path delay      1589"
            ));
            add(format!(
                "phc2sys[{stamp}]: [ptp4l.1.config] CLOCK_REALTIME phc offset {offset:9} s2 freq   +2828 delay    503"
            ));
        }
        add(format!("ts2phc[{}.758]: [ts2phc.0.config] nmea delay: 120893548 ns", 1_031_682 + second));
        if second % 30 == 0 {
            add(format!("ptp4l[{}]:[ptp4l.1.config] CLOCK_CLASS_CHANGE 6", 1_757_326_382 + second));
            add(format!("phc2sys[{}]:[ptp4l.1.config] PTP_PROCESS_STATUS:1", 1_757_326_382 + second));
            add("ptp4l[1031682.001]: [ptp4l.1.config:5] port 1 (ens1f0): SLAVE to FAULTY on FAULT_DETECTED \
                 (FT_UNSPECIFIED)"
                .into());
            add("ptp4l[1031683.001]: [ptp4l.1.config:5] port 1 (ens1f0): UNCALIBRATED to SLAVE on \
                 MASTER_CLOCK_SELECTED"
                .into());
            add("ptp4l[1031683.001]: [ptp4l.1.config] selected best master clock 507c6f.fffe.1fb16c".into());
            add("phc2sys[1031683.001]: [ptp4l.1.config] reconfiguring after port state change".into());
        }
    }
    lines
}

/// Runs on every line of the minute; counts lines and bytes.
fn over_minute(bencher: Bencher<'_, '_>, mut work: impl FnMut(&[u8])) {
    let lines = minute();
    bencher
        .counter(ItemsCount::new(lines.len()))
        .counter(BytesCount::new(lines.iter().map(Vec::len).sum::<usize>()))
        .bench_local(|| lines.iter().for_each(|line| work(black_box(line))));
}

#[divan::bench]
fn parse_lines(bencher: Bencher<'_, '_>) {
    over_minute(bencher, |line| {
        let _ = black_box(parse(line));
    });
}

#[divan::bench]
fn parse_and_print_lines(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(256);
    over_minute(bencher, |line| {
        out.clear();
        parse(line).expect("every line is well formed").print(&mut out);
        black_box(&out);
    });
}

#[divan::bench]
fn strip_levels(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(256);
    over_minute(bencher, |line| {
        out.clear();
        strip_level(line, &mut out);
        black_box(&out);
    });
}
