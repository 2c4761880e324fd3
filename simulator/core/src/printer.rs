//! What processes print, on its way to linuxptp-daemon.

use crate::time::NS_PER_MS;
use crate::{ProcessId, Setup, SimTime};
use ptp_lines::{Body, Level, Message, Prefix, Stamp, Tag};
use std::collections::VecDeque;

/// One line of a process.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub(crate) process: ProcessId,
    pub(crate) text: String,
}

/// The pipes between the processes and the daemon.
#[derive(Debug)]
pub(crate) struct Printer {
    boot_offset_ns: u64,
    tags: Vec<ProfileTag>,
    printed: VecDeque<Printed>,
}

#[derive(Clone, Copy, Debug)]
struct ProfileTag {
    config_index: u32,
    has_ptp4l: bool,
}

impl Printer {
    pub(crate) fn new(setup: &Setup) -> Self {
        let tag = |profile: &crate::ProfileSetup| ProfileTag {
            config_index: profile.config_index,
            has_ptp4l: profile.ptp4l.is_some(),
        };
        Self {
            boot_offset_ns: setup.boot_offset_ns,
            tags: setup.profiles.iter().map(tag).collect(),
            printed: VecDeque::new(),
        }
    }

    /// The next line that the daemon has not read.
    pub(crate) fn take(&mut self) -> Option<Printed> {
        self.printed.pop_front()
    }

    /// A line of linuxptp's.
    pub(crate) fn linuxptp(&mut self, at: SimTime, process: ProcessId, body: Body<'_>) {
        let prefix = self.prefix(at, process);
        self.line(process, Message { prefix, body }.to_string());
    }

    /// A line of linuxptp's that the grammar has no form for.
    pub(crate) fn linuxptp_text(&mut self, at: SimTime, process: ProcessId, text: &str) {
        let prefix = self.prefix(at, process);
        self.line(process, format!("{prefix} {text}"));
    }

    /// A line as it is, without a prefix.
    pub(crate) fn line(&mut self, process: ProcessId, text: String) {
        self.printed.push_back(Printed { process, text });
    }

    /// The tag of a process's own lines, and of the daemon's lines about it.
    pub(crate) fn tag(&self, process: ProcessId) -> Tag {
        let ProfileTag { config_index, has_ptp4l } = self
            .tags
            .get(process.profile)
            .copied()
            .unwrap_or(ProfileTag { config_index: 0, has_ptp4l: true });
        // The daemon has stripped the level.
        Tag { config: process.program.config(config_index, has_ptp4l), level: Level::Absent }
    }

    /// The management socket of a profile's ptp4l, as linuxptp-daemon names it.
    pub(crate) fn management_socket(&self, process: ProcessId) -> String {
        let config_index = self.tags.get(process.profile).map_or(0, |tag| tag.config_index);
        format!("/var/run/ptp4l.{config_index}.socket")
    }

    fn prefix(&self, at: SimTime, process: ProcessId) -> Prefix<'static> {
        // linuxptp cuts its stamps off, it does not round them (`print.c`).
        let ms = self.boot_offset_ns.saturating_add(at.ns) / NS_PER_MS;
        Prefix { program: process.program.program(), stamp: Stamp::Monotonic { ms }, tag: self.tag(process) }
    }
}
