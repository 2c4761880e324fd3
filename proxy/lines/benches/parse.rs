//! Lines per second, on a mix like that of a node whose ptp4l and phc2sys print 16 samples a second each, and on the
//! mix of a telecom grandmaster, whose ts2phc prints every detail.

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

/// One minute of a telecom grandmaster with Synchronous Ethernet and two cards: phc2sys 16 samples a second, ts2phc at
/// logging level 7, and what the daemon makes of it.
fn grandmaster_minute() -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut add = |line: String| lines.push(line.into_bytes());
    for second in 0..SECONDS {
        let (mono, unix) = (1_031_682 + second, 1_757_326_382 + second);
        for sample in 0..SAMPLES_PER_S {
            let ms = sample * 1000 / SAMPLES_PER_S;
            let offset = (second * 7 + sample * 3) % 19 - 9;
            add(format!(
                "phc2sys[{mono}.{ms:03}]: [ptp4l.0.config] CLOCK_REALTIME phc offset {offset:9} s2 freq   +2828 delay    503"
            ));
        }
        let offset = second % 7 - 3;
        for card in ["ens7f0", "ens8f0"] {
            add(format!(
                "ts2phc[{mono}.101]: [ts2phc.0.config] adding tstamp {unix}.000000003 to clock {card}"
            ));
            add(format!("ts2phc[{mono}.102]: [ts2phc.0.config] {card} offset {offset:10} s3 freq   +1500"));
            add(format!("ts2phc[{unix}]:[ts2phc.0.config] {card} nmea_status 1 offset {offset} s2"));
            add(format!(
                "dpll[{unix}]:[ts2phc.0.config] {card} frequency_status 3 offset {offset} phase_status 3 pps_status 1 s2"
            ));
        }
        add(format!("ts2phc[{mono}.100]: [ts2phc.0.config] nmea delay: 120893548 ns"));
        add(format!(
            "ts2phc[{mono}.200]: [ts2phc.0.config] nmea sentence: GNRMC,122153.00,A,4233.01530,N,07112.87840,W,0.005,,221126,,,A,V"
        ));
        add(format!("gnss[{unix}]:[ts2phc.0.config] ens7f0 gnss_status 3 offset 5 s2"));
        add(format!("GM[{unix}]:[ts2phc.0.config] ens7f0 T-GM-STATUS s2"));
        if second % 30 == 0 {
            add(format!("ptp4l[{unix}]:[ts2phc.0.config] CLOCK_CLASS_CHANGE 6"));
            add(format!(
                "synce4l[{unix}]:[synce4l.0.config] ens7f0 device synce1 eec_state EEC_LOCKED_HO_ACQ network_option 2 s2"
            ));
            add(format!(
                "synce4l[{unix}]:[synce4l.0.config] ens7f0 clock_quality PRTC device synce1 ext_ql 0x20 network_option 2 ql 0x1 s2"
            ));
            add(format!(
                "synce4l[{mono}.540]: [synce4l.0.config] tx_rebuild_tlv: attached new TLV, QL=0x1 on ens7f0"
            ));
            add("chronyd[4711][chronyd.0.config]: 2026-11-22T12:21:56Z Selected source 10.9.9.1".into());
        }
    }
    lines
}

/// Runs on every line; counts lines and bytes.
fn over(lines: &[Vec<u8>], bencher: Bencher<'_, '_>, mut work: impl FnMut(&[u8])) {
    bencher
        .counter(ItemsCount::new(lines.len()))
        .counter(BytesCount::new(lines.iter().map(Vec::len).sum::<usize>()))
        .bench_local(|| lines.iter().for_each(|line| work(black_box(line))));
}

#[divan::bench]
fn parse_lines(bencher: Bencher<'_, '_>) {
    over(&minute(), bencher, |line| {
        let _ = black_box(parse(line));
    });
}

#[divan::bench]
fn parse_and_print_lines(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(256);
    over(&minute(), bencher, |line| {
        out.clear();
        parse(line).expect("every line is well formed").print(&mut out);
        black_box(&out);
    });
}

#[divan::bench]
fn parse_lines_of_a_grandmaster(bencher: Bencher<'_, '_>) {
    over(&grandmaster_minute(), bencher, |line| {
        let _ = black_box(parse(line));
    });
}

#[divan::bench]
fn parse_and_print_lines_of_a_grandmaster(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(256);
    over(&grandmaster_minute(), bencher, |line| {
        out.clear();
        parse(line).expect("every line is well formed").print(&mut out);
        black_box(&out);
    });
}

#[divan::bench]
fn strip_levels(bencher: Bencher<'_, '_>) {
    let mut out = Vec::with_capacity(256);
    over(&minute(), bencher, |line| {
        out.clear();
        strip_level(line, &mut out);
        black_box(&out);
    });
}
