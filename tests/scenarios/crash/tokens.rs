//! A mailbox that is opened by tokens whose provider puts a new refresh token in place of each it was sent: killed around every
//! write of one, the daemon gets in again, or says that a person must sign in and why.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countinghouse::config::Config;
use countinghouse::io::store::Store;
use countinghouse::setup;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::deaths::{self, Places};
use super::demo::NOWHERE;
use super::{account, daemon};
use crate::oauth::signed;
use crate::office::daemon::program;
use crate::office::mails;
use crate::office::servers::servers;
use crate::office::{People, books, everything};

const PATIENCE: Duration = Duration::from_secs(60);
/// That the token is on its way, and the one that came back.
const WRITES: [&str; 4] = [
    "token-file.before:1",
    "token-file.after:1",
    "token-file.before:2",
    "token-file.after:2",
];
/// The provider has replaced the token, and nobody wrote the new one down.
const LOST: &str = "token-file.before:2";

/// What the provider does with the token before the last one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Replaced {
    /// It is good once more: the answer may have been lost (RFC 9700 section 4.14.2 leaves room for that).
    TakenAgain,
    Refused,
}

struct Company {
    folder: TempDir,
    people: People,
    /// The number of the last refresh token the provider gave; the first is 1.
    last: Arc<Mutex<u32>>,
}

impl Company {
    /// With a mail in its mailbox.
    async fn with_provider(replaced: Replaced) -> Self {
        let people = People::new();
        let last = Arc::new(Mutex::new(1));
        let port = provider(&people, replaced, last.clone()).await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let password = file("password", &servers().password);
        let (secret, first) = (file("secret", "secret\n"), file("first", "rt-1\n"));
        let by_password = format!("password_file = \"{}\"\n", password.display());
        let text = books::configuration(&people, &password, None);
        let text = text.replacen(&by_password, "oauth = \"id\"\n", 1);
        let provider = format!(
            "\n[[oauth]]\nname = \"id\"\nclient_id = \"cid\"\ngrant = \"refresh_token\"\n\
             token_endpoint = \"http://127.0.0.1:{port}/token\"\nclient_secret_file = {secret:?}\nrefresh_token_file = {first:?}\n"
        );
        file("countinghouse.toml", &format!("{text}{provider}"));
        let mail = mails::plain("news@beans.example", "Harvest report", "It rains.");
        let ap = &people.ap;
        servers()
            .deliver("news@ext.test", ap, mail.as_bytes())
            .await;
        Self {
            folder,
            people,
            last,
        }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("countinghouse.toml")
    }

    /// A daemon until it dies or has reached something; what it said on standard error.
    async fn life(&self, die_at: &str, reached: impl AsyncFn(&Path) -> bool) -> String {
        let told = self.folder.path().join("told");
        let config = self.config();
        let mut command = program(&["--config", config.to_str().unwrap(), "run"]);
        command.args(["--die-at", die_at]);
        command.stderr(std::fs::File::create(&told).unwrap());
        let mut process = command.spawn().unwrap();
        let read = || daemon::read(&told);
        let ending = async {
            while process.try_wait().unwrap().is_none() && !reached(&config).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let ended = tokio::time::timeout(PATIENCE, ending).await;
        process.kill().unwrap();
        let status = process.wait().unwrap();
        assert!(ended.is_ok(), "{die_at}: {}", read());
        assert_eq!(status.signal(), Some(9), "{die_at}: {}", read());
        read()
    }
}

/// Gives a token that opens the mailbox for whoever shows the last refresh token, and another of those with it.
async fn provider(people: &People, replaced: Replaced, last: Arc<Mutex<u32>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let ap = people.ap.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // The program may be killed over its request.
            let Some(heard) = whole(&mut stream).await else {
                continue;
            };
            let shown = heard.split("refresh_token=rt-").nth(1);
            let shown = shown.and_then(|text| text.split('&').next()?.parse::<u32>().ok());
            let (status, body) = {
                let mut last = last.lock().unwrap();
                let is_good = shown == Some(*last)
                    || (replaced == Replaced::TakenAgain && shown == Some(*last - 1));
                if is_good {
                    *last += 1;
                    let token = signed(&ap, 3600);
                    let body = format!(
                        r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"{token}","refresh_token":"rt-{last}"}}"#
                    );
                    ("200 OK", body)
                } else {
                    ("400 Bad Request", r#"{"error":"invalid_grant"}"#.to_owned())
                }
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.ok();
        }
    });
    port
}

/// A request with all of its body, which may come in a piece of its own.
async fn whole(stream: &mut TcpStream) -> Option<String> {
    let mut heard = Vec::new();
    loop {
        if stream.read_buf(&mut heard).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&heard);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.split("Content-Length: ").nth(1)?.lines().next()?;
        if body.len() >= length.parse().ok()? {
            return Some(text.into_owned());
        }
    }
}

/// The mail was taken.
async fn is_in(config: &Path) -> bool {
    if !config.with_file_name("data/countinghouse.db").exists() {
        return false;
    }
    // The daemon may be making it.
    let config = Config::load(config).unwrap();
    let Ok(store) = Store::open(&setup::store_config(&config).unwrap()).await else {
        return false;
    };
    let messages = store.list_messages(&everything()).await.unwrap();
    store.close().await;
    messages.len() == 1
}

async fn never(_: &Path) -> bool {
    false
}

/// The places met by a daemon that gets one token.
pub async fn places() -> Places {
    let company = Company::with_provider(Replaced::Refused).await;
    deaths::told(&company.life(NOWHERE, is_in).await)
}

#[tokio::test]
async fn killed_around_every_write_of_a_refresh_token_it_gets_into_the_mailbox_again() {
    for replaced in [Replaced::TakenAgain, Replaced::Refused] {
        for die_at in WRITES {
            let company = Company::with_provider(replaced).await;
            company.life(die_at, never).await;
            if (replaced, die_at) == (Replaced::Refused, LOST) {
                continue;
            }
            company.life(NOWHERE, is_in).await;
            let written = company.folder.path().join("data/oauth/id.token");
            let written = daemon::read(&written);
            assert!(
                written.contains("\"is_being_exchanged\":false"),
                "{die_at}: the new one is kept"
            );
            drop(company.people);
        }
    }
}

#[tokio::test]
async fn killed_over_an_answer_that_no_provider_repeats_it_says_that_a_person_must_sign_in() {
    let company = Company::with_provider(Replaced::Refused).await;
    company.life(LOST, never).await;
    assert_eq!(*company.last.lock().unwrap(), 2, "it was replaced once");
    let says_so = async |config: &Path| {
        let store = account::open(config).await;
        let asked = store.list_exceptions(&everything()).await.unwrap();
        store.close().await;
        asked
            .iter()
            .any(|one| one.reason.contains("an answer of the provider was lost"))
    };
    let told = company.life(NOWHERE, says_so).await;
    assert!(!told.contains("rt-1"), "no token stands in the log");
}
