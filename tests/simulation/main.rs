//! Towns in one thread, each made of one seed: whatever the doors do, the invariants of docs/ARCHITECTURE.md sections 9 and 10
//! hold. To run more than a minute of them: `COUNTINGHOUSE_SIMULATION_SEEDS=0..1000 cargo test --test simulation`.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and its line says where"
)]

#[path = "../dice/mod.rs"]
mod dice;
mod office;
mod auditor;
mod plan;
mod relay;
mod world;
mod relay_fails;

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use auditor::Head;
use world::World;

/// The seeds of this run; `usual` unless somebody asks for others.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no arguments of its own"
)]
fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(asked) = std::env::var("COUNTINGHOUSE_SIMULATION_SEEDS") else {
        return usual;
    };
    let ends = asked
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.unwrap_or_else(|| panic!("COUNTINGHOUSE_SIMULATION_SEEDS={asked}: it looks like 0..1000"))
}

/// One town, from its first morning to the auditor.
fn live(seed: u64) -> Head {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::begin(seed).await;
        world.live().await;
        let head = auditor::audit(&world).await;
        world.office.store.close().await;
        head
    })
}

#[test]
fn whatever_the_doors_do_nothing_is_lost_and_nothing_happens_twice() {
    for seed in seeds(0..20) {
        if catch_unwind(AssertUnwindSafe(|| live(seed))).is_err() {
            panic!(
                "seed {seed}; again: COUNTINGHOUSE_SIMULATION_SEEDS={seed}..{} cargo test --test simulation",
                seed + 1
            );
        }
    }
}

#[test]
fn a_seed_lives_the_same_life_twice() {
    assert_eq!(live(1), live(1));
}
