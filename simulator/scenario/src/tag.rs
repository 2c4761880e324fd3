//! What a scenario shows: tags.

use crate::limits::TAGS_MAX;
use crate::section::Section;
use std::fmt;

/// What a scenario shows, as it is written in the file: `P8` or `S15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// A pain point of the field: a kind of bug that users of other proxies have met, 1 to 49.
    PainPoint(u8),
    /// A row of the table of forty situations that a simulator of linuxptp-daemon must be able to show, 1 to 40.
    Situation(u8),
}

/// The last pain point.
const PAIN_POINT_MAX: u8 = 49;
/// The last situation.
const SITUATION_MAX: u8 = 40;

impl Tag {
    fn parse(text: &str) -> Option<Self> {
        let (kind, number) = text.split_at_checked(1)?;
        let is_plain = !number.starts_with('0') && number.bytes().all(|digit| digit.is_ascii_digit());
        let number: u8 = number.parse().ok().filter(|_| is_plain)?;
        match kind {
            "P" if (1..=PAIN_POINT_MAX).contains(&number) => Some(Self::PainPoint(number)),
            "S" if (1..=SITUATION_MAX).contains(&number) => Some(Self::Situation(number)),
            _ => None,
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PainPoint(number) => write!(f, "P{number}"),
            Self::Situation(number) => write!(f, "S{number}"),
        }
    }
}

/// Reads `tags`.
pub(crate) fn read(root: &Section<'_>) -> Vec<Tag> {
    let mut written = Vec::new();
    root.texts("tags", &mut written);
    if written.len() > TAGS_MAX {
        root.note_at("tags", format!("more than {TAGS_MAX} tags"));
        written.truncate(TAGS_MAX);
    }
    let mut tags = Vec::new();
    for text in &written {
        match Tag::parse(text) {
            Some(tag) if tags.contains(&tag) => root.note_at("tags", format!("{text:?} is there twice")),
            Some(tag) => tags.push(tag),
            None => {
                let what = format!("{text:?} is no tag: P1 to P{PAIN_POINT_MAX} or S1 to S{SITUATION_MAX}");
                root.note_at("tags", what);
            }
        }
    }
    tags
}
