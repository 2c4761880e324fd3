//! Offsets and delays beside `tsproc.c`.

use super::{Offset, Timestamps};
use crate::{DelayFilter, TimestampProcessing, TimestampSetup};

#[test]
fn there_is_no_offset_before_a_delay_is_known() {
    let mut timestamps = Timestamps::default();
    assert_eq!(timestamps.delay(1_000, 1_500), None, "a delay without a Sync says nothing");
    assert_eq!(timestamps.sync(0, 600), None);
    // ((600 - 1100) + (1500 - 0)) / 2 = 500
    assert_eq!(timestamps.delay(1_100, 1_500), Some(500));
    let offset = Offset { offset_ns: 100, path_delay_ns: 500, weight: 1.0 };
    assert_eq!(timestamps.sync(2_000, 2_600), Some(offset));
}

/// A delay of that many nanoseconds: t1 = t2 = 0.
fn delay(timestamps: &mut Timestamps, delay_ns: i64) {
    timestamps.sync(0, 0);
    timestamps.delay(0, 2 * delay_ns);
}

fn path_delay_ns(timestamps: &mut Timestamps) -> i64 {
    timestamps.sync(0, 0).unwrap().path_delay_ns
}

#[test]
fn the_delay_is_the_median_of_the_last_ten() {
    let mut timestamps = Timestamps::default();
    for delay_ns in [10, 30] {
        delay(&mut timestamps, delay_ns);
    }
    assert_eq!(path_delay_ns(&mut timestamps), 20, "the mean of the two in the middle");
    delay(&mut timestamps, 90);
    assert_eq!(path_delay_ns(&mut timestamps), 30);
    for _ in 0..10 {
        delay(&mut timestamps, 7);
    }
    assert_eq!(path_delay_ns(&mut timestamps), 7, "the eleventh pushes out the first");
}

#[test]
fn the_delay_may_be_an_average_and_of_another_length() {
    let filter = DelayFilter::MovingAverage;
    let setup = TimestampSetup { filter, filter_length: 3, ..TimestampSetup::default() };
    let mut timestamps = Timestamps::new(setup);
    for delay_ns in [1000, 10, 20, 31] {
        delay(&mut timestamps, delay_ns);
    }
    // (10 + 20 + 31) / 3, cut off.
    assert_eq!(path_delay_ns(&mut timestamps), 20);
}

#[test]
fn a_step_keeps_the_delays_and_a_new_master_does_not() {
    let mut timestamps = Timestamps::default();
    delay(&mut timestamps, 500);
    timestamps.forget_time_stamps();
    let offset = Offset { offset_ns: 0, path_delay_ns: 500, weight: 1.0 };
    assert_eq!(timestamps.sync(0, 500), Some(offset));
    timestamps.forget_all();
    assert_eq!(timestamps.sync(0, 500), None);
}

/// Delays of 400 and 600 with a Sync each, then a Sync that took `late_ns` longer.
fn after(processing: TimestampProcessing, late_ns: i64) -> Option<Offset> {
    let mut timestamps = Timestamps::new(TimestampSetup { processing, ..TimestampSetup::default() });
    delay(&mut timestamps, 400);
    delay(&mut timestamps, 600);
    // The last request left at 0 and came at 1200: with this Sync the raw delay is (1200 + late) / 2.
    timestamps.sync(0, late_ns)
}

#[test]
fn raw_processing_takes_the_delay_of_the_last_exchange() {
    // tsproc.c: offset = t2 - t1 - delay; filtered 500, raw (200 - 0 + 1200 - 0) / 2 = 700; printed as last updated.
    let filter = after(TimestampProcessing::Filter, 200).unwrap();
    assert_eq!((filter.offset_ns, filter.path_delay_ns, filter.weight), (-300, 500, 1.0));
    let raw = after(TimestampProcessing::Raw, 200).unwrap();
    assert_eq!((raw.offset_ns, raw.path_delay_ns, raw.weight), (-500, 600, 1.0));
}

#[test]
fn weights_fall_with_the_delay() {
    // 500 / 700, and never more than 1: 500 / 450.
    let filter = after(TimestampProcessing::FilterWeight, 200).unwrap();
    assert_eq!((filter.offset_ns, filter.weight), (-300, 500.0 / 700.0));
    let raw = after(TimestampProcessing::RawWeight, 200).unwrap();
    assert_eq!((raw.offset_ns, raw.weight), (-500, 500.0 / 700.0));
    assert_eq!(after(TimestampProcessing::RawWeight, -300).unwrap().weight, 1.0);
}

#[test]
fn after_a_step_raw_processing_waits_for_the_next_exchange() {
    for processing in
        [TimestampProcessing::Raw, TimestampProcessing::RawWeight, TimestampProcessing::FilterWeight]
    {
        let mut timestamps = Timestamps::new(TimestampSetup { processing, ..TimestampSetup::default() });
        delay(&mut timestamps, 500);
        timestamps.forget_time_stamps();
        assert_eq!(timestamps.sync(0, 500), None, "{processing:?}");
        timestamps.delay(0, 500);
        assert!(timestamps.sync(0, 500).is_some(), "{processing:?}");
    }
}
