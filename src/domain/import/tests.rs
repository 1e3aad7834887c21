use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::payable::Supplier;
use crate::domain::receivable::CustomerInvoice;
use crate::domain::receivable::cash_decision::WrittenOff;
use crate::domain::receivable::samples::cash_policy;

const SUPPLIERS: &str = "number,name,vat_id,iban,domains,mail,terms_days,approver\n\
    70001,Karton GmbH,DE267188348,DE89 3704 0044 0532 0130 00|NO9386011117947,Karton.test | k.test,r@karton.test,14,\n\
    70002,Kaffee KG,,BE68539007547034 GB82WEST12345698765432,,,,boss@us.test\n";

const INVOICES: &str = "number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed\n\
    MR-1,20011,2026-11-12,2026-11-26,EUR,535.00,RF12MR1,no\n\
    MR-2,20011,2026-11-12,2026-11-26,EUR,963.00,,yes\n";

fn now() -> Timestamp {
    "2026-11-19T12:00:00Z".parse().unwrap()
}

fn person() -> Actor {
    Actor::Person("Anna".into())
}

fn problems<T>(sheet: &Sheet<T>) -> Vec<String> {
    sheet.mistakes.iter().map(ToString::to_string).collect()
}

fn invoices() -> Vec<CustomerInvoice> {
    let sheet = invoices::read(INVOICES.as_bytes(), |_| true).unwrap();
    sheet.rows.into_iter().map(|(_, row)| row).collect()
}

#[test]
fn a_supplier_may_have_several_accounts_and_domains() {
    let sheet = suppliers::read(SUPPLIERS.as_bytes(), |_| true).unwrap();
    assert_eq!(problems(&sheet), Vec::<String>::new());
    let [(2, first), (3, second)] = sheet.rows.as_slice() else {
        panic!("two rows, not {:?}", sheet.rows);
    };
    assert_eq!((first.ibans.len(), second.ibans.len()), (2, 2));
    assert_eq!(first.domains, ["karton.test", "k.test"]);
    assert_eq!(first.terms_days, Some(14));
}

#[test]
fn the_same_row_again_changes_nothing_and_another_says_what_changed() {
    let rows = |text: &str| suppliers::read(text.as_bytes(), |_| true).unwrap().rows;
    let mut known: Supplier = rows(SUPPLIERS).remove(0).1;
    let new = compare(None, known.clone(), "suppliers.csv", &person(), now()).unwrap();
    assert_eq!(new.event.action, "supplier imported");
    assert!(
        new.event
            .facts
            .iter()
            .all(|(_, value)| !value.contains("0532")),
        "accounts are masked"
    );
    known.version = 7;
    let again = compare(
        Some(&known),
        rows(SUPPLIERS).remove(0).1,
        "",
        &person(),
        now(),
    );
    assert_eq!(again, None);
    let renamed = SUPPLIERS.replace("Karton GmbH", "Karton AG");
    let changed = compare(
        Some(&known),
        rows(&renamed).remove(0).1,
        "",
        &person(),
        now(),
    )
    .unwrap();
    assert_eq!(changed.row.version, 7);
    assert_eq!(
        changed.event.facts,
        [("name".to_owned(), "Karton GmbH -> Karton AG".to_owned())]
    );
}

#[test]
fn a_column_the_file_does_not_have_leaves_what_is_known() {
    let read = |text: &str| suppliers::read(text.as_bytes(), |_| true).unwrap();
    let mut known = HashMap::new();
    for (_, row) in read(SUPPLIERS).rows {
        known.insert(row.number.clone(), row);
    }
    let terms = read("number,name,terms_days\n70002,Kaffee KG,30\n").over_known(&known);
    let new = Supplier {
        terms_days: Some(30),
        ..known["70002"].clone()
    };
    assert_eq!(terms.rows, [(2, new)]);
    // An empty field is said, and what was known is not any more.
    let no_approver = read("number,name,approver\n70002,Kaffee KG,\n").over_known(&known);
    assert_eq!(no_approver.rows[0].1.approver, None);
    assert_eq!(no_approver.rows[0].1.ibans.len(), 2);
}

