//! Mailboxes that do not do as mailboxes do: on a server of six mails, one of which it cannot hand over, and others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{reconcile, visit};
use crate::config::{AfterReading, Config, Mailbox};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::ExceptionCode;
use crate::domain::message::MessageState;
use crate::domain::message::reconcile::Account;
use crate::io::store::Filter;
use crate::steps::bill_stories::world::Story;

/// What the server does about its second mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Odd {
    /// As Exchange about an item it cannot make a mail of.
    No,
    /// As Dovecot about a damaged file.
    Bye,
    /// It names it and gives NIL.
    Nil,
    /// Nothing of it, and of the fourth.
    Empty,
    /// It does not know any mail's size, and this one has 17 MiB.
    NoSize,
    /// It does not know when it got it.
    NoDate,
    /// It hands over none.
    NoneAtAll,
    /// Nothing about the mails; they may be read and not marked.
    NoMarks,
}

struct Server {
    odd: Odd,
    is_healed: AtomicBool,
}

impl Server {
    fn mail(&self, uid: usize) -> String {
        let head = format!(
            "From: billing{uid}@alpha.test\r\nTo: ap@fin.test\r\nSubject: Invoice {uid}\r\nMessage-ID: <{uid}@alpha.test>\r\n\r\nHello {uid}\r\n"
        );
        if self.odd == Odd::NoSize && uid == 2 {
            head + &"a line of a long mail\r\n".repeat(775_000)
        } else {
            head
        }
    }

    fn announcement(&self, uid: usize) -> String {
        let size = if self.odd == Odd::NoSize {
            0
        } else {
            self.mail(uid).len()
        };
        let date = if self.odd == Odd::NoDate && uid == 2 {
            "NIL"
        } else {
            "\"20-Nov-2026 10:00:00 +0000\""
        };
        format!("* {uid} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE {date})\r\n")
    }

    /// `None`: the session ends.
    fn bodies(&self, tag: &str, uids: &[usize], window: Option<(usize, usize)>) -> (String, bool) {
        let healed = self.is_healed.load(Ordering::Relaxed);
        let no = format!("{tag} NO The requested message could not be converted to RFC-822.\r\n");
        let is_asked = uids.contains(&2) && !healed;
        if self.odd == Odd::NoneAtAll || (self.odd == Odd::No && is_asked) {
            return (no, true);
        }
        if self.odd == Odd::Bye && is_asked {
            return ("* BYE [SERVERBUG] Internal error\r\n".into(), false);
        }
        let body = |uid: &usize| {
            let (from, length) = window.unwrap_or((0, usize::MAX));
            let is_lost = self.odd == Odd::Empty && !healed && [2, 4].contains(uid);
            let whole = if is_lost {
                String::new()
            } else {
                self.mail(*uid)
            };
            let rest = whole.get(from..).unwrap_or_default();
            let text = rest.get(..length).unwrap_or(rest);
            let place = window.map_or(String::new(), |(from, _)| format!("<{from}>"));
            if self.odd == Odd::Nil && !healed && *uid == 2 {
                return format!("* {uid} FETCH (UID {uid} BODY[]{place} NIL)\r\n");
            }
            format!(
                "* {uid} FETCH (UID {uid} BODY[]{place} {{{}}}\r\n{text})\r\n",
                text.len()
            )
        };
        let bodies = uids.iter().map(body).collect::<String>();
        (bodies + &format!("{tag} OK done\r\n"), true)
    }

