//! What happens in the sample office: which mail arrives when, and who answers what.

use crate::basics::ids::HeaderMessageId;

/// The demo's first day and the last one it walks to. Everything in the samples is dated around them.
pub const FIRST_DAY: &str = "2026-11-19";
/// Two weeks later.
pub const LAST_DAY: &str = "2026-12-03";

/// A file to lay out: its path under the demo folder, and its bytes.
pub struct Laid {
    /// Relative to the demo's folder.
    pub path: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
}

macro_rules! laid {
    ($($name:literal),* $(,)?) => {
        &[$(Laid { path: $name, bytes: include_bytes!(concat!("../../../config/demo/", $name)) }),*]
    };
}

/// The configuration and the files a new user imports.
pub const FILES: &[Laid] = laid![
    "countinghouse.toml",
    "suppliers.csv",
    "customers.csv",
    "invoices.csv",
    "bank-statement.csv"
];

/// A mail that arrives on the first morning.
pub struct Mail {
    /// The mailbox by its name in the configuration.
    pub mailbox: &'static str,
    /// The file's name, for the account.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

macro_rules! mail {
    ($($mailbox:literal $name:literal),* $(,)?) => {
        &[$(Mail {
            mailbox: $mailbox,
            name: $name,
            bytes: include_bytes!(concat!("../../../config/demo/mail/", $name, ".eml")),
        }),*]
    };
}

/// What lies in the mailboxes on the first morning. What refers to another mail of it comes later: a duplicate, a credit
/// note.
pub const FIRST_MORNING: &[Mail] = mail![
    "ap" "01-pdf-bill",
    "ap" "02-factur-x-bill",
    "ap" "03-ubl-bill",
    "ap" "04-two-bills-and-logo",
    "ap" "07-wrong-sum",
    "ap" "08-forwarded-bill",
    "ap" "09-purchase-order",
    "ar" "10-remittance-text",
    "ar" "11-remittance-csv",
    "ap" "12-unknown-supplier",
    "ap" "13-changed-iban",
    "ap" "14-newsletter",
];

/// What arrives an hour later.
pub const LATER: &[Mail] = mail!["ap" "05-credit-note", "ap" "06-duplicate"];

/// Which of our mails somebody answers.
pub enum Occasion {
    /// The approval request about this bill to this approver.
    Request {
        /// The supplier's number of the bill.
        bill: &'static str,
        /// The approver's address.
        approver: &'static str,
    },
    /// The first reminder to this customer.
    Reminder {
        /// The customer's address.
        customer: &'static str,
    },
}

/// Somebody answers one of our mails.
pub struct Answer {
    /// Which mail.
    pub to: Occasion,
    /// The day it comes.
    pub day: &'static str,
    /// The mailbox it comes to.
    pub mailbox: &'static str,
    /// The file's name, for the account.
    pub name: &'static str,
    /// The answer, with places to fill.
    pub template: &'static str,
    /// Who answers instead of the person in the template.
    pub instead: Option<(&'static str, &'static str)>,
}

impl Answer {
    /// The template as this person writes it; what depends on the answered mail is still to be filled.
    pub fn written(&self) -> String {
        match self.instead {
            None => self.template.to_owned(),
            Some((name, address)) => self
                .template
                .replace("Petra Vogt", name)
                .replace("petra.vogt@morgenrot.example", address)
                .replace(
                    "b2c1-approve-01",
                    &format!("b2c1-approve-{}", address.replace('@', ".")),
                ),
        }
    }

    /// Its Message-ID, by which the account knows it again.
    pub fn message_id(&self) -> Option<HeaderMessageId> {
        let written = self.written();
        let line = written
            .lines()
            .find_map(|line| line.strip_prefix("Message-ID:"))?;
        HeaderMessageId::parse(line)
    }
}

const APPROVE: &str = include_str!("../../../config/demo/mail/17-approve.eml");
const PETRA: &str = "petra.vogt@morgenrot.example";
const JONAS: &str = "jonas.lindner@morgenrot.example";
const CARLA: &str = "carla.brandt@morgenrot.example";

/// The answers, in the order they come.
pub const ANSWERS: &[Answer] = &[
    Answer {
        to: Occasion::Request {
            bill: "SR-26-2207",
            approver: JONAS,
        },
        day: FIRST_DAY,
        mailbox: "ap",
        name: "15-out-of-office",
        template: include_str!("../../../config/demo/mail/15-out-of-office.eml"),
        instead: None,
    },
    Answer {
        to: Occasion::Reminder {
            customer: "buchhaltung@feinkost-wiechmann.example",
        },
        day: FIRST_DAY,
        mailbox: "ar",
        name: "16-bounce",
        template: include_str!("../../../config/demo/mail/16-bounce.eml"),
        instead: None,
    },
    Answer {
        to: Occasion::Request {
            bill: "RE-2026-0815",
            approver: PETRA,
        },
        day: FIRST_DAY,
        mailbox: "ap",
        name: "17-approve",
        template: APPROVE,
        instead: None,
    },
    Answer {
        to: Occasion::Request {
            bill: "MS-260731",
            approver: CARLA,
        },
        day: FIRST_DAY,
        mailbox: "ap",
        name: "18-reject",
        template: include_str!("../../../config/demo/mail/18-reject.eml"),
        instead: None,
    },
    Answer {
        to: Occasion::Request {
            bill: "BBS-10482",
            approver: PETRA,
        },
        day: FIRST_DAY,
        mailbox: "ap",
        name: "19-stranger",
        template: include_str!("../../../config/demo/mail/19-stranger.eml"),
        instead: None,
    },
    Answer {
        to: Occasion::Request {
            bill: "BBS-10485",
            approver: PETRA,
        },
        day: FIRST_DAY,
        mailbox: "ap",
        name: "20-question",
        template: include_str!("../../../config/demo/mail/20-question.eml"),
        instead: None,
    },
    Answer {
        to: Occasion::Request {
            bill: "SR-26-2207",
            approver: CARLA,
        },
        day: "2026-11-20",
        mailbox: "ap",
        name: "17-approve, by Carla Brandt",
        template: APPROVE,
        instead: Some(("Carla Brandt", CARLA)),
    },
    Answer {
        to: Occasion::Request {
            bill: "SR-26-2207",
            approver: JONAS,
        },
        day: "2026-11-24",
        mailbox: "ap",
        name: "17-approve, by Jonas Lindner",
        template: APPROVE,
        instead: Some(("Jonas Lindner", JONAS)),
    },
];