#[test]
fn bad_rows_are_named_by_line_and_column() {
    let bad = "number,customer,issue_date,due_date,currency,gross_total\n\
        MR-1,20011,2026-11-12,2026-11-31,EUR,535.00\n\
        MR-2,nobody,2026-11-12,2026-11-01,EUR,1.2.3\n\
        MR-3,20011,2026-11-12,2026-11-26,EUR,1.00\n\
        MR-3,20011,2026-11-12,2026-11-26,EUR,1.00\n\
        ,20011,2026-11-12,2026-11-26,XAU,1.00\n";
    let known = |id| id == crate::domain::receivable::Customer::id_of("20011");
    let sheet = invoices::read(bad.as_bytes(), known).unwrap();
    let problems = problems(&sheet);
    for expected in [
        "line 2, column \"due_date\"",
        "line 3, column \"customer\": there is no customer \"nobody\"",
        "line 3, column \"due_date\": is before issue_date",
        "line 3, column \"gross_total\"",
        "line 5, column \"number\": \"MR-3\" stands in line 4 already",
        "line 6, column \"number\": must not be empty",
        "line 6, column \"currency\"",
    ] {
        assert!(
            problems.iter().any(|p| p.starts_with(expected)),
            "{expected}: {problems:?}"
        );
    }
    assert_eq!(sheet.rows.len(), 1);
}

#[test]
fn a_missing_column_is_named() {
    let sheet = bank_statement::read(b"entry_id,amount,currency\n1,1.00,EUR\n", &[]).unwrap();
    assert!(
        problems(&sheet)
            .iter()
            .any(|p| p.starts_with("column \"booking_date\""))
    );
    assert!(sheet.rows.is_empty());
    assert_eq!(sheet.mistakes.len(), 1, "told once, not for every row");
}

#[test]
fn bank_lines_keep_their_sign_and_their_words() {
    let text = "entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n\
        1,2026-11-19,,-89.25,EUR,Nord AG,DE03217993500000660312,\"A, B\"\n";
    let sheet = bank_statement::read(text.as_bytes(), &[]).unwrap();
    assert_eq!(problems(&sheet), Vec::<String>::new());
    let (_, entry) = &sheet.rows[0];
    assert_eq!(entry.amount, Money::from_minor(-8925, Currency::EUR));
    assert_eq!(entry.remittance_information, "A, B");
}

#[test]
fn a_file_says_disputed_in_one_word_or_with_a_reason() {
    let disputed: Vec<_> = invoices().into_iter().map(|i| i.disputed).collect();
    assert_eq!(
        disputed,
        [None, Some("disputed according to the import".to_owned())]
    );
    let words = INVOICES.replace(",yes", ",broken lid");
    let sheet = invoices::read(words.as_bytes(), |_| true).unwrap();
    assert_eq!(sheet.rows[1].1.disputed.as_deref(), Some("broken lid"));
}

/// The second invoice of a file in which its last column says this.
fn said(disputed: &str) -> CustomerInvoice {
    let text = INVOICES.replace(",yes", &format!(",{disputed}"));
    let mut sheet = invoices::read(text.as_bytes(), |_| true).unwrap();
    sheet.rows.remove(1).1
}

