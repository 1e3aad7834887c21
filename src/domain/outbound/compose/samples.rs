//! Made-up facts, one set for each variant of each letter: what a template may rely on, tried before any bill arrives.
//! `desk` is the mailbox that writes.

use crate::basics::address::MailAddress;
use crate::basics::bank_account::{Bic, Iban};
use crate::basics::calendar::{Date, TimeZone, Timestamp, Zoned, add_days, date};
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::approval::Verdict;
use crate::domain::outbound::facts::{
    AccountFacts, AccountNoticeFacts, AccountStanding, ApprovalReceiptFacts, ApprovalRequestFacts,
    AsksFor, BillFacts, ClarificationFacts, DelegationFacts, DelegationTells, EscalationFacts,
    FindingFacts, LineFacts, ReceiptFollows, ReplyRefusedFacts,
};
use crate::domain::outbound::feedback::{Fate, FeedbackFacts};
use crate::domain::outbound::reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
use crate::domain::outbound::work_list::{WorkItem, WorkListFacts};
use crate::domain::payable::{BillKind, Severity};
use crate::domain::receivable::Tone;

const COMPANY: &str = "Morgenrot Kaffeerösterei GmbH";
const TODAY: Date = date(2026, 11, 19);
const APPROVE_WORDS: [&str; 8] = [
    "approve",
    "approved",
    "genehmigt",
    "freigegeben",
    "approuvé",
    "aprobado",
    "approvato",
    "goedgekeurd",
];
const REJECT_WORDS: [&str; 7] = [
    "reject",
    "rejected",
    "abgelehnt",
    "refusé",
    "rechazado",
    "respinto",
    "afgewezen",
];

/// One for each thing that can become of a mail.
pub(super) fn feedback(desk: &MailAddress) -> Vec<(String, FeedbackFacts)> {
    let letter = |fate: &Fate| {
        let (taken, closed) = match fate {
            Fate::Received => (vec!["RE-4711.pdf", "RE-4711.xml"], Vec::new()),
            Fate::Partly => (vec!["RE-4711.pdf"], vec!["RE-4712.zip"]),
            Fate::NoDocument | Fate::Unreadable => (Vec::new(), Vec::new()),
        };
        let facts = FeedbackFacts {
            company: COMPANY.into(),
            to: desk.clone(),
            subject_answered: "Invoice RE-4711".into(),
            fate: *fate,
            taken: strings(&taken),
            closed: strings(&closed),
            contact: desk.clone(),
        };
        (format!("feedback.{fate}"), facts)
    };
    Fate::ALL.iter().map(letter).collect()
}

