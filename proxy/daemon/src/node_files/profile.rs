//! The profile file of the node: `<ptp-profile-path>/<node name>`, written by the PTP operator.
//!
//! An array of profiles, or one profile. Keys are matched without regard to case, as Go's `encoding/json` does. What is
//! taken from it are names, thresholds, and what tells the kinds of clocks apart; the rest is for the daemon. The rules
//! are those of redhat-cne/cloud-event-proxy `plugins/ptp_operator/config/config.go`.

use crate::config::Problem;
use crate::limits::NODE_PROFILES_MAX;
use proxy_core::{Profile, ProfileKind, Thresholds};
use serde_json::{Map, Value};
use std::path::Path;

/// The profiles of a file; none if it is no list of profiles at all, as a file is that is being written. Whatever is
/// wrong in one profile is noted, and its default holds.
pub(super) fn parse(text: &str, path: &Path, problems: &mut Vec<Problem>) -> Option<Vec<Profile>> {
    let at = path.display().to_string();
    let profiles = match serde_json::from_str(text) {
        Ok(Value::Array(profiles)) => profiles,
        Ok(Value::Null) => Vec::new(),
        Ok(profile @ Value::Object(_)) => vec![profile],
        Ok(Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            problems.push(Problem::new(at, shorten(text), "an array of profiles, or one profile"));
            return None;
        }
        Err(error) => {
            problems.push(Problem::new(at, error.to_string(), "JSON"));
            return None;
        }
    };
    let mut place = Place { problems, path: at };
    let profiles = profiles.iter().enumerate().take(NODE_PROFILES_MAX);
    Some(profiles.filter_map(|(index, profile)| place.profile(index, profile)).collect())
}

/// Where in the file a problem is noted.
struct Place<'a> {
    problems: &'a mut Vec<Problem>,
    path: String,
}

impl Place<'_> {
    fn profile(&mut self, index: usize, profile: &Value) -> Option<Profile> {
        let fields = profile.as_object();
        let name = fields.and_then(|fields| field(fields, "name")).and_then(Value::as_str);
        let (Some(fields), Some(name)) = (fields, name) else {
            self.note(
                &format!("[{index}].name"),
                &profile.to_string(),
                "a profile with a name; this one is left out",
            );
            return None;
        };
        Some(Profile {
            name: name.to_owned(),
            thresholds: self.thresholds(name, fields),
            kind: self.kind(name, fields),
            has_chronyd: self.text(name, fields, "chronydOpts").is_some_and(|options| !options.is_empty()),
        })
    }

    /// The status of a telecom boundary clock says more than the choice of a source: it counts if both are set.
    fn kind(&mut self, name: &str, profile: &Map<String, Value>) -> ProfileKind {
        let settings = self.object(name, profile, "ptpSettings");
        let is_controlled = settings.is_some_and(|settings| field(settings, "controllingProfile").is_some());
        // The time receiver of a telecom boundary clock has its ts2phc follow a pulse, not a GNSS receiver.
        let follows_pps =
            self.text(name, profile, "ts2phcOpts").is_some_and(|opts| opts.contains("external_pps"));
        if is_controlled || follows_pps {
            return ProfileKind::TelecomBoundaryClock;
        }
        let Some(group) = settings.filter(|settings| field(settings, "haProfiles").is_some()) else {
            return ProfileKind::Clock;
        };
        let names = self.text(name, group, "haProfiles").unwrap_or_default().split(',').map(str::trim);
        let profiles = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        ProfileKind::HighAvailability { profiles }
    }

    fn thresholds(&mut self, name: &str, profile: &Map<String, Value>) -> Thresholds {
        let default = Thresholds::default();
        let Some(object) = self.object(name, profile, "ptpClockThreshold") else {
            return default;
        };
        let mut number = |key: &str| self.number(name, object, key);
        // What is absent or out of its range takes its default, and the minimum stays below the maximum.
        let max_offset_ns =
            number("maxOffsetThreshold").filter(|max| *max > 0).unwrap_or(default.max_offset_ns);
        let min_offset_ns = number("minOffsetThreshold").unwrap_or(default.min_offset_ns);
        let timeout_s = number("holdOverTimeout").filter(|timeout_s| *timeout_s > 0);
        Thresholds {
            max_offset_ns,
            min_offset_ns: if min_offset_ns > max_offset_ns { max_offset_ns - 1 } else { min_offset_ns },
            holdover_timeout_s: timeout_s
                .map_or(default.holdover_timeout_s, |timeout_s| u32::try_from(timeout_s).unwrap_or(u32::MAX)),
        }
    }

    fn number(&mut self, name: &str, object: &Map<String, Value>, key: &str) -> Option<i64> {
        let value = field(object, key).filter(|value| !value.is_null())?;
        let number = value.as_i64();
        if number.is_none() {
            let place = format!(".{name}.ptpClockThreshold.{key}");
            self.note(&place, &value.to_string(), "a whole number; the default holds");
        }
        number
    }

    fn object<'a>(
        &mut self,
        name: &str,
        profile: &'a Map<String, Value>,
        key: &str,
    ) -> Option<&'a Map<String, Value>> {
        let value = field(profile, key).filter(|value| !value.is_null())?;
        let object = value.as_object();
        if object.is_none() {
            self.note(&format!(".{name}.{key}"), &value.to_string(), "an object; the defaults hold");
        }
        object
    }

    fn text<'a>(&mut self, name: &str, object: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
        let value = field(object, key).filter(|value| !value.is_null())?;
        let text = value.as_str();
        if text.is_none() {
            self.note(&format!(".{name}.{key}"), &value.to_string(), "a text; it is ignored");
        }
        text
    }

    fn note(&mut self, place: &str, value: &str, expected: &str) {
        self.problems.push(Problem::new(format!("{}{place}", self.path), shorten(value), expected));
    }
}

/// A field by its name without regard to case; the last one counts, as in Go.
fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next_back()
}

/// Enough of a text to recognise it.
fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}
