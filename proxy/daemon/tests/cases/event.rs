//! Events, whole and in the compact form of the deviations file.
//!
//! `@2 lock-state ens1fx/master HOLDOVER 8`: after the step with index 2, this resource, and its readings in order.
//! Subjects lack the part that names the node.

use crate::case::RecordedEvent;
use serde::Deserialize;
use serde_json::Value;

/// An event as a consumer gets it, without its identity and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// Index of the step that caused it.
    pub(crate) after: usize,
    pub(crate) r#type: String,
    pub(crate) source: String,
    pub(crate) readings: Vec<Reading>,
}

/// One value of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Reading {
    pub(crate) resource: String,
    pub(crate) data_type: String,
    pub(crate) value_type: String,
    pub(crate) value: String,
}

/// The seven resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    LockState,
    SyncState,
    OsClock,
    ClockClass,
    Gnss,
    SynceLockState,
    SynceQuality,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::LockState,
        Self::SyncState,
        Self::OsClock,
        Self::ClockClass,
        Self::Gnss,
        Self::SynceLockState,
        Self::SynceQuality,
    ];

    /// Name in the compact form, path of the resource, type of the event: O-RAN.WG6 O-Cloud Notification API v04.00,
    /// 7.2.3; names of types as existing producers have them.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::LockState => {
                ("lock-state", "/sync/ptp-status/lock-state", "event.sync.ptp-status.ptp-state-change")
            }
            Self::SyncState => (
                "sync-state",
                "/sync/sync-status/sync-state",
                "event.sync.sync-status.synchronization-state-change",
            ),
            Self::OsClock => (
                "os-clock-sync-state",
                "/sync/sync-status/os-clock-sync-state",
                "event.sync.sync-status.os-clock-sync-state-change",
            ),
            Self::ClockClass => (
                "clock-class",
                "/sync/ptp-status/clock-class",
                "event.sync.ptp-status.ptp-clock-class-change",
            ),
            Self::Gnss => (
                "gnss-sync-status",
                "/sync/gnss-status/gnss-sync-status",
                "event.sync.gnss-status.gnss-state-change",
            ),
            Self::SynceLockState => (
                "synce-lock-state",
                "/sync/synce-status/lock-state",
                "event.sync.synce-status.synce-state-change",
            ),
            Self::SynceQuality => (
                "synce-clock-quality",
                "/sync/synce-status/clock-quality",
                "event.sync.synce-status.synce-clock-quality-change",
            ),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        self.names().0
    }

    pub(crate) fn path(self) -> &'static str {
        self.names().1
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    pub(crate) fn with_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }
}

impl Event {
    pub(crate) fn recorded(event: &RecordedEvent) -> Self {
        Self {
            after: event.after,
            r#type: event.r#type.clone(),
            source: event.source.clone(),
            readings: event.values.clone(),
        }
    }

    /// An event that was sent or pulled; a key that is missing is empty.
    pub(crate) fn received(after: usize, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let values = body["data"]["values"].as_array().cloned().unwrap_or_default();
        let readings = values.iter().map(|item| Reading {
            resource: text(&item["ResourceAddress"]),
            data_type: text(&item["data_type"]),
            value_type: text(&item["value_type"]),
            value: text(&item["value"]),
        });
        Self {
            after,
            r#type: text(&body["type"]),
            source: text(&body["source"]),
            readings: readings.collect(),
        }
    }

    /// Reads `@<index> <name> [subject] <readings>`.
    pub(crate) fn parse(text: &str, node: &str) -> Result<Self, String> {
        let unreadable = || format!("{text:?} is no event");
        let (after, state) =
            text.strip_prefix('@').and_then(|rest| rest.split_once(' ')).ok_or_else(unreadable)?;
        Self::parse_state(after.parse().map_err(|_| unreadable())?, state, node)
    }

