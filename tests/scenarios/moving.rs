//! A company that began with SQLite moves to PostgreSQL: by one command, with the proof that nothing is missing, and goes on in the
//! middle of its work.

use std::time::Duration;

use countinghouse::config::Config;
use countinghouse::io::store::Store;
use countinghouse::{setup, watch};

use crate::office::Office;
use crate::office::bills::bill;
use crate::office::closed::Closed;
use crate::office::mails::answer;

pub const SAME_FOLDER: &str = "data_folder = \"data\"\n";
pub const MOVE: [&str; 4] = ["move-to-postgresql", "--to", "new.toml", "--json"];

/// One bill is asked about, and another mail is fetched and nothing of it is done yet.
pub async fn in_the_middle_of_its_work() -> Closed {
    at_work().await.closed().await
}

async fn at_work() -> Office {
    let office = Office::sqlite().await;
    let ap = office.people.ap.clone();
    office.take(&ap, &bill("RE-8001", 119_000).mail(1)).await;
    assert_eq!(office.state_of("RE-8001").await, "awaiting_approval");
    office.receive(&ap, &bill("RE-8002", 120_000).mail(2)).await;
    let mailbox = &office.config.mailboxes[0];
    assert_eq!(watch::visit(&office.desk, mailbox).await.unwrap().new, 1);
    office
}

/// Petra answers what she was asked before the move; the bill that waited is read and asked about once.
pub async fn goes_on(office: Office) {
    office.work().await;
    for number in ["RE-8001", "RE-8002"] {
        let request = office.request_about(number, &office.people.petra).await;
        let reply = answer(&request, &office.people.petra, "Freigegeben\n\nPetra");
        office.take(&request.reply_to, &reply.write()).await;
        assert_eq!(office.state_of(number).await, "scheduled", "{number}");
        assert_eq!(office.payments_of(number).await.len(), 1, "{number}");
    }
    let ap = office.people.ap.clone();
    office.take(&ap, &bill("RE-8003", 130_000).mail(3)).await;
    assert_eq!(office.state_of("RE-8003").await, "awaiting_approval");
    office.close(&[]).await;
}

#[tokio::test]
async fn a_company_moves_to_postgresql_and_goes_on_in_the_middle_of_its_work() {
    let mut office = in_the_middle_of_its_work().await;
    let lists = ["bills", "messages", "outbound", "audit", "exceptions"];
    let list = |office: &Closed, config: &str, what: &str| {
        let listed = office.run(config, &[what, "list", "--limit", "10000", "--json"]);
        assert_eq!(listed.code, Some(0), "{}", listed.err);
        listed.out
    };
    let before = lists.map(|what| list(&office, "countinghouse.toml", what));
    office.writes_new_configuration(SAME_FOLDER).await;
    let told = office.run("countinghouse.toml", &MOVE).object();
    assert_eq!(
        (&told["ok"], &told["was_there_already"]),
        (&true.into(), &false.into())
    );
    assert_eq!(told["files_put_on_shelf"], 0, "{told}");
    let rows = |table: &str| {
        let tables = told["tables"].as_array().unwrap();
        let found = tables.iter().find(|one| one["table"] == table).unwrap();
        found["rows"].as_u64().unwrap()
    };
    assert_eq!(told["entries"], rows("audit_events"), "{told}");
    assert_eq!((rows("bills"), rows("messages")), (1, 2), "{told}");
    assert!(rows("jobs") > 0, "work waits");

    for (what, before) in lists.iter().zip(&before) {
        assert_eq!(list(&office, "new.toml", what), *before, "{what}: copied");
        assert_eq!(
            list(&office, "countinghouse.toml", what),
            *before,
            "{what}: left"
        );
    }
    for config in ["countinghouse.toml", "new.toml"] {
        let verified = office.run(config, &["audit", "verify", "--json"]).object();
        assert_eq!(verified["entries"], told["entries"]);
    }
    let place = told["to"].as_str().unwrap();
    let daemon = office.run("countinghouse.toml", &["run"]);
    daemon.refused(2, &format!("these books were moved to {place}"));
    let again = office.run("countinghouse.toml", &MOVE);
    again.refused(2, &format!("these books were moved to {place}"));
    std::fs::write(office.path("new.csv"), "number,name\n77,Somebody new\n").unwrap();
    let decided = office.run("countinghouse.toml", &["import", "suppliers", "new.csv"]);
    decided.refused(
        1,
        &format!("nothing was written: these books were moved to {place}"),
    );
    goes_on(office.opened_with_new_configuration().await).await;
}

#[tokio::test]
async fn mails_go_into_the_database_where_the_new_machine_shares_no_folder() {
    let mut office = in_the_middle_of_its_work().await;
    let elsewhere = "data_folder = \"elsewhere\"\n";
    office.writes_new_configuration(elsewhere).await;
    let refused = office.run("countinghouse.toml", &MOVE);
    refused.refused(
        2,
        "give it the same data_folder, or raw_bytes = \"database\"",
    );
    let in_database = format!("{elsewhere}raw_bytes = \"database\"\n");
    office.writes_new_configuration(&in_database).await;
    let refused = office.run("countinghouse.toml", &MOVE);
    refused.refused(2, "copy token.key from");

    std::fs::create_dir(office.path("elsewhere")).unwrap();
    std::fs::copy(
        office.path("data/token.key"),
        office.path("elsewhere/token.key"),
    )
    .unwrap();
    let told = office.run("countinghouse.toml", &MOVE).object();
    assert!(told["files"].as_u64().unwrap() >= 2, "{told}");
    assert_eq!(told["files_put_on_shelf"], told["files"], "{told}");
    std::fs::remove_dir_all(office.path("data")).unwrap();
    office
        .run("new.toml", &["audit", "verify", "--json"])
        .object();
    goes_on(office.opened_with_new_configuration().await).await;
}

