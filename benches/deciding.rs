//! What deciding costs, without books: the payments of a run among many, the invoices of many credits among many, and the proof
//! that one set of open invoices alone comes to an amount. `cargo bench --profile release --bench deciding`.

#![expect(clippy::unwrap_used, reason = "a measurement")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::time::Instant;

use countinghouse::basics::bank_account::Iban;
use countinghouse::basics::calendar::{Date, add_days, date};
use countinghouse::basics::currency::Currency;
use countinghouse::basics::ids::{BillId, DocumentId, MessageId, PaymentId};
use countinghouse::basics::money::Money;
use countinghouse::domain::bank::{BankEntry, Credit};
use countinghouse::domain::payable::payment_run::candidate::{Candidate, RunPolicy};
use countinghouse::domain::payable::payment_run::cash::Cash;
use countinghouse::domain::payable::payment_run::select::select;
use countinghouse::domain::payable::{Bill, BillKind, BillState, Payment, PaymentState, Supplier};
use countinghouse::domain::receivable::cash_decision::{
    Books, CashPolicy, Decision, WrittenOff, decide,
};
use countinghouse::domain::receivable::matching::subset::{Subset, unique_subset};
use countinghouse::domain::receivable::{Customer, CustomerInvoice, FileDispute, OpenInvoice};
use rust_decimal::Decimal;

const TODAY: Date = date(2026, 11, 23);
const ROUNDS: usize = 5;

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// The median of some rounds, with what each works on made before the clock runs.
fn measured<T>(what: &str, prepare: impl Fn() -> T, work: impl Fn(T)) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let input = prepare();
        let begun = Instant::now();
        work(input);
        rounds.push(begun.elapsed());
    }
    rounds.sort_unstable();
    println!(
        "{what}: {:.1?} (median of {ROUNDS})",
        rounds.get(ROUNDS / 2).unwrap()
    );
}

fn main() {
    measured(
        "a run chosen among 10,000 payments of 1,000 suppliers",
        candidates,
        choose,
    );
    let books = (customers(), invoices());
    measured(
        "1,000 credits that name their invoice, 10,000 open ones",
        credits,
        |credits| {
            match_all(&credits, &books);
        },
    );
    measured(
        "the one set of 40 open invoices proven",
        || (),
        |()| prove(),
    );
}

fn iban() -> Iban {
    Iban::parse("DE89370400440532013000").unwrap()
}

fn supplier(nth: usize) -> Supplier {
    let number = format!("7{nth:05}");
    Supplier {
        id: Supplier::id_of(&number),
        name: format!("Supplier {nth}"),
        vat_id: None,
        ibans: vec![iban()],
        domains: Vec::new(),
        mail: None,
        terms_days: Some(30),
        approver: None,
        phone: None,
        version: 1,
        number,
    }
}

fn candidates() -> Vec<Candidate> {
    let candidate = |nth: usize| {
        let number = nth.to_string();
        let id = BillId::derive(&[&number]);
        let supplier = supplier(nth % 1_000);
        let due = add_days(TODAY, i32::try_from(nth % 40).unwrap() - 20);
        let amount = eur(i64::try_from(nth % 9_000).unwrap() * 100 + 5_000);
        let bill = Bill {
            id,
            document: DocumentId::derive(&[&number]),
            message: MessageId::derive(&[&number]),
            kind: BillKind::Invoice,
            supplier: Some(supplier.id),
            supplier_name: supplier.name.clone(),
            number: Some(number.clone()),
            issue_date: Some(add_days(due, -30)),
            due_date: Some(due),
            currency: Some(Currency::EUR),
            net: None,
            tax: None,
            gross: Some(amount),
            payable: Some(amount),
            iban: Some(iban().as_str().to_owned()),
            po_number: None,
            payment_reference: None,
            preceding_number: None,
            submitter: None,
            corrected_by: Vec::new(),
            codings: Vec::new(),
            findings: Vec::new(),
            cleared: Vec::new(),
            state: BillState::Scheduled,
            version: 1,
        };
        Candidate {
            payment: Payment {
                id: PaymentId::derive(&[&number]),
                bill: id,
                amount,
                planned_for: due,
                blocked: None,
                end_to_end_id: None,
                state: PaymentState::Planned,
                version: 1,
            },
            bill,
            supplier: Some(supplier),
            discount: None,
            bank_refused: None,
            in_run: false,
        }
    };
    (0..10_000).map(candidate).collect()
}

