//! Many nodes in one simulation.

use crate::{Emission, Setup, SimTime, World};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Nodes that know nothing of each other, side by side: an iterator of what they let out, each with the place of its
/// node, ordered by time and, at one instant, by that place.
///
/// Of each node it holds the world and one emission, so that its size follows from the number of nodes, not from the
/// duration.
///
/// ```
/// use sim_core::{Fleet, Setup};
///
/// let nodes = (0..3).map(|seed| Setup { seed, duration_s: 5, ..Setup::default() });
/// let emissions: Vec<_> = Fleet::new(nodes).collect();
/// assert!(emissions.is_sorted_by_key(|(_, emission)| emission.at));
/// assert!((0..3).all(|place| emissions.iter().any(|(node, _)| *node == place)));
/// ```
#[derive(Debug)]
pub struct Fleet {
    nodes: Vec<Node>,
    /// The nodes that have something to let out, the next one on top.
    next: BinaryHeap<Reverse<(SimTime, usize)>>,
}

#[derive(Debug)]
struct Node {
    world: World,
    next: Option<Emission>,
}

impl Fleet {
    /// A fleet at its start. Nodes with one seed are alike; somebody who wants them to differ gives each its own.
    pub fn new(setups: impl IntoIterator<Item = Setup>) -> Self {
        let node = |setup| Node { world: World::new(setup), next: None };
        let nodes = setups.into_iter().map(node).collect();
        let mut fleet = Self { nodes, next: BinaryHeap::new() };
        for place in 0..fleet.nodes.len() {
            fleet.move_on(place);
        }
        fleet
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Takes what a node has ready, and moves it on to its next emission.
    fn move_on(&mut self, place: usize) -> Option<Emission> {
        let node = self.nodes.get_mut(place)?;
        let next = node.world.next();
        if let Some(emission) = &next {
            self.next.push(Reverse((emission.at, place)));
        }
        std::mem::replace(&mut node.next, next)
    }
}

impl Iterator for Fleet {
    type Item = (usize, Emission);

    fn next(&mut self) -> Option<(usize, Emission)> {
        let Reverse((_, place)) = self.next.pop()?;
        Some((place, self.move_on(place)?))
    }
}
