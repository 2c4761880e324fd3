//! The conformance suite of the O-RAN O-Cloud Notification API: any endpoint, one requirement for each scenario.
//!
//! The requirements are the `.feature` files of `features/conform/`, which are part of the program. A subject is our own
//! proxy, started for each scenario in virtual time, or any base URL. What a subject does not offer (a way to change
//! states, to be restarted) is reported as not run, never as passed.

mod case;
mod catalogue;
mod cluster;
mod collect;
mod credentials;
mod event_form;
pub mod interpretation;
mod kept;
pub mod level;
pub mod report;
mod requests;
pub mod result;
mod schema;
mod steps;
pub mod stimulus;
pub mod subject;
pub mod suite;
pub mod trust;
pub mod wire;

pub use case::ConsumerPlace;
pub use catalogue::CatalogueError;
