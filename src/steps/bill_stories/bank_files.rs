//! What banks send of our payments, in their own files.

use super::payment_runs::due_soon;
use super::world::Story;
use crate::domain::bank::BankEntry;
use crate::domain::payable::{BillState, PaymentState};
use crate::io::store::Filter;
use crate::steps::import::{Import, ImportReport, import_bank_statement};

impl Story {
    async fn takes_statement(&self, file: &str) -> ImportReport {
        let import = Import {
            bytes: file.as_bytes(),
            source: "statement",
            by: "lena",
            partial: false,
        };
        import_bank_statement(&self.office, import).await.unwrap()
    }

    async fn entries(&self) -> Vec<BankEntry> {
        let entries = self.office.store.list_bank_entries(&Filter::all()).await;
        entries.unwrap()
    }
}

/// An American bank's, of the day on which it paid 1,190.00 for us.
fn bai2(named: &str) -> String {
    format!(
        "01,122099999,123456789,261125,0200,1,,,2/\n02,123456789,122099999,1,261124,,EUR,2/\n03,107049924,,010,5000000,,,015,4881000,,/\n16,495,119000,V,261124,,B-1,{named},WIRE TO ALPHA\n49,10000000,3/\n98,10000000,1,5/\n99,10000000,1,7/\n"
    )
}

#[tokio::test]
async fn an_american_banks_statement_settles_what_it_paid_for_us() {
    let mut story = Story::begin().await;
    let bill = story.approved(due_soon(|_| {})).await;
    let run = story.plans("lena").await.run.unwrap();
    let run = story.releases(&run, "Tom Ode").await.unwrap();
    let statement = bai2(&run.transfers[0].end_to_end_id);

    let refused = story.takes_statement(&statement).await;
    assert!(refused.refused, "{refused:?}");
    let why = refused.mistakes[0].to_string();
    assert!(
        why.contains("none of ours") && why.contains("account_numbers"),
        "{why}"
    );
    story.reconfigured(&[(
        "iban = \"DE02120300000000202051\"",
        "iban = \"DE02120300000000202051\"\naccount_numbers = [\"107049924\"]",
    )]);
    let short = statement.replace("49,10000000,3", "49,10000000,4");
    let refused = story.takes_statement(&short).await;
    let why = refused.mistakes[0].to_string();
    assert!(
        why.contains("line 5, record 49: its number of records"),
        "{why}"
    );
    assert!(story.entries().await.is_empty(), "half a statement is none");

    let taken = story.takes_statement(&statement).await;
    assert_eq!((taken.refused, taken.new), (false, 1), "{taken:?}");
    let entries = story.entries().await;
    assert_eq!(
        entries[0].entry_reference,
        "DE02120300000000202051 B-1 2026-11-24 -119000"
    );
    story.looked_at(entries[0].id).await;
    assert_eq!(story.bill(bill).await.state, BillState::Paid);
    assert_eq!(story.payment_states(bill).await, [PaymentState::Settled]);
    let again = story.takes_statement(&statement).await;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 1));
}
