//! The servers `tests/run` started, and what a test does at them. Every test uses addresses of its own, so that all can run at
//! once; a mailbox comes into being with its first mail or login.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use countinghouse::basics::address::MailAddress;
use countinghouse::io::imap::{ImapAccount, ImapSession};
use countinghouse::io::limits::{MAX_CONFIG_BYTES, read_text};
use countinghouse::io::net::{Security, Server};
use countinghouse::io::remote::{Fetched, batches};
use countinghouse::io::smtp::SmtpAccount;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Longer than anything on one machine takes, also a busy one.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whose IMAP server it is. `tests/run` runs the stories once for each; only what a make is known to do differently may ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Make {
    Dovecot,
    Cyrus,
}

/// Where everything is. Users: `anything@fin.test` and `anything@ext.test`, all with one password; `nobody@ext.test` is
/// refused by the relay with 550, `busy@ext.test` with 450.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Servers {
    pub make: Make,
    pub host: String,
    pub imap_port: u16,
    pub imaps_port: u16,
    pub lmtp_port: u16,
    pub smtp_port: u16,
    pub submission_port: u16,
    pub ca_file: PathBuf,
    pub password: String,
    pub postgres_url: String,
    /// Speaks as S3, whoever asks; a bucket comes into being when somebody makes it.
    #[cfg_attr(
        not(feature = "object-store"),
        expect(dead_code, reason = "nobody asks it")
    )]
    pub s3_url: String,
    /// Speaks as Azure Blob Storage, with the account in it and a container `tests`.
    #[cfg_attr(
        not(feature = "object-store"),
        expect(dead_code, reason = "nobody asks it")
    )]
    pub azure_url: String,
    /// What ISO 20022 says of pain.001.001.09.
    pub payment_schema: PathBuf,
    /// Where beancount is unpacked.
    pub beancount: PathBuf,
}

/// The servers of this run.
#[expect(
    clippy::disallowed_methods,
    reason = "how tests/run tells where the servers are"
)]
pub fn servers() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(|| {
        let Some(path) = std::env::var_os("COUNTINGHOUSE_TEST_SERVERS") else {
            panic!("these tests need mail servers: start them with tests/run")
        };
        toml::from_str(&read_text(&PathBuf::from(path), MAX_CONFIG_BYTES).unwrap()).unwrap()
    })
}

/// An address nobody else uses: `unique("ap")` is `ap-1234-1@fin.test`.
pub fn unique(name: &str) -> MailAddress {
    unique_at(name, "fin.test")
}

/// The same at another domain of the tests.
pub fn unique_at(name: &str, domain: &str) -> MailAddress {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    MailAddress::parse(&format!("{name}-{}-{count}@{domain}", std::process::id())).unwrap()
}

impl Servers {
    fn server(&self, port: u16, security: Security) -> Server {
        let (host, ca_file) = (self.host.clone(), Some(self.ca_file.clone()));
        Server {
            host,
            port,
            security,
            ca_file,
            timeout: PATIENCE,
        }
    }

    /// The account of a mailbox.
    pub fn imap(&self, owner: &MailAddress, security: Security) -> ImapAccount {
        let port = if security == Security::Tls {
            self.imaps_port
        } else {
            self.imap_port
        };
        let password = SecretString::from(self.password.clone());
        ImapAccount {
            server: self.server(port, security),
            user: owner.to_string(),
            proof: password.into(),
        }
    }

    /// The relay that trusts this machine.
    pub fn relay(&self) -> SmtpAccount {
        let server = self.server(self.smtp_port, Security::None);
        SmtpAccount {
            server,
            login: None,
            hello_name: "fin.test".to_owned(),
        }
    }

    /// The relay that wants STARTTLS and a login.
    pub fn submission(&self, user: &MailAddress) -> SmtpAccount {
        let server = self.server(self.submission_port, Security::StartTls);
        let login = Some((
            user.to_string(),
            SecretString::from(self.password.clone()).into(),
        ));
        SmtpAccount {
            server,
            login,
            hello_name: "fin.test".to_owned(),
        }
    }

    /// Puts a message into a mailbox as the company's own mail server would: what it says in its header, such as
    /// Authentication-Results, is the server's word. Visible by IMAP when this returns.
    pub async fn deliver(&self, from: &str, to: &MailAddress, message: &[u8]) {
        let stream = TcpStream::connect((self.host.as_str(), self.lmtp_port))
            .await
            .unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let commands = [
            (Vec::new(), "220"),
            (b"LHLO fin.test\r\n".to_vec(), "250"),
            (format!("MAIL FROM:<{from}>\r\n").into_bytes(), "250"),
            (format!("RCPT TO:<{to}>\r\n").into_bytes(), "250"),
            (b"DATA\r\n".to_vec(), "354"),
            ([dot_stuffed(message).as_slice(), b".\r\n"].concat(), "250"),
        ];
        for (command, code) in commands {
            write.write_all(&command).await.unwrap();
            let mut answer = lines.next_line().await.unwrap().unwrap();
            while answer.as_bytes().get(3) == Some(&b'-') {
                answer = lines.next_line().await.unwrap().unwrap();
            }
            assert!(answer.starts_with(code), "LMTP: {answer}");
        }
    }

    /// Puts a message into a mailbox, as a person's mail program copies one.
    pub async fn append(&self, owner: &MailAddress, message: &[u8]) {
        self.append_to(owner, ("INBOX", ""), message).await;
    }

