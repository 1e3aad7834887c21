//! What a bank reports of our transfers: by which of our names, whether the money went or came back, whether the sums agree.

use std::collections::BTreeSet;

use super::{PaymentRun, Transfer};
use crate::basics::money::Money;
use crate::domain::payable::{PaymentEvent, PaymentState};

/// Hexadecimal digits of a run's id in every name we give: message, batch and transfer.
const RUN_DIGITS: usize = 24;

/// The beginning of the id of the run that a reference of a bank's statement is of; `None` for what is no name of ours.
pub fn run_of(reference: &str) -> Option<String> {
    let digits = reference.trim().strip_prefix("CH")?;
    let digits = digits.get(..RUN_DIGITS)?;
    if !digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')) {
        return None;
    }
    // As ids are written: 8-4-4-4-12.
    let mut id = String::with_capacity(RUN_DIGITS + 4);
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    Some(id)
}

/// PmtInfId of the n-th day of a run, counted from 1.
pub fn batch_id(run: &PaymentRun, n: usize) -> String {
    let stem: String = run.message_id().chars().take(28).collect();
    format!("{stem}-{n}")
}

/// The transfers a reference names: one by its EndToEndId, those of a day by their PmtInfId, all by the MsgId.
pub fn named<'r>(run: &'r PaymentRun, reference: &str) -> Vec<&'r Transfer> {
    let reference = reference.trim();
    if reference == run.message_id() {
        return run.transfers.iter().collect();
    }
    let days: BTreeSet<_> = run.transfers.iter().map(|one| one.execution_date).collect();
    let day = days
        .into_iter()
        .zip(1..)
        .find(|(_, n)| batch_id(run, *n) == reference)
        .map(|(day, _)| day);
    let is_named =
        |one: &&Transfer| one.end_to_end_id == reference || Some(one.execution_date) == day;
    run.transfers.iter().filter(is_named).collect()
}

/// What became of these transfers, by the amount of the bank's entry: negative went, positive came back.
///
/// # Errors
/// That the sums do not agree, in words. Only one transfer comes back at a time.
pub fn became(transfers: &[&Transfer], moved: Money) -> Result<PaymentEvent, String> {
    let Some(sum) = Money::sum(transfers.iter().map(|one| one.amount)) else {
        return Err("it names no transfer of the run".into());
    };
    if Some(moved) == sum.checked_neg() {
        Ok(PaymentEvent::Settle)
    } else if moved == sum && transfers.len() == 1 {
        Ok(PaymentEvent::Return)
    } else {
        Err(format!("the bank moved {moved}, the transfers are {sum}"))
    }
}

/// Where a payment stands when the bank has reported this: a report that comes twice says nothing new.
pub fn reported(event: PaymentEvent) -> PaymentState {
    match event {
        PaymentEvent::Return => PaymentState::Returned,
        PaymentEvent::Settle
        | PaymentEvent::Release
        | PaymentEvent::Cancel
        | PaymentEvent::Lose => PaymentState::Settled,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RemittanceText, end_to_end_id};
    use super::*;
    use crate::basics::bank_account::Iban;
    use crate::basics::calendar::date;
    use crate::basics::ids::{ContentHash, PaymentRunId, SupplierId};
    use crate::domain::payable::PaymentRunState;
    use crate::domain::payable::test_world::{IBAN, eur};

    fn run() -> PaymentRun {
        let id = PaymentRunId::derive(&["a run"]);
        let iban = Iban::parse(IBAN).unwrap();
        let transfer = |place, minor, day| Transfer {
            end_to_end_id: end_to_end_id(id, place),
            supplier: SupplierId::derive(&["s"]),
            creditor_name: "S".into(),
            creditor_iban: iban.clone(),
            amount: eur(minor),
            execution_date: date(2026, 12, day),
            remittance: RemittanceText::Unstructured("4711".into()),
            lines: Vec::new(),
        };
        PaymentRun {
            id,
            account: "main".into(),
            debtor_iban: iban.clone(),
            prepared_by: "lena".into(),
            prepared_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            transfers: vec![
                transfer(1, 100, 2),
                transfer(2, 200, 1),
                transfer(3, 400, 2),
            ],
            total: eur(700),
            file: ContentHash::ZERO,
            released_by: None,
            state: PaymentRunState::Exported,
            version: 1,
        }
    }

    #[test]
    fn a_transfer_a_day_and_a_whole_file_are_found_by_their_names() {
        let run = run();
        let found = |reference: &str| {
            assert!(run.id.to_string().starts_with(&run_of(reference).unwrap()));
            assert!(reference.len() <= 35);
            let amounts = named(&run, reference)
                .into_iter()
                .map(|one| one.amount.minor());
            amounts.collect::<Vec<_>>()
        };
        assert_eq!(found(&run.transfers[1].end_to_end_id), [200]);
        assert_eq!(found(&batch_id(&run, 1)), [200]);
        assert_eq!(found(&batch_id(&run, 2)), [100, 400]);
        assert_eq!(found(&run.message_id()), [100, 200, 400]);
        assert!(found(&batch_id(&run, 3)).is_empty());
    }

    #[test]
    fn names_of_others_are_none_of_ours() {
        for reference in [
            "",
            "NOTPROVIDED",
            "CH12",
            "RF18539007547034",
            "CHzzzzzzzzzzzzzzzzzzzzzzzzzz",
        ] {
            assert_eq!(run_of(reference), None, "{reference}");
        }
    }

    #[test]
    fn money_went_or_came_back_or_the_sums_do_not_agree() {
        let run = run();
        let all = named(&run, &run.message_id());
        assert_eq!(became(&all, eur(-700)), Ok(PaymentEvent::Settle));
        assert!(
            became(&all, eur(700)).is_err(),
            "a whole file does not come back"
        );
        assert_eq!(became(&all[..1], eur(100)), Ok(PaymentEvent::Return));
        assert!(became(&all[..1], eur(-99)).is_err());
        assert!(became(&[], eur(-99)).is_err());
    }
}
