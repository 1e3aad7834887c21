use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::basics::address::MailAddress;
use crate::io::disposition::Disposition;
use crate::io::fence::Fence;
use crate::io::net::Security;

/// What the relay does; everything not named it accepts.
#[derive(Clone, Copy, Default)]
struct Manners {
    mail: Option<&'static str>,
    rcpt: Option<&'static str>,
    /// After the final dot; "close" and "stall" do that instead of answering.
    content: Option<&'static str>,
    /// Hangs up after that many messages.
    messages: Option<usize>,
}

struct Relay {
    account: SmtpAccount,
    connections: Arc<AtomicUsize>,
}

async fn relay(manners: Manners) -> Relay {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, manners));
        }
    });
    let timeout = Duration::from_millis(200);
    let server = Server {
        host: "127.0.0.1".into(),
        port,
        security: Security::None,
        ca_file: None,
        timeout,
    };
    Relay {
        account: SmtpAccount {
            server,
            login: None,
            hello_name: "fin.test".into(),
        },
        connections,
    }
}

async fn serve(stream: TcpStream, manners: Manners) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 relay\r\n").await?;
    let (mut in_content, mut messages) = (false, 0);
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split(' ').next().unwrap_or_default() {
            "." => {
                in_content = false;
                messages += 1;
                match manners.content {
                    Some("close") => return Ok(()),
                    Some("stall") => continue,
                    other => other.unwrap_or("250 queued as 4711"),
                }
            }
            _ if in_content => continue,
            "EHLO" => "250 relay",
            "MAIL" if manners.messages == Some(messages) => return Ok(()),
            "MAIL" => manners.mail.unwrap_or("250 ok"),
            "RCPT" if line.contains("nobody") => manners.rcpt.unwrap_or("250 ok"),
            "DATA" => {
                in_content = true;
                "354 go on"
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

async fn send(session: &mut SmtpSession, to: &str) -> Result<Accepted, SmtpError> {
    session
        .send_raw(
            Some(&address("ap@fin.test")),
            &address(to),
            b"Subject: x\r\n\r\nHello\r\n",
        )
        .await
}

#[tokio::test]
async fn many_messages_share_one_connection_and_keep_the_relays_answer() {
    let relay = relay(Manners::default()).await;
    let mut session = SmtpSession::new(relay.account);
    for _ in 0..20 {
        assert_eq!(
            send(&mut session, "a@ext.test").await.unwrap().answer,
            "250 queued as 4711"
        );
    }
    session.close().await;
    assert_eq!(relay.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_daemon_that_others_may_take_for_dead_hands_no_content_over() {
    let relay = relay(Manners::default()).await;
    let fence = Fence::default();
    let mut session = SmtpSession::new(relay.account).behind(fence.clone());
    send(&mut session, "a@ext.test").await.unwrap();
    let long_ago = tokio::time::Instant::now().checked_sub(Duration::from_secs(60));
    fence.opens(long_ago.unwrap());
    let error = send(&mut session, "a@ext.test").await.unwrap_err();
    assert!(matches!(error, SmtpError::NotSent { .. }), "{error}");
    assert_eq!(error.disposition(), Disposition::Retry);
    fence.opens(tokio::time::Instant::now());
    send(&mut session, "a@ext.test").await.unwrap();
    assert_eq!(
        relay.connections.load(Ordering::SeqCst),
        2,
        "the announced mail ended with its connection"
    );
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_the_connection_goes_on() {
    let relay = relay(Manners {
        rcpt: Some("550 5.1.1 no such user"),
        ..Manners::default()
    })
    .await;
    let mut session = SmtpSession::new(relay.account);
    let error = send(&mut session, "nobody@ext.test").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the relay refused the message at RCPT TO: 550 5.1.1 no such user"
    );
    assert_eq!(error.disposition(), Disposition::GiveUp);
    send(&mut session, "a@ext.test").await.unwrap();
    assert_eq!(relay.connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_passing_refusal_is_tried_again_later() {
    let relay = relay(Manners {
        mail: Some("451 4.3.0 later"),
        ..Manners::default()
    })
    .await;
    let error = send(&mut SmtpSession::new(relay.account), "a@ext.test")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the relay did not take the message at MAIL FROM: 451 4.3.0 later"
    );
    assert_eq!(error.disposition(), Disposition::Retry);
}

#[tokio::test]
async fn silence_or_a_hang_up_after_the_content_leaves_it_unsure() {
    for manner in ["close", "stall"] {
        let relay = relay(Manners {
            content: Some(manner),
            ..Manners::default()
        })
        .await;
        let error = send(&mut SmtpSession::new(relay.account), "a@ext.test")
            .await
            .unwrap_err();
        assert!(error.is_unsure(), "{manner}: {error}");
    }
}

#[tokio::test]
async fn a_refusal_after_the_content_is_a_plain_answer() {
    let relay = relay(Manners {
        content: Some("552 too large"),
        ..Manners::default()
    })
    .await;
    let error = send(&mut SmtpSession::new(relay.account), "a@ext.test")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            SmtpError::Refused {
                stage: "the content",
                code: 552,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_the_relay_closed_meanwhile_is_replaced_without_notice() {
    let relay = relay(Manners {
        messages: Some(1),
        ..Manners::default()
    })
    .await;
    let mut session = SmtpSession::new(relay.account);
    for _ in 0..3 {
        send(&mut session, "a@ext.test").await.unwrap();
    }
    assert_eq!(relay.connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_relay_that_never_greets_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut account = relay(Manners::default()).await.account;
    account.server.port = listener.local_addr().unwrap().port();
    let error = send(&mut SmtpSession::new(account), "a@ext.test")
        .await
        .unwrap_err();
    assert!(
        matches!(error, SmtpError::NotSent { stage: "EHLO", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn starttls_is_demanded_and_nothing_goes_out_in_the_clear() {
    let mut account = relay(Manners::default()).await.account;
    account.server.security = Security::StartTls;
    let error = send(&mut SmtpSession::new(account), "a@ext.test")
        .await
        .unwrap_err();
    assert!(matches!(error, SmtpError::NoStartTls { .. }), "{error}");
}

#[tokio::test]
async fn a_lone_line_feed_could_smuggle_a_second_message_and_is_not_sent() {
    let mut session = SmtpSession::new(relay(Manners::default()).await.account);
    for bad in [&b"a\n.\r\nMAIL"[..], b"a\r.\r\n", b"a\r"] {
        let result = session.send_raw(None, &address("a@ext.test"), bad).await;
        assert!(matches!(result, Err(SmtpError::Unsendable { .. })));
    }
}
