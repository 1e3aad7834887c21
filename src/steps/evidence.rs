//! Everything about one bill that proves how it was decided: the mails, their files, what we asked, the file to the bank, and the
//! entries of the trail. Taken while the daemon works: what comes meanwhile is not in it.

use std::collections::BTreeSet;

use super::{Office, StepError};
use crate::basics::ids::{ContentHash, MessageId};
use crate::domain::audit::{ChainedEvent, GENESIS, Subject};
use crate::domain::document::Document;
use crate::domain::evidence::packed;
use crate::domain::payable::{Bill, PaymentRun, SupplierAccount};
use crate::formats::evidence_pack::PackedEntry;
use crate::io::archive::Content;
use crate::io::store::Filter;

/// Entries read at a time.
const PAGE: u32 = 1_000;
/// Characters of a sender's file name in the pack.
const NAME_CHARS: usize = 60;

/// A file for the pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exhibit {
    /// Its name in the pack.
    pub name: String,
    /// What it is, in words.
    pub what: String,
    /// Of its bytes.
    pub hash: ContentHash,
    /// They themselves.
    pub content: Content,
}

/// What there is about a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The files, each once.
    pub exhibits: Vec<Exhibit>,
    /// The entries in their order.
    pub trail: Vec<PackedEntry>,
    /// The last entry of the whole trail.
    pub head: (u64, ContentHash),
}

/// Collects it; `whole` takes the entries about other things, too, so that the trail is without a gap up to its head.
///
/// # Errors
/// What the books or the vault met.
pub async fn evidence(office: &Office, bill: &Bill, whole: bool) -> Result<Evidence, StepError> {
    let head = office.store.audit_head().await?;
    let mut collected = Collected {
        office,
        exhibits: Vec::new(),
        subjects: BTreeSet::from([bill.id.into()]),
    };
    collected.papers(bill).await?;
    collected.approvals(bill).await?;
    collected.payments(bill).await?;
    collected.accounts(bill).await?;
    for item in office.store.exceptions_about(&bill.id.into()).await? {
        collected.subjects.insert(item.id.into());
    }
    let trail = collected.trail(whole.then_some(head.0)).await?;
    Ok(Evidence {
        exhibits: collected.exhibits,
        trail,
        head,
    })
}

struct Collected<'o> {
    office: &'o Office,
    exhibits: Vec<Exhibit>,
    subjects: BTreeSet<Subject>,
}

