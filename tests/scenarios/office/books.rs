//! The office's configuration, its suppliers and customers, and what customers owe on the first day.

use std::fmt::Write as _;
use std::path::Path;

use countinghouse::basics::calendar::{Date, parse_iso_date};

use super::People;
use super::servers::servers;

/// Two suppliers: number, terms and account are what the bills of `bills.rs` say.
pub const SUPPLIERS: &str = "number,name,vat_id,iban,domains,mail,terms_days,approver
70001,Elbkarton Verpackungen GmbH,DE267188348,DE53200994100040215583,elbkarton.example,,14,
70002,Sandtor Rohkaffee Kontor GmbH & Co. KG,DE118903466,DE82200994700072209414,sandtor-rohkaffee.example,,30,
";

/// What is open on the first day, due so late that no story about something else is disturbed by a reminder.
pub const INVOICES: &str =
    "number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed
MR-2026-1044,20014,2026-11-02,2027-02-16,EUR,2140.00,,no
MR-2026-1047,20014,2026-11-06,2027-02-20,EUR,856.00,,no
MR-2026-1052,20026,2026-11-05,2027-02-19,EUR,749.00,,no
";

/// Two invoices of one customer, due on the same Thursday.
pub const DUE_26TH: &str =
    "number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed
MR-2026-2001,20026,2026-10-27,2026-11-26,EUR,1284.00,,no
MR-2026-2002,20026,2026-10-27,2026-11-26,EUR,535.00,,no
";

/// A day of a story.
pub fn day(text: &str) -> Date {
    parse_iso_date(text).unwrap()
}

/// The first line of a bank statement.
pub const BANK_HEADER: &str = "entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n";

/// Who pays, by name and account, as the bank writes it.
pub const KONTOR: (&str, &str) = ("Kontorküche Altona GmbH", "DE25200994700085516027");
/// The other customer.
pub const KETTLE: (&str, &str) = ("The Copper Kettle Company Ltd", "IE83BRSL90017751120873");

/// Two customers; reminders reach them at their addresses of this story.
pub fn customers(people: &People) -> String {
    format!(
        "number,name,vat_id,mail,language,domains,ibans
20014,{},DE312664807,{},de,kontorkueche.example,{}
20026,{},IE3527716TA,{},en,copperkettle.example,{}
",
        KONTOR.0, people.kontor, KONTOR.1, KETTLE.0, people.kettle, KETTLE.1
    )
}

/// The file an administrator would write: two mailboxes, one by TLS and one by STARTTLS, and the relay by STARTTLS and login.
pub fn configuration(
    people: &People,
    password_file: &Path,
    database: Option<(&str, &str)>,
) -> String {
    let servers = servers();
    let (ca, password) = (servers.ca_file.display(), password_file.display());
    let login =
        |user| format!("user = \"{user}\"\npassword_file = \"{password}\"\nca_file = \"{ca}\"\n");
    let mut text = String::from(COMPANY);
    if let Some((server, name)) = database {
        writeln!(text, "database_url = \"{server}/{name}\"").unwrap();
    }
    for (name, address, port, security, after) in [
        (
            "ap",
            &people.ap,
            servers.imaps_port,
            "tls",
            "after_reading = \"flag\"\nflag = \"$Countinghouse\"\n",
        ),
        (
            "ar",
            &people.ar,
            servers.imap_port,
            "starttls",
            "after_reading = \"move\"\nmove_to = \"Processed\"\n",
        ),
    ] {
        write!(
            text,
            "\n[[mailbox]]\nname = \"{name}\"\nside = \"{name}\"\naddress = \"{address}\"\nhost = \"{}\"\nport = {port}\n\
             security = \"{security}\"\npoll_seconds = 1\n{}{after}",
            servers.host,
            login(address)
        )
        .unwrap();
    }
    write!(
        text,
        "\n[outgoing]\nhost = \"{}\"\nport = {}\nsecurity = \"starttls\"\n{}",
        servers.host,
        servers.submission_port,
        login(&people.ap)
    )
    .unwrap();
    for (name, address, limit) in [
        ("Petra Vogt", &people.petra, "limit = \"10000.00\"\n"),
        ("Jonas Lindner", &people.jonas, ""),
        ("Carla Brandt", &people.carla, ""),
    ] {
        write!(
            text,
            "\n[[approver]]\nname = \"{name}\"\naddress = \"{address}\"\n{limit}"
        )
        .unwrap();
    }
    write!(
        text,
        "\n[[approval_rule]]\nname = \"everyday bills\"\napprovers = [\"{}\"]\n\
         \n[[approval_rule]]\nname = \"large bills\"\nabove = \"10000.00\"\napprovers = [\"{}\", \"{}\"]\nneeded = 2\n",
        people.petra, people.jonas, people.carla
    )
    .unwrap();
    text
}

const COMPANY: &str = r#"[company]
name = "Morgenrot Kaffeerösterei GmbH"
also_known_as = ["Morgenrot"]
vat_ids = ["DE318405278"]
ibans = ["DE02200994700061823900"]
domains = ["fin.test"]
invoice_number_patterns = ['^MR-\d{4}-\d{4}$']
time_zone = "Europe/Berlin"

[approval]
expires_days = 14

[authenticity]
trusted_authserv_ids = ["mx.fin.test"]
results_below_received = true

[payments]
next_run_days = 14

[[payment_account]]
name = "main"
iban = "DE02200994700061823900"

[owners]
payables = "lena@fin.test"
receivables = "lena@fin.test"
mail = "it@fin.test"
tell = "off"

# Most stories know of no bank; the one that does asks for its data.
[reminders]
bank_data_business_days = 0

[storage]
data_folder = "data"
"#;
