//! The options that ts2phc prints when it starts, at level 7.

use super::{Source, Ts2phc};
use crate::reach::Reach;
use crate::time::NS_PER_S;
use crate::ts2phc::sink::Sink;
use ptp_lines::Ts2phcNotice;

impl Ts2phc {
    /// As in the recorded run `4.4/tgm`, but that the sentences come through a file.
    pub(super) fn print_options(&self, reach: &mut Reach<'_>) {
        if !self.is_debugging() {
            return;
        }
        self.print_item("(null).sa_file is '(null)'", reach);
        for sink in &self.sinks {
            self.print_sink(sink, reach);
        }
        self.print_item("(null).leapfile is '/usr/share/zoneinfo/leap-seconds.list'", reach);
        if let Source::Nmea { .. } = self.source {
            self.print_nmea(reach);
        }
    }

    fn print_sink(&self, sink: &Sink, reach: &mut Reach<'_>) {
        let interface = &sink.interface;
        let of_sink = [
            "ts2phc.master is 0",
            "ts2phc.pin_index is 0",
            "ts2phc.channel is 0",
            "ts2phc.extts_polarity is 2",
            "ts2phc.extts_correction is 0",
            "ts2phc.pulsewidth is 100000000",
        ];
        for item in of_sink {
            self.print_item(&format!("{interface}.{item}"), reach);
        }
        let of_servo = [
            "clock_servo is 0",
            "pi_proportional_const is 0.000000",
            "pi_integral_const is 0.000000",
            "pi_proportional_scale is 0.000000",
            "pi_proportional_exponent is -0.300000",
            "pi_proportional_norm_max is 0.700000",
            "pi_integral_scale is 0.000000",
            "pi_integral_exponent is 0.400000",
            "pi_integral_norm_max is 0.300000",
            "step_threshold is 0.000000",
        ];
        for item in of_servo {
            self.print_item(&format!("(null).{item}"), reach);
        }
        let first_step_s = self.setup.first_step_threshold_ns as f64 / NS_PER_S as f64;
        self.print_item(&format!("(null).first_step_threshold is {first_step_s:.6}"), reach);
        self.print_item("(null).max_frequency is 900000000", reach);
        let threshold_ns = self.setup.servo_offset_threshold_ns;
        self.print_item(&format!("(null).servo_offset_threshold is {threshold_ns}"), reach);
        let values = self.setup.servo_num_offset_values;
        self.print_item(&format!("(null).servo_num_offset_values is {values}"), reach);
        self.print(Ts2phcNotice::PiServo("sync interval 1.000 kp 0.700 ki 0.300000"), reach);
        self.print_item("(null).free_running is 0", reach);
        self.print(Ts2phcNotice::PpsSink { interface, ptp_index: sink.ptp_device }, reach);
    }

    fn print_nmea(&self, reach: &mut Reach<'_>) {
        self.print_item("(null).ts2phc.nmea_delay is 0", reach);
        self.print_item(&format!("(null).ts2phc.holdover is {}", self.setup.holdover_s), reach);
        self.print_item("(null).ts2phc.nmea_remote_host is ''", reach);
        self.print_item("(null).ts2phc.nmea_remote_port is ''", reach);
        self.print_item("(null).ts2phc.nmea_serialport is '/gpsd/data'", reach);
        self.print_item("(null).ts2phc.nmea_baudrate is 9600", reach);
    }

    fn print_item(&self, item: &str, reach: &mut Reach<'_>) {
        self.print(Ts2phcNotice::ConfigItem(item), reach);
    }
}
