//! What the reports say of runs that were made up by hand.

mod fixture;
mod html;
mod json;
mod junit;
mod terminal;
mod write;
