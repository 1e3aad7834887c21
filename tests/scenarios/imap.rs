//! A mailbox on a real server.

use countinghouse::basics::ids::ContentHash;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::imap::{ImapError, ImapSession};
use countinghouse::io::net::{NetError, Security};
use countinghouse::io::remote::{How, RemoteKey, batches};
use countinghouse::io::vault::Vault;

use crate::office::servers::{servers, unique};

/// Complete, or the server would write the missing fields into it.
fn mail(number: u32) -> String {
    let head = head(&format!("Bill {number}"));
    format!("{head}\r\n.Please pay {number}\r\n")
}

fn head(subject: &str) -> String {
    format!(
        "From: a@ext.test\r\nSubject: {subject}\r\nDate: Thu, 19 Nov 2026 09:00:00 +0100\r\nMessage-ID: <{}@ext.test>\r\n",
        subject.replace(' ', "-")
    )
}

#[tokio::test]
async fn only_mail_beyond_the_mark_is_announced_and_comes_back_byte_for_byte() {
    let (servers, ap) = (servers(), unique("ap"));
    for number in 1..=3 {
        servers
            .deliver("a@ext.test", &ap, mail(number).as_bytes())
            .await;
    }
    let mut session = ImapSession::connect(&servers.imap(&ap, Security::StartTls))
        .await
        .unwrap();
    let selected = session.select("INBOX").await.unwrap();
    assert!(selected.uid_validity > 0 && !selected.read_only);
    assert_eq!((selected.exists, selected.uid_next), (3, Some(4)));

    let announced = session.new_uids(2).await.unwrap();
    assert_eq!(
        announced
            .iter()
            .filter_map(|one| one.key.imap_uid())
            .collect::<Vec<_>>(),
        [2, 3]
    );
    assert!(
        announced
            .iter()
            .all(|one| one.received_at.is_some() && one.key.uid_validity == selected.uid_validity)
    );
    let batch = session.fetch(&announced).await.unwrap();
    assert!(batch.gone.is_empty());
    for (number, fetched) in (2..).zip(&batch.fetched) {
        assert!(fetched.bytes.ends_with(mail(number).as_bytes()));
    }
    // "4:*" names the last message on every server, although its UID is 3.
    assert!(session.new_uids(4).await.unwrap().is_empty());
    session.logout().await;
}

