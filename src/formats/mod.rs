//! Other people's formats: bytes to plain structs and back. Pure, no decision, no I/O, never panics on any input.

pub mod issue;
pub mod page;
pub mod smime;
pub mod sniff;
pub mod number;
pub mod date;
pub mod xml;
pub mod xml_root;
pub mod e_invoice;
mod xml_terms;
mod xml_split;
mod ubl;
mod cii;
pub mod fatturapa;
pub mod invoice_xml;
pub mod trade_document;
pub mod pdf;
pub mod factur_x;
pub mod image;
pub mod html;
pub mod csv_import;
pub mod mime;
pub mod delivery_status;
pub mod ses_notice;
pub mod authentication_results;
pub mod imap_name;
pub mod mime_write;
