//! `import`: suppliers, orders, receipts, customers, invoices and bank lines from CSV files, bank lines also from the bank's own
//! statements.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Context;
use super::desk::at_new_desk;
use super::output::Record;
use crate::domain::import::FILES;
use crate::io::limits;
use crate::steps::import::{self, Import, ImportReport};

/// `import …`
#[derive(Subcommand)]
pub enum ImportCommand {
    /// Who bills us
    #[command(after_help = columns("suppliers"))]
    Suppliers(ImportArguments),
    /// What we ordered; bills are matched with it
    #[command(after_help = columns("purchase-orders"))]
    PurchaseOrders(ImportArguments),
    /// What came in on orders; payments that waited for it may go
    #[command(after_help = columns("goods-receipts"))]
    GoodsReceipts(ImportArguments),
    /// Who owes us
    #[command(after_help = columns("customers"))]
    Customers(ImportArguments),
    /// What customers owe us
    #[command(after_help = columns("invoices"))]
    Invoices(ImportArguments),
    /// What moved on our accounts; every credit looks for its invoices
    #[command(after_help = columns("bank-statement"))]
    BankStatement(ImportArguments),
}

/// Which file, by whom.
#[derive(Args)]
pub struct ImportArguments {
    /// A CSV file with a header of the columns below; of the bank also a statement as camt.053, camt.054, MT940 or BAI2
    file: PathBuf,
    /// Takes the good rows of a file with bad ones
    #[arg(long)]
    partial: bool,
    /// Who imports it, for the audit trail
    #[arg(long, value_name = "NAME", default_value = "command line")]
    by: String,
}

/// Does it. The same file again changes nothing.
///
/// # Errors
/// A file that cannot be read, or what the books met.
pub async fn import(context: &Context, command: ImportCommand) -> anyhow::Result<ExitCode> {
    at_new_desk(context, async |desk| {
        let (ImportCommand::Suppliers(arguments)
        | ImportCommand::PurchaseOrders(arguments)
        | ImportCommand::GoodsReceipts(arguments)
        | ImportCommand::Customers(arguments)
        | ImportCommand::Invoices(arguments)
        | ImportCommand::BankStatement(arguments)) = &command;
        let bytes = limits::read_bytes(&arguments.file, limits::MAX_TABLE_BYTES)?;
        let source = arguments
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let import = Import {
            bytes: &bytes,
            source: &source,
            by: &arguments.by,
            partial: arguments.partial,
        };
        let report = match command {
            ImportCommand::Suppliers(_) => import::import_suppliers(&desk.office, import).await?,
            ImportCommand::PurchaseOrders(_) => {
                import::import_purchase_orders(&desk.office, import).await?
            }
            ImportCommand::GoodsReceipts(_) => {
                import::import_goods_receipts(&desk.office, import).await?
            }
            ImportCommand::Customers(_) => import::import_customers(&desk.office, import).await?,
            ImportCommand::Invoices(_) => import::import_invoices(&desk.office, import).await?,
            ImportCommand::BankStatement(_) => {
                import::import_bank_statement(&desk.office, import).await?
            }
        };
        // Told once: as part of the answer to a program, as lines to a person.
        let to_person = !context.json;
        for mistake in report.mistakes.iter().filter(|_| to_person) {
            eprintln!("{}: {mistake}", arguments.file.display());
        }
        for advice in report.advice.iter().filter(|_| to_person) {
            eprintln!("{}: {advice}", arguments.file.display());
        }
        if report.refused {
            eprintln!("{}: nothing of it was taken", arguments.file.display());
        }
        desk.print.page(&row(&source, &report, context.json))?;
        Ok(if report.refused {
            ExitCode::from(1)
        } else {
            ExitCode::SUCCESS
        })
    })
    .await
}

/// The columns of a sort of file, for its help.
fn columns(file: &str) -> String {
    let mut out = String::from("Columns (* must be there):\n");
    let documented = FILES.iter().filter(|known| known.name == file);
    for column in documented.flat_map(|known| known.columns) {
        let mark = if column.needed { '*' } else { ' ' };
        out.push_str(&format!(" {mark}{:<24}{}\n", column.name, column.about));
    }
    out
}

fn row(source: &str, report: &ImportReport, with_mistakes: bool) -> Record {
    let mistakes = report.mistakes.iter().map(|mistake| {
        Record::new()
            .with("line", mistake.line)
            .with("column", mistake.column.clone())
            .with("problem", mistake.problem.as_str())
    });
    let told = Record::new()
        .with("file", source)
        .with("rows", report.rows)
        .with("new", report.new)
        .with("changed", report.changed)
        .with("unchanged", report.unchanged)
        .with("left_out", report.left_out)
        .with("refused", report.refused);
    if with_mistakes {
        told.with("mistakes", mistakes.collect::<Vec<_>>())
            .with("advice", report.advice.clone())
    } else {
        told
    }
}
