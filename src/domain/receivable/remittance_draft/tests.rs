use super::*;
use crate::basics::calendar::date;
use crate::basics::ids::{ContentHash, DocumentId, MessageId};
use crate::domain::document::{Confidence, DocumentState, Field, Reading, Source};
use crate::domain::receivable::EarlyDiscount;
use crate::domain::receivable::samples::{customer, eur, invoice};

const DAY: Date = date(2026, 11, 19);

fn document(lines: &[(&str, i64)], total: Option<i64>) -> Document {
    let mut reading = Reading::default();
    for (number, minor) in lines {
        reading.payments.push(RemittanceLine {
            invoice: (*number).to_owned(),
            amount: Some(eur(*minor)),
            discount: None,
        });
    }
    let sure = Confidence::per_mille(950);
    reading.fields.total = total.map(|minor| Field::text(eur(minor), sure, Source::Line(9)));
    let message = MessageId::derive(&["m"]);
    Document {
        id: DocumentId::derive(&["d"]),
        message,
        parent: None,
        part: "1".into(),
        name: "body".into(),
        media_type: "text/plain".into(),
        content: ContentHash::of(b"d"),
        state: DocumentState::Read,
        note: None,
        reading,
        version: 1,
    }
}

/// Drafts a mail of customer 1, who owes 2,140.00 and 856.00; customer 2 owes 500.00.
fn drafted(document: &Document) -> Draft {
    let customers = [customer("1"), customer("2")];
    let mut invoices = [
        invoice("MR-2026-1044", "1", 214_000),
        invoice("MR-2026-1047", "1", 85_600),
        invoice("MR-2026-1031", "1", 1_000),
        invoice("MR-2026-1052", "2", 50_000),
    ];
    invoices[2].balance = eur(0);
    let sender = MailAddress::parse("someone@c1.test");
    let known = Known {
        doubt: None,
        customers: &customers,
        invoices: &invoices,
        applied: &[],
        since: DAY,
        claim_days: 10,
    };
    draft(document, sender.as_ref(), &known)
}

#[test]
fn lines_that_add_up_and_name_open_invoices_are_claimed() {
    let lines = [("MR-2026-1044", 214_000), ("MR 2026/1047", 85_600)];
    let draft = drafted(&document(&lines, Some(299_600)));
    assert_eq!(draft.odd, Vec::<String>::new());
    assert_eq!(draft.remittance.state, RemittanceState::Claimed);
    assert_eq!(draft.remittance.customer, Some(Customer::id_of("1")));
    let how: Vec<_> = draft
        .remittance
        .lines
        .iter()
        .map(|l| l.how.as_str())
        .collect();
    assert_eq!(how, ["exact number", "normalised number"]);
    let without_total = drafted(&document(&lines, None));
    assert_eq!(without_total.remittance.total, Some(eur(299_600)));
}

#[test]
fn each_doubt_holds_the_whole_remittance_and_says_why() {
    type Case = (&'static [(&'static str, i64)], Option<i64>, &'static str);
    let cases: [Case; 8] = [
        (
            &[("MR-2026-1044", 214_000)],
            Some(214_001),
            "its lines add up to 2,140.00 EUR",
        ),
        (
            &[("MR-2026-9999", 100)],
            None,
            "MR-2026-9999 is no open invoice of ours",
        ),
        (
            &[("MR-2026-1044", 214_001)],
            None,
            "of which 2,140.00 EUR is open",
        ),
        (
            &[("MR-2026-1031", 1_000)],
            None,
            "MR-2026-1031 is paid already",
        ),
        (
            &[("MR-2026-1044", 1), ("MR-2026-1044", 1)],
            None,
            "stands in it twice",
        ),
        (&[("MR-2026-1044", 0)], None, "is no payment"),
        (
            &[("MR-2026-1052", 50_000)],
            None,
            "says it pays an invoice of 2",
        ),
        (&[], None, "it lists no invoice"),
    ];
    for (lines, total, expected) in cases {
        let draft = drafted(&document(lines, total));
        assert!(
            draft.odd.iter().any(|odd| odd.contains(expected)),
            "{expected}: {:?}",
            draft.odd
        );
        assert_eq!(draft.remittance.state, RemittanceState::Held);
    }
}

