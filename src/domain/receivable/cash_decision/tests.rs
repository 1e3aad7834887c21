use super::*;
use crate::basics::calendar::date;
use crate::basics::ids::{DocumentId, MessageId};
use crate::domain::bank::BankEntry;
use crate::domain::receivable::EarlyDiscount;
use crate::domain::receivable::remittance::ClaimedInvoice;
use crate::domain::receivable::samples::{cash_policy, credit, customer, eur, invoice};
use crate::domain::receivable::{CustomerInvoice, RemittanceState};

fn remittance(name: &str, customer: Option<&Customer>, lines: &[(&str, i64)]) -> Remittance {
    let lines = lines.iter().map(|(number, minor)| ClaimedInvoice {
        written: (*number).to_owned(),
        amount: eur(*minor),
        invoice: Some(CustomerInvoice::id_of(number)),
        how: "exact number".into(),
    });
    let lines: Vec<_> = lines.collect();
    let document = DocumentId::derive(&[name]);
    Remittance {
        id: Remittance::id_of(document),
        document,
        message: MessageId::derive(&[name]),
        customer: customer.map(|c| c.id),
        payer: name.to_owned(),
        total: Money::sum(lines.iter().map(|l| l.amount)),
        payment_date: None,
        reference: None,
        lines,
        state: RemittanceState::Claimed,
        waits_until: None,
        version: 1,
    }
}

struct World {
    customers: Vec<Customer>,
    invoices: Vec<OpenInvoice>,
    paid: Vec<OpenInvoice>,
    remittances: Vec<Remittance>,
    policy: CashPolicy,
    written_off: WrittenOff,
}

impl World {
    fn new() -> Self {
        let mut invoices = vec![
            invoice("MR-2026-1044", "1", 214_000),
            invoice("MR-2026-1047", "1", 85_600),
            invoice("MR-2026-1052", "2", 181_900),
        ];
        for i in &mut invoices {
            i.invoice.payment_reference =
                Some(format!("RF18{}", i.invoice.number.replace('-', "")));
        }
        Self {
            customers: vec![customer("1"), customer("2")],
            invoices,
            paid: Vec::new(),
            remittances: Vec::new(),
            policy: cash_policy(),
            written_off: WrittenOff::default(),
        }
    }

    fn books(&self) -> Books<'_> {
        Books {
            customers: &self.customers,
            invoices: &self.invoices,
            paid: &self.paid,
            remittances: &self.remittances,
            policy: &self.policy,
            written_off: &self.written_off,
        }
    }

    fn decide(&self, credit: &Credit) -> Decision {
        decide(credit, self.books())
    }

    /// Method, and (number, minor units) of what is applied.
    fn settled(&self, credit: &Credit) -> Option<(CashMethod, Vec<(String, i64)>)> {
        match self.decide(credit) {
            Decision::Settle(s) => {
                let applied = s.allocations.iter().map(|a| {
                    let open = self.invoices.iter().find(|i| i.invoice.id == a.invoice);
                    (
                        open.expect("one of ours").invoice.number.clone(),
                        a.amount.minor(),
                    )
                });
                Some((s.method, applied.collect()))
            }
            Decision::Unidentified(_) | Decision::Nothing => None,
        }
    }

    fn asked(&self, credit: &Credit) -> String {
        let decision = self.decide(credit);
        let Decision::Unidentified(seen) = &decision else {
            panic!("not asked but {decision:?}");
        };
        seen.join("; ")
    }
}

fn both() -> Vec<(String, i64)> {
    vec![
        ("MR-2026-1044".into(), 214_000),
        ("MR-2026-1047".into(), 85_600),
    ]
}

#[test]
fn our_reference_and_the_open_amount_settle_whoever_pays() {
    let world = World::new();
    let one = credit(85_600, None, "RF18 MR20 2610 47");
    let (method, applied) = world.settled(&one).expect("settled");
    assert_eq!(
        (method, applied),
        (CashMethod::Reference, both()[1..].to_vec())
    );
    let two = credit(299_600, None, "RF18MR20261044 RF18MR20261047");
    assert_eq!(world.settled(&two), Some((CashMethod::Reference, both())));
}

