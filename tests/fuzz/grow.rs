//! Inputs that grow: one word, row or element repeated n times. What costs four times as much at 2n as at n would cost hours at
//! the largest size a mail may have, and hangs here. What each size costs is printed (`--nocapture`).
//!
//! Measured is the processor time of the thread that reads, so that a busy machine fails nothing.

use std::fmt::Write as _;
use std::sync::mpsc;
use std::time::Duration;

use countinghouse::domain::message::own::OwnMail;
use countinghouse::formats::sniff::file_type;
use countinghouse::steps::open_mail;

use super::targets::{bank, business_xml, document, words};

/// Something that is repeated.
struct Grower {
    name: &'static str,
    head: &'static str,
    /// The one with this number.
    one: fn(usize) -> String,
    tail: &'static str,
    read: fn(&[u8]),
}

/// How many at first, and at most.
const FROM: usize = 500;
const UP_TO: usize = 4_000;
/// Processor time after which an input hangs. Unoptimised the dearest takes a few seconds; each of those that once grew with
/// the square took minutes.
const DEADLINE: Duration = Duration::from_secs(60);
/// Nothing waits longer for a reader that never ends.
const HANGS: Duration = Duration::from_secs(15 * 60);

const PAID: &str = "We have paid the following invoices today:\n";
const UBL: &str =
    "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'><ID>1</ID>";
const FATTURA: &str =
    "<FatturaElettronica versione='FPR12'><FatturaElettronicaHeader/><FatturaElettronicaBody>";

const GROWERS: &[Grower] = &[
    Grower {
        name: "amounts and labels in one line",
        head: "Rechnung\n",
        one: |n| format!("Total {n},01 "),
        tail: "\n",
        read: document,
    },
    Grower {
        name: "rows of labels with all they announce",
        head: "Rechnung\n",
        one: |n| format!("Rechnungsnr. RE-{n} Datum 01.02.2026 MwSt {n},01 Gesamtbetrag {n},99\n"),
        tail: "",
        read: document,
    },
    Grower {
        name: "labels and nothing else",
        head: "Rechnung\n",
        one: |n| {
            let end = if n.is_multiple_of(10) { "\n" } else { " " };
            format!("Gesamtbetrag{end}")
        },
        tail: "",
        read: document,
    },
    Grower {
        name: "rows of a table",
        head: "Rechnung RE-1\nPos Menge Bezeichnung Einzelpreis Betrag\n",
        one: |n| format!("{n}   2   Olive oil   {n},50   {},00\n", 2 * n + 1),
        tail: "Gesamtbetrag 100,00 EUR\n",
        read: document,
    },
    Grower {
        name: "names",
        head: "Invoice\n",
        one: |n| format!("Muster Werk{n} GmbH\n"),
        tail: "",
        read: document,
    },
    Grower {
        name: "accounts and VAT ids",
        head: "Invoice\n",
        one: |n| {
            format!(
                "USt-Id DE{:09} IBAN DE{:02} 3704 0044 0532 {n:04} 00\n",
                100_000_000 + n,
                n % 100
            )
        },
        tail: "",
        read: document,
    },
    Grower {
        name: "dates in one line",
        head: "Invoice\nInvoice date: ",
        one: |n| format!("due on {:02}/{:02}/2026 ", n % 12 + 1, n % 28 + 1),
        tail: "\n",
        read: document,
    },
    Grower {
        name: "payments in rows",
        head: PAID,
        one: |n| format!("Invoice RE-{n} of 01.02.2026 {n},01 EUR\n"),
        tail: "Total 100,00 EUR\n",
        read: document,
    },
    Grower {
        name: "payments in one line of a mail",
        head: "From: a@b.example\nSubject: Remittance advice\nMessage-ID: <1@b.example>\n\nWe have paid invoice ",
        one: |n| format!("RE-{n} {n},01 total "),
        tail: "\n",
        read: mail,
    },
    Grower {
        name: "transactions of a bank, each with its continuations",
        head: "01,1,2,261125,0200,1,,,2/   02,2,1,1,261124,,EUR,2/   03,0123456789,,010,1,,,015,1,,/\n",
        one: |n| format!("16,142,{n},Z,B-{n},E-{n},TEXT/ /   88,MORE, OF IT/ 16\n88,EREF: {n}/\n"),
        tail: "49,1,1/\n98,1,1,1/\n99,1,1,1/\n",
        read: bank,
    },
    Grower {
        name: "marks of a bank in one line",
        head: "01,1,2,261125,0200,1,,,2/   02,2,1,1,261124,,EUR,2/   03,0123456789",
        one: |_| "/ 88,".into(),
        tail: "\n49,1,1/\n",
        read: bank,
    },
    Grower {
        name: "rows of CSV",
        head: "invoice;date;amount\n",
        one: |n| format!("RE-{n};01.02.2026;{n},01\n"),
        tail: "",
        read: document,
    },
    Grower {
        name: "rows of HTML",
        head: "<html><body><table><tr><th>Invoice</th><th>Amount</th></tr>",
        one: |n| format!("<tr><td>RE-{n}</td><td>{n},01</td></tr>"),
        tail: "</table></body></html>",
        read: document,
    },
    Grower {
        name: "notes of a UBL invoice",
        head: UBL,
        one: |n| format!("<Note>note {n}</Note>"),
        tail: "</Invoice>",
        read: business_xml,
    },
    Grower {
        name: "orders and lines of a FatturaPA",
        head: FATTURA,
        one: |n| {
            format!(
                "<DatiGenerali><DatiOrdineAcquisto><RiferimentoNumeroLinea>{n}</RiferimentoNumeroLinea>\
                 </DatiOrdineAcquisto></DatiGenerali><DatiBeniServizi><DettaglioLinee>\
                 <NumeroLinea>x{n}</NumeroLinea></DettaglioLinee></DatiBeniServizi>"
            )
        },
        tail: "</FatturaElettronicaBody></FatturaElettronica>",
        read: business_xml,
    },
    Grower {
        name: "quoted lines",
        head: "Yes\n",
        one: |n| format!("> On 1 Feb 2026 somebody wrote: {n}\n"),
        tail: "",
        read: words,
    },
    Grower {
        name: "sectors of a compound file",
        head: "",
        one: sector,
        tail: "",
        read: |bytes| {
            std::hint::black_box(file_type(bytes));
        },
    },
];