#[test]
fn a_payment_date_far_ahead_is_asked_about_and_stops_no_reminders() {
    let lines = [("MR-2026-1044", 214_000)];
    for (paid, state, until) in [
        (
            date(2026, 11, 24),
            RemittanceState::Claimed,
            date(2026, 12, 4),
        ),
        (
            date(2026, 12, 19),
            RemittanceState::Claimed,
            date(2026, 12, 29),
        ),
        (
            date(2026, 12, 20),
            RemittanceState::Held,
            date(2026, 11, 29),
        ),
        (
            date(2062, 11, 20),
            RemittanceState::Held,
            date(2026, 11, 29),
        ),
    ] {
        let mut document = document(&lines, None);
        let sure = Confidence::per_mille(950);
        document.reading.fields.payment_date = Some(Field::text(paid, sure, Source::Line(2)));
        let draft = drafted(&document);
        assert_eq!(
            (draft.remittance.state, draft.remittance.waits_until),
            (state, Some(until))
        );
        assert_eq!(
            draft.odd.is_empty(),
            state == RemittanceState::Claimed,
            "{:?}",
            draft.odd
        );
    }
}

#[test]
fn a_deduction_is_never_taken_silently() {
    let mut document = document(&[("MR-2026-1044", 209_720)], None);
    document.reading.payments[0].discount = Some(eur(4_280));
    assert!(
        drafted(&document)
            .odd
            .iter()
            .any(|odd| odd.contains("deducts 42.80 EUR"))
    );
}

#[test]
fn a_discount_of_the_terms_is_no_oddity_when_the_rest_is_paid() {
    let customers = [customer("1")];
    let odd = |agreed: i64, paid: i64| {
        let mut open = invoice("MR-2026-1044", "1", 214_000);
        open.invoice.discount = Some(EarlyDiscount {
            until: DAY,
            amount: eur(agreed),
        });
        let known = Known {
            doubt: None,
            customers: &customers,
            invoices: &[open],
            applied: &[],
            since: DAY,
            claim_days: 10,
        };
        let mut document = document(&[("MR-2026-1044", paid)], None);
        document.reading.payments[0].discount = Some(eur(4_280));
        let sender = MailAddress::parse("someone@c1.test");
        draft(&document, sender.as_ref(), &known).odd.join("; ")
    };
    assert_eq!(odd(4_280, 209_720), "");
    assert!(
        odd(4_279, 209_720).contains("deducts 42.80 EUR"),
        "more than agreed"
    );
    assert!(
        odd(4_280, 209_700).contains("deducts 42.80 EUR"),
        "not all the rest"
    );
}

#[test]
fn rivals_are_named() {
    let customers = [customer("1")];
    let invoices = [
        invoice("A-2026-10", "1", 100),
        invoice("A-202-610", "1", 100),
    ];
    let known = Known {
        doubt: None,
        customers: &customers,
        invoices: &invoices,
        applied: &[],
        since: DAY,
        claim_days: 10,
    };
    let sender = MailAddress::parse("someone@c1.test");
    let draft = draft(
        &document(&[("A 2026 10", 100)], None),
        sender.as_ref(),
        &known,
    );
    assert_eq!(
        draft.odd,
        ["A 2026 10 may mean any of A-2026-10, A-202-610"]
    );
}

#[test]
fn a_remittance_whose_money_came_first_is_applied_and_asks_nobody() {
    let customers = [customer("1")];
    let mut invoices = [
        invoice("MR-2026-1044", "1", 214_000),
        invoice("MR-2026-1047", "1", 85_600),
    ];
    for open in &mut invoices {
        open.balance = eur(0);
    }
    let paid = |open: &OpenInvoice| CashApplication {
        id: CashApplication::id_of(BankEntryId::derive(&["1"]), open.invoice.id),
        invoice: open.invoice.id,
        bank_entry: BankEntryId::derive(&["1"]),
        remittance: None,
        amount: open.invoice.gross,
        how: String::new(),
        at: "2026-11-19T12:00:00Z".parse().unwrap(),
        reverses: None,
    };
    let applied = [paid(&invoices[0]), paid(&invoices[1])];
    let known = |applied| Known {
        doubt: None,
        customers: &customers,
        invoices: &invoices,
        applied,
        since: DAY,
        claim_days: 10,
    };
    let sender = MailAddress::parse("someone@c1.test");
    let both = document(&[("MR-2026-1044", 214_000), ("MR 2026/1047", 85_600)], None);
    let late = draft(&both, sender.as_ref(), &known(&applied));
    assert_eq!(
        (late.odd.len(), late.remittance.state),
        (0, RemittanceState::Applied)
    );
    assert_eq!(late.paid_by, Some(BankEntryId::derive(&["1"])));
    // Half of it came by that entry: then it is not the money of this remittance.
    let half = draft(&both, sender.as_ref(), &known(&applied[..1]));
    assert_eq!(half.remittance.state, RemittanceState::Held);
}