    fn answer(&self, tag: &str, command: &str) -> (String, bool) {
        let words = command.split_whitespace().collect::<Vec<_>>();
        let done = format!("{tag} OK done\r\n");
        let text = match words[..] {
            ["CAPABILITY", ..] => "* CAPABILITY IMAP4rev1\r\n".to_owned(),
            ["SELECT", ..] => "* 6 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n".to_owned(),
            ["UID", "FETCH", set, ..] => {
                let uids = uids(set);
                if command.contains("BODY.PEEK") {
                    let window = command.split_once('<').map(|(_, window)| {
                        let (from, length) = window.split_once('.').unwrap();
                        let length = length.trim_end_matches([')', '>']);
                        (from.parse().unwrap(), length.parse().unwrap())
                    });
                    return self.bodies(tag, &uids, window);
                }
                let each = uids.iter().map(|uid| match command.contains("SIZE") {
                    true => self.announcement(*uid),
                    false => format!("* {uid} FETCH (UID {uid})\r\n"),
                });
                each.collect()
            }
            ["UID", "STORE", ..] if self.odd == Odd::NoMarks => {
                return (format!("{tag} NO [NOPERM] Permission denied\r\n"), true);
            }
            _ => String::new(),
        };
        (text + &done, !command.starts_with("LOGOUT"))
    }

    async fn talk(self: Arc<Self>, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"* OK hello\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let (tag, command) = line.split_once(' ').unwrap();
            let (answer, goes_on) = self.answer(tag, command);
            if write.write_all(answer.as_bytes()).await.is_err() || !goes_on {
                return;
            }
        }
    }
}

fn uids(set: &str) -> Vec<usize> {
    let ends = |part: &str| match part.split_once(':') {
        Some((from, "*")) => (from.parse().unwrap(), 6),
        Some((from, to)) => (from.parse().unwrap(), to.parse().unwrap()),
        None => (part.parse().unwrap(), part.parse().unwrap()),
    };
    let parts = set.split(',').map(ends);
    parts
        .flat_map(|(from, to): (usize, usize)| from..=to)
        .collect()
}

async fn mailbox_of(odd: Odd) -> (Story, Mailbox, Arc<Server>) {
    let server = Arc::new(Server {
        odd,
        is_healed: AtomicBool::new(false),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = Arc::clone(&server);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(Arc::clone(&serving).talk(stream));
        }
    });
    let story = Story::begin().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("password"), "secret").unwrap();
    let password = folder.keep().join("password");
    let config = format!(
        "[company]\nname = \"Ours\"\ndomains = [\"fin.test\"]\n[storage]\ndata_folder = \"data\"\n\
         [[mailbox]]\nname = \"ap\"\nside = \"ap\"\naddress = \"ap@fin.test\"\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\n\
         user = \"ap\"\npassword_file = \"{}\"\n\
         [outgoing]\nkind = \"maildir\"\nmaildir = \"out\"\n[owners]\nmail = \"office@fin.test\"\n\
         payables = \"office@fin.test\"\nreceivables = \"office@fin.test\"\n",
        password.display()
    );
    let config = Config::parse(&config, story.data_folder()).unwrap();
    let mailbox = config.mailboxes.into_iter().next().unwrap();
    (story, mailbox, server)
}

/// What each open item says.
async fn told(story: &Story) -> Vec<String> {
    let all = story.office.store.list_exceptions(&Filter::default()).await;
    let all = all.unwrap().into_iter();
    let missed = all.filter(|item| item.code == ExceptionCode::MessageMissed);
    missed.map(|item| item.reason).collect()
}

#[tokio::test]
async fn the_mails_around_one_that_the_server_cannot_hand_over_are_fetched_and_somebody_is_told_of_it()
 {
    for (odd, words) in [
        (Odd::No, "could not be converted"),
        (Odd::Bye, "[SERVERBUG] Internal error"),
        (Odd::Nil, "gives no content of it (NIL)"),
    ] {
        let (story, mailbox, server) = mailbox_of(odd).await;
        let haul = visit(&story.office, &mailbox).await.unwrap();
        assert_eq!((haul.new, haul.refused), (5, 1), "{odd:?}");
        let said = told(&story).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("UID 7/2 stands in the mailbox and cannot be fetched"));
        assert!(said[0].contains(words), "{said:?}");

        // It is asked for again, and nobody is told twice.
        let all = reconcile(&story.office, &mailbox).await.unwrap();
        assert_eq!((all.count(Account::Missing), all.fetched), (1, 0));
        assert_eq!(told(&story).await.len(), 1);
        server.is_healed.store(true, Ordering::Relaxed);
        let all = reconcile(&story.office, &mailbox).await.unwrap();
        assert_eq!((all.count(Account::Missing), all.fetched), (0, 1));
    }
}

