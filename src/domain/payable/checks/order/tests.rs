use super::*;
use crate::basics::calendar::date;
use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::payable::Supplier;
use crate::domain::payable::checks::NO_RECEIPT;
use crate::domain::payable::test_world::bill;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn policy() -> OrderPolicy {
    OrderPolicy {
        orders_from: vec!["strict".into()],
        receipts_from: vec!["strict".into()],
        ..OrderPolicy::default()
    }
}

fn ordered(line: &str, description: &str, quantity: &str, price: &str) -> OrderLine {
    OrderLine {
        id: OrderLine::id_of("PO-4711", line),
        order: "PO-4711".into(),
        line: line.into(),
        supplier: Supplier::id_of("70001"),
        description: description.into(),
        quantity: decimal(quantity),
        price: decimal(price),
        per: Decimal::ONE,
        currency: Currency::EUR,
        version: 1,
    }
}

fn line(description: &str, quantity: &str, net: &str) -> DocumentLine {
    DocumentLine {
        description: description.into(),
        quantity: Some(decimal(quantity)),
        net: Some(decimal(net)),
        ..DocumentLine::default()
    }
}

fn receipt(line: &str, quantity: &str) -> GoodsReceipt {
    GoodsReceipt {
        id: GoodsReceipt::id_of("WE-1", "PO-4711", line),
        number: "WE-1".into(),
        order: "PO-4711".into(),
        line: line.into(),
        quantity: decimal(quantity),
        received_on: date(2026, 11, 20),
        version: 1,
    }
}

fn order(lines: Vec<OrderLine>) -> OrderFile {
    OrderFile {
        lines,
        has_orders: true,
        ..OrderFile::default()
    }
}

fn before(lines: Vec<DocumentLine>) -> BilledBefore {
    let net = lines.iter().filter_map(|line| line.net).sum();
    BilledBefore {
        net: Money::from_decimal(net, Currency::EUR),
        lines,
        are_unsure: false,
    }
}

/// What is found of a bill with these lines that names the order.
fn found_of(number: &str, lines: &[DocumentLine], order: &OrderFile) -> Vec<(String, String)> {
    let net = lines.iter().filter_map(|line| line.net).sum();
    let bill = Bill {
        supplier: Some(Supplier::id_of("70001")),
        po_number: Some("PO-4711".into()),
        net: Money::from_decimal(net, Currency::EUR),
        ..bill()
    };
    let billed = Billed {
        bill: &bill,
        supplier_number: Some(number),
        lines,
        are_unsure: false,
    };
    let findings = check(billed, order, &policy()).into_iter();
    findings.map(|one| (one.code, one.evidence)).collect()
}

fn found(lines: &[DocumentLine], order: &OrderFile) -> Vec<String> {
    let found = found_of("70001", lines, order).into_iter();
    found.map(|(code, _)| code).collect()
}

#[test]
fn a_price_may_be_two_percent_above_the_orders_and_fifty_euros_in_all() {
    let one = order(vec![ordered("1", "Pallet truck", "1", "100.00")]);
    let truck = |net| [line("Pallet truck", "1", net)];
    assert_eq!(found(&truck("101.50"), &one), [""; 0]);
    assert_eq!(
        found(&truck("102.50"), &one),
        ["order.exceeded", "order.price_variance"]
    );
    let many = order(vec![ordered("1", "Pallet truck", "100", "100.00")]);
    let hundred = [line("Pallet truck", "100", "10060.00")];
    let codes = found(&hundred, &many);
    assert!(
        codes.contains(&"order.price_variance".into()),
        "0.6 % of much is much: {codes:?}"
    );
    let (_, evidence) = found_of("70001", &truck("102.50"), &one).remove(1);
    assert_eq!(
        evidence,
        "Pallet truck: 102.5 each, ordered at 100 (+2.5 %)"
    );
}

#[test]
fn a_price_for_a_hundred_is_the_price_of_each() {
    let each = order(vec![ordered("1", "Screws", "100", "2.50")]);
    assert_eq!(found(&[line("Screws", "100", "250.00")], &each), [""; 0]);
    let hundred = OrderLine {
        per: decimal("100"),
        ..ordered("1", "Screws", "100", "250.00")
    };
    let hundred = order(vec![hundred]);
    assert_eq!(found(&[line("Screws", "100", "250.00")], &hundred), [""; 0]);
}