#[tokio::test]
async fn a_move_that_is_killed_leaves_nothing_or_everything_and_is_done_again() {
    let mut office = in_the_middle_of_its_work().await;
    office.writes_new_configuration(SAME_FOLDER).await;
    let killed = |place: &str| {
        let arguments = [&["--die-at", place], &MOVE[..]].concat();
        let ran = office.run("countinghouse.toml", &arguments);
        assert_eq!(ran.code, None, "killed: {}", ran.err);
    };
    killed("migration.after:1");
    killed("commit.before:1");
    let bills = office.run("new.toml", &["bills", "list", "--json"]);
    assert_eq!(
        (bills.code, bills.out.as_str()),
        (Some(0), ""),
        "{}",
        bills.err
    );
    killed("commit.after:1");
    let told = office.run("countinghouse.toml", &MOVE).object();
    assert_eq!(
        (&told["ok"], &told["was_there_already"]),
        (&true.into(), &true.into())
    );
    goes_on(office.opened_with_new_configuration().await).await;
}

#[tokio::test]
async fn a_move_that_is_killed_anywhere_is_done_again_although_a_daemon_died_over_its_work() {
    let office = at_work().await;
    let (now, lease) = (office.desk.clock.now(), Duration::from_secs(600));
    let claimed = office.desk.store.claim("dead", now, 1, lease).await;
    assert_eq!(claimed.unwrap().len(), 1);
    let mut office = office.closed().await;
    office.writes_new_configuration(SAME_FOLDER).await;

    let killed_at = |place: &str| {
        let arguments = [&["--die-at", place], &MOVE[..]].concat();
        office.run("countinghouse.toml", &arguments)
    };
    let ran = killed_at("commit.after:1");
    assert_eq!(ran.code, None, "the copy is whole: {}", ran.err);
    // Once more for each later commit, up to the one that frees what the dead daemon was doing.
    let ended = (1..9)
        .map(|nth| killed_at(&format!("queue.after:{nth}")))
        .find(|ran| ran.code.is_some());
    let ended = ended.expect("a move has an end");
    ended.refused(2, "these books were moved to");
    goes_on(office.opened_with_new_configuration().await).await;
}

#[tokio::test]
async fn a_move_is_refused_where_it_would_lose_or_mix_something() {
    let mut office = in_the_middle_of_its_work().await;
    office.writes_new_configuration(SAME_FOLDER).await;
    let config = Config::load(&office.path("countinghouse.toml")).unwrap();
    let daemon = Store::open(&setup::store_config(&config).unwrap())
        .await
        .unwrap();
    daemon.lock().await.unwrap();
    let refused = office.run("countinghouse.toml", &MOVE);
    refused.refused(1, "another daemon holds the lock");
    daemon.close().await;
    let same = office.run(
        "countinghouse.toml",
        &["move-to-postgresql", "--to", "countinghouse.toml"],
    );
    same.refused(2, "whose books are in SQLite, too");

    let mail = std::fs::read_dir(office.path("data/sha256"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let hidden = office.path("hidden");
    std::fs::rename(mail.path(), &hidden).unwrap();
    let refused = office.run("countinghouse.toml", &MOVE);
    refused.refused(1, "not every mail is as it came, and nothing was copied");
    std::fs::rename(&hidden, mail.path()).unwrap();

    // Somebody began to work with the new database already.
    let suppliers = "number,name\n1,Somebody\n";
    std::fs::write(office.path("suppliers.csv"), suppliers).unwrap();
    let imported = office.run("new.toml", &["import", "suppliers", "suppliers.csv"]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let refused = office.run("countinghouse.toml", &MOVE);
    refused.refused(1, "is not empty (audit_events has rows)");
    office.writes_new_configuration(SAME_FOLDER).await;
    office.run("countinghouse.toml", &MOVE).object();
    goes_on(office.opened_with_new_configuration().await).await;
}

#[tokio::test]
async fn whoever_only_looks_makes_no_tables_in_an_empty_database() {
    let mut office = Office::sqlite().await.closed().await;
    office.writes_new_configuration(SAME_FOLDER).await;
    for looks in [&["status"][..], &["bills", "list"], &["audit", "verify"]] {
        let ran = office.run("new.toml", looks);
        ran.refused(1, "there are no books in the database");
    }
    let config = Config::load(&office.path("new.toml")).unwrap();
    let store = setup::store_config(&config).unwrap();
    assert!(Store::open_if_any(&store).await.unwrap().is_none());
    // An import may be the first thing that is done with it, and then there is something to look at.
    std::fs::write(office.path("suppliers.csv"), "number,name\n1,Somebody\n").unwrap();
    let imported = office.run("new.toml", &["import", "suppliers", "suppliers.csv"]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let status = office.run("new.toml", &["status", "--json"]).object();
    assert_eq!(status["jobs_ready"], 0, "{status}");
    let counts = status["counts"].as_array().unwrap();
    assert!(
        counts.iter().all(|one| one["kind"] != "job"),
        "jobs are counted once: {status}"
    );
    office
        .opened_with_new_configuration()
        .await
        .close(&[])
        .await;
}
