//! One line of a model: `nodeX_variable = value`.

use super::NODE_MAX;
use super::expression::{Scope, number, parse};
use sim_core::Expression;

/// A line that says something.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) node: u32,
    pub(super) variable: Variable,
    pub(super) value: Value,
}

/// A variable of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Frequency,
    Step,
    Delay { to: u32 },
    Reference,
    ReferenceBase,
    Offset,
    Start,
    Kernel,
}

/// What it is set to.
#[derive(Debug)]
pub(super) enum Value {
    Expression(Expression),
    Number(f64),
    Node(u32),
}

impl Assignment {
    /// Absent for blank lines and comments, and for lines in which something was found.
    pub(super) fn parse(
        line: &str,
        read_data: &dyn Fn(&str) -> Result<String, String>,
        found: &mut Vec<String>,
    ) -> Option<Self> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let Some((name, value)) = line.split_once('=') else {
            found.push("this is no assignment \"nodeN_variable = value\"".to_owned());
            return None;
        };
        let (node, variable) = match node_and_variable(name.trim()) {
            Ok(pair) => pair,
            Err(what) => {
                found.push(what);
                return None;
            }
        };
        let value = variable.value(value.trim(), read_data, found)?;
        found.is_empty().then_some(Self { node, variable, value })
    }
}

fn node_and_variable(name: &str) -> Result<(u32, Variable), String> {
    let (node, variable) =
        name.split_once('_').ok_or_else(|| format!("\"{name}\" is no name like node1_freq"))?;
    let variable = match variable {
        "freq" => Variable::Frequency,
        "step" => Variable::Step,
        "offset" => Variable::Offset,
        "start" => Variable::Start,
        "refclock" => Variable::Reference,
        "refclock_base" => Variable::ReferenceBase,
        "shift_pll" | "fll_mode2" | "pll_clamp" => Variable::Kernel,
        other => match (other.strip_prefix("delay_correction"), other.strip_prefix("delay")) {
            (Some(_), _) => {
                return Err(
                    "delay_correction is not supported: the simulator has no transparent clocks".to_owned()
                );
            }
            (None, Some(to)) => Variable::Delay { to: node_number(to)? },
            (None, None) => {
                return Err(format!(
                    "\"{other}\" is not freq, offset, start, step, delayN, refclock, refclock_base or a kernel parameter"
                ));
            }
        },
    };
    Ok((node_name(node)?, variable))
}

fn node_name(text: &str) -> Result<u32, String> {
    node_number(text.strip_prefix("node").ok_or_else(|| format!("\"{text}\" is no node like node1"))?)
}

fn node_number(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=NODE_MAX).contains(number));
    number.ok_or_else(|| format!("\"{text}\" is no number of a node from 1 to {NODE_MAX}"))
}

impl Variable {
    fn value(
        self,
        text: &str,
        read_data: &dyn Fn(&str) -> Result<String, String>,
        found: &mut Vec<String>,
    ) -> Option<Value> {
        match self {
            Self::Frequency | Self::Step | Self::Reference => {
                parse(text, Scope::Clock, read_data, found).map(Value::Expression)
            }
            Self::Delay { .. } => parse(text, Scope::Packet, read_data, found).map(Value::Expression),
            Self::Offset | Self::Start | Self::Kernel => number(text, found).map(Value::Number),
            Self::ReferenceBase => node_name(text).map_err(|what| found.push(what)).ok().map(Value::Node),
        }
    }
}