#[test]
fn a_price_far_below_the_orders_is_told() {
    let one = order(vec![ordered("1", "Pallet truck", "1", "100.00")]);
    assert_eq!(
        found(&[line("Pallet truck", "1", "80.00")], &one),
        ["order.price_below"]
    );
}

#[test]
fn the_second_part_of_an_order_is_billed_and_no_third() {
    let mut one = order(vec![ordered("1", "Filter paper", "10", "20.00")]);
    one.billed = vec![before(vec![line("Filter paper", "6", "120.00")])];
    assert_eq!(found(&[line("Filter paper", "4", "80.00")], &one), [""; 0]);
    assert_eq!(
        found(&[line("Filter paper", "5", "100.00")], &one),
        ["order.exceeded", "order.over_ordered"]
    );
}

#[test]
fn no_more_is_paid_than_came_in_and_nothing_before() {
    let mut one = order(vec![
        ordered("1", "Filter paper", "10", "20.00"),
        ordered("2", "Descaling powder", "5", "8.00"),
    ]);
    one.receipts = vec![receipt("1", "6")];
    let paper = |count, net| line("Filter paper A4", count, net);
    assert_eq!(found(&[paper("6", "120.00")], &one), [""; 0]);
    assert_eq!(
        found(&[paper("7", "140.00")], &one),
        ["order.over_received"]
    );
    let powder = line("Descaling powder", "5", "40.00");
    assert_eq!(
        found(std::slice::from_ref(&powder), &one),
        ["order.no_receipt"]
    );
    one.receipts.clear();
    assert_eq!(
        found(std::slice::from_ref(&powder), &one),
        [""; 0],
        "nobody keeps receipts of it"
    );
    let strict = found_of("strict", &[powder], &one);
    assert_eq!(strict[0].0, "order.no_receipt");
}

#[test]
fn goods_that_came_since_let_the_payment_go() {
    let mut one = order(vec![ordered("1", "Filter paper", "10", "20.00")]);
    let lines = [line("Filter paper", "10", "200.00")];
    let waits = Bill {
        findings: vec![NO_RECEIPT.found("no goods")],
        ..bill()
    };
    let billed = Billed {
        bill: &waits,
        supplier_number: Some("strict"),
        lines: &lines,
        are_unsure: false,
    };
    let codes = |order: &OrderFile| looked_again(billed, order, &policy()).len();
    assert_eq!(codes(&one), 1);
    one.receipts = vec![receipt("1", "10")];
    assert_eq!(codes(&one), 0);
}

#[test]
fn carriage_that_nobody_ordered_may_cost_two_percent() {
    let one = order(vec![
        ordered("1", "Filter paper", "100", "20.00"),
        ordered("2", "Descaling powder", "5", "8.00"),
    ]);
    let with = |net| {
        [
            line("Filter paper", "100", "2000.00"),
            line("Carriage", "1", net),
        ]
    };
    assert_eq!(found(&with("30.00"), &one), [""; 0]);
    assert_eq!(found(&with("60.00"), &one), ["order.unplanned"]);
}

#[test]
fn two_lines_alike_are_told_apart_by_their_price_or_not_at_all() {
    let one = order(vec![
        ordered("1", "Coffee beans Santos", "10", "20.00"),
        ordered("2", "Coffee beans Huila", "10", "25.00"),
    ]);
    assert_eq!(
        found(&[line("Coffee beans", "10", "250.00")], &one),
        [""; 0]
    );
    assert_eq!(
        found(&[line("Coffee beans", "10", "225.00")], &one),
        ["order.unplanned"]
    );
}

#[test]
fn an_order_of_somebody_else_or_in_another_currency_is_none_for_this_bill() {
    let foreign = OrderLine {
        supplier: Supplier::id_of("70002"),
        ..ordered("1", "Filter paper", "10", "20.00")
    };
    let lines = [line("Filter paper", "10", "200.00")];
    assert_eq!(found(&lines, &order(vec![foreign])), ["order.supplier"]);
    let dollars = OrderLine {
        currency: Currency::parse("USD").unwrap(),
        ..ordered("1", "Filter paper", "10", "20.00")
    };
    assert_eq!(found(&lines, &order(vec![dollars])), ["order.currency"]);
}

#[test]
fn an_order_that_is_none_of_ours_is_told_and_holds_where_orders_must_be_named() {
    let lines = [line("Filter paper", "10", "200.00")];
    let none = OrderFile::default();
    assert_eq!(found(&lines, &none), [""; 0], "no orders are kept here");
    let others = order(Vec::new());
    assert_eq!(found(&lines, &others), ["order.unknown"]);
    let strict = found_of("strict", &lines, &none);
    assert_eq!(strict[0].0, "order.missing");
}

