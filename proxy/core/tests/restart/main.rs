//! A proxy that is killed anywhere and started again goes on as if nothing had happened.

mod daemon;
mod gap;
mod judge;
mod kill;
mod proxy;
mod recorded;
mod run;
mod script;
mod stories;
mod telecom;
