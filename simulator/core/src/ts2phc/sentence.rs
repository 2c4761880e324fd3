//! The sentence of NMEA 0183 that ts2phc reads: RMC, the recommended minimum.

use crate::SimTime;
use crate::time::NS_PER_S;
use std::fmt::Write as _;

const S_PER_DAY: u64 = 86_400;

/// A sentence RMC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rmc {
    /// The second that it names, by its pulse.
    pub(crate) pulse_at: SimTime,
    /// When ts2phc gets it.
    pub(crate) arrives_at: SimTime,
    /// Status `A`, or `V`: a navigation receiver warning.
    pub(crate) is_valid: bool,
}

impl Rmc {
    /// From its second to its arrival.
    pub(super) fn delay_ns(&self) -> i64 {
        i64::try_from(self.arrives_at.since(self.pulse_at)).unwrap_or(i64::MAX)
    }

    /// As ts2phc prints it: without the dollar sign and the checksum. The place is that of the recorded run `4.4/tgm`.
    pub(super) fn sentence(&self, start_unix_s: u64) -> String {
        let unix_s = start_unix_s.saturating_add(self.pulse_at.ns / NS_PER_S);
        let (day, second) = (unix_s / S_PER_DAY, unix_s % S_PER_DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let (year, month, day) = date(day);
        let (status, mode) = if self.is_valid { ('A', 'A') } else { ('V', 'N') };
        let mut sentence = String::with_capacity(80);
        // Writing to a string does not fail.
        let _ = write!(
            sentence,
            "GNRMC,{hour:02}{minute:02}{second:02}.00,{status},4233.01530,N,07112.87490,W,0.008,,\
             {day:02}{month:02}{:02},,,{mode},V",
            year % 100
        );
        sentence
    }
}

/// Year, month and day of a number of days since 1 January 1970.
fn date(mut day: u64) -> (u64, u64, u64) {
    // From 1 March of the year 0 on, leap days are at the ends of years: 4, 100 and 400 of them make the cycles.
    day += 719_468;
    let (era, day_of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months of 30.6 days on average from March on.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + next_year, month, day)
}

#[cfg(test)]
mod tests {
    use super::{Rmc, date};
    use crate::SimTime;

    #[test]
    fn sentences_look_as_recorded() {
        // 4.4/tgm-ts2phc.log; 12:17:31 on 22 November 2026 was 1795349851 s after 1970.
        let at = SimTime::from_s(3);
        let valid = Rmc { pulse_at: at, arrives_at: at.after_ns(120_978_469), is_valid: true };
        assert_eq!(
            valid.sentence(1_795_349_848),
            "GNRMC,121731.00,A,4233.01530,N,07112.87490,W,0.008,,221126,,,A,V"
        );
        assert_eq!(valid.delay_ns(), 120_978_469);
        assert_eq!(
            Rmc { is_valid: false, pulse_at: SimTime::from_s(36), ..valid }.sentence(1_795_349_848),
            "GNRMC,121804.00,V,4233.01530,N,07112.87490,W,0.008,,221126,,,N,V"
        );
    }

    #[test]
    fn dates_follow_the_calendar() {
        assert_eq!(date(0), (1970, 1, 1));
        // 2000 had a leap day, 1970 + 30 years and 7 leap days before it.
        assert_eq!(date(30 * 365 + 7 + 31 + 28), (2000, 2, 29));
        assert_eq!(date(30 * 365 + 7 + 366), (2001, 1, 1));
        assert_eq!(date(30 * 365 + 7 + 365), (2000, 12, 31));
    }
}