#[test]
fn no_input_that_grows_hangs() {
    for grower in GROWERS {
        let (done, ends) = mpsc::channel();
        // Nobody listens any more when it took too long.
        std::thread::spawn(move || drop(done.send(grows(grower))));
        match ends.recv_timeout(HANGS) {
            Ok(Ok(())) => {}
            Ok(Err(why)) => panic!("{}: {why}", grower.name),
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("{}: no end", grower.name),
            Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{}: a panic", grower.name),
        }
    }
}

/// Doubles the input as long as it may grow.
fn grows(grower: &Grower) -> Result<(), String> {
    let mut count = FROM;
    while count <= UP_TO {
        let cost = cost(grower, count);
        println!("{}: {count} take {cost:?}", grower.name);
        if cost > DEADLINE {
            return Err(format!("{count} took {cost:?}"));
        }
        count *= 2;
    }
    Ok(())
}

/// The processor time of reading so many.
fn cost(grower: &Grower, count: usize) -> Duration {
    let mut input = grower.head.to_owned();
    for number in 0..count {
        write!(input, "{}", (grower.one)(number)).expect("memory");
    }
    input.push_str(grower.tail);
    // Letters of one byte each: the sectors are numbers.
    let bytes = input
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'));
    let bytes = bytes.collect::<Vec<_>>();
    let before = processor_time();
    (grower.read)(&bytes);
    processor_time().saturating_sub(before)
}

fn mail(bytes: &[u8]) {
    drop(open_mail::open(bytes, &OwnMail::default()));
}

/// A compound file whose tables name its first sector again and again, each chain of which bites its tail.
fn sector(number: usize) -> String {
    let mut bytes = vec![0_u8; 512];
    let put = |bytes: &mut Vec<u8>, at: usize, number: u32| {
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
    };
    match number {
        0 => {
            bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
            bytes[30] = 9;
            put(&mut bytes, 44, u32::try_from(FROM).expect("small"));
            put(&mut bytes, 48, 2);
            put(&mut bytes, 60, 2);
            put(&mut bytes, 68, 1);
        }
        1 => (0..128).for_each(|at| put(&mut bytes, 4 * at, 2)),
        2 => (0..128).for_each(|at| put(&mut bytes, 4 * at, u32::from(at == 127))),
        3 => {
            bytes[66] = 5;
            put(&mut bytes, 116, 2);
            put(&mut bytes, 120, u32::MAX);
        }
        _ => {}
    }
    bytes.into_iter().map(char::from).collect()
}

/// What this thread has used, in nanoseconds the first number of proc_pid_schedstat(5).
#[expect(
    clippy::disallowed_methods,
    reason = "a file of the system, not a stranger's"
)]
pub fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let used = text.split(' ').next().and_then(|used| used.parse().ok());
    Duration::from_nanos(used.expect("a number"))
}
