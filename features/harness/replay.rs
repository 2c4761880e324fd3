//! Plays recorded logs of one node to a proxy.
//!
//! The logs hold no configuration, so unless it is given it is derived from the tags and the ports that occur in them.
//! Nothing is judged: a recording says what happened, not what should have come of it.

use crate::record::{self, About, EventLog, NodeLog, Recording, RecordingSink};
use crate::timeline::{Sink, What};
use crate::{
    Happening, LabError, Merged, Moment, PRODUCER, Played, Player, ProxyProgram, Recorded, RecordedLine,
    RecordedWhat, Testbed, TestbedSettings, Wiring, limits, merge,
};
use ptp_lines::{Body, ConfigName, ConfigProgram, Line, Prefix};
use ptp_scenario::NodeFiles;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The node's name in a replay, and that of its profile.
pub const NODE_NAME: &str = "replay";

/// The profile of a phc2sys that serves several ptp4l.
const GROUP_NAME: &str = "replay-group";

/// UNIX time at the start of the host, in seconds, where neither a mark nor the caller says otherwise.
pub const BOOT_UNIX_S: u64 = 1_700_000_000;

/// What to replay, and how.
#[derive(Clone, Debug)]
pub struct ReplaySettings {
    /// The logs of the node, in the order in which ties are broken.
    pub logs: Vec<Recorded>,
    /// A folder with `*.config` files; derived from the logs if absent.
    pub config_dir: Option<PathBuf>,
    /// A profile file; made from `thresholds` if absent.
    pub profile: Option<PathBuf>,
    /// Name of port 1 where the logs do not name ports; `port1` if absent.
    pub interface: Option<String>,
    /// Thresholds of the node.
    pub thresholds: Thresholds,
    /// UNIX time at which the stamps of the logs count from zero, in seconds.
    pub boot_unix_s: Option<u64>,
    /// The program that is started as the proxy.
    pub program: ProxyProgram,
    /// For the ids of the proxy.
    pub seed: u64,
    /// Where to keep the node's files; temporary if absent.
    pub keep: Option<PathBuf>,
    /// Where to record the events; not recorded if absent.
    pub record: Option<PathBuf>,
}

/// When a clock counts as locked, and how long holdover lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Offsets below this are in range, in nanoseconds.
    pub max_offset_ns: i64,
    /// Offsets above this are in range, in nanoseconds.
    pub min_offset_ns: i64,
    /// From HOLDOVER to FREERUN, in seconds.
    pub holdover_s: u32,
}

impl Default for Thresholds {
    /// The operator's defaults.
    fn default() -> Self {
        Self { max_offset_ns: 100, min_offset_ns: -100, holdover_s: 5 }
    }
}

/// Plays the logs. After the last line time moves on until a holdover that has begun is over.
///
/// # Errors
/// When the node's files cannot be read or written, or the proxy cannot be reached.
pub async fn replay(settings: ReplaySettings, sink: &mut dyn Sink) -> Result<Played, LabError> {
    let merged = merge(&settings.logs, settings.boot_unix_s.map(|s| s * 1_000_000_000));
    let boot_unix_ns = merged.boot_unix_ns.unwrap_or(BOOT_UNIX_S * 1_000_000_000);
    let derived = Derived::of(&merged);
    let profile_json = profile(&settings, &derived)?;
    let holdover_s = longest_holdover_s(&profile_json);
    let recording = Recording::begin(settings.record.clone(), about(&settings, boot_unix_ns, &profile_json))?;
    let mut node_log = NodeLog::open(recording.folder())?;
    let mut sink = RecordingSink { shown: sink, log: EventLog::open(recording.folder())? };
    let testbed = Testbed::start(TestbedSettings {
        node: NodeFiles {
            node_name: NODE_NAME.to_owned(),
            profile_json,
            configs: configs(&settings, &derived)?,
            aliases: BTreeMap::new(),
        },
        program: settings.program,
        seed: settings.seed,
        keep: settings.keep,
        arguments: Vec::new(),
    })
    .await?;
    let from_ns = merged.lines.first().map_or(0, |line| line.mono_ns);
    let mut player = Player::begin(testbed, Wiring::One, (boot_unix_ns, from_ns), &mut sink).await?;
    let mut end_ns = from_ns;
    for RecordedLine { mono_ns, what } in merged.lines {
        end_ns = mono_ns;
        if let RecordedWhat::Line(text) = &what {
            node_log.recorded(mono_ns, text)?;
        }
        let happening = match what {
            RecordedWhat::Line(text) => Happening::Line { connection: None, text },
            RecordedWhat::Mark(text) => Happening::Told(What::Mark(text)),
        };
        player.play(Moment { at_ns: mono_ns, happening }).await?;
    }
    let played = player.finish(end_ns + (holdover_s + 1) * 1_000_000_000).await?;
    node_log.finish()?;
    sink.log.finish()?;
    recording.conclude((&played.summary).into())?;
    Ok(played)
}

