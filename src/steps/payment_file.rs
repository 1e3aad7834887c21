//! A run as the file its bank reads.

use std::collections::BTreeMap;

use crate::basics::calendar::Date;
use crate::config::payments::PaymentAccount;
use crate::domain::payable::PaymentRun;
use crate::domain::payable::payment_run::report::batch_id;
use crate::domain::payable::payment_run::{RemittanceText, Transfer};
use crate::formats::pain001::{
    Batch, CreditTransfer, CreditTransferFile, RemittanceInformation, write,
};

/// pain.001 with one batch for each day. The same run gives the same bytes.
///
/// # Errors
/// What no bank could read, in words.
pub fn payment_file(run: &PaymentRun, account: &PaymentAccount) -> Result<Vec<u8>, String> {
    let mut days = BTreeMap::<Date, Vec<CreditTransfer<'_>>>::new();
    for transfer in &run.transfers {
        let on_day = days.entry(transfer.execution_date).or_default();
        on_day.push(credit_transfer(transfer));
    }
    let message_id = run.message_id();
    let batches = days
        .into_iter()
        .zip(1..)
        .map(|((day, transfers), n)| Batch {
            id: batch_id(run, n),
            execution_date: day,
            transfers,
        });
    let file = CreditTransferFile {
        message_id: &message_id,
        created_at: run.prepared_at,
        debtor_name: &account.holder,
        debtor_iban: &run.debtor_iban,
        debtor_bic: account.bic.as_ref(),
        batch_booking: account.batch_booking,
        batches: batches.collect(),
    };
    write(&file).map_err(|error| error.to_string())
}

fn credit_transfer(transfer: &Transfer) -> CreditTransfer<'_> {
    CreditTransfer {
        end_to_end_id: &transfer.end_to_end_id,
        amount: transfer.amount,
        creditor_name: &transfer.creditor_name,
        creditor_iban: &transfer.creditor_iban,
        remittance: match &transfer.remittance {
            RemittanceText::CreditorReference(text) => {
                RemittanceInformation::CreditorReference(text)
            }
            RemittanceText::Unstructured(text) => RemittanceInformation::Unstructured(text),
        },
    }
}
