//! Quality levels of Synchronous Ethernet: SSM and extended SSM codes, ITU-T G.781 and G.8264.

/// A quality level as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QualityLevel {
    /// SSM code, 0 to 15.
    pub(crate) ssm: u8,
    /// Extended SSM code; 0xff where there is none.
    pub(crate) extended: u8,
}

impl QualityLevel {
    /// Do not use for synchronization: QL-DNU in option 1, QL-DUS in option 2.
    pub(crate) const DO_NOT_USE: Self = Self { ssm: 0xf, extended: 0xff };

    /// Whether it may be used.
    pub(crate) fn is_usable(self) -> bool {
        self.ssm != Self::DO_NOT_USE.ssm
    }

    /// Its place among the levels of a network option: the smaller one is the better one.
    pub(crate) fn priority(self, network_option: u8) -> usize {
        let levels = levels(network_option);
        let place = levels.iter().position(|(level, _)| *level == self);
        place.or_else(|| levels.iter().position(|(level, _)| level.ssm == self.ssm)).unwrap_or(levels.len())
    }

    /// As linuxptp-daemon calls it (`pkg/synce/synce.go`): an unknown one is one not to be used.
    pub(crate) fn name(self, network_option: u8) -> &'static str {
        let known = levels(network_option).iter().find(|(level, _)| *level == self);
        known.map_or(if network_option == 1 { "DNU" } else { "DUS" }, |(_, name)| name)
    }
}

const fn level(ssm: u8, extended: u8) -> QualityLevel {
    QualityLevel { ssm, extended }
}

/// Best first.
fn levels(network_option: u8) -> &'static [(QualityLevel, &'static str)] {
    const OPTION_1: [(QualityLevel, &str); 7] = [
        (level(0x2, 0x21), "EPRTC"),
        (level(0x2, 0x20), "PRTC"),
        (level(0x2, 0xff), "PRC"),
        (level(0x4, 0xff), "SSUA"),
        (level(0x8, 0xff), "SSUB"),
        (level(0xb, 0xff), "EEC1"),
        (level(0xf, 0xff), "DNU"),
    ];
    const OPTION_2: [(QualityLevel, &str); 10] = [
        (level(0x1, 0x21), "EPRTC"),
        (level(0x1, 0x20), "PRTC"),
        (level(0x1, 0xff), "PRS"),
        (level(0x0, 0xff), "STU"),
        (level(0x7, 0xff), "ST2"),
        // The daemon has forgotten a name for TNC.
        (level(0x4, 0xff), "UNKNOWN"),
        (level(0xd, 0xff), "ST3E"),
        (level(0xa, 0xff), "EEC2"),
        (level(0xe, 0xff), "PROV"),
        (level(0xf, 0xff), "DUS"),
    ];
    if network_option == 1 { &OPTION_1 } else { &OPTION_2 }
}

#[cfg(test)]
mod tests {
    use super::QualityLevel;

    #[test]
    fn levels_have_the_names_and_the_order_of_their_network_option() {
        let level = |ssm, extended| QualityLevel { ssm, extended };
        // ITU-T G.781 tables 1 and 3, G.8264 table 11-8.
        assert_eq!(level(0x2, 0x20).name(1), "PRTC");
        assert_eq!(level(0x1, 0x20).name(2), "PRTC");
        assert_eq!(level(0x4, 0xff).name(1), "SSUA");
        assert_eq!(level(0xf, 0xff).name(1), "DNU");
        assert_eq!(level(0xf, 0xff).name(2), "DUS");
        assert_eq!(level(0x9, 0xff).name(2), "DUS", "nobody knows it");
        assert!(level(0x0, 0xff).priority(2) < level(0x7, 0xff).priority(2), "STU is better than ST2");
        assert!(level(0x2, 0x21).priority(1) < level(0x2, 0xff).priority(1));
    }
}
