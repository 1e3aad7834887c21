//! `import suppliers FILE`. Bills whose supplier has other accounts now are looked at again.

use std::collections::HashMap;

use super::super::patiently::patiently;
use super::{Import, ImportReport, Office, StepError, by_key, looks_again, take, unreadable};
use crate::basics::address::MailAddress;
use crate::basics::ids::SupplierId;
use crate::domain::change::Record;
use crate::domain::import::{Sheet, suppliers};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::supplier::recheck;
use crate::domain::payable::{AccountState, Supplier};
use crate::formats::csv_import::Mistake;
use crate::io::store::Filter;

/// Takes suppliers.
///
/// # Errors
/// What the store met.
pub async fn import_suppliers(
    office: &Office,
    import: Import<'_>,
) -> Result<ImportReport, StepError> {
    patiently(
        || async {
            let approvers = &office.rules.approvals.approvers;
            let approves = |named: &MailAddress| {
                let mut addresses = approvers.iter().map(|approver| &approver.address);
                addresses.any(|address| address.same_mailbox(named))
            };
            let sheet = match suppliers::read(import.bytes, approves) {
                Ok(sheet) => sheet,
                Err(mistake) => return Ok(unreadable(mistake)),
            };
            let known = by_key(&office.store.suppliers().await?);
            let sheet = sheet.over_known(&known);
            let sheet = without_suspected(office, sheet).await?;
            let concerned = concerned(office, &sheet, &known).await?;
            let jobs = |row: &Supplier| concerned.get(&row.id).cloned().unwrap_or_default();
            take(
                office,
                &import,
                sheet,
                &known,
                (Record::Supplier, jobs),
                &[],
            )
            .await
        },
        StepError::is_conflict,
    )
    .await
}

/// Without rows that bring an account a person suspects: it has to be looked into first, whoever wrote the file.
async fn without_suspected(
    office: &Office,
    mut sheet: Sheet<Supplier>,
) -> Result<Sheet<Supplier>, StepError> {
    let filter = Filter {
        state: Some(AccountState::FraudSuspected.as_str()),
        ..Filter::all()
    };
    let suspected = office.store.list_supplier_accounts(&filter).await?;
    let mut mistakes = Vec::new();
    sheet.rows.retain(|(line, row)| {
        let brings = suspected.iter().find(|one| row.ibans.contains(&one.iban));
        if let Some(account) = brings {
            mistakes.push(Mistake {
                line: *line,
                column: Some("iban".into()),
                problem: format!(
                    "the account ending in {} is suspected of fraud: see `supplier-accounts show {}`",
                    account.iban.last_four(),
                    account.id.short()
                ),
            });
        }
        brings.is_none()
    });
    sheet.mistakes.extend(mistakes);
    Ok(sheet)
}

/// What the suppliers whose accounts change call for, by the supplier: the check that found an account unknown looks again,
/// and the one that knew it, too.
async fn concerned(
    office: &Office,
    sheet: &Sheet<Supplier>,
    known: &HashMap<String, Supplier>,
) -> Result<HashMap<SupplierId, Vec<NewJob>>, StepError> {
    let now = office.clock.now();
    let mut jobs = HashMap::new();
    for (_, row) in &sheet.rows {
        let before = known.get(&row.number);
        if before.is_some_and(|before| before.ibans != row.ibans) {
            let bills = office.store.open_bills_of_supplier(row.id).await?;
            let again = bills
                .iter()
                .filter_map(|bill| Some(looks_again(recheck(bill)?, bill, now)));
            let accounts = office.store.accounts_of_supplier(row.id).await?;
            let follow = accounts
                .iter()
                .map(|account| NewJob::now(Step::FollowAccount, account.id, now));
            jobs.insert(row.id, again.chain(follow).collect());
        }
    }
    Ok(jobs)
}
