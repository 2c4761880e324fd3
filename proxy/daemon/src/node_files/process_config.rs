//! Process configurations: `ptp4l.0.config` and the like, in linuxptp's format, written by the daemon.
//!
//! Sections are read as linuxptp's `config.c` does: a header at the start of a line is a port unless it is one of the
//! known other sections. Comments and values with brackets are no headers.

use crate::config::Problem;
use crate::limits::PORTS_MAX;
use proxy_core::{InstanceConfiguration, PortConfiguration, PortRole};
use ptp_lines::{ConfigName, ConfigProgram};
use std::path::Path;

/// Sections of ptp4l's and ts2phc's files that are no ports.
const OTHER_SECTIONS: [&str; 4] = ["global", "unicast_master_table", "cmlds", "nmea"];

/// The name of a process configuration, if a file name is one. Files of ts2phc are not read: its lines belong to the
/// ptp4l configuration with the same number.
pub(super) fn config_name(file_name: &str) -> Option<ConfigName> {
    ConfigName::parse(file_name.as_bytes()).filter(|name| match name.program {
        ConfigProgram::Ptp4l | ConfigProgram::Phc2sys | ConfigProgram::Synce4l | ConfigProgram::Chronyd => {
            true
        }
        ConfigProgram::Ts2phc => false,
    })
}

/// A process configuration. Only ptp4l has ports.
pub(super) fn parse(
    config: ConfigName,
    text: &str,
    path: &Path,
    problems: &mut Vec<Problem>,
) -> InstanceConfiguration {
    let profile = text.lines().find_map(profile_name).unwrap_or_default().to_owned();
    if profile.is_empty() {
        let expected = "a line #profile: <name>; the default thresholds hold";
        problems.push(Problem::new(path.display().to_string(), "no profile", expected));
    }
    let ports = match config.program {
        ConfigProgram::Ptp4l => ports(text, path, problems),
        ConfigProgram::Phc2sys | ConfigProgram::Ts2phc | ConfigProgram::Synce4l | ConfigProgram::Chronyd => {
            Vec::new()
        }
    };
    InstanceConfiguration { config, profile, ports }
}

/// `#profile: <name>`, to the end of the line.
fn profile_name(line: &str) -> Option<&str> {
    line.trim().strip_prefix('#')?.trim_start().strip_prefix("profile:").map(str::trim)
}

/// What is known of a port while its section is read.
struct Section {
    name: String,
    server_only: Option<String>,
    master_only: Option<String>,
}

fn ports(text: &str, path: &Path, problems: &mut Vec<Problem>) -> Vec<PortConfiguration> {
    let mut sections: Vec<Section> = Vec::new();
    let mut current = None;
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        if let Some(header) = line.strip_prefix('[') {
            // As `config.c` has it, the first word within the brackets; a header is all of its line.
            let name = header.split_once(']').and_then(|(inside, _)| inside.split_whitespace().next());
            let Some(name) = name else {
                let at = format!("{}:{number}", path.display());
                problems.push(Problem::new(at, line, "a section header such as [ens1f0]"));
                current = None;
                continue;
            };
            current = open(&mut sections, name);
        } else if let Some(index) = current {
            // Comments too: none of them begins with the name of an option.
            take(&mut sections, index, line);
        }
    }
    sections
        .into_iter()
        .map(|section| PortConfiguration { role: role(&section), name: section.name })
        .collect()
}

/// The place of a section; none if it is no port, or one too many. A second section with the same name continues the
/// first.
fn open(sections: &mut Vec<Section>, name: &str) -> Option<usize> {
    if OTHER_SECTIONS.iter().any(|other| name.eq_ignore_ascii_case(other)) {
        return None;
    }
    if let Some(index) = sections.iter().position(|section| section.name == name) {
        return Some(index);
    }
    if sections.len() >= PORTS_MAX {
        return None;
    }
    sections.push(Section { name: name.to_owned(), server_only: None, master_only: None });
    Some(sections.len() - 1)
}

/// Keeps the two options that decide the role.
fn take(sections: &mut [Section], index: usize, line: &str) {
    let (Some(section), Some((key, value))) = (sections.get_mut(index), line.split_once(char::is_whitespace))
    else {
        return;
    };
    match key {
        "serverOnly" => section.server_only = Some(value.trim().to_owned()),
        "masterOnly" => section.master_only = Some(value.trim().to_owned()),
        _ => {}
    }
}

/// The role before any line: `serverOnly` decides, then its older name, and a port with neither may become a slave.
fn role(section: &Section) -> PortRole {
    match section.server_only.as_deref().or(section.master_only.as_deref()) {
        None | Some("0") => PortRole::Slave,
        Some("1") => PortRole::Master,
        Some(_) => PortRole::Unknown,
    }
}
