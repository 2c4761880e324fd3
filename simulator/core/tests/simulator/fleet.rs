//! Many nodes side by side.

use sim_core::{Action, Emission, Fleet, Setup, SimTime, World};

/// Nodes of several kinds that lose their first grandmaster.
fn nodes() -> Vec<Setup> {
    let bases = [
        Setup::ordinary_clock(),
        Setup::dual_follower(),
        Setup::telecom_boundary_clock(),
        Setup::telecom_grandmaster(2),
    ];
    let silent = || vec![(SimTime::from_s(8), Action::GrandmasterSilent { grandmaster: 0 })];
    let with = |(seed, base)| Setup { seed, duration_s: 12, timeline: silent(), ..base };
    (0..).zip(bases).map(with).collect()
}

#[test]
fn a_node_of_a_fleet_lets_out_what_it_does_alone() {
    let together: Vec<(usize, Emission)> = Fleet::new(nodes()).collect();
    for (place, setup) in nodes().into_iter().enumerate() {
        let alone: Vec<Emission> = World::new(setup).collect();
        let own: Vec<Emission> = together
            .iter()
            .filter(|(node, _)| *node == place)
            .map(|(_, emission)| emission.clone())
            .collect();
        assert!(alone.len() > 50 && own == alone, "node {place}");
    }
}

#[test]
fn a_fleet_is_ordered_by_time_and_then_by_place() {
    let emissions: Vec<(usize, Emission)> = Fleet::new(nodes()).collect();
    assert!(emissions.is_sorted_by_key(|(node, emission)| (emission.at, *node)));
}

#[test]
fn a_fleet_without_nodes_lets_nothing_out() {
    let mut fleet = Fleet::new([]);
    assert!(fleet.is_empty() && fleet.next().is_none());
}

#[test]
fn a_node_waits_until_it_is_its_turn() {
    // Each of 100 nodes has one emission ready: nobody runs ahead of the others.
    let nodes = (0..100).map(|seed| Setup { seed, duration_s: 3, ..Setup::default() });
    let mut fleet = Fleet::new(nodes);
    assert_eq!(fleet.len(), 100);
    let first: Vec<usize> =
        fleet.by_ref().take_while(|(_, e)| e.at == SimTime::START).map(|(n, _)| n).collect();
    // The start has as many emissions in each node: the control connection, and the others after it.
    let of_each = first.len() / 100;
    assert!(of_each >= 3);
    assert!(first.chunks(of_each).enumerate().all(|(node, own)| own.iter().all(|place| *place == node)));
}
