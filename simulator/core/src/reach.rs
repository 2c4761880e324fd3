//! What a process reaches out to.

use crate::SimTime;
use crate::hardware::Hardware;
use crate::network::Network;
use crate::phc2sys::Phc2sysInput;
use crate::printer::Printer;
use crate::process::Life;
use crate::queue::Queue;

/// What a process reaches out to while it handles something.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    pub(crate) now: SimTime,
    pub(crate) hardware: &'a mut Hardware,
    pub(crate) network: &'a mut Network,
    pub(crate) queue: &'a mut Queue,
    pub(crate) printer: &'a mut Printer,
    /// The phc2sys processes that run, and the profiles whose ptp4l they subscribe to.
    pub(crate) followers: &'a [(Life, Vec<usize>)],
}

impl Reach<'_> {
    /// Tells every phc2sys that subscribes to the ptp4l of that profile, at once.
    pub(crate) fn tell_followers(&mut self, profile: usize, input: Phc2sysInput) {
        for (life, profiles) in self.followers {
            if profiles.contains(&profile) {
                life.plan(self.now, input, self.queue);
            }
        }
    }
}
