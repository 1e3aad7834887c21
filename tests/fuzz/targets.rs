//! What is fed: each format alone, and the reading of mails and documents on top of them.

use countinghouse::domain::bank::OwnAccount;
use countinghouse::domain::document::extract::bill::MailFacts;
use countinghouse::domain::document::identity::OwnIdentity;
use countinghouse::domain::document::read::{Content, DocumentInput, read};
use countinghouse::domain::import::bank_statement;
use countinghouse::domain::message::new_text;
use countinghouse::domain::message::own::OwnMail;
use countinghouse::formats::csv_import::Table;
use countinghouse::formats::html::Quotes;
use countinghouse::formats::sniff::{FileType, file_type};
use countinghouse::formats::{
    authentication_results, bai2, camt, chat_completion, container, date, delivery_status, edifact,
    fatturapa, html, http_response, image, invoice_xml, mt940, number, pain002, payment_code,
    picture, ses_notice, smime, spreadsheet, tesseract_tsv, trade_document, x12,
};
use countinghouse::steps::open_mail;

use super::samples::Sample;

/// One thing that reads strangers' bytes.
pub struct Target {
    pub name: &'static str,
    pub takes: fn(&Sample) -> bool,
    pub read: fn(&[u8]),
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "mail",
        takes: |sample| sample.kind == FileType::Email,
        read: |bytes| drop(open_mail::open(bytes, &OwnMail::default())),
    },
    Target {
        name: "business_xml",
        takes: is_xml,
        read: business_xml,
    },
    Target {
        name: "document",
        takes: |sample| is_xml(sample) || is_text(sample),
        read: document,
    },
    Target {
        name: "csv_import",
        takes: is_text,
        read: |bytes| drop(Table::read(bytes)),
    },
    Target {
        name: "bank",
        takes: |sample| sample.name.contains("/bank_"),
        read: bank,
    },
    Target {
        name: "words",
        takes: is_text,
        read: words,
    },
    Target {
        name: "container",
        takes: |sample| container::is_container(sample.kind),
        read: |bytes| drop(container::open(bytes, &["secret".to_owned()])),
    },
    Target {
        name: "interchange",
        takes: |sample| matches!(sample.kind, FileType::X12 | FileType::Edifact),
        read: interchange,
    },
    Target {
        name: "spreadsheet",
        takes: |sample| matches!(sample.kind, FileType::Xlsx | FileType::Ods | FileType::Xls),
        read: |bytes| drop(spreadsheet::read(bytes)),
    },
    Target {
        name: "smime",
        takes: |sample| sample.kind == FileType::Pkcs7,
        read: |bytes| drop(smime::content(bytes)),
    },
    Target {
        name: "file_type",
        takes: |_| true,
        read: |bytes| {
            std::hint::black_box(file_type(bytes));
        },
    },
    Target {
        name: "picture",
        takes: |sample| matches!(sample.kind, FileType::Png | FileType::Jpeg | FileType::Tiff),
        read: |bytes| {
            std::hint::black_box(image::header(bytes));
            drop(picture::decode(bytes, 0));
        },
    },
];

fn is_xml(sample: &Sample) -> bool {
    matches!(sample.kind, FileType::Xml(_))
}

fn is_text(sample: &Sample) -> bool {
    matches!(sample.kind, FileType::Text | FileType::Csv | FileType::Html)
}

/// Interchanges, as every reader of them meets them.
pub fn interchange(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(x12::read(&text));
    drop(edifact::read(&text));
    drop(trade_document::x12_820::read(&text));
    drop(trade_document::remadv::read(&text));
}

pub fn business_xml(bytes: &[u8]) {
    drop(invoice_xml::read(bytes));
    drop(trade_document::read(bytes));
    drop(fatturapa::split(bytes));
}

/// What a bank sends: whatever it begins like, every reader of bank files meets it.
pub fn bank(bytes: &[u8]) {
    drop(camt::read(bytes));
    drop(mt940::read(bytes));
    drop(bai2::read(bytes));
    drop(pain002::read(bytes));
    drop(bank_statement::read(
        bytes,
        &[OwnAccount::of_number("0123456789".into())],
    ));
}

/// Lines of any text, as each of the small formats meets them.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(new_text::new_text(&text));
    drop(new_text::without_quoted_mails(&text));
    drop(delivery_status::read(&text));
    drop(delivery_status::read_feedback(&text));
    drop(ses_notice::read(&text));
    drop(payment_code::read(&text));
    drop(tesseract_tsv::words(&text));
    drop(http_response::read(bytes));
    drop(chat_completion::completion(bytes));
    drop(html::without_quotes(&text).markup());
    drop(html::text(&text, Quotes::Keep));
    drop(html::tables(&text));
    for line in text.lines().take(50) {
        drop(number::readings(line));
        drop(date::readings(line));
        drop(authentication_results::read(line));
    }
}

pub fn document(bytes: &[u8]) {
    let input = DocumentInput {
        content: Content::parse(file_type(bytes), bytes),
        mail: MailFacts::default(),
        with_embedded: true,
    };
    drop(read(&input, &OwnIdentity::default(), &[]));
}
