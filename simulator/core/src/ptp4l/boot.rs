//! What ptp4l prints while it starts. linuxptp-daemon mostly reads it before there is anybody to pass it on to.

use super::{Ptp4l, Reach};
use crate::OptionNames;
use ptp_lines::{Body, Port, PortEvent, PortState, PortTransition};

impl Ptp4l {
    pub(super) fn announce_start(&self, reach: &mut Reach<'_>) {
        self.deprecated_options(reach);
        self.select_clock(reach);
        for port in &self.ports {
            self.initialized(port.name(), reach);
        }
        let socket = reach.printer.management_socket(self.life.process);
        for name in [socket.as_str(), "/var/run/ptp4lro"] {
            self.initialized(Port { number: 0, name: Some(name) }, reach);
        }
    }

    /// The reader of the configuration has no prefix to its lines (`config.c`).
    fn deprecated_options(&self, reach: &mut Reach<'_>) {
        if self.setup.option_names == OptionNames::Current {
            return;
        }
        let old = |old: &str, new: &str| format!("option {old} is deprecated, please use {new} instead");
        if self.setup.client_only {
            reach.printer.line(self.life.process, old("slaveOnly", "clientOnly"));
        }
        for _ in self.ports.iter().filter(|port| port.setup.server_only) {
            reach.printer.line(self.life.process, old("masterOnly", "serverOnly"));
        }
    }

    fn select_clock(&self, reach: &mut Reach<'_>) {
        let Some(clock) = reach.hardware.card_of(&self.clock_interface).map(|card| card.ptp_device) else {
            return;
        };
        self.print(&format!("selected /dev/ptp{clock} as PTP clock"), reach);
        for index in 0..self.ports.len() {
            let card = reach.hardware.card_of(&self.ports[index].setup.interface);
            let differs = card.is_some_and(|card| card.ptp_device != clock);
            if differs && self.setup.boundary_clock_jbod {
                self.say(index, "just a bunch of devices", reach);
            }
        }
    }

    fn initialized(&self, port: Port<'_>, reach: &mut Reach<'_>) {
        let transition = PortTransition {
            port,
            from: PortState::Initializing,
            to: PortState::Listening,
            event: PortEvent::InitComplete,
            fault: None,
        };
        reach.printer.linuxptp(reach.now, self.life.process, Body::PortTransition(transition));
    }
}
