//! UNIX time as a date and a time of day.

const DAY_S: u64 = 86_400;

/// `2026-11-22T12:21:50Z`, ISO 8601 with whole seconds.
pub(crate) fn utc(unix_s: u64) -> String {
    let (year, month, day) = date(unix_s / DAY_S);
    let second = unix_s % DAY_S;
    let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

/// Year, month and day of a day since the first of January 1970 in the Gregorian calendar.
fn date(days: u64) -> (u64, u64, u64) {
    let mut left = days;
    let mut year = 1970;
    while left >= year_days(year) {
        left -= year_days(year);
        year += 1;
    }
    let february = if is_leap_year(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    (year, month, left + 1)
}

fn year_days(year: u64) -> u64 {
    if is_leap_year(year) { 366 } else { 365 }
}

fn is_leap_year(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn days_are_counted_as_the_calendar_counts_them() {
        assert_eq!(utc(0), "1970-01-01T00:00:00Z");
        // What `date -u +%s` says of these.
        assert_eq!(utc(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(utc(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(utc(1_795_350_110), "2026-11-22T12:21:50Z");
    }
}