impl Collected<'_> {
    /// The mail the bill came with and its files.
    async fn papers(&mut self, bill: &Bill) -> Result<(), StepError> {
        let store = &self.office.store;
        let document = store.document(bill.document).await?;
        let document = document.ok_or_else(|| StepError::Missing(bill.document.into()))?;
        self.mail(document.message, "the mail the bill came with")
            .await?;
        for document in store.documents_of_message(document.message).await? {
            self.subjects.insert(document.id.into());
            let what = match document.id == bill.document {
                true => "the bill",
                false => "beside the bill in its mail",
            };
            let name = format!("files/{}-{}", document.id.short(), plain(&document));
            self.stored(name, what, document.content).await?;
        }
        Ok(())
    }

    /// What we asked, and the mails that answered.
    async fn approvals(&mut self, bill: &Bill) -> Result<(), StepError> {
        let store = &self.office.store;
        for request in store.requests_of_bill(bill.id).await? {
            self.subjects.insert(request.id.into());
            self.letters(&request.id.into()).await?;
        }
        self.letters(&bill.id.into()).await?;
        for vote in store.votes_of_bill(bill.id).await? {
            if let Some(message) = vote.message {
                let what = format!("the answer of {}: {}", vote.approver, vote.verdict);
                self.mail(message, &what).await?;
            }
        }
        Ok(())
    }

    async fn letters(&mut self, about: &Subject) -> Result<(), StepError> {
        for mail in self.office.store.outbound_about(about).await? {
            self.subjects.insert(mail.id.into());
            let text = mail.letter.text.into_bytes();
            self.exhibits.push(Exhibit {
                name: format!("letters/{}.txt", mail.id.short()),
                what: format!("our {} to {}, its text", mail.purpose, mail.to),
                hash: ContentHash::of(&text),
                content: Content::Bytes(text),
            });
        }
        Ok(())
    }

    /// How the account it prints came to be known, and what the supplier was told of that.
    async fn accounts(&mut self, bill: &Bill) -> Result<(), StepError> {
        let Some(supplier) = bill.supplier else {
            return Ok(());
        };
        let all = self.office.store.accounts_of_supplier(supplier).await?;
        let printed = |one: &&SupplierAccount| bill.iban.as_deref() == Some(one.iban.as_str());
        for account in all.iter().filter(printed) {
            self.subjects.insert(account.id.into());
            self.letters(&account.id.into()).await?;
        }
        Ok(())
    }

    /// What was paid, and the files the bank got.
    async fn payments(&mut self, bill: &Bill) -> Result<(), StepError> {
        let store = &self.office.store;
        let payments = store.payments_of_bill(bill.id).await?;
        let own = payments.iter().map(|payment| payment.id);
        let own = own.collect::<Vec<_>>();
        self.subjects
            .extend(own.iter().map(|id| Subject::from(*id)));
        if own.is_empty() {
            return Ok(());
        }
        let pays = |run: &PaymentRun| run.lines().any(|(_, line)| own.contains(&line.payment));
        let runs = store.list_payment_runs(&Filter::all()).await?;
        for run in runs.into_iter().filter(|run| run.has_left() && pays(run)) {
            self.subjects.insert(run.id.into());
            let name = format!("payments/{}.xml", run.message_id());
            self.stored(name, "the file for the bank", run.file).await?;
        }
        Ok(())
    }

    async fn mail(&mut self, id: MessageId, what: &str) -> Result<(), StepError> {
        let message = self.office.store.message(id).await?;
        let message = message.ok_or_else(|| StepError::Missing(id.into()))?;
        self.subjects.insert(id.into());
        let name = format!("mails/{}.eml", id.short());
        self.stored(name, what, message.content).await
    }

    /// Bytes of the vault, looked at before they are taken: damaged ones are no evidence.
    async fn stored(
        &mut self,
        name: String,
        what: &str,
        hash: ContentHash,
    ) -> Result<(), StepError> {
        if self.exhibits.iter().any(|known| known.name == name) {
            return Ok(());
        }
        let vault = &self.office.vault;
        vault.verify(hash).await?;
        self.exhibits.push(Exhibit {
            name,
            what: what.to_owned(),
            hash,
            content: Content::File(vault.path(hash)),
        });
        Ok(())
    }

    async fn trail(&self, whole_to: Option<u64>) -> Result<Vec<PackedEntry>, StepError> {
        let store = &self.office.store;
        let mut own = Vec::new();
        for subject in &self.subjects {
            own.extend(store.audit_of(subject).await?);
        }
        own.sort_by_key(|entry| entry.sequence);
        if let Some((first, last)) = own.first().zip(whole_to) {
            own = self.between(first.sequence, last).await?;
        }
        let mut before: Option<(u64, ContentHash)> = None;
        let mut trail = Vec::with_capacity(own.len());
        for entry in &own {
            let wanted = entry.sequence.saturating_sub(1);
            let previous = match before {
                Some((sequence, hash)) if sequence == wanted => hash,
                Some(_) | None => self.hash_of(wanted).await?,
            };
            trail.push(packed(entry, previous));
            before = Some((entry.sequence, entry.hash));
        }
        Ok(trail)
    }

    async fn between(&self, first: u64, last: u64) -> Result<Vec<ChainedEvent>, StepError> {
        let mut all: Vec<ChainedEvent> = Vec::new();
        loop {
            let seen = all
                .last()
                .map_or(first.saturating_sub(1), |entry| entry.sequence);
            let page = self.office.store.audit_after(seen, PAGE).await?;
            let page = page.into_iter().filter(|entry| entry.sequence <= last);
            let before = all.len();
            all.extend(page);
            if all.len() == before {
                return Ok(all);
            }
        }
    }

    async fn hash_of(&self, sequence: u64) -> Result<ContentHash, StepError> {
        let Some(before) = sequence.checked_sub(1) else {
            return Ok(GENESIS);
        };
        let entry = self.office.store.audit_after(before, 1).await?;
        Ok(entry.first().map_or(GENESIS, |entry| entry.hash))
    }
}

/// A sender's file name as every archive takes it.
fn plain(document: &Document) -> String {
    let name = document.file_name();
    let chars = name.chars().map(|c| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => c,
        _ => '_',
    });
    chars.take(NAME_CHARS).collect()
}