    /// The same into another folder, which must be there; `arrived` as in ` "19-Nov-2026 09:00:00 +0100"` is when it came.
    pub async fn append_to(
        &self,
        owner: &MailAddress,
        (folder, arrived): (&str, &str),
        message: &[u8],
    ) {
        let message = crlf(message);
        let length = message.len();
        let command = format!("APPEND {folder}{arrived} {{{length}}}");
        let told = self.imap_words(owner, &[command], &message).await;
        assert!(
            told.iter().any(|line| line.starts_with("c0 OK")),
            "APPEND: {told:?}"
        );
    }

    /// Removes all messages of a folder; one that does not exist is empty.
    pub async fn empty(&self, owner: &MailAddress, folder: &str) {
        let commands = [
            format!("SELECT {folder}"),
            "STORE 1:* +FLAGS.SILENT (\\Deleted)".to_owned(),
            "EXPUNGE".to_owned(),
        ];
        self.imap_words(owner, &commands, b"").await;
    }

    /// How many messages of a mailbox bear a flag.
    pub async fn flagged(&self, owner: &MailAddress, flag: &str) -> usize {
        let commands = ["SELECT INBOX".to_owned(), format!("SEARCH KEYWORD {flag}")];
        let told = self.imap_words(owner, &commands, b"").await;
        let found = told
            .iter()
            .find_map(|line| line.strip_prefix("* SEARCH"))
            .unwrap();
        found.split_whitespace().count()
    }

    /// Says these things to the IMAP server as a person's mail program would; all must succeed.
    pub async fn at_the_server(&self, owner: &MailAddress, commands: &[&str]) {
        let commands = commands.iter().map(|text| (*text).to_owned());
        let commands = commands.collect::<Vec<_>>();
        let told = self.imap_words(owner, &commands, b"").await;
        let tagged = |line: &&String| line.starts_with('c') && !line.contains(" OK");
        let refused = told.iter().find(tagged);
        assert!(refused.is_none(), "{refused:?}");
    }

    /// Says these things in an IMAP session; the literal follows where the server asks for it. Gives what it answered.
    async fn imap_words(
        &self,
        owner: &MailAddress,
        commands: &[String],
        literal: &[u8],
    ) -> Vec<String> {
        let stream = TcpStream::connect((self.host.as_str(), self.imap_port))
            .await
            .unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut told = vec![lines.next_line().await.unwrap().unwrap()];
        let login = format!("LOGIN {owner} {}", self.password);
        let tags = std::iter::once("login".to_owned()).chain((0..).map(|nth| format!("c{nth}")));
        for (tag, command) in tags.zip(std::iter::once(&login).chain(commands)) {
            write
                .write_all(format!("{tag} {command}\r\n").as_bytes())
                .await
                .unwrap();
            loop {
                let line = lines.next_line().await.unwrap().unwrap();
                if line.starts_with('+') {
                    write.write_all(&[literal, b"\r\n"].concat()).await.unwrap();
                }
                let ended = line.starts_with(&tag);
                told.push(line);
                if ended {
                    break;
                }
            }
        }
        told
    }

    /// Everything in a folder now.
    pub async fn folder(&self, owner: &MailAddress, folder: &str) -> Vec<Fetched> {
        let mut session = ImapSession::connect(&self.imap(owner, Security::Tls))
            .await
            .unwrap();
        session.select(folder).await.unwrap();
        let announced = session.new_uids(1).await.unwrap();
        let mut mails = Vec::new();
        for batch in batches(&announced) {
            mails.extend(session.fetch(batch).await.unwrap().fetched);
        }
        session.logout().await;
        mails
    }

    /// The inbox, once it holds `count` messages: mail takes its time.
    pub async fn inbox_with(&self, owner: &MailAddress, count: usize) -> Vec<Fetched> {
        let enough = |mails: &[Fetched]| mails.len() >= count;
        let found = self.inbox_when(owner, enough).await;
        found.unwrap_or_else(|| panic!("{owner} never got {count} messages"))
    }

    /// The inbox, once it holds a mail that says this.
    pub async fn inbox_until(&self, owner: &MailAddress, says: &str) -> Vec<Fetched> {
        let told = |mail: &Fetched| String::from_utf8_lossy(&mail.bytes).contains(says);
        let found = self.inbox_when(owner, |mails| mails.iter().any(told)).await;
        found.unwrap_or_else(|| panic!("{owner} never got {says:?}"))
    }

    async fn inbox_when(
        &self,
        owner: &MailAddress,
        enough: impl Fn(&[Fetched]) -> bool,
    ) -> Option<Vec<Fetched>> {
        let waiting = async {
            loop {
                let mails = self.folder(owner, "INBOX").await;
                if enough(&mails) {
                    return mails;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.ok()
    }
}

/// CRLF at every line's end: Cyrus takes nothing else.
fn crlf(message: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(message).replace("\r\n", "\n");
    text.replace('\n', "\r\n").into_bytes()
}

/// CRLF at every line's end and a second dot at every first one (RFC 5321 section 4.5.2).
fn dot_stuffed(message: &[u8]) -> Vec<u8> {
    let text = message.strip_suffix(b"\n").unwrap_or(message);
    let line = |line: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let dot: &[u8] = if line.starts_with(b".") { b"." } else { b"" };
        [dot, line, b"\r\n"].concat()
    };
    text.split(|byte| *byte == b'\n').flat_map(line).collect()
}
