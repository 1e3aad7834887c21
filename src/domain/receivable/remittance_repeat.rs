//! Has the payer told us this before? An advice of payment often comes twice: from a program that sends it once more, or from
//! a clerk who does. It announces no second payment.

use super::remittance::next;
use super::remittance_draft::Draft;
use super::{OpenInvoice, Remittance, RemittanceEvent, RemittanceState};

/// The draft, set aside when one of the `earlier` remittances says the same: the same customer, amounts, day and reference.
/// Where neither a day nor a reference is stated, two instalments of one amount would look alike: then it repeats the other
/// one only when less is open than both together list. Nobody is asked about a repeat: the other one is waited for, or paid.
pub fn without_repeat(draft: Draft, earlier: &[Remittance], invoices: &[OpenInvoice]) -> Draft {
    let own = &draft.remittance;
    let repeated = earlier.iter().find(|one| repeats(own, one, invoices));
    let Some(repeated) = repeated.map(|one| one.id) else {
        return draft;
    };
    let Ok(state) = next(RemittanceState::Claimed, RemittanceEvent::Void) else {
        return draft;
    };
    Draft {
        remittance: Remittance {
            state,
            ..draft.remittance
        },
        repeats: Some(repeated),
        paid_by: None,
        odd: Vec::new(),
    }
}

fn repeats(own: &Remittance, earlier: &Remittance, invoices: &[OpenInvoice]) -> bool {
    let is_told = matches!(
        earlier.state,
        RemittanceState::Claimed | RemittanceState::Applied
    );
    let says_the_same = own.id != earlier.id
        && own.customer.is_some()
        && own.customer == earlier.customer
        && own.payment_date == earlier.payment_date
        && own.reference == earlier.reference
        && own.total == earlier.total
        && own.lists_the_same_as(earlier);
    let is_stated = own.payment_date.is_some() || own.reference.is_some();
    let waiting = (earlier.state == RemittanceState::Claimed).then_some(earlier);
    is_told && says_the_same && (is_stated || exceeds(own, waiting, invoices))
}

/// Less is open on one of its invoices than it lists there, once the money of the one that waits has come.
fn exceeds(own: &Remittance, waiting: Option<&Remittance>, invoices: &[OpenInvoice]) -> bool {
    own.lines.iter().any(|line| {
        let open = invoices.iter().find(|i| line.invoice == Some(i.invoice.id));
        let left = open.and_then(|open| match waiting {
            Some(_) => open.balance.checked_sub(line.amount),
            None => Some(open.balance),
        });
        let after = left.and_then(|left| left.checked_sub(line.amount));
        after.is_none_or(|after| after.is_negative())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::basics::ids::{DocumentId, MessageId};
    use crate::domain::receivable::remittance::ClaimedInvoice;
    use crate::domain::receivable::samples::{eur, invoice};
    use crate::domain::receivable::{Customer, CustomerInvoice};

    fn advice(mail: &str, state: RemittanceState, minor: i64) -> Remittance {
        let document = DocumentId::derive(&[mail]);
        Remittance {
            id: Remittance::id_of(document),
            document,
            message: MessageId::derive(&[mail]),
            customer: Some(Customer::id_of("1")),
            payer: "Nord Kaffee".into(),
            total: Some(eur(minor)),
            payment_date: None,
            reference: None,
            lines: vec![ClaimedInvoice {
                written: "MR-2026-1044".into(),
                amount: eur(minor),
                invoice: Some(CustomerInvoice::id_of("MR-2026-1044")),
                how: "exact number".into(),
            }],
            state,
            waits_until: None,
            version: 0,
        }
    }

    /// What becomes of the second of two, when so much is open on the invoice.
    fn second(earlier: &Remittance, own: Remittance, open: i64) -> RemittanceState {
        let draft = Draft {
            remittance: own,
            repeats: None,
            paid_by: None,
            odd: Vec::new(),
        };
        let invoices = [invoice("MR-2026-1044", "1", open)];
        let earlier = std::slice::from_ref(earlier);
        without_repeat(draft, earlier, &invoices).remittance.state
    }

    #[test]
    fn an_advice_that_comes_twice_announces_one_payment() {
        use RemittanceState::{Applied, Claimed, Held, Void};
        let again = || advice("again", Claimed, 500);
        assert_eq!(second(&advice("first", Claimed, 500), again(), 500), Void);
        assert_eq!(second(&advice("first", Applied, 500), again(), 0), Void);
        // A person looks at the first one, or took it out: then the second one counts.
        assert_eq!(second(&advice("first", Held, 500), again(), 500), Claimed);
        assert_eq!(second(&advice("first", Void, 500), again(), 500), Claimed);
        assert_eq!(
            second(&advice("first", Claimed, 400), again(), 500),
            Claimed
        );
    }

    #[test]
    fn a_second_instalment_of_the_same_amount_is_another_payment() {
        use RemittanceState::{Applied, Claimed, Void};
        let again = || advice("again", Claimed, 500);
        assert_eq!(
            second(&advice("first", Claimed, 500), again(), 1_000),
            Claimed
        );
        assert_eq!(
            second(&advice("first", Applied, 500), again(), 500),
            Claimed
        );
        let dated = |mail: &str, day| Remittance {
            payment_date: Some(date(2026, 11, day)),
            ..advice(mail, Claimed, 500)
        };
        let first = dated("first", 23);
        assert_eq!(second(&first, dated("again", 23), 1_000), Void);
        assert_eq!(second(&first, dated("next", 30), 1_000), Claimed);
    }
}
