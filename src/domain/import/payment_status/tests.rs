use super::*;
use crate::basics::bank_account::Iban;
use crate::basics::calendar::date;
use crate::basics::ids::{ContentHash, PaymentRunId, SupplierId};
use crate::domain::payable::PaymentRunState;
use crate::domain::payable::payment_run::{RemittanceText, end_to_end_id};
use crate::domain::payable::test_world::{IBAN, eur};
use crate::formats::pain002::BatchStatus;
use rust_decimal::Decimal;

/// Three transfers on two days: 2.00 on the first, 1.00 and 4.00 on the second.
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

fn said(status: &str, reason: &str) -> Said {
    Said {
        status: (!status.is_empty()).then(|| status.into()),
        reasons: Some(reason.to_owned())
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect(),
        information: String::new(),
    }
}

fn of(run: &PaymentRun, group: Said, batches: Vec<BatchStatus>) -> StatusReport {
    StatusReport {
        message_id: Some("BANK-1".into()),
        original_message_id: run.message_id(),
        group,
        batches,
    }
}

fn batch(id: Option<String>, word: Said, transfers: &[(&str, Said)]) -> BatchStatus {
    let transfers = transfers.iter().map(|(id, said)| TransferStatus {
        end_to_end_id: Some((*id).to_owned()),
        amount: None,
        said: said.clone(),
    });
    BatchStatus {
        original_id: id,
        said: word,
        transfers: transfers.collect(),
    }
}

/// Amount, refused or not, about the account or not.
fn seen(run: &PaymentRun, report: &StatusReport) -> Result<Vec<(i64, bool, bool)>, String> {
    let fates = fates(run, report)?;
    let seen = fates.iter().map(|fate| {
        (
            fate.transfer.amount.minor(),
            fate.is_refused,
            fate.is_about_account,
        )
    });
    Ok(seen.collect())
}

#[test]
fn a_refused_file_refuses_all_and_a_refused_batch_its_day() {
    let run = run();
    let report = of(&run, said("RJCT", "AC01"), Vec::new());
    let all = [(100, true, false), (200, true, false), (400, true, false)];
    assert_eq!(
        seen(&run, &report).unwrap(),
        all,
        "of our own account, not of theirs"
    );
    let second = batch(Some(batch_id(&run, 2)), said("RJCT", "DT01"), &[]);
    let report = of(&run, said("PART", ""), vec![second]);
    assert_eq!(
        seen(&run, &report).unwrap(),
        [(100, true, false), (400, true, false)]
    );
    let fates = fates(&run, &report).unwrap();
    assert_eq!(fates[0].words, "RJCT DT01");
}

#[test]
fn one_transfer_is_refused_for_its_account_and_another_is_taken() {
    let run = run();
    let ids: Vec<&str> = run
        .transfers
        .iter()
        .map(|one| one.end_to_end_id.as_str())
        .collect();
    let words = [(ids[0], said("RJCT", "AC04")), (ids[1], said("ACSP", ""))];
    let report = of(
        &run,
        said("PART", ""),
        vec![batch(None, said("", ""), &words)],
    );
    assert_eq!(
        seen(&run, &report).unwrap(),
        [(100, true, true), (200, false, false)]
    );
    let accepted = of(&run, said("ACCP", ""), Vec::new());
    assert!(seen(&run, &accepted).unwrap().is_empty());
    // A refused file that gives each transfer's reason without a word of its own.
    let listed = batch(None, said("", ""), &[(ids[2], said("", "AC06"))]);
    let report = of(&run, said("RJCT", ""), vec![listed]);
    let all = [(100, true, false), (200, true, false), (400, true, true)];
    assert_eq!(seen(&run, &report).unwrap(), all);
}

#[test]
fn what_contradicts_itself_or_the_file_is_refused_as_a_whole() {
    let run = run();
    let first = run.transfers[0].end_to_end_id.as_str();
    let refused = |group: Said, batches: Vec<BatchStatus>, words: &str| {
        let why = seen(&run, &of(&run, group, batches)).unwrap_err();
        assert!(why.contains(words), "{why}");
    };
    let one = |words: &[(&str, Said)]| vec![batch(None, said("", ""), words)];
    refused(
        said("RJCT", ""),
        one(&[(first, said("ACSC", ""))]),
        "says ACSC of it as well",
    );
    let twice = [(first, said("RJCT", "AM04")), (first, said("ACCP", ""))];
    refused(said("PART", ""), one(&twice), "says ACCP of it as well");
    refused(
        said("", ""),
        one(&[("CH-other", said("RJCT", ""))]),
        "not in the file",
    );
    let other = batch(Some(batch_id(&run, 3)), said("RJCT", ""), &[]);
    refused(said("", ""), vec![other], "which is not in the file");
    refused(
        said("", ""),
        vec![batch(None, said("RJCT", ""), &[])],
        "does not name",
    );
    let nameless = Some("NOTPROVIDED".to_owned());
    refused(
        said("", ""),
        vec![batch(nameless, said("RJCT", ""), &[])],
        "does not name",
    );
    let mut of_other = of(&run, said("RJCT", ""), Vec::new());
    of_other.original_message_id = "CH0".into();
    assert!(seen(&run, &of_other).is_err());
    // Some banks leave away what our name of the file was.
    of_other.original_message_id = "NOTPROVIDED".into();
    assert_eq!(seen(&run, &of_other).unwrap().len(), 3);
    let mut amount = one(&[(first, said("RJCT", "AC04"))]);
    amount[0].transfers[0].amount = Some((Decimal::from(2), "EUR".into()));
    refused(said("PART", ""), amount.clone(), "it says 2 EUR");
    amount[0].transfers[0].amount = Some((Decimal::from(1), "EUR".into()));
    assert!(seen(&run, &of(&run, said("PART", ""), amount)).is_ok());
}
