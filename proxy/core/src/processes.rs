//! Which processes are up, and how often they have started.

use crate::limits::FOREIGN_PROCESSES_MAX;
use crate::{ProcessReading, RememberedProcess};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use ptp_lines::ConfigName;

/// Status by program and configuration.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    table: BTreeMap<(String, ConfigName), Process>,
}

#[derive(Debug, Default)]
struct Process {
    status: i64,
    up: bool,
    starts: u64,
    /// The node had no configuration for it when it was first seen.
    foreign: bool,
}

/// The table holds as many processes of unknown configurations as it may.
#[derive(Debug)]
pub(crate) struct TableFull;

impl Processes {
    /// Notes a status; returns whether the process is new, has come up or has gone down. `known` says whether the node has the
    /// configuration and lines of this program are expected.
    pub(crate) fn note(
        &mut self,
        program: &str,
        config: ConfigName,
        status: i64,
        known: bool,
    ) -> Result<bool, TableFull> {
        let key = (program.to_string(), config);
        if !known && !self.table.contains_key(&key) {
            let foreign = self.table.values().filter(|process| process.foreign).count();
            if foreign >= FOREIGN_PROCESSES_MAX {
                return Err(TableFull);
            }
        }
        let is_new = !self.table.contains_key(&key);
        let process = self.table.entry(key).or_insert(Process { foreign: !known, ..Process::default() });
        process.foreign &= !known;
        process.status = status;
        let was_up = process.up;
        match status {
            0 => process.up = false,
            1 if !process.up => {
                process.up = true;
                process.starts += 1;
            }
            // Still up; or a number that means neither up nor down.
            _ => {}
        }
        Ok(is_new || process.up != was_up)
    }

    /// What the next run is told.
    pub(crate) fn remembered(&self) -> Vec<RememberedProcess> {
        let processes = self.table.iter();
        processes
            .map(|((program, config), process)| RememberedProcess {
                program: program.clone(),
                config: *config,
                is_up: process.up,
            })
            .collect()
    }

    /// Takes up what an earlier run knew. One that was up has started once, as far as this run can tell.
    pub(crate) fn recall(&mut self, remembered: &RememberedProcess) {
        let status = i64::from(remembered.is_up);
        // There is room for what an earlier run had; a file that was tampered with may have more.
        let _ = self.note(&remembered.program, remembered.config, status, false);
    }

    pub(crate) fn readings(&self) -> Vec<ProcessReading> {
        self.table
            .iter()
            .map(|((program, config), process)| ProcessReading {
                process: program.clone(),
                config: *config,
                status: process.status,
                starts: process.starts,
            })
            .collect()
    }
}
