//! A run folder as one page: what was published beside what was true, and how stable the clocks were.
//!
//! The page needs nothing from outside and nothing in it runs. The same folder gives the same bytes. Files that are missing
//! are named on the page; files that are there but broken are an error.

mod figures;
mod lanes;
mod page;
mod plots;
mod read;
mod scale;
mod stability_plots;
mod svg;
mod tables;
mod truth_table;

pub use read::RunData;

use crate::LabError;
use crate::conform::report::replace;
use sim_core::stability::mask::Mask;
use std::path::Path;

/// The mask of a node that follows a grandmaster, if none is chosen.
pub const MASK_DEFAULT: &str = "class-a";

/// Reads a run folder and writes its page. A reader finds an old page or the whole new one.
///
/// # Errors
/// When the folder holds no run, a file in it is broken, or the page cannot be written.
pub fn write(folder: &Path, masks: &[&'static Mask], out: &Path) -> Result<(), LabError> {
    let run = RunData::read(folder)?;
    replace(out, &page::render(&run, masks))
}

/// The page of a run.
pub fn render(run: &RunData, masks: &[&'static Mask]) -> String {
    page::render(run, masks)
}

#[cfg(test)]
mod tests;