fn about(settings: &ReplaySettings, boot_unix_ns: u64, profile_json: &str) -> About {
    About {
        format: record::FORMAT,
        producer: PRODUCER.to_owned(),
        task: "replay".to_owned(),
        name: NODE_NAME.to_owned(),
        title: format!("Recorded logs, {} files", settings.logs.len()),
        seed: settings.seed,
        start_unix_s: boot_unix_ns / 1_000_000_000,
        thresholds: record::thresholds(profile_json),
        outcome: None,
    }
}

/// Reads a log. Bytes that are not UTF-8 are replaced: linuxptp writes none.
///
/// # Errors
/// When the file cannot be read, or is larger than [`limits::RECORDING_BYTES_MAX`].
pub fn read_log(path: &Path) -> Result<Recorded, LabError> {
    let size = fs::metadata(path).map_err(LabError::file(path))?.len();
    if size > limits::RECORDING_BYTES_MAX {
        return Err(LabError::file(path)(std::io::ErrorKind::FileTooLarge.into()));
    }
    let bytes = fs::read(path).map_err(LabError::file(path))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Recorded { text })
}

fn profile(settings: &ReplaySettings, derived: &Derived) -> Result<String, LabError> {
    if let Some(path) = &settings.profile {
        let text = fs::read_to_string(path).map_err(LabError::file(path))?;
        // The proxy would go on with its defaults.
        serde_json::from_str::<Value>(&text).map_err(|error| LabError::file(path)(error.into()))?;
        return Ok(text);
    }
    let thresholds = settings.thresholds;
    let mut profile = json!({
        "name": NODE_NAME,
        "ptp4lOpts": "-2 -s",
        "phc2sysOpts": "-a -r",
        "ptpClockThreshold": {
            "holdOverTimeout": thresholds.holdover_s,
            "maxOffsetThreshold": thresholds.max_offset_ns,
            "minOffsetThreshold": thresholds.min_offset_ns,
        },
    });
    let mut group = profile.clone();
    if derived.has(ConfigProgram::Chronyd) {
        profile["chronydOpts"] = json!("-d");
    }
    if !derived.has(ConfigProgram::Phc2sys) {
        return Ok(json!([profile]).to_string());
    }
    group["name"] = json!(GROUP_NAME);
    group["ptpSettings"] = json!({"haProfiles": NODE_NAME});
    Ok(json!([profile, group]).to_string())
}

/// The longest of the profiles' holdover timeouts and the default, which holds where a profile has none, so that all of
/// them end.
fn longest_holdover_s(profile_json: &str) -> u64 {
    let parsed: Value = serde_json::from_str(profile_json).unwrap_or_default();
    let profiles = parsed.as_array().map_or(std::slice::from_ref(&parsed), Vec::as_slice);
    let timeouts =
        profiles.iter().filter_map(|p| field(field(p, "ptpClockThreshold")?, "holdOverTimeout")?.as_u64());
    let default_s = Thresholds::default().holdover_s;
    timeouts.max().unwrap_or(0).clamp(default_s.into(), u32::MAX.into())
}

