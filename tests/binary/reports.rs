//! The reports and the journal of the books the demo leaves.

use crate::office::Office;

#[test]
fn the_ages_of_what_is_owed_add_up_in_a_table_and_in_a_file() {
    let office = Office::after_demo();
    for report in ["ap-ageing", "ar-ageing"] {
        let items = office.run(&["report", report, "--items", "--json"]).ok();
        let items = items.objects();
        assert!(!items.is_empty(), "{report}");
        let open = items.iter().map(|item| minor(&item["open"])).sum::<i64>();
        let sums = office.run(&["report", report, "--json"]).ok().objects();
        let all = sums.iter().find(|row| row["name"] == "all").unwrap();
        assert_eq!(minor(&all["total"]), open, "{report}");
        let csv = office.run(&["report", report, "--csv"]).ok().out;
        let mut lines = csv.lines();
        let header = lines.next().unwrap();
        assert!(
            header.ends_with("currency,not_due,days_1_30,days_31_60,days_61_90,days_over_90,total")
        );
        assert_eq!(lines.count(), sums.len());
        let table = office.run(&["report", report, "--by", "issue"]).ok().out;
        assert!(table.lines().count() > sums.len(), "{table}");
        let nobody = ["report", report, "--as-of", "2020-01-01"];
        assert_eq!(office.run(&nobody).ok().out, "none\n");
    }
    let wrong = office.run(&["report", "ap-ageing", "--as-of", "yesterday"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("YYYY-MM-DD"), "{}", wrong.err);
}

/// An amount as the commands print it for programs, in cents.
fn minor(amount: &serde_json::Value) -> i64 {
    let text = amount
        .as_str()
        .map_or_else(|| amount.to_string(), str::to_owned);
    cents(&text)
}

fn cents(text: &str) -> i64 {
    let (whole, cents) = text.split_once('.').unwrap();
    format!("{whole}{cents}").parse().unwrap()
}

/// What stands on an account of the journal, in cents.
fn on(office: &Office, account: &str) -> i64 {
    let csv = ["export", "journal", "--format", "csv"];
    let journal = office.run(&csv).ok().out;
    let rows = journal.lines().filter(|row| row.contains(account));
    let sums = rows.map(|row| cents(row.rsplit(',').nth(1).unwrap()));
    sums.sum()
}

/// What a report says is owed after all that is in the books, in cents: some of the demo's days are still to come.
fn owed(office: &Office, report: &str) -> i64 {
    let items = [
        "report",
        report,
        "--as-of",
        "2099-12-31",
        "--items",
        "--json",
    ];
    let items = office.run(&items).ok();
    let items = items.objects().into_iter();
    let owed = items.filter(|item| item["owed"] == true);
    owed.map(|item| minor(&item["open"])).sum()
}

#[test]
fn the_journal_ties_to_what_is_owed_also_while_a_bill_is_corrected() {
    let office = Office::after_demo();
    let (receivables, payables) = ("Assets:Receivables", "Liabilities:Payables");
    assert_eq!(on(&office, receivables), owed(&office, "ar-ageing"));
    let before = owed(&office, "ap-ageing");
    assert!(before > 0);
    assert_eq!(on(&office, payables), -before);
    let correct = ["bills", "correct", "SR-26-2207", "payment_reference=4711"];
    let by = ["--by", "anna", "--reason", "read from the original"];
    office.run(&[&correct[..], &by].concat()).ok();
    let after = owed(&office, "ap-ageing");
    assert_eq!(after, before - 1_799_205, "it is to be approved again");
    assert_eq!(on(&office, payables), -after);
    let none = ["export", "journal", "--format", "csv", "--to", "2020-01-01"];
    assert_eq!(office.run(&none).ok().out.lines().count(), 1, "the header");
}

#[test]
fn the_roll_forward_ties_to_the_open_items() {
    let office = Office::after_demo();
    for (report, ageing) in [
        ("ap-rollforward", "ap-ageing"),
        ("ar-rollforward", "ar-ageing"),
    ] {
        let rows = office.run(&["report", report, "--json"]).ok().objects();
        assert!(!rows.is_empty());
        let euros = rows.iter().find(|row| row["currency"] == "EUR").unwrap();
        assert_eq!(minor(&euros["ending"]), owed(&office, ageing));
        for row in &rows {
            let moved = [
                "added",
                "credit_notes",
                "taken_back",
                "paid",
                "discounts",
                "returned",
            ];
            let moved = moved.map(|column| minor(&row[column]));
            let ending = minor(&row["beginning"]) + moved.iter().sum::<i64>();
            assert_eq!(ending, minor(&row["ending"]), "{row}");
            assert_eq!(minor(&row["difference"]), 0, "{row}");
        }
        let wrong = [
            "report",
            report,
            "--from",
            "2026-12-01",
            "--as-of",
            "2026-11-30",
        ];
        assert_eq!(office.run(&wrong).code, Some(1));
    }
}

#[test]
fn the_measures_of_the_demo() {
    let office = Office::after_demo();
    let rows = |report: &str| {
        let later = ["report", report, "--as-of", "2027-06-30", "--json"];
        office.run(&later).ok().objects()
    };
    let touchless = rows("touchless");
    let approved = touchless
        .iter()
        .map(|row| row["approved"].as_u64().unwrap());
    assert!(approved.sum::<u64>() > 0, "{touchless:?}");
    assert!(
        touchless.iter().all(|row| row["percent"] == 100),
        "{touchless:?}"
    );
    let right = rows("first-time-right");
    assert!(
        right
            .iter()
            .any(|row| row["right"].as_u64() < row["reviewed"].as_u64())
    );
    assert!(!rows("cycle-time").is_empty());
    assert!(
        rows("exceptions")
            .iter()
            .any(|row| row["code"] == "bill_held")
    );
    for report in ["on-time", "duplicates", "exceptions", "dso"] {
        let csv = office.run(&["report", report, "--csv"]).ok().out;
        assert!(
            csv.starts_with("month,") || csv.starts_with("code,") || csv.starts_with("currency,"),
            "{csv}"
        );
    }
    let dso = office.run(&["report", "dso", "--json"]).ok().objects();
    assert!(
        dso.iter()
            .any(|row| row["currency"] == "EUR" && row["dso"].is_number()),
        "{dso:?}"
    );
}

#[test]
fn an_order_is_looked_at_with_what_came_in_and_where_it_is_billed() {
    let office = Office::after_demo();
    office.write(
        "orders.csv",
        include_str!("../../config/demo/purchase-orders.csv"),
    );
    office.write(
        "receipts.csv",
        include_str!("../../config/demo/goods-receipts.csv"),
    );
    for (what, file) in [
        ("purchase-orders", "orders.csv"),
        ("goods-receipts", "receipts.csv"),
    ] {
        office.run(&["import", what, file, "--by", "lena"]).ok();
    }
    let lines = office.run(&["orders", "list", "--json"]).ok().objects();
    assert!(
        lines
            .iter()
            .all(|line| line["quantity"] == line["received"]),
        "{lines:?}"
    );
    let order = office.run(&["orders", "show", "po 26 0412", "--json"]).ok();
    let order = order.object();
    assert_eq!(order["order"], "PO-26-0412");
    assert_eq!(order["lines"].as_array().unwrap().len(), 3);
    assert_eq!(order["receipts"][0]["number"], "WE-26-0871");
    let strange = office.run(&["orders", "show", "PO-1"]);
    assert_ne!(strange.code, Some(0));
    assert!(strange.err.contains("there is no order"), "{}", strange.err);
}

#[test]
fn the_journal_is_told_to_machines_and_days_that_end_before_they_begin_are_refused() {
    let office = Office::after_demo();
    let postings = office.run(&["export", "journal", "--json"]).ok().objects();
    let sum = postings
        .iter()
        .map(|one| minor(&one["amount"]))
        .sum::<i64>();
    assert!(!postings.is_empty());
    assert_eq!(sum, 0, "every entry comes to nothing");
    let turned = [
        "export",
        "journal",
        "--format",
        "csv",
        "--from",
        "2026-11-30",
        "--to",
        "2026-11-01",
    ];
    let turned = office.run(&turned);
    assert_ne!(turned.code, Some(0));
    assert!(turned.err.contains("is after"), "{}", turned.err);
    let both = office.run(&["report", "ap-ageing", "--csv", "--json"]);
    assert_eq!(both.code, Some(2), "{}", both.out);
}
