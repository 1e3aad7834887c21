//! What our letters to approvers say, before anybody has put it into words. Plain values: `compose` writes the letter.
//! Every text that came from a stranger is one printable line already.

use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Zoned};
use crate::basics::money::Money;
pub use crate::domain::approval::AsksFor;
use crate::domain::approval::Verdict;
pub use crate::domain::payable::BillLine as LineFacts;
use crate::domain::payable::{BillKind, Severity};

/// Lines of a bill shown in a letter; the attached original has them all.
pub const LINES_SHOWN: usize = 12;

/// The bill as an approver sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillFacts {
    /// Bill or credit note.
    pub kind: BillKind,
    /// The supplier's name in our books, else as read.
    pub supplier_name: String,
    /// The supplier's number in our books; none when it is not one we know.
    pub supplier_number: Option<String>,
    /// BT-1 as printed.
    pub number: String,
    /// BT-2.
    pub issue_date: Option<Date>,
    /// BT-9, printed or from the supplier's terms.
    pub due_date: Option<Date>,
    /// BT-109; negative on a credit note.
    pub net: Option<Money>,
    /// BT-110; negative on a credit note.
    pub tax: Option<Money>,
    /// BT-112; negative on a credit note.
    pub gross: Option<Money>,
    /// BT-115, what would be paid; negative on a credit note.
    pub payable: Money,
    /// BT-13.
    pub po_number: Option<String>,
    /// Where the money would go; none when the bill names no account.
    pub account: Option<AccountFacts>,
    /// Something about it stops the payment until somebody has settled it, such as an account nobody has confirmed.
    pub payment_waits: bool,
    /// The supplier collects it from our account: nothing is transferred.
    pub is_collected: bool,
    /// The first `LINES_SHOWN` lines.
    pub lines: Vec<LineFacts>,
    /// The lines were not read for certain: they do not add up.
    pub lines_unsure: bool,
    /// Lines of the bill that are not among them.
    pub lines_left_out: usize,
    /// The first eight hexadecimal digits of `Bill::content_version`: names the version an answer is about.
    pub version: String,
}

/// The account a bill asks to be paid to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountFacts {
    /// The last four characters of the IBAN: all that a mail may show of it.
    pub last_four: String,
    /// How it stands to what we know of the supplier.
    pub standing: AccountStanding,
}

/// How an account on a bill stands to the accounts we know of its supplier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountStanding {
    /// One of the supplier's own.
    Known,
    /// None of the supplier's own: payment is blocked until somebody has confirmed it.
    Changed,
    /// We know no account of this supplier yet: payment is blocked as well.
    FirstSeen,
    /// None of the supplier's own in our books, but somebody has confirmed it for this bill.
    Confirmed,
}

/// One thing the checks saw, for the approver.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindingFacts {
    /// Stable code: `bank_account.changed`.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What was seen, in a sentence.
    pub text: String,
    /// A person looked at it and let it pass.
    pub cleared: bool,
}

/// Asks one approver about one version of one bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalRequestFacts {
    /// The company whose money it is.
    pub company: String,
    /// The approver's name for the salutation.
    pub approver_name: String,
    /// The approver's address: the only one whose answer counts.
    pub approver: MailAddress,
    /// The name of the approver in whose place a delegate is asked.
    pub in_place_of: Option<String>,
    /// The bill.
    pub bill: BillFacts,
    /// What the checks saw, most important first; empty when all is well.
    pub findings: Vec<FindingFacts>,
    /// The names of the rules that ask for this person.
    pub rules: Vec<String>,
    /// Everybody who is asked about this bill, this approver among them.
    pub asked: Vec<String>,
    /// How many of them have to agree.
    pub needed: u32,
    /// The colleague who forwarded the bill.
    pub submitter: Option<MailAddress>,
    /// The words that approve, exactly: the first is the one to propose.
    pub approve_words: Vec<String>,
    /// The words that reject, exactly; a reason has to follow.
    pub reject_words: Vec<String>,
    /// Until when an answer counts, in the zone of the office.
    pub expires_at: Zoned,
    /// For the subject line, so that two requests never look alike: `#7QX4K2`.
    pub tag: String,
    /// The names of the files that go along.
    pub attachments: Vec<String>,
    /// The names of those that are too large for a mail.
    pub left_out: Vec<String>,
    /// Whom to ask for them: a person or a team.
    pub contact: MailAddress,
    /// Why the bill is asked about again, when an earlier request no longer stands.
    pub asked_again_because: Option<String>,
    /// When it was asked, where this is a reminder of that.
    pub reminds_of: Option<Zoned>,
}

