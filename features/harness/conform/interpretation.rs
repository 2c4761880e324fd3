//! Where the specification contradicts itself or its tests: each point has a name, its readings, and a default.
//!
//! Clauses and tables are those of O-RAN.WG6 O-Cloud Notification API for Event Consumers v04.00. A run says which
//! reading it took, so that nobody mistakes a reading for the text.

use super::level::{Profile, UnknownName};
use std::collections::BTreeMap;

/// A point on which the text can be read in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Bodies of 400, 404 and 409.
    ErrorBody,
    /// `value_type` of clock class and clock quality.
    CodeValueType,
    /// Which hosts an `EndpointUri` may name.
    EndpointHost,
    /// Whether HTTP/2 must be served.
    HttpVersion,
    /// What `CurrentState` of a subtree is.
    SubtreePull,
    /// The key that says whether a value is a notification or a metric.
    DataTypeKey,
    /// What `data` of an event is.
    DataForm,
    /// The `source` of the lock state of Synchronous Ethernet.
    SynceSource,
    /// The `type` of sync-state events.
    SyncStateType,
    /// What happens to a subscription for a resource that is not there.
    MissingResource,
}

/// What there is to know of a point.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Its name on the command line and in reports.
    pub name: &'static str,
    /// Its readings; the first one is the default in the compat profile.
    pub readings: &'static [&'static str],
    /// The default in the oran profile.
    pub oran: &'static str,
    /// What contradicts what.
    pub contradiction: &'static str,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::ErrorBody,
        Self::CodeValueType,
        Self::EndpointHost,
        Self::HttpVersion,
        Self::SubtreePull,
        Self::DataTypeKey,
        Self::DataForm,
        Self::SynceSource,
        Self::SyncStateType,
        Self::MissingResource,
    ];

    /// What there is to know of it.
    pub fn description(self) -> Description {
        let (name, readings, oran, contradiction): (_, &'static [&'static str], _, _) = match self {
            Self::ErrorBody => (
                "error-body",
                &["empty", "problem-details"],
                "empty",
                "clause 3.1.2 has errors carry problem details, the conformance tests of clause 5.3 demand empty bodies",
            ),
            Self::CodeValueType => (
                "code-value-type",
                &["decimal64.3", "metric"],
                "metric",
                "clauses 7.2.3.10 and 7.2.3.11 say metric; consumers built on sdk-go know decimal64.3 only",
            ),
            Self::EndpointHost => (
                "endpoint-host",
                &["any", "localhost"],
                "localhost",
                "tables 7 and 30 allow localhost only; the examples of existing producers name cluster services",
            ),
            Self::HttpVersion => (
                "http-version",
                &["both", "http1"],
                "both",
                "clause 3.1 says HTTP/2 shall be used, every known consumer speaks HTTP/1.1",
            ),
            Self::SubtreePull => (
                "subtree-pull",
                &["event", "array"],
                "event",
                "table 29 has one Event, an address of table 2 may cover several resources",
            ),
            Self::DataTypeKey => (
                "data-type-key",
                &["data_type", "type"],
                "data_type",
                "table 35 says data_type, figure 4 shows type",
            ),
            Self::DataForm => (
                "data-form",
                &["object", "string"],
                "object",
                "table 32 types data as a string with a JSON array, the example of table 34 is an object",
            ),
            Self::SynceSource => (
                "synce-source",
                &["plain", "extended"],
                "plain",
                "clause 7.2.3.9 has the title of the extended resource and the address of the plain one",
            ),
            Self::SyncStateType => (
                "sync-state-type",
                &["full", "any"],
                "full",
                "table 36 has the full type, figure 4 a shorter one; the reading any takes whatever begins with event.sync",
            ),
            Self::MissingResource => (
                "missing-resource",
                &["status", "either"],
                "status",
                "table 7 answers 404, clause 4.1.1 has an error sent to the EndpointUri",
            ),
        };
        Description { name, readings, oran, contradiction }
    }
}

/// The readings of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interpretations(BTreeMap<Point, &'static str>);

impl Interpretations {
    /// The defaults of a profile.
    pub fn of_profile(profile: Profile) -> Self {
        let default = |point: Point| match profile {
            Profile::Compat => point.description().readings[0],
            Profile::Oran => point.description().oran,
        };
        Self(Point::ALL.into_iter().map(|point| (point, default(point))).collect())
    }

    /// Takes a reading written as `name=reading`.
    ///
    /// # Errors
    /// When there is no such point, or it has no such reading.
    pub fn choose(&mut self, text: &str) -> Result<(), UnknownName> {
        let (name, reading) = text.split_once('=').unwrap_or((text, ""));
        let unknown =
            |name: &str, known: Vec<&str>| UnknownName { name: name.to_owned(), known: known.join(", ") };
        let point = Point::ALL.into_iter().find(|point| point.description().name == name);
        let point = point.ok_or_else(|| {
            unknown(name, Point::ALL.iter().map(|point| point.description().name).collect())
        })?;
        let readings = point.description().readings;
        let reading = readings.iter().find(|one| **one == reading);
        let reading = reading.ok_or_else(|| unknown(text, readings.to_vec()))?;
        self.0.insert(point, reading);
        Ok(())
    }

    /// The reading of a point.
    pub fn reading(&self, point: Point) -> &'static str {
        self.0[&point]
    }

    /// All of them, in the order of [`Point::ALL`].
    pub fn all(&self) -> impl Iterator<Item = (Point, &'static str)> {
        self.0.iter().map(|(point, reading)| (*point, *reading))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_one_of_the_readings() {
        for point in Point::ALL {
            let description = point.description();
            assert!(description.readings.contains(&description.oran), "{point:?}");
            assert!(description.readings.len() > 1, "{point:?} is no choice");
        }
    }

    #[test]
    fn a_reading_is_chosen_by_its_name() {
        let mut chosen = Interpretations::of_profile(Profile::Compat);
        assert_eq!(chosen.reading(Point::ErrorBody), "empty");
        chosen.choose("error-body=problem-details").expect("there is one");
        assert_eq!(chosen.reading(Point::ErrorBody), "problem-details");
    }

    #[test]
    fn what_is_no_reading_is_refused_with_those_that_there_are() {
        let mut chosen = Interpretations::of_profile(Profile::Oran);
        let error = chosen.choose("data-form=list").expect_err("no such reading");
        assert_eq!(error.to_string(), "`data-form=list` is none of object, string");
        assert!(chosen.choose("colour=red").is_err());
    }
}
