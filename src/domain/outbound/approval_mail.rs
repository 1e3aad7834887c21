//! The mails about an approval on their way: what each says of a bill, and the one mail that carries it.

use super::facts::{
    AccountFacts, AccountStanding, ApprovalReceiptFacts, ApprovalRequestFacts, AsksFor, BillFacts,
    ClarificationFacts, FindingFacts, LINES_SHOWN, ReceiptFollows, ReplyRefusedFacts,
};
use super::{Attachment, Letter, OutboundMessage, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{TimeZone, Timestamp};
use crate::basics::ids::{HeaderMessageId, OutboundId};
use crate::basics::text::one_line;
use crate::basics::token::ReplyToken;
use crate::domain::approval::judge::Refusal;
use crate::domain::approval::reply::{APPROVE_WORDS, REJECT_WORDS};
use crate::domain::approval::{ApprovalPolicy, ApprovalRequest, Reply, Vote};
use crate::domain::audit::Subject;
use crate::domain::document::Document;
use crate::domain::payable::bill_line::BillLines;
use crate::domain::payable::checks::{DIRECT_DEBIT, IBAN_CHANGED, IBAN_FIRST_SEEN};
use crate::domain::payable::{Bill, Severity, Supplier};

/// A document that is read as pages.
const PDF: &str = "application/pdf";
/// Originals that go along. Written for mail they grow by a third, and many servers take no mail above 10 MB: a request that
/// is refused for its attachment is never answered.
const SENT_ALONG_BYTES: u64 = 7 << 20;

/// How the Message-ID of an answer of ours begins.
const ANSWER: &str = "answer";

/// Who asks; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalDesk {
    /// Our legal name.
    pub company_name: String,
    /// The mailbox of bills: requests come from it and answers go there.
    pub mailbox: MailAddress,
    /// Whom an approver turns to: a person or a team.
    pub contact: MailAddress,
    /// The zone that times are told in.
    pub zone: TimeZone,
}

/// The bill as its approvers see it; `None` without an amount, because then nobody is asked.
pub fn bill_facts(
    bill: &Bill,
    supplier: Option<&Supplier>,
    lines: &BillLines,
) -> Option<BillFacts> {
    let payable = bill.payable.or(bill.gross)?;
    let version = bill.content_version().to_string();
    let blocks = || {
        bill.findings.iter().filter(|finding| {
            finding.severity == Severity::BlocksPayment && !bill.cleared.contains(&finding.code)
        })
    };
    Some(BillFacts {
        kind: bill.kind,
        supplier_name: supplier.map_or_else(|| bill.supplier_name.clone(), |s| s.name.clone()),
        supplier_number: supplier.map(|supplier| supplier.number.clone()),
        number: bill.number.clone().unwrap_or_default(),
        issue_date: bill.issue_date,
        due_date: bill.due_date,
        net: bill.net,
        tax: bill.tax,
        gross: bill.gross,
        payable,
        po_number: bill.po_number.clone(),
        account: bill
            .iban
            .as_deref()
            .map(|iban| account(iban, supplier, &bill.cleared)),
        payment_waits: blocks().next().is_some(),
        is_collected: blocks().any(|finding| finding.code == DIRECT_DEBIT.code),
        lines: lines.lines.iter().take(LINES_SHOWN).cloned().collect(),
        lines_unsure: lines.are_unsure,
        lines_left_out: lines.lines.len().saturating_sub(LINES_SHOWN),
        version: version.chars().take(8).collect(),
    })
}

fn account(printed: &str, supplier: Option<&Supplier>, cleared: &[String]) -> AccountFacts {
    let known = supplier
        .map(|supplier| supplier.ibans.as_slice())
        .unwrap_or_default();
    let iban = Iban::parse(printed);
    let is_known = iban.as_ref().is_some_and(|iban| known.contains(iban));
    let skipped = printed.chars().count().saturating_sub(4);
    AccountFacts {
        last_four: printed.chars().skip(skipped).collect(),
        standing: match (is_known, known.is_empty()) {
            (true, _) => AccountStanding::Known,
            (false, _) if is_confirmed(known.is_empty(), cleared) => AccountStanding::Confirmed,
            (false, true) => AccountStanding::FirstSeen,
            (false, false) => AccountStanding::Changed,
        },
    }
}

/// A person let pass what was found about an account that is the first we see, or that is another one.
fn is_confirmed(is_first: bool, cleared: &[String]) -> bool {
    let found = if is_first {
        IBAN_FIRST_SEEN
    } else {
        IBAN_CHANGED
    };
    cleared.iter().any(|code| code == found.code)
}

