//! What a correct proxy publishes.

use crate::limits::EXPECT_MAX;
use crate::section::Section;
use sim_core::SimTime;
use std::collections::BTreeMap;

/// A span of virtual time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Not before this.
    pub from: SimTime,
    /// Not after this.
    pub until: SimTime,
}

impl Window {
    /// Whether that instant is in the window.
    pub fn contains(self, at: SimTime) -> bool {
        self.from <= at && at <= self.until
    }
}

/// One expectation. A scenario's expectations are in the order in which their events must come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// One event.
    Event {
        /// Resource path without cluster and node, for example `/sync/ptp-status/lock-state`.
        resource: String,
        /// Its new value, for example `HOLDOVER` or `6`.
        value: String,
        /// When it must come.
        window: Window,
    },
    /// A time in which some resources may change as they like.
    Flapping {
        /// Which resources.
        resources: Vec<String>,
        /// The values that they may take.
        values: Vec<String>,
        /// When. Other expectations about these resources lie outside it.
        window: Window,
        /// How many events there must be, all resources together.
        at_least: usize,
        /// The last value of each resource named here; it must have changed at least once.
        ends: BTreeMap<String, String>,
    },
    /// A time in which some resources must not change. Every event that is not expected is a difference anyway; this
    /// says which ones the story is about.
    Unchanged {
        /// Which resources.
        resources: Vec<String>,
        /// When.
        window: Window,
    },
}

impl Expectation {
    /// When it is fulfilled.
    pub fn window(&self) -> Window {
        match self {
            Self::Event { window, .. } | Self::Flapping { window, .. } | Self::Unchanged { window, .. } => {
                *window
            }
        }
    }

    /// Whether it speaks of that resource.
    pub fn names(&self, resource: &str) -> bool {
        match self {
            Self::Event { resource: named, .. } => named == resource,
            Self::Flapping { resources, .. } | Self::Unchanged { resources, .. } => {
                resources.iter().any(|named| named == resource)
            }
        }
    }
}

/// Reads `[[expect]]`.
pub(crate) fn read(root: &Section<'_>, end: SimTime) -> Vec<Expectation> {
    root.require("expect");
    let mut expect: Vec<Expectation> = Vec::new();
    for section in root.sections("expect", EXPECT_MAX) {
        let window = window(&section, end);
        let expectation = if section.has("flapping") {
            flapping(&section, window)
        } else if section.has("unchanged") {
            unchanged(&section, window)
        } else {
            event(&section, window)
        };
        if let Some(what) = expect.iter().find_map(|earlier| collision(earlier, &expectation)) {
            section.note(section.line(), what);
        }
        expect.push(expectation);
        section.finish();
    }
    expect
}

fn window(section: &Section<'_>, end: SimTime) -> Window {
    section.require("from");
    section.require("until");
    let mut window = Window { from: SimTime::START, until: end };
    section.duration_ns("from", &mut window.from.ns);
    section.duration_ns("until", &mut window.until.ns);
    if window.until < window.from {
        section.note(section.line_of("until"), "the window ends before it begins");
    }
    if window.until > end {
        section.note(section.line_of("until"), "the window ends after the scenario");
    }
    window
}

fn event(section: &Section<'_>, window: Window) -> Expectation {
    let mut resource = String::new();
    let mut value = String::new();
    section.require("resource");
    section.require("value");
    section.text("resource", &mut resource);
    section.text("value", &mut value);
    if section.has("resource") {
        check_resource(section, "resource", &resource);
    }
    Expectation::Event { resource, value, window }
}

fn flapping(section: &Section<'_>, window: Window) -> Expectation {
    let mut resources = Vec::new();
    let mut values = Vec::new();
    let mut ends = Vec::new();
    let mut at_least = 0;
    for key in ["values", "at_least", "ends"] {
        section.require(key);
    }
    section.texts("flapping", &mut resources);
    section.texts("values", &mut values);
    section.whole("at_least", 0..=1_000_000, &mut at_least);
    section.text_pairs("ends", &mut ends);
    for resource in &resources {
        check_resource(section, "flapping", resource);
    }
    for (resource, value) in &ends {
        if !resources.contains(resource) || !values.contains(value) {
            let what = format!("{resource:?} cannot end in {value:?}: it is not among the flapping ones");
            section.note(section.line_of("ends"), what);
        }
    }
    Expectation::Flapping { resources, values, window, at_least, ends: ends.into_iter().collect() }
}

fn unchanged(section: &Section<'_>, window: Window) -> Expectation {
    let mut resources = Vec::new();
    section.texts("unchanged", &mut resources);
    for resource in &resources {
        check_resource(section, "unchanged", resource);
    }
    Expectation::Unchanged { resources, window }
}

fn check_resource(section: &Section<'_>, key: &'static str, resource: &str) {
    if !resource.starts_with("/sync/") {
        let what = format!("{resource:?} is not a resource path such as \"/sync/ptp-status/lock-state\"");
        section.note(section.line_of(key), what);
    }
}

/// Why two expectations cannot both be meant: an event could belong to both, which only two single events may.
fn collision(a: &Expectation, b: &Expectation) -> Option<&'static str> {
    let overlap = a.window().from <= b.window().until && b.window().from <= a.window().until;
    let (resources, other, what) = match (a, b) {
        (Expectation::Event { .. }, Expectation::Event { .. })
        | (Expectation::Unchanged { .. }, Expectation::Unchanged { .. }) => return None,
        (Expectation::Unchanged { resources, .. }, other)
        | (other, Expectation::Unchanged { resources, .. }) => {
            (resources, other, "a resource that must not change is expected to change in the same window")
        }
        (Expectation::Flapping { resources, .. }, other)
        | (other, Expectation::Flapping { resources, .. }) => {
            (resources, other, "a resource that may flap is expected to change in the same window")
        }
    };
    (overlap && resources.iter().any(|resource| other.names(resource))).then_some(what)
}
