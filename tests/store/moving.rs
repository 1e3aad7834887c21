//! Moving from SQLite to PostgreSQL: no table and no column is forgotten, also none that comes tomorrow.

use std::collections::BTreeSet;

use countinghouse::io::store::Moving;
use sqlx::{AnyConnection, Connection};

use crate::env::Env;

const SQLITE: &str = "SELECT m.name || '.' || c.name FROM sqlite_schema m
    JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name <> '_sqlx_migrations'";
const POSTGRES: &str = "SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name <> '_sqlx_migrations'";

async fn columns(env: &Env, text: &'static str) -> BTreeSet<String> {
    let connection = AnyConnection::connect(&env.config.url).await;
    let mut connection = connection.expect("connected");
    let names = sqlx::query_scalar::<sqlx::Any, String>(text);
    let names = names.fetch_all(&mut connection).await.expect("asked");
    connection.close().await.expect("a clean end");
    names.into_iter().collect()
}

#[tokio::test]
async fn every_table_of_both_databases_is_copied_and_raw_bytes_go_their_own_way() {
    let (here, there) = (Env::sqlite().await, Env::postgres().await);
    let ours = columns(&here, SQLITE).await;
    assert_eq!(ours, columns(&there, POSTGRES).await);
    let moving = Moving::begin(&here.config, &there.config).await;
    let mut moving = moving.expect("both are empty");
    let copied = moving.copy(&mut |_, _| {}).await.expect("copied");
    moving.end().await.expect("let go");
    let mut tables = ours
        .iter()
        .filter_map(|name| name.split_once('.'))
        .map(|(table, _)| table)
        .collect::<BTreeSet<_>>();
    assert!(tables.remove("contents"), "{tables:?}");
    let copied = copied.iter().map(|table| table.name.as_str());
    assert_eq!(copied.collect::<BTreeSet<_>>(), tables);
    here.end().await;
    there.end().await;
}

#[tokio::test]
async fn a_table_that_only_one_of_them_has_stops_the_move() {
    let (here, there) = (Env::sqlite().await, Env::postgres().await);
    let more = "ALTER TABLE bills ADD COLUMN more TEXT";
    here.tamper(more).await.expect("one more column");
    let refused = Moving::begin(&here.config, &there.config).await.err();
    let refused = refused.expect("not alike").to_string();
    assert!(
        refused.contains("the table bills is not alike"),
        "{refused}"
    );
    here.end().await;
    there.end().await;
}

/// The first row that is written tells after how long the server ends a session that waits for the source.
const TELLS_PATIENCE: &str = "CREATE FUNCTION tells_patience() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the server waits %', current_setting('idle_in_transaction_session_timeout'); END $$;
    CREATE TRIGGER tells_patience BEFORE INSERT ON audit_head EXECUTE FUNCTION tells_patience();";

#[tokio::test]
async fn the_server_waits_as_long_as_it_takes_to_read_the_books() {
    let (here, there) = (Env::sqlite().await, Env::postgres().await);
    there.tamper(TELLS_PATIENCE).await.expect("a trigger");
    let moving = Moving::begin(&here.config, &there.config).await;
    let mut moving = moving.expect("both are empty");
    let told = moving.copy(&mut |_, _| {}).await.expect_err("the trigger");
    let told = format!("{told:?}");
    assert!(told.contains("the server waits 0"), "{told}");
    moving.end().await.expect("let go");
    here.end().await;
    there.end().await;
}