#[tokio::test]
async fn tls_from_the_first_byte_and_no_tls_on_this_machine_work_too() {
    for security in [Security::Tls, Security::None] {
        let mut session = ImapSession::connect(&servers().imap(&unique("ap"), security))
            .await
            .unwrap();
        assert_eq!(session.select("INBOX").await.unwrap().exists, 0);
        assert!(session.new_uids(1).await.unwrap().is_empty());
        session.logout().await;
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_authority_are_a_persons_business() {
    let mut account = servers().imap(&unique("ap"), Security::Tls);
    account.proof = "wrong".into();
    let error = ImapSession::connect(&account).await.err().unwrap();
    assert!(matches!(error, ImapError::LoginRefused { .. }), "{error}");
    assert_eq!(error.disposition(), Disposition::AskPerson);

    for security in [Security::Tls, Security::StartTls] {
        let mut account = servers().imap(&unique("ap"), security);
        account.server.ca_file = None;
        let error = ImapSession::connect(&account).await.err().unwrap();
        assert!(
            matches!(error, ImapError::Net(NetError::UnknownIssuer { .. })),
            "{error}"
        );
        assert_eq!(error.disposition(), Disposition::AskPerson);
    }
}

#[tokio::test]
async fn a_misspelt_folder_is_an_error_and_not_an_empty_mailbox() {
    let mut session = ImapSession::connect(&servers().imap(&unique("ap"), Security::Tls))
        .await
        .unwrap();
    let error = session.select("INBOXX").await.unwrap_err();
    assert!(
        matches!(
            error,
            ImapError::No {
                command: "SELECT",
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.disposition(), Disposition::AskPerson);
}

#[tokio::test]
async fn moving_twice_is_moving_once_and_the_folder_is_made_on_the_way() {
    let (servers, ap) = (servers(), unique("ap"));
    for number in 1..=4 {
        servers
            .deliver("a@ext.test", &ap, mail(number).as_bytes())
            .await;
    }
    let account = servers.imap(&ap, Security::Tls);
    let (folder, epoch) = (
        "Geprüft & abgelegt",
        ImapSession::connect(&account)
            .await
            .unwrap()
            .select("INBOX")
            .await
            .unwrap(),
    );
    let keys = [1, 3, 9].map(|uid: u32| RemoteKey {
        uid_validity: epoch.uid_validity,
        uid: uid.to_string(),
    });
    for _ in 0..2 {
        let mut session = ImapSession::connect(&account).await.unwrap();
        session.select("INBOX").await.unwrap();
        let marked = session
            .mark(&keys, &How::Move(folder.to_owned()))
            .await
            .unwrap();
        assert_eq!((marked.done.len(), marked.left.len()), (3, 0));
        session.logout().await;
    }
    assert_eq!(servers.folder(&ap, "INBOX").await.len(), 2);
    assert_eq!(servers.folder(&ap, folder).await.len(), 2);
}

#[tokio::test]
async fn flagging_may_be_repeated_and_leaves_the_mail_where_it_is() {
    let (servers, ap) = (servers(), unique("ap"));
    servers.deliver("a@ext.test", &ap, mail(1).as_bytes()).await;
    let mut session = ImapSession::connect(&servers.imap(&ap, Security::Tls))
        .await
        .unwrap();
    session.select("INBOX").await.unwrap();
    let key = session.new_uids(1).await.unwrap().remove(0).key;
    for flag in ["\\Seen", "$Countinghouse", "\\Seen"] {
        let marked = session
            .mark(std::slice::from_ref(&key), &How::Flag(flag.to_owned()))
            .await
            .unwrap();
        assert_eq!(marked.done.first(), Some(&key));
    }
    assert_eq!(session.new_uids(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_taken_away_between_announcement_and_fetch_is_reported_gone() {
    let (servers, ap) = (servers(), unique("ap"));
    for number in 1..=2 {
        servers
            .deliver("a@ext.test", &ap, mail(number).as_bytes())
            .await;
    }
    let account = servers.imap(&ap, Security::Tls);
    let mut session = ImapSession::connect(&account).await.unwrap();
    session.select("INBOX").await.unwrap();
    let announced = session.new_uids(1).await.unwrap();

    let mut someone_else = ImapSession::connect(&account).await.unwrap();
    someone_else.select("INBOX").await.unwrap();
    let first = announced[0].key.clone();
    someone_else
        .mark(
            std::slice::from_ref(&first),
            &How::Move("Elsewhere".to_owned()),
        )
        .await
        .unwrap();

    // Dovecot gives NIL for it as long as nobody told this session of the move; Cyrus says nothing.
    match session.fetch(&announced).await {
        Ok(batch) => assert_eq!(batch.gone, std::slice::from_ref(&first)),
        Err(failure) => assert!(matches!(failure, ImapError::Withheld { .. }), "{failure}"),
    }
    let mut again = ImapSession::connect(&account).await.unwrap();
    again.select("INBOX").await.unwrap();
    let batch = again.fetch(&announced).await.unwrap();
    assert_eq!((batch.fetched.len(), batch.gone), (1, vec![first]));
    assert_eq!(
        again
            .fetch_to(&announced[0], 1 << 20, &mut Vec::new())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_message_of_20_mib_streams_into_the_vault() {
    let (servers, ap) = (servers(), unique("ap"));
    let line = format!("{}\r\n", "0123456789abcdef".repeat(4));
    let large = format!(
        "{}\r\n{}",
        head("Scans"),
        line.repeat((20 << 20) / line.len())
    );
    servers.deliver("a@ext.test", &ap, large.as_bytes()).await;
    servers.deliver("a@ext.test", &ap, mail(2).as_bytes()).await;

    let mut session = ImapSession::connect(&servers.imap(&ap, Security::Tls))
        .await
        .unwrap();
    session.select("INBOX").await.unwrap();
    let announced = session.new_uids(1).await.unwrap();
    assert_eq!(batches(&announced).len(), 2);
    assert!(!announced[0].is_small() && announced[1].is_small());

    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(folder.path()).await.unwrap();
    let mut writer = vault.writer(50 << 20).await.unwrap();
    let length = session
        .fetch_to(&announced[0], 50 << 20, &mut writer)
        .await
        .unwrap();
    assert_eq!(length, Some(announced[0].size_bytes));
    let (hash, _) = writer.finish().await.unwrap();
    let stored = vault.get(hash, 50 << 20).await.unwrap();
    assert!(stored.ends_with(large.as_bytes()));
    assert_eq!(ContentHash::of(&stored), hash);
}
