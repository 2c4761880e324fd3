//! The names of the interfaces: what consumers call a clock.
//!
//! A card has an alias that its interfaces share, such as `ens1fx` for `ens1f0` and `ens1f1`, and its clock is named by it.
//! Consumers may say the alias, the name of one of the interfaces, or an alias that it had before. It does not know which
//! clocks there are.

use crate::RememberedAlias;
use crate::limits::FORMER_ALIASES_MAX;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

/// The names of all interfaces.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// By interface; one without an alias goes by its own name.
    aliases: BTreeMap<String, String>,
    /// What interfaces were called before, oldest first.
    former: VecDeque<RememberedAlias>,
}

impl Names {
    /// The name of an interface as consumers know it: its alias, else its own.
    pub(crate) fn alias<'a>(&'a self, interface: &'a str) -> &'a str {
        self.aliases.get(interface).map_or(interface, String::as_str)
    }

    /// Whether the interface has an alias.
    pub(crate) fn contains(&self, interface: &str) -> bool {
        self.aliases.contains_key(interface)
    }

    /// Aliases by interface.
    pub(crate) fn aliases(&self) -> &BTreeMap<String, String> {
        &self.aliases
    }

    /// What interfaces were called before, oldest first.
    pub(crate) fn former(&self) -> impl Iterator<Item = &RememberedAlias> {
        self.former.iter()
    }

    /// Whether what consumers know by `alias` may be called `name`: that is the alias itself, an interface that has it, or
    /// what such an interface was called before, unless something else is called so now.
    pub(crate) fn is_called(&self, alias: &str, name: &str) -> bool {
        if is_path(alias, name) || self.aliases.get(name).is_some_and(|of_interface| of_interface == alias) {
            return true;
        }
        let mut former = self.former.iter().filter(|former| former.alias == name);
        former.any(|former| self.alias(&former.interface) == alias) && !self.is_taken(name)
    }

    /// Replaces the aliases; returns what is called otherwise now: from, to.
    pub(crate) fn replace(&mut self, aliases: BTreeMap<String, String>) -> Vec<(String, String)> {
        let earlier = core::mem::replace(&mut self.aliases, aliases);
        let interfaces: BTreeSet<&String> = earlier.keys().chain(self.aliases.keys()).collect();
        let mut renamed = Vec::new();
        let mut former = Vec::new();
        for interface in interfaces {
            let from = earlier.get(interface).unwrap_or(interface);
            let to = self.aliases.get(interface).unwrap_or(interface);
            if from != to {
                renamed.push((from.clone(), to.clone()));
                former.push(RememberedAlias { alias: from.clone(), interface: interface.clone() });
            }
        }
        former.into_iter().for_each(|former| self.keep_former(former));
        renamed
    }

    /// Takes up an alias of an earlier run, unless the interface has one.
    pub(crate) fn recall(&mut self, interface: &str, alias: &str) {
        self.aliases.entry(interface.into()).or_insert_with(|| alias.into());
    }

    /// Keeps what an interface was called before; of too many the oldest is forgotten.
    pub(crate) fn keep_former(&mut self, former: RememberedAlias) {
        if former.alias == former.interface {
            return;
        }
        self.former.retain(|known| *known != former);
        self.former.push_back(former);
        if self.former.len() > FORMER_ALIASES_MAX {
            self.former.pop_front();
        }
    }

    fn is_taken(&self, name: &str) -> bool {
        self.aliases.contains_key(name) || self.aliases.values().any(|alias| alias == name)
    }
}

/// Whether a name has this path in an address, where what is empty leaves no gap.
pub(crate) fn is_path(name: &str, path: &str) -> bool {
    name == path || name.split('/').filter(|segment| !segment.is_empty()).eq(path.split('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn aliases(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(interface, alias)| ((*interface).into(), (*alias).into())).collect()
    }

    #[test]
    fn a_card_is_called_by_its_alias_its_interfaces_and_what_it_was_called_before() {
        let mut names = Names::default();
        names.replace(aliases(&[("ens1f0", "ens1fx"), ("ens1f0.100", "ens1fx")]));
        names.replace(aliases(&[("ens1f0", "leftx"), ("ens1f0.100", "leftx")]));
        for name in ["leftx", "ens1f0", "ens1f0.100", "ens1fx"] {
            assert!(names.is_called("leftx", name), "{name}");
        }
        assert!(!names.is_called("leftx", "ens1f1"));
    }

    #[test]
    fn a_former_name_goes_to_who_has_it_now() {
        let mut names = Names::default();
        names.replace(aliases(&[("ens1f0", "ax"), ("ens2f0", "bx")]));
        names.replace(aliases(&[("ens1f0", "bx"), ("ens2f0", "ax")]));
        assert!(names.is_called("ax", "ax") && !names.is_called("bx", "ax"));
        assert!(names.is_called("bx", "bx") && !names.is_called("ax", "bx"));
    }

    #[test]
    fn of_too_many_former_names_the_oldest_is_forgotten() {
        let mut names = Names::default();
        for number in 0..FORMER_ALIASES_MAX + 2 {
            names.replace(aliases(&[("ens1f0", &format!("a{number}"))]));
        }
        // The latest is no former one, so that one had to go.
        let now = format!("a{}", FORMER_ALIASES_MAX + 1);
        assert_eq!(names.former().count(), FORMER_ALIASES_MAX);
        assert!(!names.is_called(&now, "a0") && names.is_called(&now, "a1"));
    }
}