/// A plain bill, one with everything that can be odd, and a credit note about which nothing but the total is known.
pub(super) fn approval_requests(desk: &MailAddress) -> [(&'static str, ApprovalRequestFacts); 4] {
    let plain = request(desk, bill());
    let odd = ApprovalRequestFacts {
        findings: vec![
            finding(
                "bank_account.changed",
                Severity::BlocksPayment,
                false,
                "The account ending 7731 is none of the three we know of this supplier.",
            ),
            finding(
                "duplicate.similar",
                Severity::Hold,
                true,
                "It looks like bill SK-2026-0871 over 12,495.00 EUR of 3 November 2026.",
            ),
            finding(
                "goods_receipt.missing",
                Severity::Note,
                false,
                "It names no goods receipt.",
            ),
        ],
        asked: strings(&["Petra Vogt", "Jonas Brandt"]),
        needed: 2,
        left_out: strings(&["Lieferscheine Mai bis November.pdf"]),
        rules: strings(&["two people above 10,000.00 EUR", "raw coffee"]),
        submitter: Some(desk.with_detail("lena.hartwig")),
        asked_again_because: Some(
            "the bill changed since the earlier request; an earlier answer no longer counts"
                .to_owned(),
        ),
        bill: BillFacts {
            net: Some(eur(1_050_000)),
            tax: Some(eur(199_500)),
            gross: Some(eur(1_249_500)),
            payable: eur(1_249_500),
            account: account("7731", AccountStanding::Changed),
            payment_waits: true,
            lines_left_out: 9,
            ..bill()
        },
        ..request(desk, bill())
    };
    let bare = ApprovalRequestFacts {
        attachments: Vec::new(),
        rules: Vec::new(),
        bill: bare_credit_note(),
        ..request(desk, bill())
    };
    let reminder = ApprovalRequestFacts {
        reminds_of: Some(asked_at()),
        ..request(desk, bill())
    };
    [
        ("approval_request", plain),
        ("approval_request.reminder", reminder),
        ("approval_request.odd", odd),
        ("approval_request.credit_note", bare),
    ]
}

/// One for each thing that can follow.
pub(super) fn approval_receipts(desk: &MailAddress) -> [(&'static str, ApprovalReceiptFacts); 5] {
    let receipt = |verdict, reason: &str, follows| ApprovalReceiptFacts {
        company: COMPANY.to_owned(),
        approver_name: "Petra Vogt".to_owned(),
        verdict,
        reason: reason.to_owned(),
        bill: bill(),
        follows,
        contact: desk.clone(),
        tag: "#7QX4K2".to_owned(),
    };
    let waits = ReceiptFollows::WaitsFor(strings(&["Jonas Brandt"]));
    let approved = || receipt(Verdict::Approve, "", ReceiptFollows::Approved);
    let credit_note = ApprovalReceiptFacts {
        bill: bare_credit_note(),
        ..approved()
    };
    let blocked = ApprovalReceiptFacts {
        bill: BillFacts {
            account: account("7731", AccountStanding::Changed),
            payment_waits: true,
            ..bill()
        },
        ..approved()
    };
    [
        ("approval_receipt", approved()),
        ("approval_receipt.credit_note", credit_note),
        ("approval_receipt.blocked", blocked),
        (
            "approval_receipt.waits",
            receipt(Verdict::Approve, "as ordered in May", waits),
        ),
        (
            "approval_receipt.rejected",
            receipt(
                Verdict::Reject,
                "two sacks never arrived",
                ReceiptFollows::Rejected,
            ),
        ),
    ]
}

pub(super) fn reply_refused(desk: &MailAddress) -> ReplyRefusedFacts {
    ReplyRefusedFacts {
        company: COMPANY.to_owned(),
        to: desk.with_detail("petra.vogt"),
        subject_answered: "AW: Please approve: Sandtor Rohkaffee Kontor, SK-2026-0914 [#7QX4K2]"
            .to_owned(),
        code: "reply.expired".to_owned(),
        reason: "The time for answering this request is over.".to_owned(),
        next:
            "If the bill still waits for you, a new request is on its way; please answer that one."
                .to_owned(),
        contact: desk.clone(),
    }
}

/// One for each thing that can be missing.
pub(super) fn clarifications(desk: &MailAddress) -> [(&'static str, ClarificationFacts); 3] {
    let clarification = |asks_for, answer: &str| ClarificationFacts {
        company: COMPANY.to_owned(),
        approver_name: "Petra Vogt".to_owned(),
        supplier_name: bill().supplier_name,
        number: bill().number,
        payable: bill().payable,
        answer: answer.to_owned(),
        asks_for,
        approve_words: strings(&APPROVE_WORDS),
        reject_words: strings(&REJECT_WORDS),
        expires_at: expires_at(),
        tag: "#7QX4K2".to_owned(),
        contact: desk.clone(),
    };
    [
        (
            "clarification",
            clarification(AsksFor::OneWord, "ok, if the second delivery was complete"),
        ),
        ("clarification.reason", clarification(AsksFor::Reason, "")),
        (
            "clarification.question",
            clarification(
                AsksFor::AnswerToQuestion,
                "Is this the order of May or of June?",
            ),
        ),
    ]
}

/// Of a delegate who is asked, and of the one who answered first.
pub(super) fn delegations(desk: &MailAddress) -> [(&'static str, DelegationFacts); 2] {
    let told = |tells| DelegationFacts {
        company: COMPANY.to_owned(),
        to_name: "Petra Vogt".to_owned(),
        other_name: "Jonas Brandt".to_owned(),
        supplier_name: bill().supplier_name,
        number: bill().number,
        payable: bill().payable,
        tells,
        contact: desk.clone(),
    };
    let why = "an absence notice says that you are back on 2026-12-07 at the earliest";
    let why = why.to_owned();
    [
        ("delegation", told(DelegationTells::IsAsked { why })),
        (
            "delegation.answered",
            told(DelegationTells::HasAnswered(Verdict::Approve)),
        ),
    ]
}

/// A supplier with another account.
pub(super) fn account_notice(desk: &MailAddress) -> AccountNoticeFacts {
    AccountNoticeFacts {
        company: COMPANY.to_owned(),
        supplier_name: bill().supplier_name,
        ending: "5432".to_owned(),
        pays_from: jiff::civil::date(2026, 11, 25),
        contact: desk.clone(),
    }
}

/// Of an owner in the morning, and with something new at noon.
pub(super) fn work_lists() -> [(&'static str, WorkListFacts); 2] {
    let item = |is_late| WorkItem {
        id: "77ab90c2".to_owned(),
        code: "bill_held".to_owned(),
        subject: crate::domain::audit::Subject::account("sample"),
        about: "Elbkarton Verpackungen GmbH, RE 2026/815, 1,190.00 EUR".to_owned(),
        reason: "duplicate.exact_number: bill RE-2026-0815 of 1,190.00 EUR has this number already"
            .to_owned(),
        next_action: "correct a field, clear the findings, reject or void the bill".to_owned(),
        due: expires_at(),
        is_late,
    };
    let list = |new: Vec<WorkItem>, total| WorkListFacts {
        company: COMPANY.to_owned(),
        new,
        before: vec![item(true)],
        total,
        late: 1,
    };
    [
        ("work_list", list(Vec::new(), 1)),
        ("work_list.new", list(vec![item(false)], 31)),
    ]
}

/// An approver who does not answer.
pub(super) fn escalation(desk: &MailAddress) -> EscalationFacts {
    let bill = bill();
    EscalationFacts {
        company: COMPANY.to_owned(),
        approver_name: "Petra Vogt".to_owned(),
        approver: desk.with_detail("petra.vogt"),
        supplier_name: bill.supplier_name,
        number: bill.number,
        payable: bill.payable,
        due_date: bill.due_date,
        asked_at: asked_at(),
        expires_at: expires_at(),
        bill_id: "3f9c1a77".to_owned(),
    }
}

/// A customer with two invoices, the second one not due yet; before the due date neither is.
pub(super) fn reminder(desk: &MailAddress, language: &str, tone: Tone) -> ReminderFacts {
    let days_overdue = match tone {
        Tone::Courtesy => -3,
        Tone::DueToday => 0,
        Tone::Friendly => 3,
        Tone::Plain => 7,
        Tone::Firm => 14,
        Tone::FinalNotice => 30,
    };
    let invoice = |number: &str, days_overdue: i32, minor: i64| RemindedInvoice {
        number: number.to_owned(),
        issue_date: add_days(TODAY, -30 - days_overdue),
        due_date: add_days(TODAY, -days_overdue),
        days_overdue,
        open: eur(minor),
        reference: number.to_owned(),
    };
    let iban = Iban::parse("DE89370400440532013000");
    ReminderFacts {
        customer_name: "Café Lindenhof".to_owned(),
        customer_number: "10001".to_owned(),
        language: language.to_owned(),
        tone,
        invoices: vec![
            invoice("MR-2026-1041", days_overdue, 61_880),
            invoice("MR-2026-1077", -5, 23_205),
        ],
        totals: vec![eur(85_085)],
        as_of: TODAY,
        company_name: COMPANY.to_owned(),
        account: iban.map(|iban| OurAccount {
            holder: COMPANY.to_owned(),
            iban,
            bic: Bic::parse("COBADEFFXXX"),
        }),
        contact_mail: desk.clone(),
        contact_name: (tone != Tone::Courtesy).then(|| "Lena Hartwig".to_owned()),
    }
}

fn request(desk: &MailAddress, bill: BillFacts) -> ApprovalRequestFacts {
    ApprovalRequestFacts {
        company: COMPANY.to_owned(),
        approver_name: "Petra Vogt".to_owned(),
        approver: desk.with_detail("petra.vogt"),
        in_place_of: None,
        bill,
        findings: Vec::new(),
        rules: strings(&["raw coffee"]),
        asked: strings(&["Petra Vogt"]),
        needed: 1,
        submitter: None,
        approve_words: strings(&APPROVE_WORDS),
        reject_words: strings(&REJECT_WORDS),
        expires_at: expires_at(),
        tag: "#7QX4K2".to_owned(),
        attachments: strings(&["Rechnung SK-2026-0914.pdf"]),
        left_out: Vec::new(),
        contact: desk.clone(),
        asked_again_because: None,
        reminds_of: None,
    }
}

fn bill() -> BillFacts {
    let line = |description: &str, quantity_price: &str, minor, coding: Option<&str>| LineFacts {
        description: description.to_owned(),
        quantity_price: Some(quantity_price.to_owned()),
        net: Some(eur(minor)),
        coding: coding.map(str::to_owned),
    };
    BillFacts {
        kind: BillKind::Invoice,
        supplier_name: "Sandtor Rohkaffee Kontor GmbH & Co. KG".to_owned(),
        supplier_number: Some("70002".to_owned()),
        number: "SK-2026-0914".to_owned(),
        issue_date: Some(date(2026, 11, 17)),
        due_date: Some(date(2026, 12, 17)),
        net: Some(eur(420_000)),
        tax: Some(eur(79_800)),
        gross: Some(eur(499_800)),
        payable: eur(499_800),
        po_number: Some("PO-2026-118".to_owned()),
        account: account("9442", AccountStanding::Known),
        lines: vec![
            line(
                "Arabica Huehuetenango, 60 kg sack",
                "8 × 385.00",
                308_000,
                Some("5100/ROAST"),
            ),
            line(
                "Robusta Kaapi Royale, 60 kg sack",
                "4 × 255.00",
                102_000,
                Some("5100 (proposed)"),
            ),
            line("Carriage to Hamburg", "1 × 100.00", 10_000, None),
        ],
        payment_waits: false,
        is_collected: false,
        lines_unsure: false,
        lines_left_out: 0,
        version: "3f9a1c07".to_owned(),
    }
}

fn bare_credit_note() -> BillFacts {
    BillFacts {
        kind: BillKind::CreditNote,
        supplier_number: None,
        issue_date: None,
        due_date: None,
        net: None,
        tax: None,
        gross: None,
        payable: eur(-11_900),
        po_number: None,
        account: None,
        lines: Vec::new(),
        ..bill()
    }
}

fn finding(code: &str, severity: Severity, cleared: bool, text: &str) -> FindingFacts {
    FindingFacts {
        code: code.to_owned(),
        severity,
        text: text.to_owned(),
        cleared,
    }
}

fn account(last_four: &str, standing: AccountStanding) -> Option<AccountFacts> {
    Some(AccountFacts {
        last_four: last_four.to_owned(),
        standing,
    })
}

fn expires_at() -> Zoned {
    // Central Europe by its rule, so that the samples look the same where no zones are installed.
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC);
    // Thursday 26 November 2026, 10:00 there.
    Timestamp::constant(1_795_683_600, 0).to_zoned(zone)
}

/// A week before.
fn asked_at() -> Zoned {
    expires_at().saturating_sub(jiff::SignedDuration::from_hours(24 * 7))
}

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}