/// A field by its name without regard to case, as the operator's tools read profiles.
pub(crate) fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn configs(settings: &ReplaySettings, derived: &Derived) -> Result<Vec<(String, String)>, LabError> {
    let Some(dir) = &settings.config_dir else {
        return Ok(derived.configs(settings.interface.as_deref()));
    };
    let mut configs = Vec::new();
    for entry in fs::read_dir(dir).map_err(LabError::file(dir))? {
        let path = entry.map_err(LabError::file(dir))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".config"));
        if let Some(name) = name {
            configs.push((name.to_owned(), fs::read_to_string(&path).map_err(LabError::file(&path))?));
        }
    }
    configs.sort();
    Ok(configs)
}

/// The configuration of a node, as far as its logs show it.
///
/// One `ptp4l.N.config` for each that a tag names, with the ports that its lines name. A ts2phc goes by the number of the
/// ptp4l beside it, which may be silent. phc2sys has lines under a name of its own where it serves several ptp4l, and
/// chronyd always has. synce4l needs no configuration.
#[derive(Debug, Default)]
struct Derived {
    configs: BTreeMap<ConfigName, Ports>,
}

impl Derived {
    fn of(merged: &Merged) -> Self {
        let mut derived = Self::default();
        for line in &merged.lines {
            let RecordedWhat::Line(text) = &line.what else {
                continue;
            };
            if let Some((prefix, _)) = Prefix::parse(text.as_bytes()) {
                derived.take(prefix.tag.config, text);
            }
        }
        derived
    }

    fn take(&mut self, tagged: ConfigName, text: &str) {
        let config = match tagged.program {
            ConfigProgram::Ptp4l | ConfigProgram::Phc2sys | ConfigProgram::Chronyd => tagged,
            ConfigProgram::Ts2phc => ConfigName { program: ConfigProgram::Ptp4l, index: tagged.index },
            ConfigProgram::Synce4l => return,
        };
        self.configs.entry(config).or_default().take(text);
    }

    fn has(&self, program: ConfigProgram) -> bool {
        self.configs.keys().any(|config| config.program == program)
    }

    /// File names and contents; `interface` is the name of port 1 where the logs do not name ports.
    fn configs(&self, interface: Option<&str>) -> Vec<(String, String)> {
        let text = |config: &ConfigName, ports: &Ports| {
            let profile = match config.program {
                ConfigProgram::Phc2sys => GROUP_NAME,
                ConfigProgram::Ptp4l
                | ConfigProgram::Chronyd
                | ConfigProgram::Ts2phc
                | ConfigProgram::Synce4l => NODE_NAME,
            };
            // Every ptp4l has a port, whether or not it is heard of.
            let ports_min = u16::from(config.program == ConfigProgram::Ptp4l);
            format!("#profile: {profile}\n[global]\n{}", ports.sections(interface, ports_min))
        };
        self.configs.iter().map(|(config, ports)| (config.to_string(), text(config, ports))).collect()
    }
}

/// The ports of one configuration.
#[derive(Debug, Default)]
struct Ports {
    numbers: BTreeSet<u16>,
    names: BTreeMap<u16, String>,
    /// The interface that ts2phc disciplines, to name a port by where ptp4l says nothing.
    disciplined: Option<String>,
}

impl Ports {
    fn take(&mut self, line: &str) {
        let Ok(Line::Message(message)) = ptp_lines::parse(line.as_bytes()) else {
            return;
        };
        if let Body::Ts2phcOffset(sample) = message.body {
            self.disciplined.get_or_insert_with(|| sample.interface.to_owned());
        }
        let Body::PortTransition(transition) = message.body else {
            return;
        };
        let port = transition.port;
        // Port 0 is the management socket.
        if (1..=limits::PORTS_MAX).contains(&port.number) {
            self.numbers.insert(port.number);
            if let Some(name) = port.name {
                self.names.entry(port.number).or_insert_with(|| name.to_owned());
            }
        }
    }