#[test]
fn lines_that_were_not_read_leave_the_sums_to_compare() {
    let one = order(vec![ordered("1", "Filter paper", "10", "20.00")]);
    let bill = Bill {
        supplier: Some(Supplier::id_of("70001")),
        net: Money::from_decimal(decimal("300.00"), Currency::EUR),
        ..bill()
    };
    let billed = Billed {
        bill: &bill,
        supplier_number: Some("70001"),
        lines: &[],
        are_unsure: true,
    };
    let codes = check(billed, &one, &policy())
        .into_iter()
        .map(|one| one.code);
    let codes = codes.collect::<Vec<_>>();
    assert_eq!(codes, ["order.exceeded", "order.lines_unsure"]);
}

#[test]
fn a_line_that_stands_twice_on_the_bill_is_counted_twice() {
    let one = order(vec![
        ordered("1", "Filter paper", "10", "20.00"),
        ordered("2", "Coffee mill", "1", "900.00"),
    ]);
    let paper = line("Filter paper", "6", "120.00");
    let twice = [paper.clone(), paper];
    assert_eq!(found(&twice, &one), ["order.over_ordered"]);
}

#[test]
fn carriage_of_a_bill_before_takes_nothing_off_the_order() {
    let mut one = order(vec![
        ordered("1", "Filter paper", "10", "20.00"),
        ordered("2", "Coffee mill", "1", "900.00"),
    ]);
    let carriage = line("Carriage", "1", "15.00");
    one.billed = vec![before(vec![line("Filter paper", "10", "200.00"), carriage])];
    assert_eq!(found(&[line("Coffee mill", "1", "900.00")], &one), [""; 0]);
}

#[test]
fn what_cannot_be_counted_is_held_and_not_passed() {
    let mut one = order(vec![ordered("1", "Filter paper", "10", "20.00")]);
    let lines = [line("Filter paper", "2", "40.00")];
    one.billed = vec![BilledBefore {
        net: None,
        lines: Vec::new(),
        are_unsure: true,
    }];
    assert_eq!(found(&lines, &one), ["order.uncounted"]);
    one.billed.clear();
    one.is_cut = true;
    assert_eq!(found(&lines, &one), ["order.uncounted"]);
    let huge = OrderLine {
        price: Decimal::MAX,
        ..ordered("1", "Filter paper", "10", "20.00")
    };
    let codes = found(&lines, &order(vec![huge]));
    assert!(codes.contains(&"order.uncounted".to_owned()), "{codes:?}");
}

#[test]
fn a_credit_note_takes_nothing_off_what_was_billed() {
    let other = |kind| {
        let bill = Bill { kind, ..bill() };
        BilledBefore::of(&bill, Reading::default())
    };
    let invoice = other(BillKind::Invoice).unwrap();
    assert!(invoice.are_unsure, "nothing was read of its lines");
    assert_eq!(other(BillKind::CreditNote), None);
}

/// Twenty packs and a powder, of which so much came in on the line of the packs.
fn came_in(packs: &str) -> OrderFile {
    let mut one = order(vec![
        ordered("1", "Filter paper", "10", "20.00"),
        ordered("2", "Descaling powder", "5", "8.00"),
    ]);
    one.receipts = vec![receipt("1", packs)];
    one
}

/// What blocks the payment of an approved bill with these lines, when its receipts are looked at again.
fn blocked(lines: &[DocumentLine], order: &OrderFile, edit: impl FnOnce(&mut Bill)) -> Vec<String> {
    let mut bill = Bill {
        supplier: Some(Supplier::id_of("70001")),
        net: Money::from_decimal(decimal("200.00"), Currency::EUR),
        ..bill()
    };
    edit(&mut bill);
    let billed = Billed {
        bill: &bill,
        supplier_number: Some("strict"),
        lines,
        are_unsure: lines.is_empty(),
    };
    let findings = looked_again(billed, order, &policy()).into_iter();
    findings.map(|one| one.code).collect()
}