#[test]
fn a_discount_has_its_percent_and_its_last_day() {
    let header = "number,customer,issue_date,due_date,currency,gross_total,discount_percent,discount_until\n";
    let read = |discount: &str| {
        let row = format!("MR-1,20011,2026-11-12,2026-11-26,EUR,1190.00,{discount}\n");
        invoices::read(format!("{header}{row}").as_bytes(), |_| true).unwrap()
    };
    for percent in ["2", "2 %", "2.0"] {
        let discount = read(&format!("{percent},2026-11-20"))
            .rows
            .remove(0)
            .1
            .discount
            .unwrap();
        assert_eq!(
            (discount.amount.minor(), discount.until),
            (2_380, date(2026, 11, 20))
        );
    }
    let comma = read("\"2,5\",2026-11-20")
        .rows
        .remove(0)
        .1
        .discount
        .unwrap();
    assert_eq!(comma.amount.minor(), 2_975);
    assert_eq!(read(",").rows.remove(0).1.discount, None);
    for (wrong, problem) in [
        ("2,", "until when"),
        (",2026-11-20", "what is taken off"),
        ("two,2026-11-20", "must be a percentage"),
        ("100,2026-11-20", "must be a percentage"),
        ("2,2026-11-11", "before issue_date"),
    ] {
        let told = problems(&read(wrong));
        assert!(
            told.iter().any(|one| one.contains(problem)),
            "{wrong}: {told:?}"
        );
    }
}

fn over(known: &CustomerInvoice, row: CustomerInvoice) -> CustomerInvoice {
    invoices::over(known, row, None).unwrap()
}

#[test]
fn a_persons_dispute_outlives_an_older_file_and_a_files_own_does_not() {
    let mut by_person = said("no");
    by_person.disputed = Some("Anna: wrong price".into());
    for row in [said("no"), said("yes"), said("")] {
        assert_eq!(over(&by_person, row).disputed, by_person.disputed);
    }
    for opened in ["yes", "broken lid"] {
        assert_eq!(over(&said(opened), said("no")).disputed, None, "{opened}");
    }
}

#[test]
fn a_dispute_that_a_person_ended_comes_back_with_another_file_and_not_with_the_same() {
    let mut ended = said("broken lid");
    ended.disputed = None;
    let again = over(&ended, said("broken lid"));
    assert_eq!(again, ended, "the same file changes nothing");
    let other = over(&again, said("wrong colour"));
    assert_eq!(other.disputed.as_deref(), Some("wrong colour"));
}

#[test]
fn a_file_without_the_column_says_nothing_of_disputes() {
    let text = INVOICES
        .replace(",disputed", "")
        .replace(",no\n", "\n")
        .replace(",yes\n", "\n");
    let sheet = invoices::read(text.as_bytes(), |_| true).unwrap();
    assert_eq!(problems(&sheet), Vec::<String>::new());
    let known = said("broken lid");
    assert_eq!(over(&known, sheet.rows[1].1.clone()), known);
}

#[test]
fn a_column_nobody_knows_is_named_with_the_one_that_is_meant() {
    let text = SUPPLIERS
        .replace("terms_days", "term days")
        .replace(",mail,", ",colour,");
    let sheet = suppliers::read(text.as_bytes(), |_| true).unwrap();
    let problems = problems(&sheet);
    assert!(
        problems
            .iter()
            .any(|p| p.contains("\"term_days\"") && p.contains("is \"terms_days\" meant?")),
        "{problems:?}"
    );
    assert!(
        problems
            .iter()
            .any(|p| p.contains("\"colour\"") && p.contains("there are number, name")),
        "{problems:?}"
    );
}

#[test]
fn an_approver_nobody_configured_is_named_by_line_and_column() {
    let sheet = suppliers::read(SUPPLIERS.as_bytes(), |named| named.local() != "boss").unwrap();
    assert_eq!(
        problems(&sheet),
        [
            "line 3, column \"approver\": boss@us.test is none of the configured approvers ([[approver]])"
        ]
    );
    assert_eq!((sheet.in_file, sheet.rows.len()), (2, 1));
}

#[test]
fn amounts_that_money_was_applied_to_do_not_change() {
    let [row, _] = invoices().try_into().expect("two invoices");
    let mut other = row.clone();
    other.gross = Money::from_minor(1, Currency::EUR);
    let applied = Some(Money::from_minor(100, Currency::EUR));
    let refused = invoices::over(&row, other.clone(), applied).unwrap_err();
    assert_eq!(refused.0, "gross_total");
    assert!(invoices::over(&row, other, None).is_ok());
}

