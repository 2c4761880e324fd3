//! A scenario, read from its file.

use crate::limits::FILE_LEN_MAX;
use crate::section::{Report, Section};
use crate::{Expectation, NodeFiles, Problem, Tag, Topology, expectation, files, tag, timeline, world};
use sim_core::{Setup, SimTime};
use toml::de::DeTable;

/// A story, the node that it happens to, and the events that it must cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// The name of its file without `.toml`.
    pub name: String,
    /// One line.
    pub title: String,
    /// What happens and why it matters, in a few sentences.
    pub story: String,
    /// What it shows.
    pub tags: Vec<Tag>,
    /// The whole node that the file begins with.
    pub topology: Topology,
    /// UNIX time of its start, in seconds; the same as in `setup`.
    pub start_unix_s: u64,
    /// How long it lasts, in seconds; the same as in `setup`.
    pub duration_s: u64,
    /// What the simulator starts from.
    pub setup: Setup,
    /// The files that linuxptp-daemon would have written.
    pub node: NodeFiles,
    /// The events that must come, in order.
    pub expect: Vec<Expectation>,
}

impl Scenario {
    /// Reads a scenario file. `name` is its file name without `.toml`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file, in the order of its lines.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let report = Report::new(text);
        if text.len() > FILE_LEN_MAX {
            report.note(None, format!("the file is longer than {FILE_LEN_MAX} bytes"));
            return Err(report.into_problems());
        }
        let scenario = Self::read_text(name, text, &report);
        let problems = report.into_problems();
        let Some(scenario) = scenario else { return Err(problems) };
        if problems.is_empty() { Ok(scenario) } else { Err(problems) }
    }

    /// Reads what can be read, and notes the rest; `None` if it is not TOML.
    pub(crate) fn read_text(name: &str, text: &str, report: &Report) -> Option<Self> {
        let (document, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Some(Self::read(name, Section::root(report, document.get_ref())));
        }
        // What the sections say about a file that is not TOML would only confuse.
        for error in errors {
            report.note(error.span().map(|span| report.line(span)), error.message());
        }
        None
    }

    fn read(name: &str, root: Section<'_>) -> Self {
        let mut title = String::new();
        let mut story = String::new();
        root.require("title");
        root.require("story");
        root.text("title", &mut title);
        root.text("story", &mut story);
        let tags = tag::read(&root);
        let mut world = world::read(&root);
        world.setup.timeline = timeline::read(&root, &world);
        let node = files::of(&world);
        let setup = world.setup;
        let expect = expectation::read(&root, SimTime::from_s(setup.duration_s));
        root.finish();
        Self {
            name: name.to_owned(),
            title,
            story: story.trim().to_owned(),
            tags,
            topology: world.topology,
            start_unix_s: setup.start_unix_s,
            duration_s: setup.duration_s,
            setup,
            node,
            expect,
        }
    }
}