    /// Reads `<name> [subject] <readings>`.
    pub(crate) fn parse_state(after: usize, text: &str, node: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split(' ').collect();
        let kind = Kind::named(words[0]).ok_or_else(|| format!("{text:?} names no resource"))?;
        let at = |subject: &str| format!("/cluster/node/{node}/{subject}");
        let state = |subject: &str, value: &str| reading(at(subject), "notification", "enumeration", value);
        let metric = |subject: &str, value: &str| reading(at(subject), "metric", "decimal64.3", value);
        let readings = match (kind, &words[1..]) {
            (Kind::LockState, [subject, value, offset_ns]) => {
                vec![state(subject, value), metric(subject, offset_ns)]
            }
            (Kind::SyncState, [value]) => vec![state("sync/sync-status/sync-state", value)],
            (Kind::OsClock, [value, offset_ns]) => {
                vec![state("CLOCK_REALTIME", value), metric("CLOCK_REALTIME", offset_ns)]
            }
            (Kind::ClockClass, [subject, class]) => vec![metric(subject, class)],
            (Kind::Gnss, [subject, value, offset_ns, "fix", fix]) => vec![
                state(subject, value),
                metric(subject, offset_ns),
                metric(&format!("{subject}/gpsFix"), fix),
            ],
            (Kind::SynceLockState, [subject, value]) => vec![state(subject, value)],
            (Kind::SynceQuality, [subject, ql, extended_ql]) => {
                vec![metric(&format!("{subject}/Ql"), ql), metric(&format!("{subject}/extQl"), extended_ql)]
            }
            (
                Kind::LockState
                | Kind::SyncState
                | Kind::OsClock
                | Kind::ClockClass
                | Kind::Gnss
                | Kind::SynceLockState
                | Kind::SynceQuality,
                _,
            ) => return Err(format!("{text:?} has other readings than a {}", kind.name())),
        };
        let (_, source, r#type) = kind.names();
        Ok(Self { after, r#type: r#type.to_owned(), source: source.to_owned(), readings })
    }

    /// The compact form, or everything if the event does not have the form of its kind.
    pub(crate) fn show(&self, node: &str) -> String {
        let compact = self.compact(node);
        if compact.as_ref().is_some_and(|text| Self::parse(text, node).as_ref() == Ok(self)) {
            return compact.unwrap_or_default();
        }
        let readings: Vec<String> = self.readings.iter().map(Reading::show).collect();
        format!("@{} {} {} {}", self.after, self.source, self.r#type, readings.join(", "))
    }

    fn compact(&self, node: &str) -> Option<String> {
        let kind = Kind::with_path(&self.source)?;
        let prefix = format!("/cluster/node/{node}/");
        let subject = self.readings.first()?.resource.strip_prefix(&prefix)?;
        let values: Vec<&str> = self.readings.iter().map(|reading| reading.value.as_str()).collect();
        let words = match (kind, values.as_slice()) {
            (Kind::SyncState | Kind::OsClock, values) => values.join(" "),
            (Kind::Gnss, [value, offset_ns, fix]) => format!("{subject} {value} {offset_ns} fix {fix}"),
            (Kind::SynceQuality, values) => {
                format!("{} {}", subject.strip_suffix("/Ql").unwrap_or(subject), values.join(" "))
            }
            (Kind::LockState | Kind::ClockClass | Kind::Gnss | Kind::SynceLockState, values) => {
                format!("{subject} {}", values.join(" "))
            }
        };
        Some(format!("@{} {} {words}", self.after, kind.name()))
    }
}

impl Reading {
    pub(crate) fn show(&self) -> String {
        format!("{} {}/{} {}", self.resource, self.data_type, self.value_type, self.value)
    }
}

fn reading(resource: String, data_type: &str, value_type: &str, value: &str) -> Reading {
    Reading {
        resource,
        data_type: data_type.to_owned(),
        value_type: value_type.to_owned(),
        value: value.to_owned(),
    }
}

#[test]
fn the_compact_form_of_every_kind_reads_back() {
    for text in [
        "@0 lock-state ens1fx/master LOCKED -1",
        "@1 sync-state HOLDOVER",
        "@2 os-clock-sync-state FREERUN -9999999999999999",
        "@3 clock-class ens1fx/master 165",
        "@4 gnss-sync-status ens2fx/master ACQUIRING-SYNC 9 fix 3",
        "@5 synce-lock-state synce1/ens7f0 HOLDOVER",
        "@6 synce-clock-quality synce1/ens7f0 1 255",
    ] {
        assert_eq!(Event::parse(text, "n").unwrap().show("n"), text);
    }
}

#[test]
fn what_does_not_have_the_form_of_its_kind_is_shown_whole() {
    let mut event = Event::parse("@5 synce-lock-state synce1/ens7f0 HOLDOVER", "n").unwrap();
    event.readings[0].data_type = "metric".to_owned();
    let whole = "@5 /sync/synce-status/lock-state event.sync.synce-status.synce-state-change \
        /cluster/node/n/synce1/ens7f0 metric/enumeration HOLDOVER";
    assert_eq!(event.show("n"), whole);
    for text in ["lock-state a LOCKED 1", "@x sync-state LOCKED", "@1 sync LOCKED", "@1 sync-state a LOCKED"]
    {
        assert!(Event::parse(text, "n").is_err(), "{text}");
    }
}
