//! The configurations of processes, as the daemon renders them: the profile's name, the options of its author, and
//! where the lines are tagged and the sockets lie (`openshift/linuxptp-daemon pkg/daemon/config.go`).

use super::options;
use sim_core::{ProfileSetup, Setup};

/// File name and contents of each process of a profile, in the order in which the daemon makes them.
///
/// A phc2sys beside a ptp4l has none: it takes everything from its command line.
pub(super) fn of(setup: &Setup, profile: &ProfileSetup) -> Vec<(String, String)> {
    let mut configs = Vec::new();
    if let Some(chronyd) = &profile.chronyd {
        let options = options::chronyd(setup, chronyd);
        let text =
            format!("#profile: {}\n\n{options}bindcmdaddress /tmp/chrony/chronyd.sock\n", profile.name);
        configs.push((file_name(profile, "chronyd"), text));
    }
    if let Some(ts2phc) = &profile.ts2phc {
        let sections = options::ts2phc_sections(profile, ts2phc);
        let own = "ts2phc.nmea_serialport /gpsd/data\n";
        let global = format!("{}{}{own}", options::ts2phc(ts2phc), tag(profile, "ts2phc"));
        configs.push(rendered(profile, "ts2phc", &global, &sections));
    }
    if let Some(synce4l) = &profile.synce4l {
        // Without a level, unlike the others.
        let global = format!("message_tag [{}]\n", file_name(profile, "synce4l"));
        configs.push(rendered(profile, "synce4l", &global, &options::synce4l_sections(synce4l)));
    }
    if let Some(ptp4l) = &profile.ptp4l {
        let socket = format!("uds_address /var/run/ptp4l.{}.socket\n", profile.config_index);
        let global = format!("{}{}{socket}", options::ptp4l(ptp4l), tag(profile, "ptp4l"));
        configs.push(rendered(profile, "ptp4l", &global, &options::ports(ptp4l)));
    }
    if profile.phc2sys.is_some() && profile.ptp4l.is_none() {
        configs.push(rendered(profile, "phc2sys", &tag(profile, "phc2sys"), ""));
    }
    configs
}

/// `ptp4l.0.config`.
fn file_name(profile: &ProfileSetup, program: &str) -> String {
    format!("{program}.{}.config", profile.config_index)
}

/// The daemon strips the level again from the lines.
fn tag(profile: &ProfileSetup, program: &str) -> String {
    format!("message_tag [{}:{{level}}]\n", file_name(profile, program))
}

fn rendered(profile: &ProfileSetup, program: &str, global: &str, sections: &str) -> (String, String) {
    let text = format!("#profile: {}\n\n[global]\n{global}\n{sections}", profile.name);
    (file_name(profile, program), text)
}
