//! The end of a run for people: what failed, what was not run, how the text was read, and the figures. Plain ASCII.

use super::super::level::Level;
use super::super::result::{RequirementResult, SuiteResult, Tally};
use super::quote::{self, Bounds, ascii};
use super::summary::{self, list};
use crate::limits::{TERMINAL_EXCHANGES_MAX, TERMINAL_TEXT_BYTES_MAX};
use crate::timeline::Colour;
use std::io::{self, Write};

const BOUNDS: Bounds = Bounds { text_bytes: TERMINAL_TEXT_BYTES_MAX, exchanges: TERMINAL_EXCHANGES_MAX };
const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";

/// Writes the report.
///
/// # Errors
/// When it cannot be written.
pub fn write(out: &mut impl Write, result: &SuiteResult, colour: Colour) -> io::Result<()> {
    let mut text = Text { out, colour };
    text.failures(result)?;
    text.not_run(result)?;
    text.readings(result)?;
    text.levels(result)?;
    text.line(&summary::sentence("checks", result.checks()))?;
    let tally = result.tally();
    let code = if tally.failed > 0 { RED } else { GREEN };
    let closing = text.paint(code, &summary::sentence("requirements", tally));
    writeln!(text.out, "{closing}")?;
    text.out.flush()
}

struct Text<'a, W> {
    out: &'a mut W,
    colour: Colour,
}

impl<W: Write> Text<'_, W> {
    fn paint(&self, code: &str, text: &str) -> String {
        match self.colour {
            Colour::On => format!("\x1b[{code}m{text}\x1b[0m"),
            Colour::Off => text.to_owned(),
        }
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", ascii(text))
    }

    /// A heading: its first word is what it is about.
    fn heading(&mut self, code: &str, word: &str, rest: &str) -> io::Result<()> {
        let word = self.paint(code, word);
        writeln!(self.out, "{word}: {}", ascii(rest))
    }

    fn failures(&mut self, result: &SuiteResult) -> io::Result<()> {
        for (one, case, failure) in summary::failures(result) {
            self.heading(RED, "failed", &name(one, &case.example))?;
            let requirement = &one.requirement;
            let (levels, clauses) = (list(&requirement.levels), list(&requirement.clauses));
            self.line(&format!("  demanded by: {levels} ({clauses})"))?;
            if !requirement.checks.is_empty() {
                self.line(&format!("  checks: {}", list(&requirement.checks)))?;
            }
            for line in quote::lines(failure, BOUNDS) {
                self.line(&format!("  {line}"))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn not_run(&mut self, result: &SuiteResult) -> io::Result<()> {
        for group in summary::not_run(result) {
            self.heading(YELLOW, "not run", group.reason)?;
            for (one, cases) in group.members {
                let examples = summary::of_examples(one, cases).unwrap_or_default();
                self.line(&format!("  {}", name(one, &examples)))?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn readings(&mut self, result: &SuiteResult) -> io::Result<()> {
        self.line("where the text can be read in several ways, it was read so:")?;
        for one in summary::readings(result) {
            let point = one.point.description();
            let chosen = if one.reading == one.of_profile {
                String::new()
            } else {
                format!(" (chosen; profile {} has {})", result.profile, one.of_profile)
            };
            self.line(&format!("  {}={}{chosen}: {}", point.name, one.reading, point.contradiction))?;
        }
        writeln!(self.out)
    }

    fn levels(&mut self, result: &SuiteResult) -> io::Result<()> {
        self.line("requirements by the weightiest level that demands them:")?;
        let width = Level::ALL.map(|level| level.as_str().len()).into_iter().max().unwrap_or_default();
        self.line(&format!("  {:width$}  passed  failed  not run  not applicable", ""))?;
        for (level, tally) in summary::by_level(result) {
            let Tally { passed, failed, not_run, not_applicable } = tally;
            let level = level.as_str();
            self.line(&format!(
                "  {level:width$}  {passed:>6}  {failed:>6}  {not_run:>7}  {not_applicable:>14}"
            ))?;
        }
        writeln!(self.out)
    }
}

/// `subscribe:12 A sentence [status=404]`
fn name(one: &RequirementResult, detail: &str) -> String {
    let requirement = &one.requirement;
    let detail = if detail.is_empty() { String::new() } else { format!(" [{detail}]") };
    format!("{} {}{detail}", requirement.id, requirement.title)
}
