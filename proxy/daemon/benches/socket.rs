//! How many lines per second the whole process takes in through its socket, what they cost, and how large it grows.
//!
//! `cargo bench -p cloud-event-proxy --bench socket` writes millions of lines of two profiles that print 16 samples a
//! second, as fast as the socket takes them; `-- --quick` writes few. Nothing is asserted: the figures are for people.

mod process;

use process::{Proxy, now};
use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;

/// Seconds of a node in one block of lines.
const BLOCK_S: u32 = 60;

/// `summary_interval -4`.
const SAMPLES_PER_S: u32 = 16;

/// What was measured.
struct Figures {
    lines: u32,
    wall_s: f64,
    cpu_s: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    // Without `--bench` this is `cargo test`, which only wants to know that it works.
    let arguments: Vec<String> = std::env::args().collect();
    let is_quick =
        arguments.iter().any(|one| one == "--quick") || !arguments.iter().any(|one| one == "--bench");
    let blocks = if is_quick { 20 } else { 1_000 };
    let block = block();
    let proxy = Proxy::start(&["--clock", "socket"])?;
    let mut out = io::stdout().lock();
    writeln!(out, "idle: {}", proxy.memory()?)?;
    for (name, chunks) in [("large writes", whole(&block)), ("a write for each line", by_line(&block))] {
        let figures = measure(&proxy, &chunks, blocks)?;
        let million = f64::from(figures.lines) / 1e6;
        writeln!(
            out,
            "{name}: {:.2} M lines, {:.2} M lines/s, {:.2} CPU s per M lines, {}",
            million,
            million / figures.wall_s,
            figures.cpu_s / million,
            proxy.memory()?,
        )?;
    }
    Ok(())
}

/// A minute of a boundary clock and a grandmaster, with what their programs say beside their samples.
fn block() -> String {
    (0..BLOCK_S).map(second).collect()
}

fn second(second: u32) -> String {
    let mut lines = String::new();
    let mut add = |line: String| {
        lines.push_str(&line);
        lines.push('\n');
    };
    for sample in 0..SAMPLES_PER_S {
        let stamp = format!("{}.{:03}", 1_031_682 + second, sample * 1000 / SAMPLES_PER_S);
        let offset_ns = i64::from((second * 7 + sample * 3) % 19) - 9;
        for index in 0..2 {
            add(format!(
                "ptp4l[{stamp}]: [ptp4l.{index}.config] master offset {offset_ns:10} s2 freq   -3972 path delay      1589"
            ));
            add(format!(
                "phc2sys[{stamp}]: [ptp4l.{index}.config] CLOCK_REALTIME phc offset {offset_ns:9} s2 freq   +2828 delay    503"
            ));
        }
        add(format!("ptp4l[{stamp}]: [ptp4l.0.config:7] port 1 (ens1f0): delay timeout"));
        add(format!("ptp4l[{stamp}]: [ptp4l.0.config:7] delay   filtered        1589   raw        1591"));
    }
    let unix_s = 1_726_600_506 + second;
    for line in [
        "ts2phc[STAMP.758]: [ts2phc.1.config] ens2f0 master offset          0 s2 freq      -0",
        "ts2phc[STAMP.758]: [ts2phc.1.config:7] nmea delay: 120893548 ns",
        "ts2phc[UNIX]:[ts2phc.1.config] ens2f0 nmea_status 1 offset 0 s2",
        "gnss[UNIX]:[ts2phc.1.config] ens2f0 gnss_status 3 offset 5 s2",
        "dpll[UNIX]:[ts2phc.1.config] ens2f0 frequency_status 3 offset 0 phase_status 3 pps_status 1 s2",
        "GM[UNIX]:[ts2phc.1.config] ens2f0 T-GM-STATUS s2",
        "phc2sys[STAMP.900]: [ptp4l.0.config:7] reconfiguring after port state change",
    ] {
        add(line.replace("STAMP", &format!("{}", 1_031_682 + second)).replace("UNIX", &unix_s.to_string()));
    }
    if second == BLOCK_S - 1 {
        for index in 0..2 {
            add(format!("ptp4l[{unix_s}]:[ptp4l.{index}.config] CLOCK_CLASS_CHANGE 6"));
            add(format!("ptp4l[{unix_s}]:[ptp4l.{index}.config] PTP_PROCESS_STATUS:1"));
            add(format!("phc2sys[{unix_s}]:[ptp4l.{index}.config] PTP_PROCESS_STATUS:1"));
        }
    }
    lines
}

fn whole(block: &str) -> Vec<&[u8]> {
    vec![block.as_bytes()]
}

fn by_line(block: &str) -> Vec<&[u8]> {
    block.split_inclusive('\n').map(str::as_bytes).collect()
}

/// Writes these chunks so many times, and waits until they have taken effect.
fn measure(proxy: &Proxy, chunks: &[&[u8]], times: u32) -> Result<Figures, Box<dyn Error>> {
    let mut stream = UnixStream::connect(proxy.path("events.sock"))?;
    let (wall, cpu_s) = (now(), proxy.cpu_s()?);
    for _ in 0..times {
        for chunk in chunks {
            stream.write_all(chunk)?;
        }
    }
    stream.write_all(b"CMD SYNC end\n")?;
    let mut answer = String::new();
    BufReader::new(&stream).read_line(&mut answer)?;
    if answer != "SYNC end\n" {
        return Err(format!("{answer:?} is no answer to CMD SYNC").into());
    }
    let lines = chunks.iter().flat_map(|chunk| *chunk).filter(|byte| **byte == b'\n').count();
    let lines = u32::try_from(lines)? * times;
    Ok(Figures { lines, wall_s: wall.elapsed().as_secs_f64(), cpu_s: proxy.cpu_s()? - cpu_s })
}
