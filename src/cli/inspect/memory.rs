//! What the books know, for `inspect --memory`: read, never changed.

use anyhow::Context as _;

use super::InspectContext;
use crate::basics::address::MailAddress;
use crate::cli::Context;
use crate::domain::document::Reading;
use crate::domain::document::memory::{Memory, recall};
use crate::domain::document::read::Content;
use crate::domain::document::read::page_of_bill;
use crate::domain::payable::Supplier;
use crate::domain::payable::identify::identify;
use crate::io::store::Store;
use crate::setup::store_config;
use crate::steps::document_change::{of_customer, of_supplier};

/// Loads it from the books of the configuration.
///
/// # Errors
/// What is wrong with the configuration or its books; that there are none yet is no error.
pub async fn load(context: &Context, known: &mut InspectContext) -> anyhow::Result<()> {
    let config = store_config(&context.config()?)?;
    let opened = Store::open_if_any(&config)
        .await
        .context("opening the books")?;
    let Some(store) = opened else {
        return Ok(());
    };
    let suppliers = store.suppliers().await?;
    let customers = store.customers().await?;
    known.known = suppliers
        .iter()
        .map(of_supplier)
        .chain(customers.iter().map(of_customer))
        .collect();
    for supplier in suppliers.iter() {
        let memories = store.memories_of_supplier(supplier.id).await?;
        known.memory.push((supplier.clone(), memories));
    }
    store.close().await;
    Ok(())
}

/// Reads a bill once more with the memories of its supplier, as the daemon does.
pub fn recall_known(
    reading: &mut Reading,
    content: &Content,
    from: Option<&MailAddress>,
    known: &[(Supplier, Vec<Memory>)],
) {
    if known.is_empty() {
        return;
    }
    let Some(layout) = page_of_bill(reading, content) else {
        return;
    };
    let suppliers = known.iter().map(|(supplier, _)| supplier.clone());
    let suppliers = suppliers.collect::<Vec<_>>();
    let found = identify(&reading.fields, from, &suppliers).supplier;
    let memories = known
        .iter()
        .find(|(supplier, _)| Some(supplier.id) == found);
    if let Some((_, memories)) = memories {
        recall(reading, &layout, memories);
    }
}