#[tokio::test]
async fn mails_handed_over_empty_are_not_one_mail_but_each_is_told_and_asked_for_again() {
    let (story, mailbox, server) = mailbox_of(Odd::Empty).await;
    let haul = visit(&story.office, &mailbox).await.unwrap();
    assert_eq!((haul.new, haul.refused), (4, 2));
    let said = told(&story).await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said.iter()
            .all(|reason| reason.contains("handed over 0 of the"))
    );
    server.is_healed.store(true, Ordering::Relaxed);
    let all = reconcile(&story.office, &mailbox).await.unwrap();
    assert_eq!((all.count(Account::Missing), all.fetched), (0, 2));
}

#[tokio::test]
async fn mail_of_unknown_size_and_of_unknown_date_is_fetched_whole() {
    for odd in [Odd::NoSize, Odd::NoDate] {
        let (story, mailbox, server) = mailbox_of(odd).await;
        let haul = visit(&story.office, &mailbox).await.unwrap();
        assert_eq!((haul.new, haul.refused), (6, 0), "{odd:?}");
        let mails = story.office.store.list_messages(&Filter::default()).await;
        let mut sizes = mails.unwrap().iter().map(|one| one.size_bytes).max();
        assert_eq!(
            sizes.take(),
            (1..=6).map(|uid| server.mail(uid).len() as u64).max()
        );
    }
}

#[tokio::test]
async fn a_server_that_hands_over_nothing_is_in_trouble_and_no_mail_is_passed_over() {
    let (story, mailbox, _) = mailbox_of(Odd::NoneAtAll).await;
    assert!(visit(&story.office, &mailbox).await.is_err());
    assert_eq!(told(&story).await, [""; 0]);
    let progress = story.office.store.mailbox_progress("ap").await.unwrap();
    assert!(progress.is_none_or(|progress| progress.next_uid == 1));
}

#[tokio::test]
async fn a_mailbox_that_may_be_read_and_not_marked_is_looked_at_and_accounted_for_as_any_other() {
    let (story, mailbox, _) = mailbox_of(Odd::NoMarks).await;
    visit(&story.office, &mailbox).await.unwrap();
    let store = &story.office.store;
    for mut message in store.list_messages(&Filter::default()).await.unwrap() {
        let (now, actor) = (story.office.clock.now(), Actor::program("story"));
        let told = AuditEvent::new(now, actor, "message read", message.id, "story")
            .state(None, MessageState::Read.as_str());
        message.state = MessageState::Read;
        let change = Change::new(told).put(Record::Message(message));
        store.commit(change).await.unwrap();
    }
    let all = reconcile(&story.office, &mailbox).await.unwrap();
    assert_eq!(all.mails.len(), 6);
    let looks = story.office.store.looks().await.unwrap();
    assert!(looks.iter().all(|look| look.problem.is_none()), "{looks:?}");
    let items = story.office.store.list_exceptions(&Filter::default()).await;
    let reasons = items.unwrap().into_iter().map(|item| item.reason);
    let reasons = reasons.collect::<Vec<_>>();
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(reasons[0].contains("cannot be marked") && reasons[0].contains("[NOPERM]"));
}

#[tokio::test]
async fn a_mail_that_is_too_large_to_be_taken_stays_where_a_person_can_read_it() {
    let story = Story::begin().await;
    let mut mailbox = story.mailbox("ap").await;
    mailbox.after_reading = AfterReading::Move("Processed".into());
    mailbox.max_message_bytes = 1_000;
    let file = story.data_folder().join("ap/new/1780000000.M1.mail");
    std::fs::write(
        &file,
        "Subject: plans\r\n\r\n".to_owned() + &"x".repeat(2_000),
    )
    .unwrap();
    for came in [1, 0] {
        let haul = visit(&story.office, &mailbox).await.unwrap();
        assert_eq!(haul.new, came);
        assert!(file.exists(), "it was moved away");
    }
}
