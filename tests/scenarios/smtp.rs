//! A real relay.

use countinghouse::basics::address::MailAddress;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::net::NetError;
use countinghouse::io::smtp::{SmtpError, SmtpSession};

use crate::office::servers::{servers, unique, unique_at};

const MAIL: &[u8] = b"From: ap@fin.test\r\nSubject: Please approve\r\nMessage-ID: <1@fin.test>\r\n\r\n.A dot first\r\nGr\xc3\xbc\xc3\x9fe\r\n";

#[tokio::test]
async fn a_mail_arrives_as_it_was_sent_over_starttls_and_login() {
    let (servers, ap, approver) = (servers(), unique("ap"), unique_at("anna", "ext.test"));
    let mut session = SmtpSession::new(servers.submission(&ap));
    session.check().await.unwrap();
    let accepted = session.send_raw(Some(&ap), &approver, MAIL).await.unwrap();
    assert!(
        accepted.answer.starts_with("250 2.0.0 Ok: queued as"),
        "{}",
        accepted.answer
    );
    session.close().await;
    let arrived = servers.inbox_with(&approver, 1).await.remove(0).bytes;
    let body = MAIL.split(|byte| *byte == b'.').next_back().unwrap();
    assert!(
        arrived.ends_with(&[b"\r\n\r\n.", body].concat()),
        "{}",
        String::from_utf8_lossy(&arrived)
    );
}

#[tokio::test]
async fn one_connection_serves_a_batch_and_survives_its_refusals() {
    let (servers, ap, to) = (servers(), unique("ap"), unique_at("anna", "ext.test"));
    let mut session = SmtpSession::new(servers.relay());
    let nobody = MailAddress::parse("nobody@ext.test").unwrap();
    let busy = MailAddress::parse("busy@ext.test").unwrap();
    for _ in 0..3 {
        session.send_raw(Some(&ap), &to, MAIL).await.unwrap();
        let error = session
            .send_raw(Some(&ap), &nobody, MAIL)
            .await
            .unwrap_err();
        assert!(
            matches!(
                error,
                SmtpError::Refused {
                    stage: "RCPT TO",
                    code: 550,
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(error.disposition(), Disposition::GiveUp);
        let error = session.send_raw(None, &busy, MAIL).await.unwrap_err();
        assert!(
            matches!(
                error,
                SmtpError::NotSent {
                    stage: "RCPT TO",
                    ..
                }
            ),
            "{error}"
        );
        assert_eq!(error.disposition(), Disposition::Retry);
    }
    session.close().await;
    assert_eq!(servers.inbox_with(&to, 3).await.len(), 3);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_authority_are_a_persons_business() {
    let ap = unique("ap");
    let mut account = servers().submission(&ap);
    account.login = Some((ap.to_string(), "wrong".into()));
    let error = SmtpSession::new(account).check().await.unwrap_err();
    assert!(matches!(error, SmtpError::LoginRefused { .. }), "{error}");
    assert_eq!(error.disposition(), Disposition::AskPerson);

    let mut account = servers().submission(&ap);
    account.server.ca_file = None;
    let error = SmtpSession::new(account).check().await.unwrap_err();
    assert!(
        matches!(error, SmtpError::Net(NetError::UnknownIssuer { .. })),
        "{error}"
    );
    assert_eq!(error.disposition(), Disposition::AskPerson);
}

#[tokio::test]
async fn mail_to_a_plus_address_reaches_its_owner() {
    let (servers, ap) = (servers(), unique("ap"));
    let mut session = SmtpSession::new(servers.relay());
    session
        .send_raw(None, &ap.with_detail("token123"), MAIL)
        .await
        .unwrap();
    assert_eq!(servers.inbox_with(&ap, 1).await.len(), 1);
}