    fn sections(&self, interface: Option<&str>, ports_min: u16) -> String {
        let last = self.numbers.last().copied().unwrap_or(ports_min);
        let first_name = interface.or(self.disciplined.as_deref());
        let name = |number: u16| match (self.names.get(&number), first_name) {
            (Some(name), _) => name.clone(),
            (None, Some(name)) if number == 1 => name.to_owned(),
            (None, _) => format!("port{number}"),
        };
        (1..=last).map(|number| format!("[{}]\n", name(number))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(text: &str) -> Derived {
        Derived::of(&merge(&[Recorded { text: text.to_owned() }], None))
    }

    fn configs_of(text: &str, interface: Option<&str>) -> Vec<(String, String)> {
        derived(text).configs(interface)
    }

    #[test]
    fn ports_are_named_as_the_log_names_them() {
        let log =
            "ptp4l[0.000]: [ptp4l.1.config:5] port 2 (ens2f1): INITIALIZING to LISTENING on INIT_COMPLETE
ptp4l[0.000]: [ptp4l.1.config:5] port 1 (ens2f0): INITIALIZING to LISTENING on INIT_COMPLETE
ptp4l[0.000]: [ptp4l.1.config:5] port 0 (/var/run/ptp4l): INITIALIZING to LISTENING on INIT_COMPLETE
phc2sys[0.000]: [phc2sys.2.config:6] port 123456.fffe.780102-1 changed state
";
        let expected = [
            ("ptp4l.1.config", "#profile: replay\n[global]\n[ens2f0]\n[ens2f1]\n"),
            ("phc2sys.2.config", "#profile: replay-group\n[global]\n"),
        ];
        assert_eq!(configs_of(log, None), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }

    #[test]
    fn ports_of_older_logs_have_the_names_that_they_are_given() {
        let log = "ptp4l[0.0]: [ptp4l.0.config:{level}] port 2: INITIALIZING to LISTENING on INIT_COMPLETE\n";
        let text = |interface| configs_of(log, interface).remove(0).1;
        assert_eq!(text(Some("eth0")), "#profile: replay\n[global]\n[eth0]\n[port2]\n");
        assert_eq!(text(None), "#profile: replay\n[global]\n[port1]\n[port2]\n");
    }

    #[test]
    fn the_ptp4l_beside_a_ts2phc_has_a_port_even_if_it_is_silent() {
        let log = "ts2phc[1.000]: [ts2phc.1.config:6] ens7f0 offset          5 s2 freq   +1497
2026-11-22T12:21:56Z Selected source 10.9.9.1
";
        let expected = [
            ("ptp4l.1.config", "#profile: replay\n[global]\n[ens7f0]\n"),
            ("chronyd.0.config", "#profile: replay\n[global]\n"),
        ];
        assert_eq!(configs_of(log, None), expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    }

    #[test]
    fn ports_beyond_the_bound_are_not_made_up() {
        let log = "ptp4l[0.0]: [ptp4l.0.config] port 65535: INITIALIZING to LISTENING on INIT_COMPLETE\n";
        assert_eq!(configs_of(log, None).remove(0).1, "#profile: replay\n[global]\n[port1]\n");
    }

    #[test]
    fn the_longest_holdover_of_all_profiles_is_waited_for() {
        let profile = |timeout: &str| format!(r#"{{"PtpClockThreshold":{{"holdoverTimeout":{timeout}}}}}"#);
        let two = format!("[{},{},{{}}]", profile("7"), profile("60"));
        assert_eq!(longest_holdover_s(&two), 60);
        assert_eq!(longest_holdover_s(&profile("18446744073709551615")), u64::from(u32::MAX));
        for without in ["[]", "null", &profile("1"), &profile("-1")] {
            assert_eq!(longest_holdover_s(without), 5, "{without}");
        }
    }

    #[test]
    fn a_recording_that_is_too_large_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.as_file().set_len(limits::RECORDING_BYTES_MAX + 1).expect("sparse");
        assert!(read_log(file.path()).is_err());
    }
}
