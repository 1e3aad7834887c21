use super::*;

async fn maildir() -> (tempfile::TempDir, Maildir) {
    let folder = tempfile::tempdir().unwrap();
    let maildir = Maildir::create(&folder.path().join("ap")).await.unwrap();
    (folder, maildir)
}

async fn uids(maildir: &Maildir) -> Vec<String> {
    maildir
        .new_messages(|_| false)
        .await
        .unwrap()
        .into_iter()
        .map(|announced| announced.key.uid)
        .collect()
}

fn key(uid: &str) -> RemoteKey {
    RemoteKey {
        uid_validity: 0,
        uid: uid.to_owned(),
    }
}

#[tokio::test]
async fn a_message_keeps_its_name_when_its_owner_looks_at_it() {
    let (_folder, maildir) = maildir().await;
    std::fs::write(maildir.path().join("new/1.a.host"), "one").unwrap();
    std::fs::write(maildir.path().join("cur/2.b.host:2,F"), "two").unwrap();
    std::fs::write(maildir.path().join("cur/.hidden"), "no").unwrap();
    assert_eq!(uids(&maildir).await, ["1.a.host", "2.b.host"]);
    std::fs::rename(
        maildir.path().join("new/1.a.host"),
        maildir.path().join("cur/1.a.host:2,RS"),
    )
    .unwrap();
    assert_eq!(uids(&maildir).await, ["1.a.host", "2.b.host"]);
    assert_eq!(
        maildir
            .new_messages(|known| known.uid == "1.a.host")
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn fetching_tells_what_vanished_and_refuses_what_is_too_long() {
    let (_folder, maildir) = maildir().await;
    std::fs::write(maildir.path().join("new/1"), "one").unwrap();
    std::fs::write(maildir.path().join("new/2"), "two").unwrap();
    let announced = maildir.new_messages(|_| false).await.unwrap();
    assert_eq!(maildir.listed().await.unwrap().len(), announced.len());
    std::fs::remove_file(maildir.path().join("new/2")).unwrap();
    let batch = maildir.fetch(&announced, 3).await.unwrap();
    assert_eq!(
        batch.fetched,
        [Fetched {
            key: key("1"),
            bytes: b"one".to_vec()
        }]
    );
    assert_eq!(batch.gone, [key("2")]);
    assert!(matches!(
        maildir.fetch(&announced, 2).await,
        Err(MaildirError::TooLong { .. })
    ));
}

#[tokio::test]
async fn marking_twice_is_marking_once() {
    let (_folder, maildir) = maildir().await;
    std::fs::write(maildir.path().join("new/1"), "one").unwrap();
    std::fs::write(maildir.path().join("cur/2:2,F"), "two").unwrap();
    let keys = [key("1"), key("2"), key("never there")];
    for _ in 0..2 {
        let marked = maildir
            .mark(&keys, &How::Flag("\\Seen".into()))
            .await
            .unwrap();
        assert_eq!((marked.done.len(), marked.left.len()), (3, 0));
        assert!(maildir.path().join("cur/1:2,S").exists());
        assert!(maildir.path().join("cur/2:2,FS").exists());
    }
    for _ in 0..2 {
        maildir
            .mark(&keys, &How::Move("Processed".into()))
            .await
            .unwrap();
        assert!(maildir.path().join(".Processed/cur/1:2,S").exists());
        assert!(uids(&maildir).await.is_empty());
    }
}

#[tokio::test]
async fn delivering_the_same_message_again_leaves_one() {
    let (_folder, maildir) = maildir().await;
    let first = maildir.deliver(b"Subject: a\r\n\r\n").await.unwrap();
    assert_eq!(maildir.deliver(b"Subject: a\r\n\r\n").await.unwrap(), first);
    maildir.deliver(b"Subject: b\r\n\r\n").await.unwrap();
    assert_eq!(uids(&maildir).await.len(), 2);
    let all = maildir.new_messages(|_| false).await.unwrap();
    let keys = all
        .into_iter()
        .map(|announced| announced.key)
        .collect::<Vec<_>>();
    maildir.mark(&keys, &How::Flag("S".into())).await.unwrap();
    maildir.deliver(b"Subject: a\r\n\r\n").await.unwrap();
    assert_eq!(uids(&maildir).await.len(), 2);
}

#[tokio::test]
async fn names_cannot_leave_the_maildir() {
    let (folder, maildir) = maildir().await;
    std::fs::write(folder.path().join("secret"), "x").unwrap();
    assert_eq!(maildir.find(&key("../../secret")).await.unwrap(), None);
    assert!(
        maildir
            .mark(&[], &How::Move("../out".into()))
            .await
            .is_err()
    );
    let error = Maildir::open(folder.path()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("is no Maildir: it has no folder 'new'"),
        "{error}"
    );
}