/// Tells somebody that an approver does not answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EscalationFacts {
    /// The company.
    pub company: String,
    /// Who is waited for.
    pub approver_name: String,
    /// That person's address.
    pub approver: MailAddress,
    /// The supplier as in `BillFacts`.
    pub supplier_name: String,
    /// The bill's number.
    pub number: String,
    /// What would be paid.
    pub payable: Money,
    /// When it is due.
    pub due_date: Option<Date>,
    /// When the approver was asked.
    pub asked_at: Zoned,
    /// Until when an answer counts.
    pub expires_at: Zoned,
    /// The bill by its id, for commands.
    pub bill_id: String,
}

/// Tells an approver that the answer was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalReceiptFacts {
    /// The company whose money it is.
    pub company: String,
    /// The approver's name for the salutation.
    pub approver_name: String,
    /// What was decided.
    pub verdict: Verdict,
    /// Why, when the approver said so.
    pub reason: String,
    /// The bill.
    pub bill: BillFacts,
    /// What follows from it.
    pub follows: ReceiptFollows,
    /// Whom to tell when it was not this person who answered.
    pub contact: MailAddress,
    /// The same tag as on the request.
    pub tag: String,
}

/// What follows from a vote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReceiptFollows {
    /// The bill is approved; the payment is planned next.
    Approved,
    /// These people have not answered yet.
    WaitsFor(Vec<String>),
    /// The bill is rejected and will not be paid.
    Rejected,
}

/// Tells somebody, once, why an answer was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReplyRefusedFacts {
    /// The company.
    pub company: String,
    /// Whom the letter goes to: never more about the bill than that person may see.
    pub to: MailAddress,
    /// The subject of the mail that is answered, one printable line.
    pub subject_answered: String,
    /// Stable code: `reply.expired`.
    pub code: String,
    /// Why, in a sentence a stranger may read: it names neither amounts nor accounts.
    pub reason: String,
    /// What that person can do now, in a sentence.
    pub next: String,
    /// Whom to ask.
    pub contact: MailAddress,
}

/// Tells an approver or a delegate what became of a request to the other one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DelegationFacts {
    /// The company.
    pub company: String,
    /// Who is told.
    pub to_name: String,
    /// The other one.
    pub other_name: String,
    /// The supplier's name, as in the request.
    pub supplier_name: String,
    /// The bill's number, as in the request.
    pub number: String,
    /// What would be paid, as in the request.
    pub payable: Money,
    /// What is told.
    pub tells: DelegationTells,
    /// Whom to tell when it is a surprise.
    pub contact: MailAddress,
}

/// Tells a supplier that another account of its own is paid from a day on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountNoticeFacts {
    /// The company.
    pub company: String,
    /// The supplier's name in our books.
    pub supplier_name: String,
    /// The last four characters of the account.
    pub ending: String,
    /// The first day on which it is paid.
    pub pays_from: Date,
    /// Whom to tell when it is not the supplier's.
    pub contact: MailAddress,
}

/// What an approver or a delegate is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DelegationTells {
    /// The delegate is asked in the approver's place.
    IsAsked {
        /// Why, in words.
        why: String,
    },
    /// The other one decided so.
    HasAnswered(Verdict),
}

/// Asks an approver for one clear word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClarificationFacts {
    /// The company.
    pub company: String,
    /// The approver's name for the salutation.
    pub approver_name: String,
    /// The supplier's name, as in the request.
    pub supplier_name: String,
    /// The bill's number, as in the request.
    pub number: String,
    /// What would be paid, as in the request.
    pub payable: Money,
    /// The first line of the answer, as understood; empty when nothing was written.
    pub answer: String,
    /// What is missing.
    pub asks_for: AsksFor,
    /// The words that approve, exactly.
    pub approve_words: Vec<String>,
    /// The words that reject, exactly.
    pub reject_words: Vec<String>,
    /// Until when an answer counts, in the zone of the office.
    pub expires_at: Zoned,
    /// The same tag as on the request.
    pub tag: String,
    /// Who has been told of a question and will answer it; the request stays open.
    pub contact: MailAddress,
}
