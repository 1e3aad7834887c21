//! `orders`: what we ordered, what came in on it, and the bills that name it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use rust_decimal::Decimal;

use super::Context;
use super::desk::{Desk, Limit, at_desk};
use super::output::Record;
use crate::basics::ids::{BillId, OrderLineId};
use crate::domain::payable::{Bill, GoodsReceipt, OrderLine};

/// `orders …`
#[derive(Subcommand)]
pub enum Orders {
    /// The newest lines of orders, with what came in on them
    List {
        #[command(flatten)]
        limit: Limit,
    },
    /// One order: its lines, what came in, the bills that name it
    Show {
        /// Its number, however it is written
        number: String,
    },
}

/// Does it.
///
/// # Errors
/// What the books met, or that there is no such order.
pub async fn orders(context: &Context, command: Orders) -> anyhow::Result<ExitCode> {
    at_desk(context, async |desk| match command {
        Orders::List { limit } => list(desk, limit).await,
        Orders::Show { number } => show(desk, &number).await,
    })
    .await
}

async fn list(desk: &Desk, limit: Limit) -> anyhow::Result<ExitCode> {
    let lines = desk
        .office
        .store
        .list_order_lines(&limit.filter(None))
        .await?;
    let mut came = BTreeMap::new();
    for line in &lines {
        let key = line.order_key().as_str().to_owned();
        if let Entry::Vacant(new) = came.entry(key) {
            let receipts = desk.office.store.receipts_of_order(&line.order).await?;
            new.insert(by_line(&receipts));
        }
    }
    let mut rows = Vec::new();
    for line in &lines {
        let of_order = came.get(line.order_key().as_str());
        let received = of_order.and_then(|lines| lines.get(&line.id)).copied();
        rows.push(row(desk, line, received.unwrap_or_default()).await?);
    }
    let columns = [
        "order",
        "line",
        "supplier",
        "description",
        "quantity",
        "received",
        "price",
        "per",
        "currency",
    ];
    desk.print.list(&rows, &columns)
}

async fn show(desk: &Desk, number: &str) -> anyhow::Result<ExitCode> {
    let store = &desk.office.store;
    let lines = store.lines_of_order(number).await?;
    let Some(first) = lines.first() else {
        bail!("there is no order “{number}”: import purchase-orders brings them");
    };
    let receipts = store.receipts_of_order(number).await?;
    let came = by_line(&receipts);
    let mut rows = Vec::new();
    for line in &lines {
        let received = came.get(&line.id).copied().unwrap_or_default();
        rows.push(row(desk, line, received).await?);
    }
    let nobody = BillId::derive(&["none"]);
    let mut bills = store.open_bills_of_order(number).await?;
    let passed = store.billed_on_order(number, nobody).await?;
    let more = passed
        .into_iter()
        .filter(|bill| !bills.iter().any(|known| known.id == bill.id));
    let more = more.collect::<Vec<_>>();
    bills.extend(more);
    let page = Record::new()
        .with("order", first.order.clone())
        .with("lines", rows)
        .with("receipts", receipts.iter().map(receipt).collect::<Vec<_>>())
        .with("bills", bills.iter().map(bill).collect::<Vec<_>>());
    desk.print.page(&page)
}

fn by_line(receipts: &[GoodsReceipt]) -> BTreeMap<OrderLineId, Decimal> {
    let mut sums = BTreeMap::new();
    for one in receipts {
        let line = OrderLine::id_of(&one.order, &one.line);
        let sum: &mut Decimal = sums.entry(line).or_default();
        *sum = sum.saturating_add(one.quantity);
    }
    sums
}

async fn row(desk: &Desk, line: &OrderLine, received: Decimal) -> anyhow::Result<Record> {
    let supplier = desk.office.store.supplier(line.supplier).await?;
    Ok(Record::new()
        .id("id", line.id)
        .with("order", line.order.clone())
        .with("line", line.line.clone())
        .with("supplier", supplier.map(|one| one.number))
        .with("description", line.description.clone())
        .with("quantity", line.quantity.normalize().to_string())
        .with("received", received.normalize().to_string())
        .with("price", line.price.to_string())
        .with("per", line.per.normalize().to_string())
        .with("currency", line.currency.to_string()))
}

fn receipt(one: &GoodsReceipt) -> Record {
    Record::new()
        .id("id", one.id)
        .with("number", one.number.clone())
        .with("line", one.line.clone())
        .with("quantity", one.quantity.normalize().to_string())
        .with("received_on", one.received_on.to_string())
}

fn bill(one: &Bill) -> Record {
    Record::new()
        .id("id", one.id)
        .with("state", one.state.as_str())
        .with("invoice_number", one.number.clone())
        .with("supplier_name", one.supplier_name.clone())
        .with("net_total", one.net)
        .with("payable_total", one.payable)
}
