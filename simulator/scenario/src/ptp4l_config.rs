//! Configuration files of ptp4l, as far as the simulator knows their options (`ptp4l.8` and `config.c` of linuxptp 4.4).

use crate::Problem;
use sim_core::{
    DatasetComparison, DelayFilter, OptionNames, PortSetup, Ptp4lSetup, ServoGains, TimestampProcessing,
};
use std::ops::RangeInclusive;

/// Bytes of a configuration file.
const FILE_LEN_MAX: usize = 256 * 1024;
/// Ports of a configuration; the simulator has no more.
const PORTS_MAX: usize = 16;

/// A configuration file of ptp4l that has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct Ptp4lConfig {
    /// What it configures. Options that it does not set have linuxptp's own defaults.
    pub setup: Ptp4lSetup,
    /// Options that mean nothing to the simulator, in the order of lines.
    pub ignored: Vec<String>,
}

impl Ptp4lConfig {
    /// Reads a configuration file. Options before the first section count as global ones.
    ///
    /// # Errors
    /// Everything that is wrong with it, and what the simulator cannot do, in the order of lines.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > FILE_LEN_MAX {
            let what = format!("the configuration is longer than {FILE_LEN_MAX} bytes");
            return Err(vec![Problem { line: None, what }]);
        }
        let mut reader = Reader::new();
        for (line, text) in (1..).zip(text.lines()) {
            if let Err(what) = reader.line(text.trim()) {
                reader.problems.push(Problem { line: Some(line), what });
            }
        }
        if reader.problems.is_empty() {
            Ok(Self { setup: reader.setup, ignored: reader.ignored })
        } else {
            Err(reader.problems)
        }
    }
}

/// What linuxptp does without a configuration file.
fn defaults() -> Ptp4lSetup {
    Ptp4lSetup {
        ports: Vec::new(),
        client_only: false,
        gm_capable: true,
        log_announce_interval: 1,
        log_sync_interval: 0,
        log_min_delay_request_interval: 0,
        announce_receipt_timeout: 3,
        clock_class_threshold: 248,
        dataset_comparison: DatasetComparison::Ieee1588,
        fault_reset_interval: 4,
        summary_interval: 0,
        option_names: OptionNames::Current,
        step_threshold_ns: 0,
        ..Ptp4lSetup::default()
    }
}

struct Reader {
    setup: Ptp4lSetup,
    ignored: Vec<String>,
    problems: Vec<Problem>,
    section: Section,
}

#[derive(Clone, Copy)]
enum Section {
    Global,
    Port(usize),
    /// Of another program, or of a kind that the simulator does not know.
    Other,
}

impl Reader {
    fn new() -> Self {
        Self { setup: defaults(), ignored: Vec::new(), problems: Vec::new(), section: Section::Global }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(name) = line.strip_prefix('[') {
            let name = name.strip_suffix(']').ok_or("the name of a section does not end with \"]\"")?;
            return self.enter(name.trim());
        }
        let (name, value) = line.split_once(char::is_whitespace).ok_or("an option has no value")?;
        if ["slaveOnly", "masterOnly"].contains(&name) {
            self.setup.option_names = OptionNames::Deprecated;
        }
        let known = match self.section {
            Section::Global => self.global(name, value.trim())?,
            Section::Port(port) => self.port(port, name, value.trim())?,
            Section::Other => false,
        };
        if !known && !self.ignored.iter().any(|ignored| ignored == name) {
            self.ignored.push(name.to_owned());
        }
        Ok(())
    }

    fn enter(&mut self, name: &str) -> Result<(), String> {
        self.section = match name {
            "global" => Section::Global,
            "" => return Err("a section has no name".to_owned()),
            other if other.contains(|c: char| c.is_whitespace() || c == '_') => Section::Other,
            _ if self.setup.ports.len() == PORTS_MAX => {
                return Err(format!("the simulator has no more than {PORTS_MAX} ports"));
            }
            interface => {
                self.setup.ports.push(PortSetup::on(interface));
                Section::Port(self.setup.ports.len() - 1)
            }
        };
        Ok(())
    }

