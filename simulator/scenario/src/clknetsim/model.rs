//! What a model says: one set of variables per node.

use super::line::{Assignment, Value, Variable};
use super::{FILE_LEN_MAX, FREQUENCY_MAX, OFFSET_S_MAX};
use crate::Problem;
use sim_core::Expression;
use std::collections::BTreeMap;

/// A model: the nodes that it says something about, by their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The nodes.
    pub nodes: BTreeMap<u32, ModelNode>,
}

/// What a model says about one node. The defaults are clknetsim's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelNode {
    /// `_freq`: error of its clock's frequency in seconds per second, evaluated once per second of true time; absent
    /// is 0.
    pub frequency: Option<Expression>,
    /// `_offset`: initial error of its clock, in seconds.
    pub initial_error_s: f64,
    /// `_start`: when its program starts, in seconds of true time.
    pub start_s: f64,
    /// `_step`: its clock is set forward by so many seconds once per second.
    pub step: Option<Expression>,
    /// `_delayN`: how long a packet to node N takes, in seconds, evaluated for each packet; one that is not above 0 is
    /// lost, and so are all packets to nodes that are not here.
    pub delays: BTreeMap<u32, Expression>,
    /// `_refclock`: error of the clock that its program reads as a hardware clock, in seconds; evaluated for each
    /// reading, and subtracted.
    pub reference_error: Option<Expression>,
    /// `_refclock_base`: the node whose clock that is; absent is true time.
    pub reference_base: Option<u32>,
}

impl Model {
    /// Reads a model. `read_data` gets the text of a file that `(file "…")` names.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of lines.
    pub fn parse(
        text: &str,
        read_data: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, Vec<Problem>> {
        if text.len() > FILE_LEN_MAX {
            let what = format!("the model is longer than {FILE_LEN_MAX} bytes");
            return Err(vec![Problem { line: None, what }]);
        }
        let mut model = Self::default();
        let mut problems = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let mut found = Vec::new();
            if let Some(assignment) = Assignment::parse(text, read_data, &mut found) {
                model.assign(assignment, &mut found);
            }
            problems.extend(found.into_iter().map(|what| Problem { line: Some(line), what }));
        }
        problems.extend(model.missing_bases());
        if problems.is_empty() { Ok(model) } else { Err(problems) }
    }

    /// A later line about the same variable replaces an earlier one, as in clknetsim.
    fn assign(&mut self, assignment: Assignment, found: &mut Vec<String>) {
        let Assignment { node, variable, value } = assignment;
        let node = self.nodes.entry(node).or_default();
        match (variable, value) {
            (Variable::Frequency, Value::Expression(expression)) => {
                bound_frequency(&expression, found);
                node.frequency = Some(expression);
            }
            (Variable::Step, Value::Expression(expression)) => node.step = Some(expression),
            (Variable::Delay { to }, Value::Expression(expression)) => {
                node.delays.insert(to, expression);
            }
            (Variable::Reference, Value::Expression(expression)) => node.reference_error = Some(expression),
            (Variable::ReferenceBase, Value::Node(base)) => node.reference_base = Some(base),
            (Variable::Offset, Value::Number(s)) => {
                node.initial_error_s = bounded(s, -OFFSET_S_MAX..=OFFSET_S_MAX, found);
            }
            (Variable::Start, Value::Number(s)) => node.start_s = bounded(s, 0.0..=OFFSET_S_MAX, found),
            // The parameters of the kernel's own loops: linuxptp does not use them.
            (Variable::Kernel, _) => {}
            (
                Variable::Frequency
                | Variable::Step
                | Variable::Delay { .. }
                | Variable::Reference
                | Variable::ReferenceBase
                | Variable::Offset
                | Variable::Start,
                _,
            ) => found.push("this value is of another kind than the variable".to_owned()),
        }
    }

    fn missing_bases(&self) -> Vec<Problem> {
        let missing = self.nodes.iter().filter_map(|(number, node)| {
            let base = node.reference_base.filter(|base| !self.nodes.contains_key(base))?;
            let what =
                format!("the base of node{number}_refclock_base, node{base}, is nowhere else in the model");
            Some(Problem { line: None, what })
        });
        missing.collect()
    }
}

fn bounded(number: f64, bounds: std::ops::RangeInclusive<f64>, found: &mut Vec<String>) -> f64 {
    if !bounds.contains(&number) {
        found.push(format!("{number} is not from {} to {} seconds", bounds.start(), bounds.end()));
    }
    number
}

fn bound_frequency(expression: &Expression, found: &mut Vec<String>) {
    if let Expression::Constant(frequency) = expression
        && frequency.abs() >= FREQUENCY_MAX
    {
        found.push(format!(
            "{frequency} is not between -{FREQUENCY_MAX} and {FREQUENCY_MAX} seconds per second"
        ));
    }
}
