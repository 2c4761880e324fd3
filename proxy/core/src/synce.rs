//! Synchronous Ethernet: lock state and quality level of each port.

use crate::clock::ClockState;
use crate::limits::SYNCE_PORTS_MAX;
use crate::{Reading, SyncePort, SynceQualityReading};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use ptp_lines::ConfigName;

/// All ports that have been reported, by configuration. synce4l needs no configuration file for its lines to count.
#[derive(Debug, Default)]
pub(crate) struct SyncePorts {
    table: BTreeMap<(ConfigName, SyncePort), PortState>,
}

/// What is known of one port.
#[derive(Debug, Default)]
pub(crate) struct PortState {
    pub(crate) state: Option<ClockState>,
    pub(crate) quality: Option<Quality>,
}

/// Quality levels, ITU-T G.8264.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quality {
    pub(crate) network_option: i64,
    /// SSM code; 255 when the line has none.
    pub(crate) ql: u8,
    pub(crate) extended_ql: Option<u8>,
}

/// The table holds as many ports as it may.
#[derive(Debug)]
pub(crate) struct TableFull;

impl SyncePorts {
    pub(crate) fn entry(
        &mut self,
        config: ConfigName,
        port: &SyncePort,
    ) -> Result<&mut PortState, TableFull> {
        let key = (config, port.clone());
        if self.table.len() >= SYNCE_PORTS_MAX && !self.table.contains_key(&key) {
            return Err(TableFull);
        }
        Ok(self.table.entry(key).or_default())
    }

    /// All ports, in order.
    pub(crate) fn ports(&self) -> impl Iterator<Item = &SyncePort> {
        self.table.keys().map(|(_, port)| port)
    }

    /// Ports that have a lock state, in order.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&SyncePort, ClockState)> {
        self.table.iter().filter_map(|((_, port), entry)| entry.state.map(|state| (port, state)))
    }

    pub(crate) fn qualities(&self) -> Vec<SynceQualityReading> {
        let with_quality = self.table.iter().filter_map(|(key, entry)| Some((key, entry.quality?)));
        with_quality
            .map(|((config, port), quality)| SynceQualityReading {
                config: *config,
                port: port.clone(),
                network_option: quality.network_option,
                ql: quality.ql,
                extended_ql: quality.extended_ql,
            })
            .collect()
    }
}

impl Quality {
    /// What is published: the network option is not.
    pub(crate) fn published(&self) -> [Reading; 2] {
        [self.ql, self.extended_ql.unwrap_or(Reading::QUALITY_LEVEL_NONE)].map(Reading::QualityLevel)
    }
}
