//! Mailboxes and a relay that let nobody in by password: tokens from a provider of the test's own, signed as Dovecot checks them.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countinghouse::basics::address::MailAddress;
use countinghouse::basics::text::chain;
use countinghouse::config::Config;
use countinghouse::io::clock::Clock;
use countinghouse::io::disposition::Disposition;
use countinghouse::io::imap::{ImapAccount, ImapError, ImapSession};
use countinghouse::io::login::Proof;
use countinghouse::io::net::Security;
use countinghouse::io::oauth::{TokenSource, TokenSources};
use countinghouse::io::smtp::{SmtpAccount, SmtpError, SmtpSession};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::office::servers::{servers, unique};

const ISSUER: &str = "https://id.fin.test";
/// Seconds a token has still to live, or has been dead.
const AN_HOUR: i64 = 3600;
const DEAD_FOR_AN_HOUR: i64 = -3600;

/// A token for this user, as Dovecot's oauth2 passdb checks it without asking anybody (JWT, RFC 7519, HS256).
pub fn signed(user: &MailAddress, lives: i64) -> String {
    let now = Clock::system().now().as_second();
    let claims = serde_json::json!({
        "iss": ISSUER, "sub": user.to_string(), "email": user.to_string(),
        "iat": now - 7200, "nbf": now - 7200, "exp": now + lives,
    });
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    let mut mac = Hmac::<Sha256>::new_from_slice(servers().password.as_bytes()).unwrap();
    mac.update(format!("{header}.{body}").as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{header}.{body}.{signature}")
}

/// A provider that gives these tokens one after the other, and says that each lives an hour.
struct Provider {
    port: u16,
    asked: Arc<Mutex<usize>>,
    folder: TempDir,
}

impl Provider {
    async fn giving(tokens: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let mut tokens = VecDeque::from(tokens);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let mut heard = vec![0; 16_384];
                // A request of some hundred bytes comes whole.
                assert!(stream.read(&mut heard).await.unwrap() > 0);
                let token = tokens.pop_front().unwrap_or_default();
                let body = format!(
                    r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"{token}"}}"#
                );
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let folder = tempfile::tempdir().unwrap();
        Self {
            port,
            asked,
            folder,
        }
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    /// What an office configured for this provider logs in by.
    fn source(&self, mechanism: &str) -> Arc<TokenSource> {
        let secret = self.folder.path().join("secret");
        std::fs::write(&secret, "client-secret\n").unwrap();
        let text = format!(
            "[company]\nname = \"E\"\ndomains = [\"fin.test\"]\n[storage]\ndata_folder = \"data\"\n\
             [[mailbox]]\nname = \"ap\"\nside = \"ap\"\naddress = \"ap@fin.test\"\nkind = \"maildir\"\nmaildir = \"in\"\n\
             [outgoing]\nkind = \"maildir\"\nmaildir = \"out\"\n\
             [owners]\npayables = \"a@fin.test\"\nreceivables = \"b@fin.test\"\nmail = \"c@fin.test\"\n\
             [[oauth]]\nname = \"id\"\nclient_id = \"cid\"\nmechanism = \"{mechanism}\"\n\
             token_endpoint = \"http://127.0.0.1:{}/token\"\nclient_secret_file = \"{}\"\n",
            self.port,
            secret.display()
        );
        let config = Config::parse(&text, self.folder.path()).unwrap();
        let data: &Path = &config.storage.data_folder;
        let sources = TokenSources::new(&config.oauth, data, &Clock::system());
        sources.named("id").unwrap()
    }

    fn imap(&self, user: &MailAddress, mechanism: &str) -> ImapAccount {
        let proof = Proof::Token(self.source(mechanism));
        ImapAccount {
            proof,
            ..servers().imap(user, Security::Tls)
        }
    }

    fn relay(&self, user: &MailAddress, mechanism: &str) -> SmtpAccount {
        let login = Some((user.to_string(), Proof::Token(self.source(mechanism))));
        SmtpAccount {
            login,
            ..servers().submission(user)
        }
    }
}

