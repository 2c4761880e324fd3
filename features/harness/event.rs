//! Notifications as they came over the wire, read from raw JSON.
//!
//! Reads only what the testbed compares: which resource, when, and what the values say. The envelope itself is asserted
//! by the features, on the JSON.

use serde_json::Value;

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireEvent {
    /// The same for every subscriber.
    pub id: String,
    /// Nanoseconds since the UNIX epoch, from `time`.
    pub unix_ns: u64,
    /// The `source`, for example `/sync/ptp-status/lock-state`.
    pub resource: String,
    /// `data.values[]` in order.
    pub values: Vec<WireValue>,
    /// The whole notification, as it came.
    pub json: Value,
}

/// One item of `data.values[]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireValue {
    /// `ResourceAddress`
    pub address: String,
    /// `data_type`: `notification` or `metric`.
    pub data_type: String,
    /// `value`, always a string.
    pub value: String,
}

/// Why some JSON is not a notification.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// A member is missing or not a string.
    #[error("no string `{member}` in {json}")]
    Missing {
        /// Its path.
        member: &'static str,
        /// The whole notification.
        json: String,
    },
    /// `time` is not RFC 3339 in UTC.
    #[error("not a time in UTC: {text}")]
    Time {
        /// As it came.
        text: String,
    },
}

impl WireEvent {
    /// Reads a notification.
    ///
    /// # Errors
    /// When a member that every notification has is missing, or its time cannot be read.
    pub fn from_json(json: &Value) -> Result<Self, NotAnEvent> {
        let time = string(json, "/time", json)?;
        let unix_ns = unix_ns(time).ok_or_else(|| NotAnEvent::Time { text: time.to_owned() })?;
        let items = json.pointer("/data/values").and_then(Value::as_array);
        let items = items.ok_or_else(|| missing("/data/values", json))?;
        let values = items.iter().map(|item| {
            Ok(WireValue {
                address: string(item, "/ResourceAddress", json)?.to_owned(),
                data_type: string(item, "/data_type", json)?.to_owned(),
                value: string(item, "/value", json)?.to_owned(),
            })
        });
        Ok(Self {
            id: string(json, "/id", json)?.to_owned(),
            unix_ns,
            resource: string(json, "/source", json)?.to_owned(),
            values: values.collect::<Result<_, _>>()?,
            json: json.clone(),
        })
    }

    /// The value that the resource is about: the first notification, or the first metric where there is none.
    pub fn value(&self) -> &str {
        let notification = self.values.iter().find(|v| v.data_type == "notification");
        notification.or(self.values.first()).map_or("", |v| v.value.as_str())
    }

    /// The offset that comes with a state, in nanoseconds.
    pub fn offset_ns(&self) -> Option<i64> {
        let with_state = self.values.iter().any(|v| v.data_type == "notification");
        let metric = self.values.iter().find(|v| with_state && v.data_type == "metric");
        metric.and_then(|v| v.value.parse().ok())
    }

    /// How timelines call the resource: its last part, `lock-state`, and for Synchronous Ethernet, which has a lock-state
    /// too, `synce-lock-state`.
    pub fn short_resource(&self) -> String {
        let last = self.resource.rsplit('/').next().unwrap_or(&self.resource);
        let prefix = if self.resource.contains("/synce-status/") { "synce-" } else { "" };
        format!("{prefix}{last}")
    }

    /// Says that nothing is known yet: its values stand for no clock of the node.
    pub fn is_placeholder(&self) -> bool {
        self.values
            .iter()
            .any(|v| v.address.ends_with("/ptp-not-set") || v.address.ends_with("/event-not-found"))
    }
}

fn string<'a>(json: &'a Value, member: &'static str, whole: &Value) -> Result<&'a str, NotAnEvent> {
    json.pointer(member).and_then(Value::as_str).ok_or_else(|| missing(member, whole))
}

fn missing(member: &'static str, json: &Value) -> NotAnEvent {
    NotAnEvent::Missing { member, json: json.to_string() }
}

/// Nanoseconds since the UNIX epoch of an RFC 3339 time in UTC with up to nine decimals, or `None`.
pub fn unix_ns(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (whole, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let [year, month, day] = fields(date, '-')?;
    let [hour, minute, second] = fields(whole, ':')?;
    let in_range = (1970..=2500).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !in_range || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_since_epoch(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000_000_000 + format!("{fraction:0<9}").parse::<u64>().ok()?)
}

fn fields(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse::<u64>().ok());
    let fields = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(fields)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, for years from 1970.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    // Years that begin in March have their leap day at the end, and months whose lengths follow one formula.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year;
    // From 0000-03-01 to 1970-01-01.
    days - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_time_in_utc_is_read_to_the_nanosecond() {
        assert_eq!(unix_ns("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(unix_ns("2000-02-29T00:00:00Z"), Some(951_782_400_000_000_000));
        assert_eq!(unix_ns("2023-11-14T22:13:20.000000001Z"), Some(1_700_000_000_000_000_001));
        assert_eq!(unix_ns("2023-11-14T22:13:20.5Z"), Some(1_700_000_000_500_000_000));
    }

    #[test]
    fn a_time_that_is_not_in_utc_is_not_read() {
        for text in [
            "",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20+01:00",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T25:00:00Z",
        ] {
            assert_eq!(unix_ns(text), None, "{text}");
        }
    }

    #[test]
    fn the_state_and_its_offset_are_found_among_the_values() {
        let json = json!({"id": "1", "source": "/sync/ptp-status/lock-state", "time": "1970-01-01T00:00:01Z", "data": {"values": [
            {"ResourceAddress": "/cluster/node/n/ens1fx/master", "data_type": "notification", "value": "HOLDOVER"},
            {"ResourceAddress": "/cluster/node/n/ens1fx/master", "data_type": "metric", "value": "-3"},
        ]}});
        let event = WireEvent::from_json(&json).expect("complete");
        assert_eq!(
            (event.value(), event.offset_ns(), event.short_resource().as_str()),
            ("HOLDOVER", Some(-3), "lock-state")
        );
        assert_eq!(event.unix_ns, 1_000_000_000);
    }

    #[test]
    fn the_two_lock_states_have_different_names() {
        let named = |source: &str| {
            let event = WireEvent {
                id: String::new(),
                unix_ns: 0,
                resource: source.to_owned(),
                values: Vec::new(),
                json: Value::Null,
            };
            event.short_resource()
        };
        assert_eq!(named("/sync/ptp-status/lock-state"), "lock-state");
        assert_eq!(named("/sync/synce-status/lock-state"), "synce-lock-state");
    }

    #[test]
    fn a_clock_class_is_a_value_and_not_an_offset() {
        let json = json!({"id": "1", "source": "/sync/ptp-status/clock-class", "time": "1970-01-01T00:00:01Z", "data": {"values": [
            {"ResourceAddress": "/cluster/node/n/ens1fx/master", "data_type": "metric", "value": "6"},
        ]}});
        let event = WireEvent::from_json(&json).expect("complete");
        assert_eq!((event.value(), event.offset_ns()), ("6", None));
    }

    #[test]
    fn a_value_that_is_a_number_is_refused() {
        let json = json!({"id": "1", "source": "/s", "time": "1970-01-01T00:00:01Z", "data": {"values": [
            {"ResourceAddress": "/cluster/node/n/ens1fx/master", "data_type": "metric", "value": 6},
        ]}});
        assert_eq!(WireEvent::from_json(&json), Err(missing("/value", &json)));
    }
}