/// Everything a request is written from.
#[derive(Clone, Debug)]
pub struct RequestParts<'a> {
    /// Who asks.
    pub desk: &'a ApprovalDesk,
    /// Who approves what.
    pub policy: &'a ApprovalPolicy,
    /// The bill.
    pub bill: &'a Bill,
    /// The bill as shown.
    pub shown: &'a BillFacts,
    /// The request.
    pub request: &'a ApprovalRequest,
    /// Its token.
    pub token: &'a ReplyToken,
    /// Everybody who is asked.
    pub asked: &'a [MailAddress],
    /// How many have to agree.
    pub needed: u32,
    /// The originals.
    pub originals: &'a Originals,
    /// Why the bill is asked about again.
    pub again_because: Option<String>,
    /// It reminds of a request that was sent before.
    pub is_reminder: bool,
}

/// What the request says.
pub fn request_facts(parts: &RequestParts<'_>) -> ApprovalRequestFacts {
    let bill = parts.bill;
    let finding = |finding: &crate::domain::payable::Finding| FindingFacts {
        code: finding.code.clone(),
        severity: finding.severity,
        text: one_line(&finding.evidence, 300),
        cleared: bill.cleared.contains(&finding.code),
    };
    ApprovalRequestFacts {
        company: parts.desk.company_name.clone(),
        approver_name: name_of(parts.policy, &parts.request.approver),
        approver: parts.request.approver.clone(),
        in_place_of: parts
            .request
            .stands_in_for
            .as_ref()
            .map(|approver| name_of(parts.policy, approver)),
        bill: parts.shown.clone(),
        findings: bill.findings.iter().map(finding).collect(),
        rules: parts.request.rules.clone(),
        asked: parts
            .asked
            .iter()
            .map(|person| name_of(parts.policy, person))
            .collect(),
        needed: parts.needed,
        submitter: bill.submitter.clone(),
        approve_words: words(APPROVE_WORDS),
        reject_words: words(REJECT_WORDS),
        expires_at: parts.request.expires_at.to_zoned(parts.desk.zone.clone()),
        tag: format!("#{}", parts.token.tag()),
        attachments: names(&parts.originals.files),
        left_out: names(&parts.originals.left_out),
        contact: parts.desk.contact.clone(),
        asked_again_because: parts.again_because.clone(),
        reminds_of: parts
            .is_reminder
            .then(|| parts.request.asked_at.to_zoned(parts.desk.zone.clone())),
    }
}

/// The originals of a bill, and which of them are too large for a mail.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Originals {
    /// They go along.
    pub files: Vec<Attachment>,
    /// They do not; the mail says so and whom to ask.
    pub left_out: Vec<Attachment>,
}

impl Originals {
    /// Each with its size in bytes, the most telling first: what no longer fits stays behind.
    pub fn that_fit(files: impl IntoIterator<Item = (Attachment, u64)>) -> Self {
        let mut fitting = Self::default();
        let mut bytes = 0_u64;
        for (file, size) in files {
            let with_it = bytes.saturating_add(size);
            if with_it <= SENT_ALONG_BYTES {
                bytes = with_it;
                fitting.files.push(file);
            } else {
                fitting.left_out.push(file);
            }
        }
        fitting
    }
}

fn names(files: &[Attachment]) -> Vec<String> {
    files.iter().map(|file| file.name.clone()).collect()
}

/// What the approver gets to see: the document the bill was read from and what stands in its place among the documents of
/// its mail. A person reads the page, not the XML beside it, so pages come first.
pub fn originals(document: &Document, of_message: &[Document]) -> Vec<Attachment> {
    let shows_it = of_message
        .iter()
        .filter(|other| other.parent == Some(document.id) && other.id != document.id);
    let mut shown = shows_it.chain([document]).collect::<Vec<_>>();
    shown.sort_by_key(|document| document.media_type != PDF);
    let attachment = |document: &Document| Attachment {
        name: document.file_name(),
        media_type: document.media_type.clone(),
        content: document.content,
    };
    shown.into_iter().map(attachment).collect()
}

/// The request's mail. Both requests of a bill stand in one thread; the answer comes back to the mailbox with the token in
/// its address. `None` only for a domain no Message-ID can hold.
pub fn request_mail(
    parts: &RequestParts<'_>,
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let mailbox = &parts.desk.mailbox;
    Some(OutboundMessage {
        header_message_id: request_message_id(parts.token, mailbox)?,
        reply_to: Some(mailbox.with_detail(parts.token.as_str())),
        references: thread_root(parts.bill, mailbox).into_iter().collect(),
        attachments: parts.originals.files.clone(),
        ..OutboundMessage::written(
            (ANSWER, parts.request.outbound),
            (Purpose::ApprovalRequest, parts.request.id.into()),
            (mailbox, &parts.request.approver),
            letter,
            now,
        )?
    })
}

/// The Message-ID of the mail that asks by this token.
pub(super) fn request_message_id(
    token: &ReplyToken,
    mailbox: &MailAddress,
) -> Option<HeaderMessageId> {
    HeaderMessageId::parse(&format!("approval.{}@{}", token.as_str(), mailbox.domain()))
}

