//! The JSON of an event: the only place that knows it.
//!
//! CloudEvents 1.0 in the shape of O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.2, with its keys in the order that
//! existing producers use. Push and pull of a resource carry the same bytes.

use crate::config::ApiProfile;
use proxy_core::{Absence, Event, Extent, Reading, Resource, Subject, Utc, Value};
use serde::Serialize;
use std::sync::Arc;

/// Turns events into JSON for one node.
#[derive(Clone, Debug)]
pub(crate) struct Renderer {
    node: Arc<str>,
    profile: ApiProfile,
}

#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'a str,
    id: String,
    source: &'a str,
    r#type: &'a str,
    time: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    version: &'a str,
    values: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "ResourceAddress")]
    resource_address: String,
    data_type: &'a str,
    value_type: &'a str,
    value: String,
}

impl Renderer {
    /// A renderer for the events of a node.
    pub(crate) fn new(node_name: &str, profile: ApiProfile) -> Self {
        Self { node: node_name.into(), profile }
    }

    /// The bytes of an event.
    pub(crate) fn json(&self, event: &Event) -> Vec<u8> {
        let wire = CloudEvent {
            specversion: "1.0",
            id: event.id.to_string(),
            source: event.resource.path(),
            r#type: event_type(event.resource),
            time: rfc3339(event.time),
            data: Data { version: "1.0", values: self.items(event) },
        };
        serde_json::to_vec(&wire).expect("strings and structs with fixed keys always serialize")
    }

    /// The full address of a resource on this node.
    pub(crate) fn address(&self, resource: Resource) -> String {
        format!("/cluster/node/{}{}", self.node, resource.path())
    }

    /// The values of an event. Within a subtree each has the full address of its resource, in both profiles, because the
    /// address of a clock would not tell which of its resources is meant.
    fn items(&self, event: &Event) -> Vec<Item<'static>> {
        let Event { resource, values, extent, .. } = event;
        match extent {
            Extent::Resource => values
                .iter()
                .map(|value| self.item(self.subject_address(*resource, &value.subject), value))
                .collect(),
            Extent::Subtree { others } => {
                let others = others.iter().map(|other| (other.resource, &other.values));
                core::iter::once((*resource, values))
                    .chain(others)
                    .flat_map(|(resource, values)| values.iter().map(move |value| (resource, value)))
                    .map(|(resource, value)| self.item(self.full_address(resource, &value.subject), value))
                    .collect()
            }
        }
    }

    fn item(&self, resource_address: String, value: &Value) -> Item<'static> {
        let (data_type, value_type) = match value.reading {
            Reading::State(_) | Reading::Gnss(_) => ("notification", "enumeration"),
            Reading::OffsetNs(_) | Reading::GnssFix(_) => ("metric", "decimal64.3"),
            Reading::ClockClass(_) | Reading::QualityLevel(_) => ("metric", self.code_type()),
        };
        Item { resource_address, data_type, value_type, value: value.reading.to_string() }
    }

    /// Of clock classes and quality levels. Consumers built on sdk-go drop values of type `metric`, which is what 7.2.3.10
    /// and 7.2.3.11 ask for.
    fn code_type(&self) -> &'static str {
        match self.profile {
            ApiProfile::Compat => "decimal64.3",
            ApiProfile::Oran => "metric",
        }
    }

    fn subject_address(&self, resource: Resource, subject: &Subject) -> String {
        match (subject, self.profile) {
            (Subject::Absent(Absence::NothingReported), _) => self.below_node(&["ptp-not-set"]),
            (Subject::Absent(Absence::ResourceNotReported), _) => self.below_node(&["event-not-found"]),
            (Subject::Node, _) => self.address(resource),
            (_, ApiProfile::Compat) => self.clock_address(resource, subject),
            (_, ApiProfile::Oran) => self.full_address(resource, subject),
        }
    }

    /// The full address of what a resource says of a clock.
    fn full_address(&self, resource: Resource, subject: &Subject) -> String {
        format!("{}{}", self.address(resource), distinction(subject))
    }

    /// The address that existing producers give to what a clock says.
    fn clock_address(&self, resource: Resource, subject: &Subject) -> String {
        match subject {
            Subject::Master { alias } => self.below_node(&[alias, "master"]),
            Subject::GnssFix { alias } => self.below_node(&[alias, "master", "gpsFix"]),
            Subject::OsClock => self.below_node(&["CLOCK_REALTIME"]),
            Subject::SyncePort(port) => self.below_node(&[&port.device, &port.interface]),
            Subject::SynceQuality(port) => self.below_node(&[&port.device, &port.interface, "Ql"]),
            Subject::SynceExtendedQuality(port) => self.below_node(&[&port.device, &port.interface, "extQl"]),
            Subject::Node | Subject::Absent(_) => self.address(resource),
        }
    }

    /// An address below this node. What has no name leaves no gap in it.
    fn below_node(&self, names: &[&str]) -> String {
        let segments = names.iter().flat_map(|name| name.split('/')).filter(|segment| !segment.is_empty());
        segments.fold(format!("/cluster/node/{}", self.node), |address, segment| address + "/" + segment)
    }
}

/// What tells the second of two metrics in one event from the first, which has the address of the resource.
fn distinction(subject: &Subject) -> &'static str {
    match subject {
        Subject::GnssFix { .. } => "/gpsFix",
        Subject::SynceExtendedQuality(_) => "/extQl",
        Subject::Node
        | Subject::Master { .. }
        | Subject::OsClock
        | Subject::SyncePort(_)
        | Subject::SynceQuality(_)
        | Subject::Absent(_) => "",
    }
}

fn event_type(resource: Resource) -> &'static str {
    match resource {
        Resource::SyncState => "event.sync.sync-status.synchronization-state-change",
        Resource::LockState => "event.sync.ptp-status.ptp-state-change",
        Resource::GnssSyncStatus => "event.sync.gnss-status.gnss-state-change",
        Resource::OsClockSyncState => "event.sync.sync-status.os-clock-sync-state-change",
        Resource::SynceLockState => "event.sync.synce-status.synce-state-change",
        Resource::ClockClass => "event.sync.ptp-status.ptp-clock-class-change",
        Resource::SynceClockQuality => "event.sync.synce-status.synce-clock-quality-change",
    }
}

/// RFC 3339 in UTC with nanoseconds, trailing zeros cut off.
pub(crate) fn rfc3339(time: Utc) -> String {
    const NS_PER_S: u64 = 1_000_000_000;
    const S_PER_DAY: u64 = 86_400;
    let (seconds, nanoseconds) = (time.unix_ns / NS_PER_S, time.unix_ns % NS_PER_S);
    let (year, month, day) = civil_date(seconds / S_PER_DAY);
    let second_of_day = seconds % S_PER_DAY;
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    let whole = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanoseconds == 0 {
        return format!("{whole}Z");
    }
    let fraction = format!("{nanoseconds:09}");
    format!("{whole}.{}Z", fraction.trim_end_matches('0'))
}

/// Year, month and day of the day number since 1970-01-01, in the Gregorian calendar. Years are counted from March,
/// so that the leap day is the last of its year.
fn civil_date(day_number: u64) -> (u64, u64, u64) {
    const DAYS_PER_ERA: u64 = 146_097; // 400 years
    let day = day_number + 719_468; // from 0000-03-01
    let (era, day_of_era) = (day / DAYS_PER_ERA, day % DAYS_PER_ERA);
    let leap_corrected = day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096;
    let year_of_era = leap_corrected / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day_of_month)
}

#[cfg(test)]
mod tests;
