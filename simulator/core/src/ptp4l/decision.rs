//! The state decision: which clock is the best master, and what becomes of each port (`handle_state_decision_event`).

use super::best_master::{Candidate, Contest};
use super::foreign::PortBest;
use super::{Best, OwnClock, Ptp4l, Reach};
use crate::Leap;
use crate::daemon::DaemonInput;
use crate::network::Announce;
use crate::queue::Event;
use ptp_lines::{BestMaster, Body, PortEvent, PortState};

impl Ptp4l {
    pub(super) fn decide(&mut self, reach: &mut Reach<'_>) {
        self.must_decide = false;
        let bests = self.best_of_ports(reach);
        let mut best: Option<(usize, PortBest)> = None;
        for (index, port_best) in bests.iter().enumerate() {
            let Some(port_best) = port_best else { continue };
            let rules = self.setup.dataset_comparison;
            let is_better = best
                .is_none_or(|(_, so_far)| port_best.candidate.compare(&so_far.candidate, rules).is_first());
            if is_better {
                best = Some((index, *port_best));
            }
        }
        let is_new = self.choose(best, reach);
        for index in 0..self.ports.len() {
            let port_best = bests.get(index).copied().flatten();
            self.recommend(index, (best, port_best), is_new, reach);
        }
    }

    fn best_of_ports(&mut self, reach: &Reach<'_>) -> Vec<Option<PortBest>> {
        let (clock, rules) = (self.own.identity, self.setup.dataset_comparison);
        let choose = |port: &mut super::port::Port| {
            // A port that only serves looks at nobody.
            if port.setup.server_only {
                return None;
            }
            let receiver = (port.identity(clock), port.setup.local_priority);
            port.foreign.choose(reach.now, receiver, rules)
        };
        self.ports.iter_mut().map(choose).collect()
    }

    /// Returns whether it is another one than before, or heard on another port.
    fn choose(&mut self, best: Option<(usize, PortBest)>, reach: &mut Reach<'_>) -> bool {
        let chosen = best.map(|(port, best)| Best {
            port,
            sender: best.candidate.sender,
            link: best.link,
            grandmaster: best.candidate.grandmaster,
        });
        let identity = chosen.map_or(self.own.identity, |best| best.grandmaster);
        let is_new = self.best_identity != Some(identity)
            || chosen.map(|best| (best.port, best.sender)) != self.best.map(|best| (best.port, best.sender));
        self.best_identity = Some(identity);
        self.best = chosen;
        if is_new {
            self.check.forget();
            self.timestamps.forget_all();
            if let Some(estimate) = &mut self.estimate {
                estimate.forget();
            }
            let body = match chosen {
                Some(best) => BestMaster::Foreign(best.grandmaster),
                None => BestMaster::Local(self.own.identity),
            };
            reach.printer.linuxptp(reach.now, self.life.process, Body::BestMaster(body));
            if chosen.is_none() {
                self.set_parent_class(self.own.data_set.clock_class, reach);
            }
        }
        is_new
    }

    fn recommend(
        &mut self,
        index: usize,
        (best, port_best): (Option<(usize, PortBest)>, Option<PortBest>),
        is_new: bool,
        reach: &mut Reach<'_>,
    ) {
        let contest = Contest {
            own: &Candidate::own(&self.own),
            best: best.as_ref().map(|(_, best)| &best.candidate),
            port_best: port_best.as_ref().map(|best| &best.candidate),
            hears_best: best.is_some_and(|(port, _)| port == index),
            rules: self.setup.dataset_comparison,
        };
        let event = match contest.recommended(self.ports[index].state) {
            None => return,
            Some(PortState::GrandMaster) => {
                self.say(index, "assuming the grand master role", reach);
                self.lead(reach);
                PortEvent::RsGrandMaster
            }
            Some(PortState::Slave) => {
                if let Some((_, best)) = best {
                    self.follow(&best.announce, reach);
                }
                PortEvent::RsSlave
            }
            Some(PortState::Passive) => PortEvent::RsPassive,
            Some(
                PortState::Master
                | PortState::Initializing
                | PortState::Faulty
                | PortState::Disabled
                | PortState::Listening
                | PortState::PreMaster
                | PortState::Uncalibrated,
            ) => PortEvent::RsMaster,
        };
        if self.setup.client_only && [PortEvent::RsMaster, PortEvent::RsGrandMaster].contains(&event) {
            self.say(index, "master state recommended in slave only mode", reach);
            self.say(index, "defaultDS.priority1 probably misconfigured", reach);
        }
        self.dispatch(index, event, is_new, reach);
    }

    /// `clock_update_grandmaster`
    fn lead(&mut self, reach: &mut Reach<'_>) {
        self.steps_removed = 0;
        self.leap = Leap::None;
        self.set_parent_class(self.own.data_set.clock_class, reach);
    }

    /// `clock_update_slave`
    fn follow(&mut self, announce: &Announce, reach: &mut Reach<'_>) {
        self.steps_removed = announce.data_set.steps_removed.saturating_add(1);
        self.set_parent_class(announce.data_set.clock_class, reach);
        self.time_properties(announce, reach);
    }

    /// `clock_update_time_properties`
    pub(super) fn time_properties(&mut self, announce: &Announce, reach: &mut Reach<'_>) {
        if self.leap != announce.leap {
            self.leap = announce.leap;
            let what = match announce.leap {
                Leap::None => "no",
                Leap::Insert => "insert",
                Leap::Delete => "delete",
            };
            self.print(&format!("updating time properties to {what} leap second"), reach);
        }
        if self.utc_offset_s != announce.utc_offset_s {
            self.utc_offset_s = announce.utc_offset_s;
            self.print(&format!("updating UTC offset to {}", announce.utc_offset_s), reach);
        }
    }

    /// Nobody is told what has not changed.
    fn set_parent_class(&mut self, class: u8, reach: &mut Reach<'_>) {
        if self.parent_class != class {
            self.parent_class = class;
            let input = DaemonInput::ParentChanged { profile: self.life.process.profile, class };
            reach.queue.plan(reach.now, Event::Daemon(input));
        }
    }

    /// `SET GRANDMASTER_SETTINGS_NP`: the quality of the own clock. The daemon knows of it, for it is its own doing.
    pub(super) fn grandmaster_settings(&mut self, settings: &crate::DataSet) {
        if self.parent_class == self.own.data_set.clock_class {
            self.parent_class = settings.clock_class;
        }
        let OwnClock { data_set, .. } = &mut self.own;
        data_set.clock_class = settings.clock_class;
        data_set.clock_accuracy = settings.clock_accuracy;
        data_set.offset_scaled_log_variance = settings.offset_scaled_log_variance;
        self.must_decide = true;
    }
}