/// The mail an answer came in, as far as our answer to it goes.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// The stored mail it is: one answer each, whatever happens.
    pub message: crate::basics::ids::MessageId,
    /// Its Message-ID.
    pub header_message_id: Option<&'a HeaderMessageId>,
    /// Who is written to.
    pub to: &'a MailAddress,
    /// What the answer is about.
    pub about: Subject,
}

/// Our one answer to an answer: receipt, refusal or clarification. `token` lets the next answer find the request.
pub fn answer_mail(
    desk: &ApprovalDesk,
    answered: &Answered<'_>,
    purpose: Purpose,
    token: Option<&ReplyToken>,
    letter: Letter,
    now: Timestamp,
) -> Option<OutboundMessage> {
    let mailbox = &desk.mailbox;
    let id = OutboundId::derive(&[ANSWER, &answered.message.to_string()]);
    let about = (purpose, answered.about.clone());
    let asked = token.and_then(|token| {
        HeaderMessageId::parse(&format!("approval.{}@{}", token.as_str(), mailbox.domain()))
    });
    let own = answered.header_message_id.cloned();
    Some(OutboundMessage {
        reply_to: token.map(|token| mailbox.with_detail(token.as_str())),
        in_reply_to: own.clone(),
        references: asked.into_iter().chain(own).collect(),
        ..OutboundMessage::written((ANSWER, id), about, (mailbox, answered.to), letter, now)?
    })
}

/// `<bill.ID@domain>`: no mail has it; both requests of a bill refer to it and so stand together.
pub(super) fn thread_root(bill: &Bill, mailbox: &MailAddress) -> Option<HeaderMessageId> {
    HeaderMessageId::parse(&format!("bill.{}@{}", bill.id, mailbox.domain()))
}

/// What a receipt says.
pub fn receipt_facts(
    desk: &ApprovalDesk,
    policy: &ApprovalPolicy,
    vote: &Vote,
    shown: BillFacts,
    follows: ReceiptFollows,
    token: &ReplyToken,
) -> ApprovalReceiptFacts {
    ApprovalReceiptFacts {
        company: desk.company_name.clone(),
        approver_name: name_of(policy, &vote.approver),
        verdict: vote.verdict,
        reason: vote.reason.clone(),
        bill: shown,
        follows,
        contact: desk.contact.clone(),
        tag: format!("#{}", token.tag()),
    }
}

/// What a refusal says: nothing about the bill.
pub fn refusal_facts(
    desk: &ApprovalDesk,
    refusal: &Refusal,
    to: &MailAddress,
    subject: &str,
) -> ReplyRefusedFacts {
    ReplyRefusedFacts {
        company: desk.company_name.clone(),
        to: to.clone(),
        subject_answered: one_line(subject, 120),
        code: refusal.code.to_string(),
        reason: refusal.told.to_owned(),
        next: refusal.next.to_owned(),
        contact: desk.contact.clone(),
    }
}

/// What a clarification asks for.
pub fn clarification_facts(
    desk: &ApprovalDesk,
    policy: &ApprovalPolicy,
    request: &ApprovalRequest,
    shown: &BillFacts,
    (reply, asks_for): (&Reply, AsksFor),
    token: &ReplyToken,
) -> ClarificationFacts {
    ClarificationFacts {
        company: desk.company_name.clone(),
        approver_name: name_of(policy, &request.approver),
        supplier_name: shown.supplier_name.clone(),
        number: shown.number.clone(),
        payable: shown.payable,
        answer: reply.first_line.clone(),
        asks_for,
        approve_words: words(APPROVE_WORDS),
        reject_words: words(REJECT_WORDS),
        expires_at: request.expires_at.to_zoned(desk.zone.clone()),
        tag: format!("#{}", token.tag()),
        contact: desk.contact.clone(),
    }
}

/// The approver's name, else the address.
pub fn name_of(policy: &ApprovalPolicy, address: &MailAddress) -> String {
    policy
        .approver(address)
        .map_or_else(|| address.to_string(), |approver| approver.name.clone())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::ids::ContentHash;

    #[test]
    fn a_scan_that_no_relay_takes_stays_behind_and_the_page_beside_it_goes_along() {
        let file = |name: &str, mebibytes: u64| {
            let attachment = Attachment {
                name: name.to_owned(),
                media_type: PDF.to_owned(),
                content: ContentHash::of(name.as_bytes()),
            };
            (attachment, mebibytes << 20)
        };
        let sent = |files: Vec<(Attachment, u64)>| {
            let originals = Originals::that_fit(files);
            (names(&originals.files), names(&originals.left_out))
        };
        let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let many = vec![
            file("scan.pdf", 30),
            file("page.pdf", 4),
            file("more.pdf", 4),
        ];
        assert_eq!(
            sent(many),
            (strings(&["page.pdf"]), strings(&["scan.pdf", "more.pdf"]))
        );
        assert_eq!(
            sent(vec![file("page.pdf", 7)]),
            (strings(&["page.pdf"]), Vec::new())
        );
    }
}