#[tokio::test]
async fn a_mailbox_is_opened_by_a_token_in_both_ways_a_server_may_take_it() {
    for mechanism in ["any", "oauthbearer", "xoauth2"] {
        let ap = unique("ap");
        let provider = Provider::giving(vec![signed(&ap, AN_HOUR)]).await;
        let account = provider.imap(&ap, mechanism);
        for _ in 0..2 {
            let mut session = ImapSession::connect(&account).await.unwrap();
            assert_eq!(session.select("INBOX").await.unwrap().exists, 0);
            session.logout().await;
        }
        assert_eq!(provider.asked(), 1, "{mechanism}");
    }
}

#[tokio::test]
async fn a_token_the_server_does_not_take_is_replaced_over_the_same_connection() {
    for mechanism in ["oauthbearer", "xoauth2"] {
        let ap = unique("ap");
        let tokens = vec![signed(&ap, DEAD_FOR_AN_HOUR), signed(&ap, AN_HOUR)];
        let provider = Provider::giving(tokens).await;
        let mut session = ImapSession::connect(&provider.imap(&ap, mechanism))
            .await
            .unwrap();
        session.select("INBOX").await.unwrap();
        assert_eq!(provider.asked(), 2, "{mechanism}");
    }
}

#[tokio::test]
async fn tokens_the_server_never_takes_are_a_persons_business_and_stand_in_no_word_of_it() {
    for mechanism in ["oauthbearer", "xoauth2"] {
        let (ap, other) = (unique("ap"), unique("other"));
        let tokens = vec![signed(&ap, DEAD_FOR_AN_HOUR), signed(&other, AN_HOUR)];
        let provider = Provider::giving(tokens.clone()).await;
        let error = ImapSession::connect(&provider.imap(&ap, mechanism))
            .await
            .err()
            .unwrap();
        assert!(matches!(error, ImapError::LoginRefused { .. }), "{error}");
        assert_eq!(error.disposition(), Disposition::AskPerson);
        let told = format!("{} {error:?}", chain(&error));
        assert!(told.contains("status"), "the server's reasons: {told}");
        assert!(tokens.iter().all(|token| !told.contains(token)), "{told}");
        assert_eq!(provider.asked(), 2, "once more, and no third time");
    }
}

#[tokio::test]
async fn a_mail_is_sent_by_a_token_and_an_old_one_is_replaced() {
    for mechanism in ["any", "oauthbearer", "xoauth2"] {
        let (ap, to) = (unique("ap"), unique("petra"));
        let tokens = vec![signed(&ap, DEAD_FOR_AN_HOUR), signed(&ap, AN_HOUR)];
        let provider = Provider::giving(tokens).await;
        let mut session = SmtpSession::new(provider.relay(&ap, mechanism));
        let mail = b"Subject: by token\r\n\r\nHello\r\n";
        let accepted = session.send_raw(Some(&ap), &to, mail).await.unwrap();
        assert!(accepted.answer.starts_with("250"), "{accepted:?}");
        servers().inbox_with(&to, 1).await;
        assert_eq!(provider.asked(), 2, "{mechanism}");
    }
}

#[tokio::test]
async fn a_relay_that_takes_no_token_of_ours_is_told_with_its_words() {
    let ap = unique("ap");
    let tokens = vec![signed(&ap, DEAD_FOR_AN_HOUR), signed(&ap, DEAD_FOR_AN_HOUR)];
    let provider = Provider::giving(tokens).await;
    let mut session = SmtpSession::new(provider.relay(&ap, "xoauth2"));
    let error = session
        .send_raw(Some(&ap), &unique("petra"), b"Subject: x\r\n\r\ny\r\n")
        .await
        .unwrap_err();
    assert!(matches!(error, SmtpError::LoginRefused { .. }), "{error:?}");
    assert_eq!(error.disposition(), Disposition::AskPerson);
    assert!(chain(&error).contains("535"), "{error}");
}
