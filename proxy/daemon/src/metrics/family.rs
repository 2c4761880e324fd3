//! Samples of one name, from plain numbers.

use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// All samples of one name.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    help: &'static str,
    kind: MetricType,
    samples: Vec<Metric>,
}

/// A whole number as a sample. Above 2^53 the last digits are lost, as in every Prometheus sample.
#[expect(clippy::cast_precision_loss, reason = "samples are floating point by definition of the format")]
pub(super) fn whole(number: u64) -> f64 {
    number as f64
}

/// See [`whole`].
#[expect(clippy::cast_precision_loss, reason = "samples are floating point by definition of the format")]
pub(super) fn signed(number: i64) -> f64 {
    number as f64
}

/// See [`whole`].
pub(super) fn size(number: usize) -> f64 {
    whole(u64::try_from(number).unwrap_or(u64::MAX))
}

impl Family {
    /// A gauge without samples.
    pub(super) fn gauge(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), help, kind: MetricType::GAUGE, samples: Vec::new() }
    }

    /// A counter without samples.
    pub(super) fn counter(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), help, kind: MetricType::COUNTER, samples: Vec::new() }
    }

    /// Adds a sample. Labels are given in the order of their names, in which they are printed.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        debug_assert!(labels.is_sorted(), "labels of {} are not in order", self.name);
        let labels = labels.iter().map(|(name, value)| {
            let mut label = LabelPair::default();
            label.set_name((*name).to_owned());
            label.set_value((*value).to_owned());
            label
        });
        let mut sample = Metric::from_label(labels.collect());
        if self.kind == MetricType::COUNTER {
            let mut counter = Counter::default();
            counter.set_value(value);
            sample.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            sample.set_gauge(gauge);
        }
        self.samples.push(sample);
    }

    /// The same with one more sample.
    pub(super) fn with(mut self, labels: &[(&str, &str)], value: f64) -> Self {
        self.sample(labels, value);
        self
    }

    /// The family as the encoder wants it; none without samples.
    pub(super) fn finish(self) -> Option<MetricFamily> {
        if self.samples.is_empty() {
            return None;
        }
        let mut family = MetricFamily::default();
        family.set_name(self.name);
        family.set_help(self.help.to_owned());
        family.set_field_type(self.kind);
        family.set_metric(self.samples);
        Some(family)
    }
}
