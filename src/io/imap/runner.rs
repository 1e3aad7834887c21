//! One command, all its answers, its tagged OK or an error; every wait has an end.

use std::io;
use std::time::Duration;

use imap_proto::{MailboxDatum, Outcome, Response, ResponseCode, Status};
use tokio::time::{Instant, timeout, timeout_at};

use super::error::ImapError;
use super::wire::Wire;
use crate::io::net::Connection;

/// A command may go on as long as answers come, but not for ever: this many times the wait for a single answer. 8 MiB then
/// arrive even at 7 KiB/s with the usual 60 s.
const COMMAND_TIMEOUTS: u32 = 20;

const IDLE: &str = "IDLE";

pub(super) type Stream = Box<dyn Connection>;

/// A command's text and the name under which errors mention it: without arguments, which may hold a password.
#[derive(Clone, Copy)]
pub(super) struct Command<'c> {
    pub(super) name: &'static str,
    pub(super) text: &'c str,
    /// Sent one after the other when the server asks to go on (`+`): the answers to AUTHENTICATE.
    pub(super) continuations: &'c [&'c str],
}

impl<'c> Command<'c> {
    pub(super) fn new(name: &'static str, text: &'c str) -> Self {
        Self {
            name,
            text,
            continuations: &[],
        }
    }
}

/// How a command was answered in the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Done {
    Ok { read_only: bool },
    No { answer: String, try_create: bool },
}

/// What an answer during IDLE was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// The server begins to tell.
    Idling,
    /// It has stopped.
    Done,
    /// News, or a word between.
    Other,
}

pub(super) struct Runner {
    wire: Option<Wire<Stream>>,
    wait: Duration,
    commands: u32,
    folder: Folder,
}

/// What the server has told of the selected folder's size, whatever was asked.
#[derive(Clone, Copy, Default, Debug)]
struct Folder {
    exists: u32,
    has_grown: bool,
}

impl Folder {
    /// A server tells of growth in the middle of any answer, and of a folder's size again when nothing has changed.
    fn note(&mut self, response: &Response<'_>) {
        if let Response::MailboxData(MailboxDatum::Exists(count)) = response {
            self.has_grown |= *count > self.exists;
            self.exists = *count;
        }
        if let Response::Expunge(_) = response {
            self.exists = self.exists.saturating_sub(1);
        }
    }
}

impl Runner {
    pub(super) fn new(stream: Stream, wait: Duration) -> Self {
        Self {
            wire: Some(Wire::new(stream)),
            wait,
            commands: 0,
            folder: Folder::default(),
        }
    }

