//! What the core remembers, on disk: `metrics.json` beside the subscriptions.
//!
//! The name and the first four keys are those of redhat-cne/cloud-event-proxy `plugins/ptp_operator/metrics/manager.go`,
//! so that either proxy can adopt the file of the other. The whole memory is in a key of its own, and counts only until
//! the machine is booted: clocks of an earlier boot say nothing about those of this one.

use crate::limits::MEMORY_FILE_BYTES_MAX;
use crate::store::durable;
use proxy_core::{Memory, PortRole, Reading, RememberedProcess, Source, SyncState, Utc};
use ptp_lines::ConfigName;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where Linux says which boot this is.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct MemoryFile {
    path: PathBuf,
    /// Of this boot; none if the system does not say, and then nothing counts as being of this boot.
    boot_id: Option<String>,
}

/// Processes by program, by configuration, and whether they are up.
type ProcessStates = BTreeMap<String, BTreeMap<String, bool>>;

/// The file, with its keys in the order that is written.
#[derive(Debug, Serialize)]
struct Written<'a> {
    /// Seconds since 1970.
    timestamp: u64,
    last_clock_state: String,
    #[serde(rename = "portRoles")]
    port_roles: BTreeMap<String, BTreeMap<&'a str, u8>>,
    process_states: Option<ProcessStates>,
    cloud_event_proxy: Own<&'a Option<String>, &'a Memory>,
}

/// What other proxies do not know.
#[derive(Debug, Serialize, Deserialize)]
struct Own<B, M> {
    boot_id: B,
    memory: M,
}

/// What is read of a file. Roles of ports are not: a role without the state of its clock is of no use.
#[derive(Debug, Deserialize)]
struct Found {
    last_clock_state: Option<String>,
    process_states: Option<ProcessStates>,
    cloud_event_proxy: Option<serde_json::Value>,
}

impl MemoryFile {
    /// The file in the directory of the store.
    pub(crate) fn in_directory(directory: &Path) -> Self {
        let boot_id = fs::read_to_string(BOOT_ID).ok().map(|text| text.trim().to_owned());
        Self { path: directory.join("metrics.json"), boot_id: boot_id.filter(|id| !id.is_empty()) }
    }

    /// What an earlier run remembered, if any of it still counts. A file that cannot be read is set aside.
    pub(crate) fn read(&self) -> Option<Memory> {
        match self.adopt() {
            Ok(memory) => Some(memory),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                durable::set_aside(&self.path, &error);
                None
            }
        }
    }

    fn adopt(&self) -> io::Result<Memory> {
        let found: Found = serde_json::from_slice(&durable::read(&self.path, MEMORY_FILE_BYTES_MAX)?)?;
        let sync_state = found.last_clock_state.as_deref().and_then(sync_state);
        let Some(own) = found.cloud_event_proxy else {
            let processes = found.process_states.map(remembered_processes).unwrap_or_default();
            return Ok(Memory { sync_state, processes, ..Memory::default() });
        };
        let Own { boot_id, memory } = serde_json::from_value::<Own<Option<String>, Memory>>(own)?;
        if boot_id.is_some() && boot_id == self.boot_id {
            Ok(memory)
        } else {
            Ok(Memory { sync_state, ..Memory::default() })
        }
    }

    /// Replaces the file durably. On failure the old one stays.
    pub(crate) fn write(&self, memory: &Memory, at: Utc) -> io::Result<()> {
        let mut port_roles: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for one in &memory.roles {
            let of_config = port_roles.entry(one.config.to_string()).or_default();
            of_config.insert(one.interface.as_str(), role_number(one.role));
        }
        let bytes = serde_json::to_vec(&Written {
            timestamp: at.unix_ns / 1_000_000_000,
            last_clock_state: latest_sync_state(memory).map_or_else(String::new, |state| state.to_string()),
            port_roles,
            process_states: (!memory.processes.is_empty()).then(|| process_states(&memory.processes)),
            cloud_event_proxy: Own { boot_id: &self.boot_id, memory },
        })?;
        if durable::is_above(bytes.len(), MEMORY_FILE_BYTES_MAX) {
            return Err(durable::too_large(MEMORY_FILE_BYTES_MAX));
        }
        durable::replace(&self.path, &bytes)
    }
}

/// The state of the node as a whole.
fn latest_sync_state(memory: &Memory) -> Option<SyncState> {
    let of_node = memory.states.iter().rfind(|state| state.source == Source::Node);
    let published = of_node.and_then(|state| {
        state.event.values.iter().find_map(|value| match value.reading {
            Reading::State(state) => Some(state),
            Reading::OffsetNs(_)
            | Reading::ClockClass(_)
            | Reading::Gnss(_)
            | Reading::GnssFix(_)
            | Reading::QualityLevel(_) => None,
        })
    });
    published.or(memory.sync_state)
}

fn sync_state(text: &str) -> Option<SyncState> {
    [SyncState::Locked, SyncState::Holdover, SyncState::Freerun]
        .into_iter()
        .find(|state| state.to_string() == text)
}

fn process_states(processes: &[RememberedProcess]) -> ProcessStates {
    let mut states = ProcessStates::new();
    for one in processes {
        states.entry(one.config.to_string()).or_default().insert(one.program.clone(), one.is_up);
    }
    states
}

/// Configurations with a name that no line can have are left out.
fn remembered_processes(states: ProcessStates) -> Vec<RememberedProcess> {
    let mut processes = Vec::new();
    for (config, programs) in states {
        if let Some(config) = ConfigName::parse(config.as_bytes()) {
            let of_config = programs.into_iter();
            processes.extend(of_config.map(|(program, is_up)| RememberedProcess { program, config, is_up }));
        }
    }
    processes
}

/// The number that the `interface_role` metric has for a role.
fn role_number(role: PortRole) -> u8 {
    match role {
        PortRole::Passive => 0,
        PortRole::Slave => 1,
        PortRole::Master => 2,
        PortRole::Faulty => 3,
        PortRole::Unknown => 4,
        PortRole::Listening => 5,
    }
}

#[cfg(test)]
mod tests;
