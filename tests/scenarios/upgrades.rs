//! A new version comes while the old one works: its tables are made beside the old daemons, which go on and are replaced one by one.
//! What the old ones cannot live with waits until they are gone.
//!
//! The version to come is this program with migrations from files.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use countinghouse::io::store::LIVES_FOR;

use crate::office::closed::Ran;
use crate::office::daemon::{Daemon, program};
use crate::replicas::{Machines, configuration};

const EXPAND: &str = "-- Who looked at a bill.
--@works_with 17
ALTER TABLE bills ADD COLUMN looked_at_by TEXT;
ALTER TABLE messages ADD COLUMN weight {{i64}} NOT NULL DEFAULT 1;
CREATE INDEX bills_by_looker ON bills (looked_at_by) WHERE looked_at_by IS NOT NULL;
CREATE TABLE lookers (
    id {{key}} NOT NULL,
    CONSTRAINT lookers_id PRIMARY KEY (id)
){{strict}};
";
/// It adds, too, and the first version misses something: the new one no longer writes what that reads.
const LEAVES_BEHIND: &str = "-- Instead of the column of bills.
--@works_with 9000
CREATE TABLE looks (
    id {{key}} NOT NULL,
    CONSTRAINT looks_id PRIMARY KEY (id)
){{strict}};
";
const CONTRACT: &str = "-- Nobody reads it any more.
--@works_with 9000
ALTER TABLE bills DROP COLUMN looked_at_by;
";

fn run(config: &Path, migrations: &[&str], arguments: &[&str]) -> Ran {
    let mut command = program(&["--config", config.to_str().unwrap()]);
    command.args(arguments).args(migrations);
    let ran = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    ran.output().unwrap().into()
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    file
}

#[tokio::test]
async fn a_new_version_is_installed_while_the_old_one_works() {
    let mut machines = Machines::open().await;
    let folder = machines.office.folder().to_owned();
    let expand = written(&folder, "9000_lookers.sql", EXPAND);
    let contract = written(&folder, "9001_lookers_gone.sql", CONTRACT);
    let behind = written(&folder, "9002_looks.sql", LEAVES_BEHIND);
    let newer = ["--and-migration", expand.to_str().unwrap()];
    let newest = [&newer[..], &["--and-migration", contract.to_str().unwrap()]].concat();
    let here = configuration(&machines.office, "a", None);
    let there = configuration(&machines.office, "b", None);

    let nothing = run(&here, &[], &["migrate", "--plan", "--json"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(0), ""));
    let old = Daemon::start(&here);
    machines.receive(3).await;
    machines.all_is_done("the old version").await;

    for _ in 0..2 {
        let plan = run(&there, &newer, &["migrate", "--plan", "--json"]);
        assert_eq!(plan.code, Some(3), "{}", plan.err);
        assert_eq!(
            plan.out.trim(),
            "{\"migration\":9000,\"name\":\"9000_lookers\",\"while_daemons_work\":true,\"changes\":[\
             \"bills: new column looked_at_by\",\"messages: new column weight\",\"bills: new index\",\"new table lookers\"]}"
        );
    }
    // Over two versions at once the old daemon would work on tables that the second says it cannot work on.
    let two = [&newer[..], &["--and-migration", behind.to_str().unwrap()]].concat();
    let plan = run(&there, &two, &["migrate", "--plan", "--json"]);
    let second = plan.out.lines().nth(1).unwrap();
    assert!(
        second.contains("\"migration\":9002") && second.contains("\"while_daemons_work\":false"),
        "{}",
        plan.out
    );
    let refused = run(&there, &two, &["migrate"]);
    refused.refused(
        1,
        "work on these books, and what waits changes what they use",
    );
    // Also from the machine on which the old daemon works.
    let (told, ()) = tokio::join!(
        tokio::task::spawn_blocking({
            let (here, newer) = (here.clone(), newer.map(str::to_owned));
            move || {
                run(
                    &here,
                    &newer.each_ref().map(String::as_str),
                    &["migrate", "--json"],
                )
            }
        }),
        machines.receive(4)
    );
    assert_eq!(told.unwrap().object()["migrations_run"], 1);
    machines
        .all_is_done("the old version on the new tables")
        .await;

    let new = Daemon::start_with(&there, &newer);
    machines.receive(3).await;
    machines.all_is_done("both versions").await;
    drop(old);
    let old = Daemon::start(&here);
    drop(new);
    machines.receive(2).await;
    machines
        .all_is_done("the old version, started on the new tables")
        .await;

    let plan = run(&there, &newest, &["migrate", "--plan", "--json"]);
    assert!(
        plan.out.contains("\"while_daemons_work\":false"),
        "{}",
        plan.out
    );
    let refused = run(&there, &newest, &["migrate"]);
    refused.refused(
        1,
        "work on these books, and what waits changes what they use",
    );
    drop(old);
    tokio::time::sleep(LIVES_FOR + Duration::from_secs(1)).await;
    assert_eq!(
        run(&there, &newest, &["migrate", "--json"]).object()["migrations_run"],
        1
    );
    let refused = run(&here, &[], &["run"]);
    refused.refused(
        1,
        "migration 9000 is of a newer version, which this one cannot work beside",
    );
    let status = run(&there, &newer, &["status"]);
    assert_eq!(
        status.code,
        Some(0),
        "the version before goes on: {}",
        status.err
    );
    machines.office.store.clone().close().await;
}