    /// The server's first words. `true`: it knows us already (PREAUTH).
    pub(super) async fn greeting(
        &mut self,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<bool, ImapError> {
        let name = "the greeting";
        let mut wire = self.wire.take().ok_or(ImapError::Broken {
            command: name,
            source: None,
        })?;
        let end = Instant::now()
            .checked_add(self.wait)
            .unwrap_or_else(Instant::now);
        let answer = next(&mut wire, name, self.wait, end).await?;
        let Some(Response::Data { status, outcome }) = parse(name, &answer)? else {
            return Err(unreadable(name, "it is no greeting"));
        };
        let known = match status {
            Status::Ok => false,
            Status::PreAuth => true,
            Status::No | Status::Bad | Status::Bye => {
                return Err(ImapError::Bye {
                    command: name,
                    answer: words(&outcome),
                });
            }
        };
        each(&Response::Data { status, outcome });
        self.wire = Some(wire);
        Ok(known)
    }

    /// Runs a command whose NO is an error.
    pub(super) async fn run(
        &mut self,
        command: Command<'_>,
        each: impl FnMut(&Response<'_>),
    ) -> Result<Done, ImapError> {
        match self.ask(command, each).await? {
            Done::No { answer, .. } => Err(ImapError::No {
                command: command.name,
                answer,
            }),
            done @ Done::Ok { .. } => Ok(done),
        }
    }

    /// Runs a command and hands every untagged answer to `each`. After any error the connection is gone: who knows which
    /// answers are still on their way.
    pub(super) async fn ask(
        &mut self,
        command: Command<'_>,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<Done, ImapError> {
        let name = command.name;
        // Taken for the time of the command, so that a caller who gives up waiting for us leaves no half-read connection.
        let mut wire = self.wire.take().ok_or(ImapError::Broken {
            command: name,
            source: None,
        })?;
        let tag = self.next_tag();
        let folder = &mut self.folder;
        let each = |response: &Response<'_>| {
            folder.note(response);
            each(response);
        };
        let done = converse(&mut wire, &tag, command, self.wait, each).await?;
        self.wire = Some(wire);
        Ok(done)
    }

    /// From here on the folder grows; its size until now is no news.
    pub(super) fn forget_growth(&mut self) {
        self.folder.has_grown = false;
    }

    /// Has the selected folder grown since [`Self::forget_growth`]?
    pub(super) fn has_grown(&self) -> bool {
        self.folder.has_grown
    }

    /// IDLE (RFC 2177): the server tells of new mail by itself. Ends when the folder has grown or after `at_most`; who gives up
    /// waiting before leaves no usable connection.
    pub(super) async fn idle(&mut self, at_most: Duration) -> Result<(), ImapError> {
        let mut wire = self.wire.take().ok_or(ImapError::Broken {
            command: IDLE,
            source: None,
        })?;
        let tag = self.next_tag();
        let in_time = |wait: Duration| {
            let now = Instant::now();
            now.checked_add(wait).unwrap_or(now)
        };
        say(&mut wire, IDLE, &format!("{tag} {IDLE}"), self.wait).await?;
        let end = in_time(self.wait);
        loop {
            match self.heard(&mut wire, &tag, end).await? {
                Heard::Idling => break,
                Heard::Other => {}
                Heard::Done => return Err(unreadable(IDLE, "it ended before it began")),
            }
        }
        let end = in_time(at_most);
        while !self.folder.has_grown {
            // Nothing said for as long as we may wait is what IDLE is for.
            let Ok(answer) = timeout_at(end, wire.answer()).await else {
                break;
            };
            self.hear(answered(IDLE, answer)?, &tag)?;
        }
        say(&mut wire, IDLE, "DONE", self.wait).await?;
        let end = in_time(self.wait);
        while self.heard(&mut wire, &tag, end).await? != Heard::Done {}
        self.wire = Some(wire);
        Ok(())
    }

    async fn heard(
        &mut self,
        wire: &mut Wire<Stream>,
        tag: &str,
        end: Instant,
    ) -> Result<Heard, ImapError> {
        let answer = next(wire, IDLE, self.wait, end).await?;
        self.hear(answer, tag)
    }

    /// What one answer during IDLE means. A NO or BAD to it is an error: the caller asked the server first whether it can.
    fn hear(&mut self, answer: Vec<u8>, tag: &str) -> Result<Heard, ImapError> {
        let Some(response) = parse(IDLE, &answer)? else {
            return Ok(Heard::Other);
        };
        self.folder.note(&response);
        if let Response::Data {
            status: Status::Bye,
            outcome,
        } = &response
        {
            return Err(ImapError::Bye {
                command: IDLE,
                answer: words(outcome),
            });
        }
        if let Response::Done {
            tag: theirs,
            status,
            outcome,
        } = &response
        {
            if theirs.0 != tag {
                return Err(unreadable(IDLE, "it answers another command"));
            }
            return match finished(IDLE, status, outcome)? {
                Done::Ok { .. } => Ok(Heard::Done),
                Done::No { answer, .. } => Err(ImapError::No {
                    command: IDLE,
                    answer,
                }),
            };
        }
        if let Response::Continue(_) = response {
            return Ok(Heard::Idling);
        }
        Ok(Heard::Other)
    }

    fn next_tag(&mut self) -> String {
        self.commands = self.commands.saturating_add(1);
        format!("A{:04}", self.commands)
    }

    /// The bare connection, to raise it to TLS.
    pub(super) fn into_stream(self) -> Option<Stream> {
        self.wire.map(Wire::into_inner)
    }
}

async fn converse(
    wire: &mut Wire<Stream>,
    tag: &str,
    command: Command<'_>,
    wait: Duration,
    mut each: impl FnMut(&Response<'_>),
) -> Result<Done, ImapError> {
    let name = command.name;
    let end = Instant::now()
        .checked_add(wait.saturating_mul(COMMAND_TIMEOUTS))
        .unwrap_or_else(Instant::now);
    say(wire, name, &format!("{tag} {}", command.text), wait).await?;
    let mut continuations = command.continuations.iter().copied();
    loop {
        let answer = next(wire, name, wait, end).await?;
        let Some(response) = parse(name, &answer)? else {
            continue;
        };
        each(&response);
        if let Response::Done {
            tag: theirs,
            status,
            outcome,
        } = &response
        {
            // A tag that is not ours answers a question nobody asked.
            if theirs.0 != tag {
                return Err(unreadable(name, "it answers another command"));
            }
            return finished(name, status, outcome);
        }
        if let Response::Data {
            status: Status::Bye,
            outcome,
        } = &response
            && name != "LOGOUT"
        {
            return Err(ImapError::Bye {
                command: name,
                answer: words(outcome),
            });
        }
        if let Response::Continue(_) = response {
            // A "+" too many: an empty line lets the server say NO.
            say(wire, name, continuations.next().unwrap_or_default(), wait).await?;
        }
    }
}

async fn say(
    wire: &mut Wire<Stream>,
    command: &'static str,
    line: &str,
    wait: Duration,
) -> Result<(), ImapError> {
    let sent = timeout(wait, wire.send_line(line)).await;
    let sent = sent.map_err(|_| ImapError::TimedOut {
        command,
        seconds: wait.as_secs(),
    })?;
    sent.map_err(|source| ImapError::Broken {
        command,
        source: Some(source),
    })
}

async fn next(
    wire: &mut Wire<Stream>,
    command: &'static str,
    wait: Duration,
    end: Instant,
) -> Result<Vec<u8>, ImapError> {
    let late = |_| ImapError::TimedOut {
        command,
        seconds: wait.as_secs(),
    };
    let answer = timeout_at(end, timeout(wait, wire.answer()))
        .await
        .map_err(late)?
        .map_err(late)?;
    answered(command, answer)
}

fn answered(
    command: &'static str,
    answer: io::Result<Option<Vec<u8>>>,
) -> Result<Vec<u8>, ImapError> {
    match answer {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => Err(ImapError::Broken {
            command,
            source: None,
        }),
        Err(source) if source.kind() == io::ErrorKind::InvalidData => {
            Err(ImapError::Unreadable { command, source })
        }
        Err(source) => Err(ImapError::Broken {
            command,
            source: Some(source),
        }),
    }
}

/// `None` for an answer that nobody here understands and that can be none we asked for: an extension's data, a stray code.
/// A FETCH or a status we cannot read is an error, for a message must not seem absent because its answer was odd.
fn parse<'a>(command: &'static str, answer: &'a [u8]) -> Result<Option<Response<'a>>, ImapError> {
    // The parser takes some answers for impossible, such as INTERNALDATE NIL, and panics: no server shall end us with a word.
    let Ok(parsed) = std::panic::catch_unwind(|| Response::parse(answer)) else {
        return Err(unreadable(command, "the parser gave up on it"));
    };
    if let Ok((rest, response)) = parsed
        && rest.is_empty()
    {
        return Ok(Some(response));
    }
    let start = String::from_utf8_lossy(answer.get(..answer.len().min(40)).unwrap_or_default())
        .to_uppercase();
    let word = start
        .strip_prefix("* ")
        .and_then(|data| data.split_whitespace().next());
    let counts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_status = |word: &str| ["OK", "NO", "BAD", "BYE", "PREAUTH"].contains(&word);
    let harmless = word.is_some_and(|word| !counts(word) && !is_status(word));
    // Exchange has been seen to send the code of a MOVE on a line of its own, without the star.
    if harmless || start.starts_with("[COPYUID ") {
        return Ok(None);
    }
    let shown = crate::basics::text::one_line(&start, 40);
    Err(unreadable(command, &format!("it begins with '{shown}'")))
}

fn finished(
    command: &'static str,
    status: &Status,
    outcome: &Outcome<'_>,
) -> Result<Done, ImapError> {
    match status {
        Status::Ok => Ok(Done::Ok {
            read_only: outcome.code == Some(ResponseCode::ReadOnly),
        }),
        Status::No => Ok(Done::No {
            answer: words(outcome),
            try_create: outcome.code == Some(ResponseCode::TryCreate),
        }),
        Status::Bad | Status::PreAuth | Status::Bye => Err(ImapError::Bad {
            command,
            answer: words(outcome),
        }),
    }
}

fn words(outcome: &Outcome<'_>) -> String {
    let text = outcome.information.as_deref().unwrap_or("(without a word)");
    crate::basics::text::one_line(text, 300)
}

fn unreadable(command: &'static str, why: &str) -> ImapError {
    ImapError::Unreadable {
        command,
        source: io::Error::new(io::ErrorKind::InvalidData, why),
    }
}