#[test]
fn a_payment_waits_until_all_that_is_billed_came_in_and_when_some_went_back() {
    let lines = [line("Filter paper", "10", "200.00")];
    let waits = ["order.no_receipt"];
    let plain = |order: &OrderFile| blocked(&lines, order, |_| {});
    assert_eq!(plain(&came_in("1")), waits, "nine are missing");
    assert_eq!(plain(&came_in("10")), [""; 0]);
    let mut back = came_in("10");
    back.receipts.push(receipt("1", "-9"));
    assert_eq!(plain(&back), waits);
    let mut before_it = came_in("10");
    before_it.billed = vec![before(vec![line("Filter paper", "1", "20.00")])];
    assert_eq!(plain(&before_it), waits, "one of them is another bill's");
    let cleared = |bill: &mut Bill| bill.cleared = vec!["order.over_received".into()];
    assert_eq!(blocked(&lines, &came_in("1"), cleared), [""; 0]);
    let credit = |bill: &mut Bill| bill.kind = BillKind::CreditNote;
    assert_eq!(blocked(&lines, &came_in("0"), credit), [""; 0]);
}

#[test]
fn goods_that_nobody_can_tell_are_waited_for_too() {
    let waits = ["order.no_receipt"];
    let mut nothing = came_in("1");
    nothing.receipts.clear();
    for lines in [vec![], vec![line("Something else", "3", "70.00")]] {
        assert_eq!(blocked(&lines, &nothing, |_| {}), waits, "{lines:?}");
        assert_eq!(blocked(&lines, &came_in("10"), |_| {}), waits, "the powder");
        let mut all = came_in("10");
        all.receipts.push(receipt("2", "5"));
        assert_eq!(blocked(&lines, &all, |_| {}), [""; 0]);
    }
    let lines = [line("Filter paper", "10", "200.00")];
    assert_eq!(
        blocked(&lines, &OrderFile::default(), |_| {}),
        waits,
        "no order at all"
    );
    let strict = found_of("strict", &lines, &OrderFile::default());
    let codes = strict.iter().map(|(code, _)| code.as_str());
    assert_eq!(
        codes.collect::<Vec<_>>(),
        ["order.missing", "order.no_receipt"]
    );
}

#[test]
fn lines_that_do_not_add_up_take_nothing_off_the_sum() {
    let one = order(vec![
        ordered("1", "Filter paper", "10", "20.00"),
        ordered("2", "Coffee mill", "1", "900.00"),
    ]);
    let bill = Bill {
        supplier: Some(Supplier::id_of("70001")),
        net: Money::from_decimal(decimal("10000.00"), Currency::EUR),
        ..bill()
    };
    let guessed = [line("Project fee", "1", "9500.00")];
    let billed = Billed {
        bill: &bill,
        supplier_number: Some("70001"),
        lines: &guessed,
        are_unsure: true,
    };
    let codes = |order: &OrderFile| {
        let findings = check(billed, order, &policy()).into_iter();
        findings.map(|one| one.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&one), ["order.exceeded", "order.lines_unsure"]);
    let mut again = one.clone();
    again.billed = vec![BilledBefore {
        net: Money::from_decimal(decimal("1100.00"), Currency::EUR),
        lines: vec![line("Project fee", "1", "1090.00")],
        are_unsure: true,
    }];
    let mill = [line("Coffee mill", "1", "900.00")];
    assert_eq!(found(&mill, &again), ["order.exceeded"]);
}

#[test]
fn an_order_given_to_somebody_else_is_matched_all_the_same() {
    let foreign = OrderLine {
        supplier: Supplier::id_of("70002"),
        ..ordered("1", "Filter paper", "10", "20.00")
    };
    let much = [line("Filter paper", "50", "1000.00")];
    assert_eq!(
        found(&much, &order(vec![foreign])),
        ["order.supplier", "order.exceeded", "order.over_ordered"]
    );
}

#[test]
fn too_many_lines_to_compare_are_not_compared() {
    let number = |n: usize| ordered(&n.to_string(), "Filter paper", "10", "20.00");
    let mut one = order((0..MAX_LINES).map(number).collect());
    one.billed = vec![before(vec![line("Filter paper", "1", "20.00"); 2_001])];
    let codes = found(&[line("Filter paper", "1", "20.00")], &one);
    assert_eq!(codes, ["order.uncounted"]);
}

/// Lines of the longest order that is looked at.
const MAX_LINES: usize = 1_000;

#[test]
fn an_order_is_one_however_its_number_is_written() {
    assert_eq!(
        OrderLine::id_of("PO-4711", "1"),
        OrderLine::id_of("PO 4711", "1")
    );
}
