//! kill -9, and the program is started again: it ends as if nothing had happened. The real program dies under load, before or
//! after a commit or an effect (`io::failpoint` names the places), and nothing of this process survives in it.
//!
//! A seed is a run with several deaths. To run other seeds than the few of every test run:
//! `COUNTINGHOUSE_CRASH_SEEDS=0..200 tests/run scenarios::crash::killed`; docs/DESIGN.md says how long they ran.

mod account;
mod deaths;
mod demo;
mod keeping;
mod daemon;
mod tokens;
mod commands;

use std::collections::BTreeSet;
use std::ops::Range;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use tokio::task::JoinSet;

use self::account::Account;
use self::deaths::{Death, Places};
use self::keeping::Keeping;

/// Deaths planned for a run of the demo.
const DEATHS_IN_THE_DEMO: u64 = 7;
/// For one on real servers. Sending takes longest there, and a mail that was lost from sight twice is sent no more: with
/// many deaths there would be little left to compare.
const DEATHS_ON_SERVERS: u64 = 3;

/// How one life of the program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By the death that was planned.
    Killed,
    /// At its own end.
    Well,
}

impl Ended {
    /// Anything else is a failure.
    fn of(status: ExitStatus, told: &str) -> Self {
        match (status.signal(), status.success()) {
            (Some(9), _) => Self::Killed,
            (_, true) => Self::Well,
            (_, false) => panic!("it ended with {status}:\n{told}"),
        }
    }
}

/// A whole run.
pub struct Lived {
    /// The deaths it met of those that were planned.
    deaths: Vec<Death>,
    /// The places of its last life.
    places: Places,
    account: Account,
}

/// The seeds of this run; `usual` unless somebody asks for others.
#[expect(
    clippy::disallowed_methods,
    reason = "a test has no arguments of its own"
)]
fn seeds(usual: Range<u64>) -> Range<u64> {
    let Ok(asked) = std::env::var("COUNTINGHOUSE_CRASH_SEEDS") else {
        return usual;
    };
    let ends = asked
        .split_once("..")
        .and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    ends.unwrap_or_else(|| panic!("COUNTINGHOUSE_CRASH_SEEDS={asked}: it looks like 0..200"))
}

/// What the seeds of a story came to.
#[derive(Default)]
struct Tally {
    runs: usize,
    deaths: usize,
    given_up: usize,
    wrong: String,
}

impl Tally {
    fn add(&mut self, (seed, test): (u64, &str), expected: &Account, seen: Lived) {
        let Lived {
            deaths,
            places: _,
            account,
        } = seen;
        self.runs += 1;
        self.deaths += deaths.len();
        self.given_up += account.mails_given_up();
        let differs = expected.differences(&account);
        if !differs.is_empty() {
            let deaths = deaths.iter().map(Death::to_string).collect::<Vec<_>>();
            self.wrong.push_str(&format!(
                "seed {seed}, killed at {}; again: COUNTINGHOUSE_CRASH_SEEDS={seed}..{} tests/run scenarios::crash::{test}\n{differs}\n",
                deaths.join(", "),
                seed + 1
            ));
        }
    }

    fn tell(self, of: &str) {
        let Self {
            runs,
            deaths,
            given_up,
            wrong,
        } = self;
        println!(
            "{of}: {runs} runs, {deaths} deaths, {given_up} mails left to a person after two losses"
        );
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_in_the_demo_it_ends_as_an_uninterrupted_one() {
    let test = "killed_anywhere_in_the_demo_it_ends_as_an_uninterrupted_one";
    let uninterrupted = demo::run(&[]).await;
    let mut running = JoinSet::new();
    let mut seeds = seeds(0..8);
    let mut tally = Tally::default();
    loop {
        while running.len() < 2
            && let Some(seed) = seeds.next()
        {
            let places = &uninterrupted.places;
            let planned = deaths::of_seed(seed, places, DEATHS_IN_THE_DEMO);
            running.spawn(async move { (seed, demo::run(&planned).await) });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (seed, seen) = ended.unwrap();
        tally.add((seed, test), &uninterrupted.account, seen);
    }
    tally.tell("the demo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_a_daemon_on_real_servers_ends_as_an_uninterrupted_one() {
    let test = "killed_anywhere_a_daemon_on_real_servers_ends_as_an_uninterrupted_one";
    a_town_with_deaths(Keeping::Folder, seeds(0..6), test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_with_all_in_postgresql_it_ends_as_an_uninterrupted_one() {
    let test = "killed_anywhere_with_all_in_postgresql_it_ends_as_an_uninterrupted_one";
    a_town_with_deaths(Keeping::Database, seeds(0..3), test).await;
}

#[cfg(feature = "object-store")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_anywhere_with_its_mails_in_a_bucket_it_ends_as_an_uninterrupted_one() {
    let test = "killed_anywhere_with_its_mails_in_a_bucket_it_ends_as_an_uninterrupted_one";
    a_town_with_deaths(Keeping::Bucket, seeds(0..3), test).await;
}

async fn a_town_with_deaths(keeping: Keeping, seeds: Range<u64>, test: &str) {
    let town = daemon::Town::settle(keeping).await;
    let uninterrupted = town.run(&[]).await;
    let mut tally = Tally::default();
    for seed in seeds {
        let planned = deaths::of_seed(seed, &uninterrupted.places, DEATHS_ON_SERVERS);
        let seen = town.run(&planned).await;
        tally.add((seed, test), &uninterrupted.account, seen);
    }
    tally.tell(&format!("the daemon, all kept in {keeping:?}"));
}

#[cfg(feature = "object-store")]
#[tokio::test]
async fn every_place_where_it_could_die_is_met() {
    let folder = tempfile::tempdir().unwrap();
    let (ended, mut met) = demo::life(folder.path(), demo::NOWHERE).await;
    assert_eq!(ended, Ended::Well);
    met.extend(commands::places(folder.path()).await);
    met.extend(tokens::places().await);
    let killed = Death::at("journal-flush.after");
    let town = daemon::Town::settle(Keeping::Folder).await;
    met.extend(town.run(&[killed]).await.places);
    let town = daemon::Town::settle(Keeping::Database).await;
    met.extend(town.run(&[]).await.places);
    let town = daemon::Town::settle(Keeping::Bucket).await;
    met.extend(town.run(&[]).await.places);
    let mut met = met.into_keys().collect::<BTreeSet<_>>();
    met.extend(crate::payments::DEATHS.map(str::to_owned));
    assert_eq!(met, deaths::all_places().collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn killed_while_the_key_or_the_tables_are_made_it_begins_again() {
    for place in [
        "key.before",
        "key.after",
        "migration.before",
        "migration.after",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (ended, _) = demo::life(folder.path(), &format!("{place}:1")).await;
        assert_eq!(ended, Ended::Killed, "{place}");
        let (ended, _) = demo::life(folder.path(), demo::NOWHERE).await;
        assert_eq!(ended, Ended::Well, "{place}");
    }
}
