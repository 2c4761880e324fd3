//! Expressions in the Lisp-like syntax of clknetsim.

use sim_core::{Expression, PacketVariable, WaveShape};

/// Functions within functions.
const DEPTH_MAX: usize = 32;
/// Words, brackets and strings of one expression.
const TOKENS_MAX: usize = 10_000;
/// Numbers of one data file.
const SERIES_MAX: usize = 1_000_000;
/// clknetsim takes no other mean of a Poisson distribution.
const POISSON_MEANS: std::ops::RangeInclusive<f64> = 1.0..=20.0;

/// Where an expression is used: only delays know a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Clock,
    Packet,
}

/// Reads an expression, or a plain number. Notes everything that is wrong with it.
pub(super) fn parse(
    text: &str,
    scope: Scope,
    read_data: &dyn Fn(&str) -> Result<String, String>,
    found: &mut Vec<String>,
) -> Option<Expression> {
    if !text.starts_with('(') {
        return number(text, found).map(Expression::Constant);
    }
    let tokens = match tokens(text) {
        Ok(tokens) if tokens.len() <= TOKENS_MAX => tokens,
        Ok(_) => {
            found.push(format!("the expression has more than {TOKENS_MAX} parts"));
            return None;
        }
        Err(what) => {
            found.push(what);
            return None;
        }
    };
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), scope, read_data, found };
    parser.tokens.next();
    let expression = parser.function(1)?;
    if parser.tokens.peek().is_some() {
        parser.note("something follows the expression's last bracket".to_owned());
    }
    Some(expression)
}

/// A number as clknetsim writes it: it begins with a digit or a minus.
pub(super) fn number(text: &str, found: &mut Vec<String>) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let number = text.parse::<f64>().ok().filter(|number| is_number && number.is_finite());
    if number.is_none() {
        found.push(format!("\"{text}\" is no number"));
    }
    number
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'t> {
    Open,
    Close,
    Word(&'t str),
    Quoted(&'t str),
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, len) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '"' => {
                let quoted = rest[1..].split_once('"').ok_or("a quoted text does not end")?.0;
                (Token::Quoted(quoted), quoted.len() + 2)
            }
            _ => {
                let end = |c: char| c.is_whitespace() || "()\"".contains(c);
                let word = rest.split(end).next().unwrap_or(rest);
                (Token::Word(word), word.len())
            }
        };
        tokens.push(token);
        rest = rest[len..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'t, 'p> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token<'t>>>,
    scope: Scope,
    read_data: &'p dyn Fn(&str) -> Result<String, String>,
    found: &'p mut Vec<String>,
}

/// The arguments of a function.
#[derive(Debug, Default)]
struct Arguments<'t> {
    values: Vec<Expression>,
    quoted: Vec<&'t str>,
}