    fn port(&mut self, port: usize, name: &str, value: &str) -> Result<bool, String> {
        let port = &mut self.setup.ports[port];
        match name {
            "serverOnly" | "masterOnly" => port.server_only = switch(name, value)?,
            "G.8275.portDS.localPriority" => port.local_priority = whole(name, value, 1..=255)?,
            "delay_mechanism" => return only(name, value, &["E2E", "Auto"]),
            // As global options they hold for all ports, and here the simulator has no place for them.
            "logAnnounceInterval"
            | "logSyncInterval"
            | "logMinDelayReqInterval"
            | "announceReceiptTimeout" => {
                return Err(format!("the simulator knows {name} for all ports only"));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn global(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let setup = &mut self.setup;
        match name {
            "clientOnly" | "slaveOnly" => setup.client_only = switch(name, value)?,
            "gmCapable" => setup.gm_capable = switch(name, value)?,
            "clockAccuracy" => setup.clock_accuracy = whole(name, value, 0..=255)?,
            "offsetScaledLogVariance" => setup.offset_scaled_log_variance = whole(name, value, 0..=65_535)?,
            "priority1" => setup.priority1 = whole(name, value, 0..=255)?,
            "G.8275.defaultDS.localPriority" => setup.local_priority = whole(name, value, 1..=255)?,
            "dataset_comparison" => setup.dataset_comparison = named(name, value, &COMPARISONS)?,
            "clockClass" => setup.clock_class = whole(name, value, 0..=255)?,
            "priority2" => setup.priority2 = whole(name, value, 0..=255)?,
            _ => return self.intervals(name, value),
        }
        Ok(true)
    }

    fn intervals(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let setup = &mut self.setup;
        match name {
            "logAnnounceInterval" => setup.log_announce_interval = whole(name, value, -7..=9)?,
            "logSyncInterval" => setup.log_sync_interval = whole(name, value, -7..=9)?,
            "logMinDelayReqInterval" => setup.log_min_delay_request_interval = whole(name, value, -7..=9)?,
            "announceReceiptTimeout" => setup.announce_receipt_timeout = whole(name, value, 2..=255)?,
            "clock_class_threshold" => setup.clock_class_threshold = whole(name, value, 6..=248)?,
            "fault_reset_interval" => setup.fault_reset_interval = whole(name, value, -128..=127)?,
            "summary_interval" => setup.summary_interval = whole(name, value, -128..=127)?,
            "boundary_clock_jbod" => setup.boundary_clock_jbod = switch(name, value)?,
            "sanity_freq_limit" => setup.sanity_freq_limit_ppb = whole(name, value, 0..=2_147_483_647)?,
            "first_step_threshold" => setup.first_step_threshold_ns = threshold_ns(name, value)?,
            "step_threshold" => setup.step_threshold_ns = threshold_ns(name, value)?,
            "max_frequency" => setup.max_frequency_ppb = number(name, value, 0.0..=2_147_483_647.0)?,
            "free_running" => setup.free_running = switch(name, value)?,
            "freq_est_interval" => setup.freq_est_interval = whole(name, value, 0..=9)?,
            _ => return self.servo(name, value),
        }
        Ok(true)
    }

    fn servo(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let ServoGains { proportional, integral } = &mut self.setup.servo;
        let scales = &mut self.setup.servo_scales;
        let any = f64::MIN..=f64::MAX;
        match name {
            "pi_proportional_const" => *proportional = number(name, value, 0.0..=f64::MAX)?,
            "pi_integral_const" => *integral = number(name, value, 0.0..=f64::MAX)?,
            "pi_proportional_scale" => scales.proportional_scale = number(name, value, 0.0..=f64::MAX)?,
            "pi_integral_scale" => scales.integral_scale = number(name, value, 0.0..=f64::MAX)?,
            "pi_proportional_exponent" => scales.proportional_exponent = number(name, value, any)?,
            "pi_integral_exponent" => scales.integral_exponent = number(name, value, any)?,
            "pi_proportional_norm_max" => scales.proportional_norm_max = number(name, value, 0.0..=1.0)?,
            "pi_integral_norm_max" => scales.integral_norm_max = number(name, value, 0.0..=2.0)?,
            "clock_servo" => return only(name, value, &["pi"]),
            "servo_offset_threshold"
            | "step_window"
            | "initial_delay"
            | "egressLatency"
            | "ingressLatency"
            | "delayAsymmetry" => return only(name, value, &["0"]),
            _ => return self.stamps(name, value),
        }
        Ok(true)
    }

    fn stamps(&mut self, name: &str, value: &str) -> Result<bool, String> {
        let stamps = &mut self.setup.timestamps;
        match name {
            "tsproc_mode" => stamps.processing = named(name, value, &PROCESSING)?,
            "delay_filter" => stamps.filter = named(name, value, &FILTERS)?,
            "delay_filter_length" => stamps.filter_length = whole(name, value, 1..=1000)?,
            "delay_mechanism" => return only(name, value, &["E2E", "Auto"]),
            "time_stamping" => return only(name, value, &["hardware"]),
            "twoStepFlag" => return only(name, value, &["1"]),
            "network_transport" => return only(name, value, &["UDPv4", "UDPv6", "L2"]),
            "hybrid_e2e" | "inhibit_delay_req" | "unicast_listen" => return only(name, value, &["0"]),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn switch(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(format!("{name} is \"{value}\", not 0 or 1")),
    }
}

fn whole<T: TryFrom<i64>>(name: &str, value: &str, bounds: RangeInclusive<i64>) -> Result<T, String> {
    let parsed = match value.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    };
    let inside = parsed.filter(|number| bounds.contains(number)).and_then(|number| T::try_from(number).ok());
    inside.ok_or_else(|| {
        format!("{name} is \"{value}\", not a whole number from {} to {}", bounds.start(), bounds.end())
    })
}

fn number(name: &str, value: &str, bounds: RangeInclusive<f64>) -> Result<f64, String> {
    let inside = value.parse::<f64>().ok().filter(|number| bounds.contains(number));
    inside.ok_or_else(|| {
        format!("{name} is \"{value}\", not a number from {} to {:e}", bounds.start(), bounds.end())
    })
}

/// Seconds, as nanoseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded from 0 to 10^15")]
fn threshold_ns(name: &str, value: &str) -> Result<u64, String> {
    number(name, value, 0.0..=1e6).map(|s| (s * 1e9).round() as u64)
}

const PROCESSING: [(&str, TimestampProcessing); 4] = [
    ("filter", TimestampProcessing::Filter),
    ("raw", TimestampProcessing::Raw),
    ("filter_weight", TimestampProcessing::FilterWeight),
    ("raw_weight", TimestampProcessing::RawWeight),
];
const COMPARISONS: [(&str, DatasetComparison); 2] =
    [("ieee1588", DatasetComparison::Ieee1588), ("G.8275.x", DatasetComparison::Telecom)];
const FILTERS: [(&str, DelayFilter); 2] =
    [("moving_median", DelayFilter::MovingMedian), ("moving_average", DelayFilter::MovingAverage)];

fn named<T: Copy>(name: &str, value: &str, known: &[(&str, T)]) -> Result<T, String> {
    let found = known.iter().find(|(known, _)| known.eq_ignore_ascii_case(value));
    found.map(|(_, named)| *named).ok_or_else(|| {
        let known: Vec<&str> = known.iter().map(|(known, _)| *known).collect();
        format!("{name} is \"{value}\", not {}", known.join(" or "))
    })
}

/// An option that the simulator knows with these values only.
fn only(name: &str, value: &str, known: &[&str]) -> Result<bool, String> {
    if known.iter().any(|known| known.eq_ignore_ascii_case(value)) {
        Ok(true)
    } else {
        Err(format!("the simulator knows {name} {} only, not {value}", known.join(" or ")))
    }
}