#[test]
fn our_reference_with_another_amount_goes_as_far_as_something_is_open() {
    let world = World::new();
    let less = credit(100_000, None, "RF18MR20261044");
    let more = credit(214_500, None, "RF18MR20261044");
    for (credit, applied, difference) in [
        (
            less,
            100_000,
            "1,140.00 EUR of MR-2026-1044 stay open after this payment",
        ),
        (
            more,
            214_000,
            "5.00 EUR more came than was open on MR-2026-1044",
        ),
    ] {
        let Decision::Settle(s) = world.decide(&credit) else {
            panic!("not settled");
        };
        assert_eq!(s.method, CashMethod::ReferenceOtherAmount);
        assert_eq!(s.allocations[0].amount, eur(applied));
        assert_eq!(s.difference.as_deref(), Some(difference));
    }
}

#[test]
fn a_number_found_by_accident_in_the_text_of_another_customer_gets_nothing() {
    let mut world = World::new();
    world.invoices[2].invoice.payment_reference = Some("10045".into());
    let nord = world.customers[0].clone();
    let alike = credit(181_900, Some(&nord), "Kd 10 045");
    assert!(world.asked(&alike).contains("comes from another customer"));
    let part = credit(5_000, Some(&nord), "Kd 10045");
    assert_eq!(world.settled(&part), None);
    // Its own customer may write it so.
    let sued = world.customers[1].clone();
    let own = credit(181_900, Some(&sued), "Kd 10 045");
    let paid = vec![("MR-2026-1052".to_owned(), 181_900)];
    assert_eq!(
        world.settled(&own),
        Some((CashMethod::NormalisedNumbers, paid))
    );
    // Other money of one customer does not go to another one's invoice, whatever it quotes.
    let other = credit(5_000, Some(&sued), "RF18MR20261044");
    assert!(world.asked(&other).contains("comes from another customer"));
}

#[test]
fn a_second_payment_of_a_paid_invoice_is_told_as_one() {
    let mut world = World::new();
    let mut paid = world.invoices.remove(0);
    paid.balance = eur(0);
    world.paid = vec![paid];
    let nord = world.customers[0].clone();
    let again = credit(214_000, Some(&nord), "MR-2026-1044");
    assert_eq!(
        world.asked(&again),
        "it names MR-2026-1044, which is paid already: the payer may have paid twice"
    );
    let other = credit(214_000, Some(&nord), "MR-2026-10449");
    assert!(world.asked(&other).contains("names no invoice"));
}

#[test]
fn a_remittance_told_twice_gets_its_money_and_both_are_done() {
    let mut world = World::new();
    let nord = world.customers[0].clone();
    let lines = [("MR-2026-1044", 214_000), ("MR-2026-1047", 85_600)];
    let told = remittance("Nord", Some(&nord), &lines);
    let moved = Remittance {
        payment_date: Some(date(2026, 11, 23)),
        ..remittance("Nord, later", Some(&nord), &lines)
    };
    world.remittances = vec![told, moved];
    let explained_by = |world: &World, credit: &Credit| {
        let Decision::Settle(s) = world.decide(credit) else {
            panic!("not settled: {:?}", world.decide(credit));
        };
        let payers = explained(&s, world.books()).into_iter();
        payers.map(|r| r.payer.clone()).collect::<Vec<_>>()
    };
    let whole = credit(299_600, Some(&nord), "Sammelzahlung");
    assert_eq!(explained_by(&world, &whole), ["Nord", "Nord, later"]);
    // Two instalments of one amount are two payments.
    let half = [("MR-2026-1044", 107_000)];
    world.remittances = vec![
        remittance("first half", Some(&nord), &half),
        remittance("second half", Some(&nord), &half),
    ];
    let half = credit(107_000, Some(&nord), "Rate");
    assert_eq!(explained_by(&world, &half), ["first half"]);
}