impl<'t> Parser<'t, '_> {
    fn note(&mut self, what: String) {
        self.found.push(what);
    }

    /// What follows an opening bracket. Absent when the brackets make reading on pointless.
    fn function(&mut self, depth: usize) -> Option<Expression> {
        if depth > DEPTH_MAX {
            self.note(format!("there are more than {DEPTH_MAX} functions within each other"));
            return None;
        }
        let Some(Token::Word(name)) = self.tokens.next() else {
            self.note("no name of a function follows a bracket".to_owned());
            return None;
        };
        let arguments = self.arguments(name, depth)?;
        let known = self.found.len();
        let function = self.make(name, arguments);
        if function.is_none() && self.found.len() == known {
            self.note(format!("\"{name}\" is not a function of clknetsim"));
        }
        // A placeholder, so that what follows is looked at, too; what was noted fails the whole model.
        Some(function.unwrap_or(Expression::Constant(0.0)))
    }

    fn arguments(&mut self, name: &str, depth: usize) -> Option<Arguments<'t>> {
        let mut arguments = Arguments::default();
        loop {
            match self.tokens.next() {
                Some(Token::Close) => return Some(arguments),
                Some(Token::Open) => arguments.values.push(self.function(depth + 1)?),
                Some(Token::Word(word)) => {
                    let value = self.word(word);
                    arguments.values.push(value);
                }
                Some(Token::Quoted(text)) => arguments.quoted.push(text),
                None => {
                    self.note(format!("\"({name}\" has no closing bracket"));
                    return None;
                }
            }
        }
    }

    fn word(&mut self, word: &str) -> Expression {
        let variable = match word {
            "time" => PacketVariable::Time,
            "from" => PacketVariable::From,
            "to" => PacketVariable::To,
            "port" => PacketVariable::Port,
            "length" => PacketVariable::Length,
            "subnet" => PacketVariable::Subnet,
            _ => return Expression::Constant(number(word, self.found).unwrap_or(0.0)),
        };
        if self.scope == Scope::Clock {
            self.note(format!("\"{word}\" is known in delays only"));
        }
        Expression::Variable(variable)
    }

    /// Absent if the name is unknown, or the arguments are of no use.
    fn make(&mut self, name: &str, arguments: Arguments<'_>) -> Option<Expression> {
        let Arguments { mut values, quoted } = arguments;
        if name != "file" && !quoted.is_empty() {
            self.note(format!("\"{name}\" takes no text"));
        }
        let at_least_one = ["%", "equal", "max", "min"].contains(&name);
        if at_least_one && values.is_empty() {
            self.note(format!("\"{name}\" needs a parameter"));
            return None;
        }
        let function = match name {
            "+" => Expression::Add(values),
            "*" => Expression::Multiply(values),
            "%" => Expression::Modulo(values),
            "sum" => Expression::Accumulate(values),
            "max" => Expression::Maximum(values),
            "min" => Expression::Minimum(values),
            "equal" => Expression::Equal { tolerance: Box::new(values.remove(0)), values },
            "uniform" | "normal" | "exponential" => return self.distribution(name, &values),
            "poisson" => {
                let [mean] = self.constants(name, &values)?;
                if !POISSON_MEANS.contains(&mean) {
                    self.note(format!("the mean {mean} of poisson is not from 1 to 20"));
                }
                Expression::Poisson { mean }
            }
            "pulse" => {
                let [high, low] = self.constants(name, &values)?;
                Expression::Pulse { high, low }
            }
            "sine" => self.wave(name, WaveShape::Sine, &values)?,
            "cosine" => self.wave(name, WaveShape::Cosine, &values)?,
            "triangle" => self.wave(name, WaveShape::Triangle, &values)?,
            "file" => return self.file(&quoted),
            _ => return None,
        };
        Some(function)
    }

    fn distribution(&mut self, name: &str, values: &[Expression]) -> Option<Expression> {
        self.constants::<0>(name, values)?;
        Some(match name {
            "uniform" => Expression::Uniform,
            "normal" => Expression::Normal,
            _ => Expression::Exponential,
        })
    }

    fn wave(&mut self, name: &str, shape: WaveShape, values: &[Expression]) -> Option<Expression> {
        let [period] = self.constants(name, values)?;
        if period <= 0.0 {
            self.note(format!("the period {period} of {name} is not above 0"));
        }
        Some(Expression::Wave { shape, period })
    }

    /// So many plain numbers and nothing else.
    fn constants<const N: usize>(&mut self, name: &str, values: &[Expression]) -> Option<[f64; N]> {
        let numbers = values.iter().map(|value| match value {
            Expression::Constant(number) => Some(*number),
            Expression::Variable(_)
            | Expression::Add(_)
            | Expression::Multiply(_)
            | Expression::Modulo(_)
            | Expression::Accumulate(_)
            | Expression::Uniform
            | Expression::Normal
            | Expression::Exponential
            | Expression::Poisson { .. }
            | Expression::Series(_)
            | Expression::Pulse { .. }
            | Expression::Wave { .. }
            | Expression::Equal { .. }
            | Expression::Maximum(_)
            | Expression::Minimum(_) => None,
        });
        let numbers: Option<Vec<f64>> = numbers.collect();
        let numbers = numbers.and_then(|numbers| numbers.try_into().ok());
        if numbers.is_none() {
            self.note(format!("\"{name}\" takes {N} plain numbers"));
        }
        numbers
    }

    fn file(&mut self, quoted: &[&str]) -> Option<Expression> {
        let [name] = quoted else {
            self.note("\"file\" takes one quoted name of a file".to_owned());
            return None;
        };
        let read = (self.read_data)(name).and_then(|text| {
            let numbers: Option<Vec<f64>> =
                text.split_whitespace().take(SERIES_MAX + 1).map(|word| word.parse().ok()).collect();
            match numbers {
                Some(numbers) if numbers.is_empty() => Err("it has no number".to_owned()),
                Some(numbers) if numbers.len() > SERIES_MAX => {
                    Err(format!("it has more than {SERIES_MAX} numbers"))
                }
                Some(numbers) => Ok(numbers),
                None => Err("it has more than numbers in it".to_owned()),
            }
        });
        match read {
            Ok(numbers) => Some(Expression::Series(numbers)),
            Err(what) => {
                self.note(format!("\"{name}\": {what}"));
                None
            }
        }
    }
}
