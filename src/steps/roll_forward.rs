//! The roll-forward of payables and receivables, and the tie of both with the open items every night.

use tracing::info;

use super::ageing::{open_bills, open_invoices};
use super::journal::journal;
use super::{Office, StepError};
use crate::basics::calendar::{Date, date};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::ledger::roll_forward::{OpenAccount, RollForward, roll_forward};

const STEP: &str = "tie_books";

/// Of one account, and what could not be posted and is missing in it.
#[derive(Debug)]
pub struct Rolled {
    /// Of each currency.
    pub rows: Vec<RollForward>,
    /// Each in a sentence.
    pub left_out: Vec<String>,
}

/// From the first to the end of the last day. A day that has not ended yet stands for all that is in the books, whatever days it
/// counts on.
///
/// # Errors
/// What the store met; a sum that no amount holds.
pub async fn rolled(
    office: &Office,
    account: OpenAccount,
    (from, to): (Date, Date),
) -> Result<Rolled, StepError> {
    rolled_by_day(office, account, (from, last_day(office, to))).await
}

/// The same, with nothing that is dated later than the last day.
///
/// # Errors
/// As `rolled`.
pub async fn rolled_by_day(
    office: &Office,
    account: OpenAccount,
    (from, to): (Date, Date),
) -> Result<Rolled, StepError> {
    let journal = journal(office).await?;
    let (moved, items) = match account {
        OpenAccount::Payables => (journal.payables, open_bills(office, to).await?),
        OpenAccount::Receivables => (journal.receivables, open_invoices(office, to).await?),
    };
    let owed = items.iter().filter(|item| item.is_owed);
    let open = owed.filter_map(|item| item.open).collect::<Vec<_>>();
    Ok(Rolled {
        rows: roll_forward(&moved, &open, (from, to))?,
        left_out: journal.left_out,
    })
}

/// A day behind all others in the books.
const FOREVER: Date = date(9000, 1, 1);

/// The last day that counts: of one that has not ended yet also what is dated later, such as an invoice of tomorrow.
pub(super) fn last_day(office: &Office, to: Date) -> Date {
    if to >= office.today() { FOREVER } else { to }
}

/// Compares the books with the open items, as both are now, and asks a person where they differ. The same difference is told once,
/// whichever day and daemon finds it.
///
/// # Errors
/// What the store met.
pub async fn tie_books(office: &Office) -> Result<(), StepError> {
    let (today, now) = (office.today(), office.clock.now());
    let owners = &office.rules.owners;
    for account in OpenAccount::ALL {
        let owner = match account {
            OpenAccount::Payables => &owners.payables,
            OpenAccount::Receivables => &owners.receivables,
        };
        for row in differences(office, *account, today).await? {
            let item = row.differs(*account, owner, now);
            if office.store.exception(item.id).await?.is_some() {
                continue;
            }
            let (by, about) = (Actor::program(STEP), item.subject.clone());
            let event = AuditEvent::new(now, by, "books differ", about, item.reason.clone());
            office.store.commit(Change::new(event).raise(item)).await?;
        }
    }
    info!("the books were compared with the open items");
    Ok(())
}

/// Entries and items are read one after the other, and work goes on meanwhile: what is seen once may be that, what is seen twice
/// alike is not.
async fn differences(
    office: &Office,
    account: OpenAccount,
    today: Date,
) -> Result<Vec<RollForward>, StepError> {
    let look = async || {
        let rolled = rolled(office, account, (today, today)).await?;
        let differing = rolled
            .rows
            .into_iter()
            .filter(|row| !row.difference.is_zero());
        Ok::<_, StepError>(differing.collect::<Vec<_>>())
    };
    let first = look().await?;
    if first.is_empty() {
        return Ok(first);
    }
    let mut again = look().await?;
    again.retain(|row| {
        first
            .iter()
            .any(|before| before.difference == row.difference)
    });
    Ok(again)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Record;
    use crate::domain::document::DocumentKind;
    use crate::domain::exception::{ExceptionCode, ExceptionState};
    use crate::domain::payable::test_world::{document, eur};
    use crate::domain::payable::{Bill, BillState};
    use crate::io::store::Filter;
    use crate::steps::bill_stories::world::Story;
    use crate::steps::import::{Import, import_customers, import_invoices};

    const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";

    #[tokio::test]
    async fn a_bill_that_leaves_the_books_without_a_word_is_found_once() {
        let story = Story::begin().await;
        let office = &story.office;
        let id = story.arrives(document(DocumentKind::Bill, |_| {})).await;
        let approved = story.answer("anna", "anna@fin.test", PASSED, "Approve");
        approved.await.unwrap();
        story.scheduled(id).await;
        let differ = async || {
            let all = office.store.list_exceptions(&Filter::all()).await.unwrap();
            let differ = all.into_iter();
            let differ = differ.filter(|one| one.code == ExceptionCode::BooksDiffer);
            differ.collect::<Vec<_>>()
        };
        tie_books(office).await.unwrap();
        assert_eq!(differ().await, []);
        let days = (office.today(), office.today());
        let rolled_up = rolled(office, OpenAccount::Payables, days).await.unwrap();
        let row = &rolled_up.rows[0];
        assert_eq!((row.ending, row.open), (eur(119_000), eur(119_000)));
        // As a bug or a hand in the database would do it: the row says another thing than its trail.
        let state = BillState::Paid;
        let bill = Bill {
            state,
            ..story.bill(id).await
        };
        let by = Actor::program("test");
        let quiet = AuditEvent::new(office.clock.now(), by, "nothing", id, "");
        let quiet = quiet.state(Some(state.as_str()), state.as_str());
        let change = Change::new(quiet).put(Record::Bill(bill));
        office.store.commit(change).await.unwrap();
        for _ in 0..2 {
            tie_books(office).await.unwrap();
            let told = differ().await;
            assert_eq!(told.len(), 1);
            assert_eq!(told[0].state, ExceptionState::Open);
            assert!(
                told[0].reason.contains("1,190.00 EUR that nobody"),
                "{}",
                told[0].reason
            );
        }
    }

    #[tokio::test]
    async fn an_invoice_of_tomorrow_is_no_difference() {
        let story = Story::begin().await;
        let office = &story.office;
        let file = |bytes: &'static str| Import {
            bytes: bytes.as_bytes(),
            source: "test.csv",
            by: "anna",
            partial: false,
        };
        let customers = "number,name\n20011,Kontor GmbH\n";
        import_customers(office, file(customers)).await.unwrap();
        let invoices = "number,customer,issue_date,due_date,currency,gross_total\n\
            MR-1,20011,2026-11-01,2026-11-15,EUR,535.00\n\
            MR-2,20011,2031-12-01,2031-12-15,EUR,100.00\n";
        let taken = import_invoices(office, file(invoices)).await.unwrap();
        assert_eq!((taken.new, &taken.mistakes[..]), (2, &[][..]));
        let days = (office.today(), office.today());
        let told = rolled(office, OpenAccount::Receivables, days)
            .await
            .unwrap();
        let row = &told.rows[0];
        assert_eq!((row.open, row.difference), (eur(63_500), eur(0)));
    }
}