#[test]
fn money_that_names_its_invoice_does_not_go_where_a_remittance_over_the_same_amount_says() {
    let mut world = World::new();
    let nord = world.customers[0].clone();
    // The rent of two months; somebody has told us of the first.
    world.invoices[1].balance = eur(214_000);
    let told = remittance("Nord", Some(&nord), &[("MR-2026-1044", 214_000)]);
    world.remittances = vec![told];
    let february = credit(214_000, Some(&nord), "Miete MR-2026-1047");
    let paid = |number: &str| vec![(number.to_owned(), 214_000)];
    assert_eq!(
        world.settled(&february),
        Some((CashMethod::ExactNumbers, paid("MR-2026-1047")))
    );
    let january = credit(214_000, Some(&nord), "Miete MR-2026-1044");
    assert_eq!(
        world.settled(&january),
        Some((CashMethod::Remittance, paid("MR-2026-1044")))
    );
    // As people type it, and where the amounts would be another's: a person is asked.
    for text in ["Miete 2026 1047", "MR-2026-1047 und MR-2026-1044"] {
        let asked = credit(214_000, None, text);
        assert_eq!(world.settled(&asked), None, "{text}");
    }
    let both = credit(214_000, Some(&nord), "MR-2026-1047 und MR-2026-1044");
    let words = "over the same amount lists MR-2026-1044, but the credit names MR-2026-1047";
    assert!(world.asked(&both).contains(words));
    // So it is when the invoice it names is paid by now.
    let mut before = world.invoices.remove(1);
    before.balance = eur(0);
    world.paid = vec![before];
    assert!(
        world
            .asked(&february)
            .contains("but the credit names MR-2026-1047")
    );
}

#[test]
fn a_waiting_remittance_explains_a_credit_without_words() {
    let mut world = World::new();
    let lines = [("MR-2026-1044", 214_000), ("MR-2026-1047", 85_600)];
    world.remittances = vec![remittance(
        "Nord",
        Some(&world.customers[0].clone()),
        &lines,
    )];
    let paid = credit(299_600, Some(&world.customers[0]), "");
    assert_eq!(world.settled(&paid), Some((CashMethod::Remittance, both())));
    let credits = [credit(1, None, ""), paid.clone()];
    let found = money_for(&world.remittances[0], &credits, world.books());
    assert_eq!(
        found.map(|(c, s)| (c.entry.id, s.allocations.len())),
        Some((paid.entry.id, 2))
    );
}

#[test]
fn an_equal_amount_alone_is_not_the_money_of_a_remittance() {
    let mut world = World::new();
    let lines = [("MR-2026-1044", 214_000)];
    world.remittances = vec![remittance(
        "Nord",
        Some(&world.customers[0].clone()),
        &lines,
    )];
    let stranger = credit(214_000, None, "LOAN");
    assert!(
        world
            .asked(&stranger)
            .contains("nothing says that this is its money")
    );
    let other_customer = credit(214_000, Some(&world.customers[1]), "MR-2026-1044");
    assert!(
        world
            .asked(&other_customer)
            .contains("comes from another customer")
    );
}

#[test]
fn a_remittance_may_pay_a_part_because_the_payer_says_so() {
    let mut world = World::new();
    world.remittances = vec![remittance(
        "Nord",
        Some(&world.customers[0].clone()),
        &[("MR-2026-1044", 100_000)],
    )];
    let paid = credit(100_000, Some(&world.customers[0]), "INSTALMENT");
    assert_eq!(
        world.settled(&paid),
        Some((
            CashMethod::Remittance,
            vec![("MR-2026-1044".into(), 100_000)]
        ))
    );
}

#[test]
fn two_remittances_over_the_same_amount_are_for_a_person() {
    let mut world = World::new();
    let payer = world.customers[0].clone();
    world.remittances = vec![
        remittance("first", Some(&payer), &[("MR-2026-1044", 85_600)]),
        remittance("second", Some(&payer), &[("MR-2026-1047", 85_600)]),
    ];
    let paid = credit(85_600, Some(&payer), "");
    assert!(world.asked(&paid).contains("two remittances fit it"));
    // The number in the text tells them apart.
    let named = credit(85_600, Some(&payer), "MR-2026-1047");
    let Decision::Settle(s) = world.decide(&named) else {
        panic!("not settled");
    };
    assert_eq!(
        (s.method, s.remittance),
        (CashMethod::Remittance, Some(world.remittances[1].id))
    );
}

