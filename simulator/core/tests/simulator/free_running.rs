//! A clock that runs free, beside the recorded run `4.4/veth`, whose client does.

use crate::common::{PTP4L, clknetsim_oc44, recorded, samples, simulated, transitions};
use ptp_lines::{PortState, Servo};
use sim_core::Setup;

fn free_running() -> Setup {
    let mut setup = clknetsim_oc44(1);
    setup.duration_s = 60;
    let ptp4l = setup.profiles[0].ptp4l.as_mut().expect("it has one");
    ptp4l.free_running = true;
    setup
}

#[test]
fn it_is_compared_every_two_seconds_and_never_locked() {
    let real = samples(&recorded("veth-oc.log"));
    let got = samples(&simulated(&free_running(), PTP4L));
    for samples in [&real, &got] {
        assert!(samples.iter().all(|s| s.servo == Servo::Unlocked));
        let gaps_s = samples.windows(2).map(|pair| pair[1].at_s - pair[0].at_s);
        // 32 Syncs of 62.5 ms; the recorded ones were sent over a veth pair in real time.
        let shortest_s = gaps_s.fold(f64::INFINITY, f64::min);
        assert!((1.99..2.1).contains(&shortest_s), "{shortest_s}");
    }
    assert!((27..=30).contains(&got.len()), "{} in a minute", got.len());
}

#[test]
fn it_tells_the_frequency_of_its_oscillator_and_its_growing_offset() {
    let got = samples(&simulated(&free_running(), PTP4L));
    for sample in &got {
        // 2 ppm, and two stamps of 4 ns noise in 2 s: 3 ppb.
        assert!((sample.freq_ppb - 2_000.0).abs() < 20.0, "{sample:?}");
        // 350 us at the start.
        let expected_ns = 350_000.0 + 2_000.0 * sample.at_s;
        assert!((sample.offset_ns - expected_ns).abs() < 200.0, "{sample:?}, expected {expected_ns}");
    }
}

#[test]
fn its_port_stays_uncalibrated_as_in_the_recording() {
    for lines in [simulated(&free_running(), PTP4L), recorded("veth-oc.log")] {
        assert!(transitions(&lines).iter().all(|t| t.to != PortState::Slave));
        assert!(transitions(&lines).iter().any(|t| t.to == PortState::Uncalibrated));
    }
}
