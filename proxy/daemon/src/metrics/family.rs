//! Samples of one name, from plain numbers.

use super::text;
use crate::histogram::Histogram;

/// All samples of one name.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    help: &'static str,
    kind: Kind,
    samples: Vec<Sample>,
}

/// What the numbers of a name do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Go up and down.
    Gauge,
    /// Only go up.
    Counter,
    /// Are distributions, which only grow.
    Histogram,
}

#[derive(Debug)]
struct Sample {
    labels: Vec<(String, String)>,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Number(f64),
    Distribution(Histogram),
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
        Self { name: name.into(), help, kind: Kind::Gauge, samples: Vec::new() }
    }

    /// A counter without samples.
    pub(super) fn counter(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), help, kind: Kind::Counter, samples: Vec::new() }
    }

    /// Distributions without any yet.
    pub(super) fn histogram(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), help, kind: Kind::Histogram, samples: Vec::new() }
    }

    /// Adds a distribution. For its labels see [`Self::sample`].
    pub(super) fn distribution(&mut self, labels: &[(&str, &str)], histogram: Histogram) {
        debug_assert!(self.kind == Kind::Histogram, "{} is no histogram", self.name);
        self.push(labels, Value::Distribution(histogram));
    }

    /// Adds a sample. Labels are given in the order of their names, in which they are printed; their names are the same
    /// for all samples of a name.
    pub(super) fn sample(&mut self, labels: &[(&str, &str)], value: f64) {
        debug_assert!(self.kind != Kind::Histogram, "{} is a histogram", self.name);
        self.push(labels, Value::Number(value));
    }

    fn push(&mut self, labels: &[(&str, &str)], value: Value) {
        debug_assert!(labels.is_sorted_by_key(|(name, _)| name), "labels of {} are not in order", self.name);
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        self.samples.push(Sample { labels: labels.collect(), value });
    }

    /// The same with one more sample.
    pub(super) fn with(mut self, labels: &[(&str, &str)], value: f64) -> Self {
        self.sample(labels, value);
        self
    }

    /// The name, by which a page is sorted.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes the samples, sorted by the values of their labels; nothing without samples. Of several with the same
    /// labels the last one counts, as for a gauge that is set several times: a page that names a series twice is refused
    /// as a whole.
    pub(super) fn write(mut self, page: &mut String) {
        if self.samples.is_empty() {
            return;
        }
        let kind = match self.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        };
        text::header(page, &self.name, self.help, kind);
        self.samples.sort_by(|one, other| one.labels.cmp(&other.labels));
        for (index, sample) in self.samples.iter().enumerate() {
            if self.samples.get(index + 1).is_none_or(|next| next.labels != sample.labels) {
                match &sample.value {
                    Value::Number(number) => text::sample(page, &self.name, &sample.labels, *number),
                    Value::Distribution(histogram) => {
                        text::histogram(page, &self.name, &sample.labels, histogram);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Family;

    fn written(family: Family) -> String {
        let mut page = String::new();
        family.write(&mut page);
        page
    }

    #[test]
    fn a_name_without_samples_is_not_mentioned() {
        assert_eq!(written(Family::gauge("name", "help")), "");
    }

    #[test]
    fn samples_are_sorted_by_their_labels_and_of_two_with_the_same_labels_the_last_counts() {
        let family = Family::gauge("name", "")
            .with(&[("a", "2"), ("b", "1")], 1.0)
            .with(&[("a", "1"), ("b", "2")], 2.0)
            .with(&[("a", "1"), ("b", "1")], 3.0)
            .with(&[("a", "1"), ("b", "2")], 4.0);
        assert_eq!(
            written(family),
            "# HELP name \n# TYPE name gauge\nname{a=\"1\",b=\"1\"} 3\nname{a=\"1\",b=\"2\"} 4\nname{a=\"2\",b=\"1\"} 1\n"
        );
    }
}
