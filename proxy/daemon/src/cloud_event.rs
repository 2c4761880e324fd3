//! The JSON of an event: the only place that knows it.
//!
//! CloudEvents 1.0 in the shape of O-RAN.WG6 O-Cloud Notification API v04.00, 7.2.2, with its keys in the order that
//! existing producers use. Push and pull carry the same bytes.

use crate::config::ApiProfile;
use proxy_core::{Absence, Event, Reading, Resource, Subject, Utc, Value};
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
            data: Data {
                version: "1.0",
                values: event.values.iter().map(|value| self.item(event.resource, value)).collect(),
            },
        };
        serde_json::to_vec(&wire).expect("strings and structs with fixed keys always serialize")
    }

    /// The full address of a resource on this node.
    pub(crate) fn address(&self, resource: Resource) -> String {
        format!("/cluster/node/{}{}", self.node, resource.path())
    }

    fn item(&self, resource: Resource, value: &Value) -> Item<'static> {
        let (data_type, value_type) = match value.reading {
            Reading::State(_) => ("notification", "enumeration"),
            Reading::OffsetNs(_) => ("metric", "decimal64.3"),
            Reading::ClockClass(_) => ("metric", self.class_type()),
        };
        Item {
            resource_address: self.subject_address(resource, &value.subject),
            data_type,
            value_type,
            value: value.reading.to_string(),
        }
    }

    /// Consumers built on sdk-go drop values of type `metric`, which is what 7.2.3.10 asks for.
    fn class_type(&self) -> &'static str {
        match self.profile {
            ApiProfile::Compat => "decimal64.3",
            ApiProfile::Oran => "metric",
        }
    }

    fn subject_address(&self, resource: Resource, subject: &Subject) -> String {
        let node = &self.node;
        match (subject, self.profile) {
            (Subject::Absent(Absence::NothingReported), _) => format!("/cluster/node/{node}/ptp-not-set"),
            (Subject::Absent(Absence::ResourceNotReported), _) => {
                format!("/cluster/node/{node}/event-not-found")
            }
            (Subject::Node, _) | (Subject::Master { .. } | Subject::OsClock, ApiProfile::Oran) => {
                self.address(resource)
            }
            (Subject::OsClock, ApiProfile::Compat) => format!("/cluster/node/{node}/CLOCK_REALTIME"),
            (Subject::Master { alias }, ApiProfile::Compat) if alias.is_empty() => {
                format!("/cluster/node/{node}/master")
            }
            (Subject::Master { alias }, ApiProfile::Compat) => format!("/cluster/node/{node}/{alias}/master"),
        }
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
