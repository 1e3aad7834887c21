//! How mail comes and goes: mailboxes, the way out, and the servers both name.

use std::path::{Path, PathBuf};

use toml::Table;

use super::read::{Problem, Problems, Section, flag, number, parsed, text};
use super::secret::{self, PASSWORD};
use super::values::{address, kind, path_in, short_name};
use super::{AfterReading, Mailbox, MailboxSource, Outgoing, OutgoingTarget, Security, Server};
use crate::basics::calendar::{Date, parse_iso_date};
use crate::domain::document::Side;
use crate::domain::outbound::feedback::{FeedbackMode, FeedbackPolicy};
use crate::domain::outbound::pace::Pace;

/// Every `[[mailbox]]`.
pub fn mailboxes(root: &Table, folder: &Path, problems: &Problems) -> Vec<Mailbox> {
    let sections = Section::repeated(root, "mailbox", problems);
    if sections.is_empty() && !root.contains_key("mailbox") {
        problems.add(Problem {
            key: "mailbox".into(),
            value: String::new(),
            reason: "at least one [[mailbox]] is needed".into(),
            example: "[[mailbox]]\n    name = \"ap\"\n    side = \"ap\"\n    address = \"ap@example.com\"".into(),
        });
    }
    let mut boxes = Vec::<Mailbox>::new();
    for section in sections {
        let Some(mailbox) = mailbox(&section, folder) else {
            continue;
        };
        if boxes.iter().any(|other| other.name == mailbox.name) {
            section.problem("name", "is the name of another mailbox too");
        }
        let watches = |other: &Mailbox| mailbox.moves_into(other) || other.moves_into(&mailbox);
        if mailbox.moves_into(&mailbox) || boxes.iter().any(watches) {
            let reason = "names a folder that is watched: every mail moved there would come as a new one, for ever";
            section.problem("move_to", reason);
        }
        section.finish();
        boxes.push(mailbox);
    }
    boxes
}

fn mailbox(s: &Section<'_>, folder: &Path) -> Option<Mailbox> {
    let side = parsed("`ap` or `ar`", |text| match text {
        "ap" => Some(Side::Payable),
        "ar" => Some(Side::Receivable),
        _ => None,
    });
    let name = s.get("name", String::new(), short_name);
    let side = s.get("side", Side::None, side);
    let address = s.optional("address", address);
    let is_maildir = s.get("kind", false, kind("imap"));
    let (local, remote) = (
        s.optional("maildir", path_in(folder)),
        server(s, !is_maildir, folder),
    );
    let folder_name = s.get("folder", String::new(), text);
    let after = match s.get("after_reading", String::new(), text).as_str() {
        "flag" => AfterReading::Flag(s.get("flag", String::new(), text)),
        "move" => AfterReading::Move(s.get("move_to", String::new(), text)),
        "nothing" => AfterReading::Nothing,
        _ => {
            s.problem("after_reading", "must be `flag`, `move` or `nothing`");
            AfterReading::Nothing
        }
    };
    s.optional("flag", text);
    s.optional("move_to", text);
    let poll_seconds = s.get("poll_seconds", 60, number(1, 86_400));
    let idle = s.get("idle", true, flag);
    let silent_after_hours = s.optional("silent_after_hours", number(1_u32, 10_000));
    // The reader of mails takes no more than 50 MiB (`formats::mime`): what is fetched beyond it could only be parked.
    let max_message_mib = s.get("max_message_mib", 50, number(1_u64, 50));
    let source = match (is_maildir, local) {
        (true, Some(path)) => MailboxSource::Maildir(path),
        (true, None) => {
            s.problem("maildir", "is missing: kind = \"maildir\" needs the folder");
            return None;
        }
        (false, _) => MailboxSource::Imap {
            server: remote,
            folder: folder_name,
        },
    };
    if let MailboxSource::Imap { server, .. } = &source {
        needs_login(s, server);
    }
    Some(Mailbox {
        name,
        side,
        address: address?,
        source,
        poll_seconds,
        idle,
        silent_after_hours,
        feedback: feedback(s),
        start_at: start_at(s, is_maildir),
        after_reading: after,
        max_message_bytes: max_message_mib << 20,
    })
}