fn choose(candidates: Vec<Candidate>) {
    let policy = RunPolicy {
        currency: Currency::EUR,
        minimum: eur(100),
        hurdle_percent: Decimal::TEN,
        next_run_days: 7,
        horizon_days: 14,
        run_limit: None,
        supplier_limit: None,
        must_pay: Vec::new(),
    };
    let cash = Cash {
        balance: Some(eur(1_000_000_000)),
        floor: eur(10_000_000),
        flows: Vec::new(),
    };
    let selection = select(candidates, &cash, &policy, TODAY);
    assert!(selection.chosen.len() > 1_000 && !selection.skipped.is_empty());
}

fn customers() -> Vec<Customer> {
    let customer = |nth: usize| {
        let number = nth.to_string();
        Customer {
            id: Customer::id_of(&number),
            name: format!("Customer {nth} GmbH"),
            vat_id: None,
            mail: None,
            language: "de".into(),
            domains: Vec::new(),
            ibans: Vec::new(),
            reminders_paused_until: None,
            version: 1,
            number,
        }
    };
    (0..1_000).map(customer).collect()
}

fn number(nth: usize) -> String {
    format!("MR-2026-{nth:05}")
}

fn invoices() -> Vec<OpenInvoice> {
    let open = |nth: usize| {
        let gross = eur(i64::try_from(nth).unwrap() * 7 + 10_000);
        OpenInvoice {
            invoice: CustomerInvoice {
                id: CustomerInvoice::id_of(&number(nth)),
                number: number(nth),
                customer: Customer::id_of(&(nth % 1_000).to_string()),
                issue_date: add_days(TODAY, -20),
                due_date: add_days(TODAY, 10),
                gross,
                discount: None,
                payment_reference: None,
                disputed: None,
                dispute_in_file: FileDispute::Unsaid,
                final_notice_released: None,
                promised_for: None,
                version: 1,
            },
            balance: gross,
            claimed: false,
            in_review_until: None,
        }
    };
    (0..10_000).map(open).collect()
}

fn credits() -> Vec<Credit> {
    let credit = |nth: usize| {
        let invoice = nth * 10;
        let amount = eur(i64::try_from(invoice).unwrap() * 7 + 10_000);
        let reference = format!("2026-{nth}");
        Credit {
            entry: BankEntry {
                id: BankEntry::id_of(&reference),
                entry_reference: reference,
                booking_date: TODAY,
                value_date: None,
                amount,
                charges: None,
                counterparty_name: format!("Customer {} GmbH", invoice % 1_000),
                counterparty_iban: None,
                remittance_information: format!("Rechnung {} vielen Dank", number(invoice)),
                end_to_end_id: None,
                version: 1,
            },
            remaining: amount,
        }
    };
    (0..1_000).map(credit).collect()
}

fn match_all(credits: &[Credit], (customers, invoices): &(Vec<Customer>, Vec<OpenInvoice>)) {
    let policy = CashPolicy::usual(Currency::EUR, vec!["DE".to_owned()]);
    let books = Books {
        customers,
        invoices,
        paid: &[],
        remittances: &[],
        policy: &policy,
        written_off: &WrittenOff::default(),
    };
    for credit in credits {
        assert!(matches!(decide(credit, books), Decision::Settle(_)));
    }
}

fn prove() {
    let items = (0..40).map(|nth| 1_i64 << nth).collect::<Vec<_>>();
    let wanted = items.iter().step_by(2).sum();
    let found = unique_subset(&items, wanted);
    assert!(matches!(found, Subset::Only(set) if set.len() == 20));
}
