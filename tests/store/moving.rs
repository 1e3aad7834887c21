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
