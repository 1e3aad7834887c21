//! Up to which day the bank told us of our money: taken down with every statement, asked for when it is too old to remind anybody by.

use super::{Office, StepError};
use crate::basics::calendar::add_days;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::BankData;
use crate::domain::bank::bank_data::{self, told_until};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::io::store::StoreError;

/// Banks date a booking a few days ahead, over Easter.
const MOST_DAYS_AHEAD: i32 = 7;

/// Whether what the bank told last is too old for anybody to be reminded.
///
/// # Errors
/// What the store met.
pub(super) async fn is_stale(office: &Office) -> Result<bool, StoreError> {
    let Some(most) = office.rules.bank_data_business_days else {
        return Ok(false);
    };
    let until = told_until(&office.store.bank_data().await?, asked_account(office));
    Ok(bank_data::is_stale(until, most, office.today()))
}

/// Asks for it, once for each day since when it is missing: that nobody is reminded must not go unseen. A crash before the commit
/// leaves nothing, and the next sweep asks.
///
/// # Errors
/// What the store met.
pub async fn ask_for_bank_data(office: &Office) -> Result<(), StoreError> {
    let (today, now) = (office.today(), office.clock.now());
    let until = told_until(&office.store.bank_data().await?, asked_account(office));
    let owner = &office.rules.owners.receivables;
    let item = Exception::bank_data_stale(asked_account(office), until, owner, (today, now));
    if office.store.exception(item.id).await?.is_some() {
        return Ok(());
    }
    let why = item.reason.clone();
    tracing::warn!(why, "nobody is reminded");
    let (actor, about) = (Actor::program("ask_for_bank_data"), item.subject.clone());
    let told = AuditEvent::new(now, actor, "reminders wait", about, why);
    office.store.commit(Change::new(told).raise(item)).await?;
    Ok(())
}

/// Takes down up to which day the bank told us, by whose import of what, and settles the work item that asked for it. A crash before it
/// leaves the entries taken and their day not: the same file again says it, until then nobody is reminded.
pub(super) async fn note_told(
    office: &Office,
    (by, source): (&str, &str),
    told: Vec<BankData>,
) -> Result<(), StepError> {
    let (now, today) = (office.clock.now(), office.today());
    for data in told {
        let known = office.store.bank_data().await?;
        // A day far ahead is a slip of the pen, and would count as fresh until then.
        let is_mistyped = data.until > add_days(today, MOST_DAYS_AHEAD);
        let Some(data) = data.over(&known).filter(|_| !is_mistyped) else {
            continue;
        };
        let actor = Actor::Person(by.to_owned());
        let about = data.subject();
        let told =
            AuditEvent::new(now, actor, "bank data taken", about, source).fact("until", data.until);
        let change = Change::new(told).put(Record::BankData(data));
        office.store.commit(change).await?;
    }
    settle(office, by).await
}

/// Whoever was asked for the bank's data has given it, if it is fresh now.
async fn settle(office: &Office, by: &str) -> Result<(), StepError> {
    if is_stale(office).await? {
        return Ok(());
    }
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let code = ExceptionCode::BankDataStale;
    for item in office.store.open_exceptions_of(code).await? {
        let (item, told) = item.resolve((&actor, by), "the bank's data was imported", now)?;
        let change = Change::new(told).put(Record::Exception(item));
        office.store.commit(change).await?;
    }
    Ok(())
}

/// The account that reminders name.
fn asked_account(office: &Office) -> Option<&str> {
    let account = office.rules.reminder_sender.account.as_ref();
    account.map(|account| account.iban.as_str())
}