#[test]
fn exact_numbers_need_the_exact_sum() {
    let world = World::new();
    let exact = credit(299_600, None, "MR-2026-1044, MR-2026-1047");
    assert_eq!(
        world.settled(&exact),
        Some((CashMethod::ExactNumbers, both()))
    );
    for minor in [299_599, 299_601] {
        let off = credit(
            minor,
            Some(&world.customers[0]),
            "MR-2026-1044, MR-2026-1047",
        );
        assert!(world.asked(&off).contains("2,996.00 EUR is open there"));
    }
}

#[test]
fn other_spellings_need_an_account_we_know() {
    let world = World::new();
    let text = "MR-2026-1044 MR 2026/1047 ZAHLLAUF 47";
    let known = credit(299_600, Some(&world.customers[0]), text);
    assert_eq!(
        world.settled(&known),
        Some((CashMethod::NormalisedNumbers, both()))
    );
    let unknown = credit(299_600, None, text);
    assert!(world.asked(&unknown).contains("an account we do not know"));
}

#[test]
fn a_disputed_invoice_is_never_paid_by_the_program() {
    let mut world = World::new();
    world.invoices[1].invoice.disputed = Some("broken".into());
    let paid = credit(
        85_600,
        Some(&world.customers[0]),
        "RF18MR20261047 MR-2026-1047",
    );
    assert!(
        world
            .asked(&paid)
            .contains("MR-2026-1047 is disputed: broken")
    );
}

#[test]
fn what_nobody_explains_says_who_it_comes_from() {
    let world = World::new();
    let known = credit(5_000, Some(&world.customers[0]), "DANKE");
    assert!(world.asked(&known).contains("customer 1"));
    assert!(
        world
            .asked(&credit(5_000, None, "DANKE"))
            .contains("none of our customers")
    );
    let mut used = known;
    used.remaining = eur(0);
    assert_eq!(world.decide(&used), Decision::Nothing);
}

/// splitmix64 (Steele, Lea, Flood 2014): the same seed gives the same world.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[usize::try_from(self.below(things.len() as u64)).unwrap()]
    }
}

/// A short reference of ISO 11649 with the check digits it needs.
fn creditor_reference(n: u64) -> String {
    let mut spelled = (2..=98).map(|check| format!("RF{check:02}{n}{n}{n}"));
    spelled
        .find(|reference| crate::basics::bank_account::is_creditor_reference(reference))
        .unwrap()
}

/// Small amounts and alike numbers, so that every kind of coincidence happens often.
fn random_world(random: &mut Random) -> World {
    let customers: Vec<_> = ["1", "2", "3"].map(customer).to_vec();
    let mut invoices: Vec<OpenInvoice> = Vec::new();
    for n in 0..random.below(6) {
        let spelling = *random.one_of(&["RE-2026-1", "RE-202-61", "RE20260", "MR-2026-1"]);
        let owner = *random.one_of(&["1", "2", "3"]);
        let amount = 100 * i64::try_from(1 + random.below(4)).unwrap();
        let mut open = invoice(&format!("{spelling}{n}"), owner, amount);
        open.invoice.payment_reference = (random.below(2) == 0).then(|| creditor_reference(n));
        open.invoice.disputed = (random.below(6) == 0).then(|| "because".to_owned());
        open.invoice.discount = (random.below(3) == 0).then(|| EarlyDiscount {
            until: date(2026, 11, 19),
            amount: eur(100),
        });
        invoices.push(open);
    }
    let mut remittances = Vec::new();
    for n in 0..random.below(4) {
        let Some(first) = invoices.first() else { break };
        let mut lines = vec![(
            first.invoice.number.clone(),
            100 * i64::try_from(random.below(5)).unwrap(),
        )];
        let second = random.one_of(&invoices);
        lines.push((second.invoice.number.clone(), second.balance.minor()));
        let lines: Vec<_> = lines.iter().map(|(n, m)| (n.as_str(), *m)).collect();
        let payer = random.one_of(&customers);
        remittances.push(remittance(&n.to_string(), Some(payer), &lines));
    }
    World {
        customers,
        invoices,
        paid: Vec::new(),
        remittances,
        policy: cash_policy(),
        written_off: WrittenOff::default(),
    }
}

