//! Reading one table of a scenario file: every key in place, every mistake noted with its line, none of them fatal.
//!
//! Deriving the reader would end at the first mistake of a table; this reads on. It also notes which keys were asked
//! for, which is what the file may hold.

use crate::keys::KeySet;
use crate::kind::Kind;
use crate::{Problem, duration, identity};
use sim_core::ClockIdentity;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where problems are noted, and what was asked for.
#[derive(Debug)]
pub(crate) struct Report {
    line_ends: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
    keys: RefCell<KeySet>,
}

impl Report {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            line_ends: text.match_indices('\n').map(|(at, _)| at).collect(),
            problems: RefCell::default(),
            keys: RefCell::default(),
        }
    }

    pub(crate) fn note(&self, line: Option<usize>, what: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { line, what: what.into() });
    }

    pub(crate) fn line(&self, span: Range<usize>) -> usize {
        1 + self.line_ends.partition_point(|end| *end < span.start)
    }

    /// All problems in the order of lines; those without a line last.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        problems
    }

    /// Every key that was asked for.
    pub(crate) fn into_keys(self) -> KeySet {
        self.keys.into_inner()
    }
}

/// One table. [`Section::finish`] notes the keys that nobody asked for.
#[derive(Debug)]
pub(crate) struct Section<'d> {
    report: &'d Report,
    name: &'static str,
    path: String,
    line: Option<usize>,
    table: &'d DeTable<'d>,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'d> Section<'d> {
    pub(crate) fn root(report: &'d Report, table: &'d DeTable<'d>) -> Self {
        report.keys.borrow_mut().section("");
        Self { report, name: "the file", path: String::new(), line: None, table, known: RefCell::default() }
    }

    /// The line where it begins; absent for the whole file.
    pub(crate) fn line(&self) -> Option<usize> {
        self.line
    }

    /// The line of a key, or that of the section if it is not there.
    pub(crate) fn line_of(&self, key: &'static str) -> Option<usize> {
        let value = self.find(key).map(|value| self.report.line(value.span()));
        value.or(self.line)
    }

    pub(crate) fn note(&self, line: Option<usize>, what: impl Into<String>) {
        self.report.note(line, what);
    }

    /// Notes a problem with the value of a key.
    pub(crate) fn note_at(&self, key: &'static str, what: impl Into<String>) {
        self.note(self.line_of(key), what);
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// Whether a key holds an array: some sections may be written once or several times.
    pub(crate) fn has_array(&self, key: &'static str) -> bool {
        self.find(key).is_some_and(|value| value.get_ref().as_array().is_some())
    }

    /// Notes that a key is missing, unless it is there.
    pub(crate) fn require(&self, key: &'static str) {
        self.report.keys.borrow_mut().required(&self.path, key);
        if !self.has(key) {
            self.report.note(self.line, format!("{} has no {key:?}", self.name));
        }
    }

    pub(crate) fn text(&self, key: &'static str, into: &mut String) {
        self.take(key, Kind::Text, |value| value.as_str().map(str::to_owned), into);
    }

    pub(crate) fn truth(&self, key: &'static str, into: &mut bool) {
        self.take(key, Kind::Truth, DeValue::as_bool, into);
    }

    pub(crate) fn identity(&self, key: &'static str, into: &mut ClockIdentity) {
        self.take(key, Kind::Identity, |value| identity::parse(value.as_str()?), into);
    }

    /// One of the named values.
    pub(crate) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)], into: &mut T) {
        let kind = Kind::Choice(choices.iter().map(|(name, _)| *name).collect());
        let read = |value: &DeValue<'_>| {
            let written = value.as_str()?;
            choices.iter().find(|(name, _)| *name == written).map(|(_, meant)| *meant)
        };
        self.take(key, kind, read, into);
    }

    pub(crate) fn duration_ns(&self, key: &'static str, into: &mut u64) {
        self.take(key, Kind::Duration, |value| duration::parse_ns(value.as_str()?), into);
    }

    pub(crate) fn whole<T: TryFrom<i64>>(&self, key: &'static str, range: RangeInclusive<i64>, into: &mut T) {
        let kind = Kind::Whole(*range.start(), *range.end());
        let read = |value: &DeValue<'_>| {
            let integer = value.as_integer()?;
            let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            if range.contains(&number) { T::try_from(number).ok() } else { None }
        };
        self.take(key, kind, read, into);
    }

    pub(crate) fn number(&self, key: &'static str, range: RangeInclusive<f64>, into: &mut f64) {
        let kind = Kind::Number(*range.start(), *range.end());
        let read = |value: &DeValue<'_>| {
            let text = match value {
                DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
                DeValue::Float(float) => float.as_str(),
                DeValue::Integer(_)
                | DeValue::String(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_)
                | DeValue::Table(_) => return None,
            };
            text.parse().ok().filter(|number| range.contains(number))
        };
        self.take(key, kind, read, into);
    }

    pub(crate) fn texts(&self, key: &'static str, into: &mut Vec<String>) {
        let read = |value: &DeValue<'_>| {
            value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        };
        self.take(key, Kind::Texts, read, into);
    }

    /// The pairs of an inline table of strings.
    pub(crate) fn text_pairs(&self, key: &'static str, into: &mut Vec<(String, String)>) {
        let read = |value: &DeValue<'_>| {
            let pairs = value.as_table()?.iter();
            pairs
                .map(|(key, value)| Some((key.get_ref().to_string(), value.get_ref().as_str()?.to_owned())))
                .collect()
        };
        self.take(key, Kind::TextPairs, read, into);
    }

    /// A table in this one.
    pub(crate) fn section(&self, name: &'static str) -> Option<Section<'d>> {
        self.asked(name, Kind::Table);
        let value = self.find(name)?;
        let section = self.sub_section(name, name.to_owned(), value);
        if section.is_none() {
            self.note(Some(self.report.line(value.span())), format!("{name:?} is not a table"));
        }
        section
    }

    /// The tables of an array of tables; at most `max`.
    pub(crate) fn sections(&self, name: &'static str, max: usize) -> Vec<Section<'d>> {
        self.asked(name, Kind::Tables(max));
        let Some(value) = self.find(name) else {
            return Vec::new();
        };
        let line = Some(self.report.line(value.span()));
        let items = value.get_ref().as_array().map(|items| items.iter());
        let sections: Option<Vec<_>> = items.and_then(|items| {
            items.take(max + 1).map(|item| self.sub_section(name, format!("{name}[]"), item)).collect()
        });
        let Some(mut sections) = sections else {
            self.note(line, format!("{name:?} is not an array of tables"));
            return Vec::new();
        };
        if sections.len() > max {
            self.note(sections[max].line, format!("more than {max} of {name:?}"));
            sections.truncate(max);
        }
        sections
    }

    /// Notes the keys that nobody has asked for.
    pub(crate) fn finish(self) {
        let known = self.known.into_inner();
        for key in self.table.keys().filter(|key| !known.contains(key.get_ref().as_ref())) {
            let line = self.report.line(key.span());
            self.report.note(Some(line), format!("{} knows no {:?}", self.name, key.get_ref()));
        }
    }

    fn sub_section(
        &self,
        name: &'static str,
        step: String,
        value: &'d Spanned<DeValue<'d>>,
    ) -> Option<Section<'d>> {
        let table = value.get_ref().as_table()?;
        let line = Some(self.report.line(value.span()));
        let path = if self.path.is_empty() { step } else { format!("{}.{step}", self.path) };
        self.report.keys.borrow_mut().section(&path);
        Some(Section { report: self.report, name, path, line, table, known: RefCell::default() })
    }

    fn asked(&self, key: &'static str, kind: Kind) {
        self.known.borrow_mut().insert(key);
        self.report.keys.borrow_mut().asked(&self.path, key, kind);
    }

    fn find(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Replaces `into` by the key's value if it is there; notes a problem if it cannot be read.
    fn take<T>(
        &self,
        key: &'static str,
        kind: Kind,
        read: impl FnOnce(&DeValue<'d>) -> Option<T>,
        into: &mut T,
    ) {
        self.asked(key, kind.clone());
        let Some(value) = self.find(key) else { return };
        match read(value.get_ref()) {
            Some(read) => *into = read,
            None => {
                self.note(Some(self.report.line(value.span())), format!("{key:?} is not {}", kind.wanted()));
            }
        }
    }
}
