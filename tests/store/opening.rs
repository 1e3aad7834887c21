//! Opening, creating and migrating.

use countinghouse::io::store::{Store, StoreError};

use crate::env::Env;

pub async fn every_statement_can_be_prepared(env: &Env) {
    let prepared = env
        .store
        .prepare_all()
        .await
        .expect("every statement fits the tables");
    assert!(prepared > 150, "only {prepared} statements were found");
}

pub async fn an_empty_database_is_not_opened_without_migration(env: &Env) {
    let config = env.empty().await;
    if env.is_sqlite() {
        let refused = Store::open(&config).await.expect_err("there is no file");
        assert!(
            matches!(refused, StoreError::MigrationNeeded { .. }),
            "{refused}"
        );
        std::fs::write(config.data_folder.join("books.db"), b"").expect("an empty file");
    }
    let refused = Store::open(&config).await.expect_err("there are no tables");
    assert!(
        matches!(refused, StoreError::MigrationNeeded { .. }),
        "{refused}"
    );
    let store = Store::open_or_create(&config)
        .await
        .expect("it can be made");
    store.close().await;
}

pub async fn migrating_twice_does_nothing(env: &Env) {
    let config = env.empty().await;
    assert!(Store::migrate(&config).await.expect("once") > 0);
    assert_eq!(Store::migrate(&config).await.expect("twice"), 0);
}

pub async fn of_two_who_migrate_at_once_one_did_it(env: &Env) {
    let config = env.empty().await;
    let (one, other) = tokio::join!(Store::migrate(&config), Store::migrate(&config));
    let (one, other) = (one.expect("it can be made"), other.expect("it is made"));
    assert!(one.min(other) == 0 && one.max(other) > 0, "{one}, {other}");
}

pub async fn a_database_of_a_newer_program_is_refused(env: &Env) {
    let newer =
        "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum,
        execution_time) SELECT 9999, description, installed_on, success, checksum, execution_time
        FROM _sqlx_migrations WHERE version = 1";
    env.tamper(newer).await.expect("a row of a newer program");
    let works_with = "UPDATE installation SET value = '9999' WHERE name = 'works with'";
    env.tamper(works_with)
        .await
        .expect("no older one works on it");
    let refused = Store::open(&env.config).await.expect_err("it is newer");
    assert!(matches!(refused, StoreError::Foreign { .. }), "{refused}");
}

pub async fn an_edited_migration_is_noticed(env: &Env) {
    let zero = if env.is_sqlite() { "x'00'" } else { "'\\x00'" };
    let edit = format!("UPDATE _sqlx_migrations SET checksum = {zero} WHERE version = 1");
    env.tamper(&edit).await.expect("another checksum");
    let refused = Store::open(&env.config)
        .await
        .expect_err("the text differs");
    assert!(matches!(refused, StoreError::Foreign { .. }), "{refused}");
}

/// On a server each of them has a data folder of its own.
pub async fn many_at_once_make_one_database(env: &Env) {
    let shared = env.empty().await;
    let opened = (0..6).map(|number| {
        let mut config = shared.clone();
        if !env.is_sqlite() {
            config.data_folder = config.data_folder.join(number.to_string());
            std::fs::create_dir(&config.data_folder).expect("a folder");
        }
        tokio::spawn(async move { Store::open_or_create(&config).await })
    });
    for task in opened.collect::<Vec<_>>() {
        let store = task.await.expect("no panic").expect("all of them open it");
        store.close().await;
    }
}

#[tokio::test]
async fn one_daemon_a_data_folder_and_its_end_frees_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = crate::env::sqlite_config(folder.path().to_owned());
    let first = Store::open_or_create(&config).await.expect("new");
    first.lock().await.expect("nobody else");
    let second = Store::open(&config).await.expect("reading is free");
    let refused = second.lock().await.expect_err("the first holds it");
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    first.close().await;
    second.lock().await.expect("the first is gone");
}

#[tokio::test]
async fn nobody_migrates_under_a_running_daemon() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = crate::env::sqlite_config(folder.path().to_owned());
    let daemon = Store::open_or_create(&config).await.expect("new");
    daemon.lock().await.expect("nobody else");
    let refused = Store::migrate(&config).await.expect_err("the daemon works");
    assert!(matches!(refused, StoreError::Locked { .. }), "{refused}");
    let onlooker = Store::open_or_create(&config)
        .await
        .expect("looking is free");
    onlooker.close().await;
}

#[tokio::test]
async fn a_wrong_address_is_named_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = crate::env::sqlite_config(folder.path().to_owned());
    config.url = "mysql://user:secret@host/db".into();
    let refused = Store::open(&config)
        .await
        .expect_err("we do not know it")
        .to_string();
    assert!(!refused.contains("secret"), "{refused}");
    assert!(refused.contains("sqlite://"), "{refused}");
}