fn feedback(s: &Section<'_>) -> FeedbackPolicy {
    let mode = parsed("`off`, `rejected` or `all`", FeedbackMode::parse);
    FeedbackPolicy {
        mode: s.get("feedback", FeedbackMode::Off, mode),
        per_sender_per_day: s.get("feedback_per_sender_per_day", 5, number(1_u32, 100)),
    }
}

fn start_at(s: &Section<'_>, is_maildir: bool) -> Option<Date> {
    let start_at = s.optional(
        "start_at",
        parsed("a day such as 2026-11-01", parse_iso_date),
    );
    if is_maildir && start_at.is_some() {
        let why =
            "is for IMAP: a Maildir does not tell what stood there before; move old mails away";
        s.problem("start_at", why);
    }
    start_at
}

fn needs_login(s: &Section<'_>, server: &Server) {
    if server.oauth.is_some() {
        return;
    }
    if server.user.is_none() {
        s.problem("user", "is missing: an IMAP mailbox needs a login");
    }
    if server.password.is_none() {
        s.problem(
            "password_file",
            "is missing: name one of password_file, password_env and password_credential, or an [[oauth]] by oauth",
        );
    }
}

/// `[outgoing]`.
pub fn outgoing(s: Section<'_>, folder: &Path) -> Outgoing {
    let is_maildir = s.get("kind", false, kind("smtp"));
    let local = s.optional("maildir", path_in(folder));
    let server = server(&s, !is_maildir, folder);
    let templates_folder = s.optional("templates_folder", path_in(folder));
    let proof_is_missing = server.password.is_none() && server.oauth.is_none();
    if server.user.is_some() && proof_is_missing && !is_maildir {
        s.problem(
            "password_file",
            "is missing: a user needs one of password_file, password_env and password_credential, or oauth",
        );
    }
    let target = match (is_maildir, local) {
        (true, Some(path)) => OutgoingTarget::Maildir(path),
        (true, None) => {
            s.problem("maildir", "is missing: kind = \"maildir\" needs the folder");
            OutgoingTarget::Maildir(PathBuf::new())
        }
        (false, _) => OutgoingTarget::Smtp(server),
    };
    let pace = Pace {
        max_a_day: s.get("max_a_day", 5000, number(1, 1_000_000)),
        max_in_ten_minutes: s.get("max_in_ten_minutes", 1000, number(1, 1_000_000)),
        max_a_minute_to_a_domain: s.optional("max_a_minute_to_a_domain", number(1, 100_000)),
    };
    s.finish();
    Outgoing {
        target,
        pace,
        templates_folder,
    }
}

fn server(s: &Section<'_>, needed: bool, folder: &Path) -> Server {
    let host = s.optional("host", text);
    if needed && host.is_none() {
        s.problem("host", "is missing: name the mail server");
    }
    let security = parsed("`tls`, `starttls` or `none`", |text| match text {
        "tls" => Some(Security::Tls),
        "starttls" => Some(Security::StartTls),
        "none" => Some(Security::None),
        _ => None,
    });
    let security = s.get("security", Security::Tls, security);
    let host = host.unwrap_or_default();
    let is_local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if needed && security == Security::None && !is_local {
        s.problem("security", "`none` sends the password readable over the network: only for a server on this machine");
    }
    let oauth = s.optional("oauth", text);
    let password = secret::source(s, PASSWORD, folder);
    if oauth.is_some() && password.is_some() {
        s.problem(
            "oauth",
            "is used instead of a password: only one of them may stand",
        );
    }
    let user = s.optional("user", text);
    if oauth.is_some() && user.is_none() {
        s.problem("user", "is missing: a token is for a user");
    }
    Server {
        host,
        port: s.get("port", 0, number(1_u16, u16::MAX)),
        security,
        user,
        password,
        oauth,
        ca_file: s.optional("ca_file", path_in(folder)),
        timeout_seconds: s.get("timeout_seconds", 60, number(1_u16, 120)),
    }
}
