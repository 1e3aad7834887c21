//! What a bill is owed with from its approval on. Its approval says so in the trail, so that a later correction changes no entry that
//! was posted before it.

use rust_decimal::Decimal;

use crate::basics::currency::Currency;
use crate::basics::money::Money;
use crate::domain::audit::AuditEvent;
use crate::domain::payable::{Bill, BillState, Coding};

/// The facts of an approval.
const PAYABLE: &str = "payable";
const GROSS: &str = "gross";
const TAX: &str = "tax";
const CODING_OF_LINE: &str = "coding of line ";

/// What is posted of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Liability {
    /// What is to be paid, BT-115; negative for a credit note.
    pub payable: Money,
    /// With tax, BT-112.
    pub gross: Money,
    /// BT-110.
    pub tax: Money,
    /// The coded lines, from 1, and the account of each.
    pub accounts: Vec<(u32, String)>,
}

impl Liability {
    /// Of a bill as it is; `None` where it names no amount to pay.
    pub fn of(bill: &Bill) -> Option<Self> {
        let payable = bill.payable.or(bill.gross)?;
        let codings = bill.codings.iter();
        Some(Self {
            payable,
            gross: bill.gross.unwrap_or(payable),
            tax: bill.tax.unwrap_or(Money::zero(payable.currency())),
            accounts: codings
                .map(|one| (one.line, one.coding.account.clone()))
                .collect(),
        })
    }

    /// The event of an approval with what the bill is approved for; any other event as it is.
    pub fn told(bill: &Bill, from: BillState, event: AuditEvent) -> AuditEvent {
        let is_approval = bill.state == BillState::Approved && from != BillState::Approved;
        let Some(own) = Self::of(bill).filter(|_| is_approval) else {
            return event;
        };
        let amounts = [(PAYABLE, own.payable), (GROSS, own.gross), (TAX, own.tax)];
        let event = amounts.into_iter().fold(event, |event, (name, amount)| {
            event.fact(name, shown(amount))
        });
        bill.codings.iter().fold(event, |event, one| {
            event.fact(&format!("{CODING_OF_LINE}{}", one.line), &one.coding)
        })
    }

    /// What this approval was for; `None` for one of a program that did not say so.
    pub fn read(event: &AuditEvent) -> Option<Self> {
        let amount = |wanted: &str| {
            let mut facts = event.facts.iter();
            facts
                .find(|(name, _)| name == wanted)
                .and_then(|(_, value)| parsed(value))
        };
        let accounts = event.facts.iter().filter_map(|(name, value)| {
            let line = name.strip_prefix(CODING_OF_LINE)?.parse().ok()?;
            Some((line, Coding::parse(value)?.account))
        });
        Some(Self {
            payable: amount(PAYABLE)?,
            gross: amount(GROSS)?,
            tax: amount(TAX)?,
            accounts: accounts.collect(),
        })
    }
}

/// `1190.00 EUR`.
fn shown(amount: Money) -> String {
    format!("{} {}", amount.to_decimal(), amount.currency())
}

fn parsed(text: &str) -> Option<Money> {
    let (amount, currency) = text.split_once(' ')?;
    let amount: Decimal = amount.parse().ok()?;
    Money::from_decimal(amount, Currency::parse(currency)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::Timestamp;
    use crate::domain::audit::Actor;
    use crate::domain::payable::test_world::bill;
    use crate::domain::payable::{CodingSource, LineCoding};

    fn told(bill: &Bill, from: BillState) -> AuditEvent {
        let by = Actor::program("test");
        let event = AuditEvent::new(Timestamp::UNIX_EPOCH, by, "moved", bill.id, "");
        Liability::told(bill, from, event)
    }

    #[test]
    fn an_approval_says_what_it_is_for_and_nothing_else_does() {
        let mut bill = bill();
        bill.codings = vec![LineCoding {
            line: 1,
            coding: Coding::parse("6850/IT").unwrap(),
            source: CodingSource::Person,
        }];
        assert_eq!(told(&bill, BillState::Draft).facts, []);
        bill.state = BillState::Approved;
        assert_eq!(told(&bill, BillState::Approved).facts, []);
        let event = told(&bill, BillState::AwaitingApproval);
        assert_eq!(event.facts[0].1, "1190.00 EUR");
        let read = Liability::read(&event).unwrap();
        assert_eq!(Some(read.clone()), Liability::of(&bill));
        assert_eq!(read.accounts, [(1, "6850".to_owned())]);
        assert_eq!(Liability::read(&told(&bill, BillState::Approved)), None);
    }

    #[test]
    fn a_currency_without_decimals_and_a_credit_note_come_back_as_they_were() {
        for (minor, currency) in [(-4_711, "EUR"), (1_500, "JPY"), (0, "KWD")] {
            let amount = Money::from_minor(minor, Currency::parse(currency).unwrap());
            assert_eq!(parsed(&shown(amount)), Some(amount));
        }
    }
}