fn random_credit(random: &mut Random, world: &World, n: u64) -> Credit {
    let mut text = String::new();
    for _ in 0..random.below(4) {
        if let [_, ..] = world.invoices.as_slice() {
            let named = &random.one_of(&world.invoices).invoice;
            let spelled = match random.below(4) {
                0 => named.number.clone(),
                1 => named.number.replace('-', "/"),
                2 => named.payment_reference.clone().unwrap_or_default(),
                _ => "DANKE".to_owned(),
            };
            text = format!("{text} {spelled}");
        }
    }
    let payer = world
        .customers
        .get(usize::try_from(random.below(4)).unwrap());
    let minor = 100 * i64::try_from(1 + random.below(9)).unwrap();
    let mut found = credit(minor, payer, &text);
    found.entry.id = BankEntry::id_of(&n.to_string());
    found.entry.booking_date = date(2026, 11, 19);
    found
}

/// Books what is decided, as the store would, and lets the same credits come again.
#[test]
fn whatever_comes_in_nothing_is_applied_beyond_what_came_or_what_is_open_and_nothing_twice() {
    let mut settled = std::collections::BTreeMap::new();
    for seed in 0..600 {
        let mut random = Random(seed);
        let mut world = random_world(&mut random);
        let gross: Vec<i64> = world.invoices.iter().map(|i| i.balance.minor()).collect();
        let mut credits: Vec<Credit> = (0..4)
            .map(|n| random_credit(&mut random, &world, n))
            .collect();
        let mut booked: Vec<CashApplication> = Vec::new();
        let mut taken_off = std::collections::BTreeMap::new();
        for round in 0..8 {
            let place = round % credits.len();
            let Decision::Settle(s) = world.decide(&credits[place]) else {
                continue;
            };
            assert!(!s.allocations.is_empty() && !s.evidence.is_empty());
            *settled.entry(s.method).or_insert(0) += 1;
            for entry in s.entries(
                &credits[place],
                &[],
                "2026-11-19T12:00:00Z".parse().unwrap(),
            ) {
                assert!(
                    booked.iter().all(|b| b.id != entry.id),
                    "seed {seed}: booked twice"
                );
                let open = world
                    .invoices
                    .iter_mut()
                    .find(|i| i.invoice.id == entry.invoice)
                    .unwrap();
                assert!(open.invoice.disputed.is_none(), "seed {seed}: disputed");
                open.balance = open.balance.checked_sub(entry.amount).unwrap();
                credits[place].remaining =
                    credits[place].remaining.checked_sub(entry.amount).unwrap();
                booked.push(entry);
            }
            for off in s.withheld.iter().filter(|one| one.ground.is_some()) {
                let mut invoices = world.invoices.iter_mut();
                let open = invoices.find(|i| i.invoice.id == off.invoice).unwrap();
                open.balance = open.balance.checked_sub(off.amount).unwrap();
                assert!(
                    !open.balance.is_negative(),
                    "seed {seed}: more taken off than open"
                );
                *taken_off.entry(off.invoice).or_insert(0) += off.amount.minor();
            }
            for r in &mut world.remittances {
                if s.remittance == Some(r.id) {
                    r.state = RemittanceState::Applied;
                }
            }
        }
        let applied_to = |id| {
            booked
                .iter()
                .filter(|b| b.invoice == id)
                .map(|b| b.amount.minor())
                .sum::<i64>()
        };
        for (open, gross) in world.invoices.iter().zip(&gross) {
            assert!(
                (0..=*gross).contains(&applied_to(open.invoice.id)),
                "seed {seed}: over-applied"
            );
            let off = taken_off.get(&open.invoice.id).copied().unwrap_or_default();
            assert_eq!(
                open.balance.minor(),
                gross - applied_to(open.invoice.id) - off
            );
        }
        for credit in &credits {
            let spent: i64 = booked
                .iter()
                .filter(|b| b.bank_entry == credit.entry.id)
                .map(|b| b.amount.minor())
                .sum();
            assert!(
                (0..=credit.entry.amount.minor()).contains(&spent),
                "seed {seed}: spent more than came"
            );
        }
    }
    // The generator reaches every method that needs no person; otherwise the test above says little.
    let of_people = [CashMethod::OnlySum, CashMethod::Person];
    let own = CashMethod::ALL
        .iter()
        .filter(|one| !of_people.contains(one));
    assert_eq!(settled.len(), own.count(), "{settled:?}");
}