/// The files of the sample office: what a new user imports first.
mod sample_office {
    use super::*;
    use crate::domain::bank::Credit;
    use crate::domain::receivable::cash_decision::{Books, CashMethod, Decision, decide};
    use crate::domain::receivable::{Customer, OpenInvoice};

    fn all<T>(sheet: Sheet<T>) -> Vec<T> {
        assert_eq!(problems(&sheet), Vec::<String>::new());
        assert!(!sheet.rows.is_empty());
        sheet.rows.into_iter().map(|(_, row)| row).collect()
    }

    fn customers() -> Vec<Customer> {
        all(customers::read(include_bytes!("../../../config/demo/customers.csv")).unwrap())
    }

    fn open_invoices(customers: &[Customer]) -> Vec<OpenInvoice> {
        let known = |id| customers.iter().any(|c| c.id == id);
        let file = include_bytes!("../../../config/demo/invoices.csv");
        let rows = all(invoices::read(file, known).unwrap());
        rows.into_iter()
            .filter_map(|row| OpenInvoice::of(row, [], false))
            .collect()
    }

    #[test]
    fn its_suppliers_are_taken() {
        all(
            suppliers::read(include_bytes!("../../../config/demo/suppliers.csv"), |_| {
                true
            })
            .unwrap(),
        );
    }

    #[test]
    fn its_bank_credit_clears_two_invoices_one_of_them_in_other_spelling() {
        let customers = customers();
        let invoices = open_invoices(&customers);
        let books = Books {
            customers: &customers,
            invoices: &invoices,
            paid: &[],
            remittances: &[],
            policy: &cash_policy(),
            written_off: &WrittenOff::default(),
        };
        let file = include_bytes!("../../../config/demo/bank-statement.csv");
        let entries = all(bank_statement::read(file, &[]).unwrap());
        let credits: Vec<Credit> = entries
            .into_iter()
            .filter_map(|e| Credit::of(e, []))
            .collect();
        let [credit] = credits.as_slice() else {
            panic!("one credit, not {credits:?}");
        };
        let Decision::Settle(settlement) = decide(credit, books) else {
            panic!("not settled");
        };
        assert_eq!(settlement.method, CashMethod::NormalisedNumbers);
        assert_eq!(settlement.allocations.len(), 2);
    }
}

const ORDERS: &str = "order,line,supplier,description,quantity,price,currency\n\
    PO-4711,1,70001,Filter paper,10,20.00,EUR\n\
    PO-4711,2,70001,Coffee mill,1,900.00,EUR\n";

#[test]
fn a_line_that_comes_later_cannot_give_the_order_to_somebody_else() {
    let read = |text: &str| purchase_orders::read(text.as_bytes(), |_| true).unwrap();
    let in_books = read(ORDERS).rows.into_iter().map(|(_, row)| row);
    let in_books = in_books.collect::<Vec<_>>();
    let head = "order,line,supplier,description,quantity,price,currency\n";
    let told = |rows: &str| {
        let sheet = purchase_orders::beside(read(&format!("{head}{rows}")), &in_books);
        (sheet.rows.len(), problems(&sheet))
    };
    let (taken, wrong) = told("po 4711,3,70002,Powder,1,8.00,EUR\n");
    assert_eq!((taken, wrong.len()), (0, 1));
    assert!(
        wrong[0].contains("supplier") && wrong[0].contains("in the books"),
        "{wrong:?}"
    );
    assert!(told("PO-4711,3,70001,Powder,1,8.00,USD\n").1[0].contains("currency"));
    assert_eq!(told("PO-4711,3,70001,Powder,1,8.00,EUR\n"), (1, vec![]));
    // All of it: then it was given to somebody else.
    let all = ORDERS.replace("70001", "70002");
    assert_eq!(told(all.split_once('\n').unwrap().1), (2, vec![]));
}
