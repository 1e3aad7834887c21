//! Other people's formats: bytes to plain structs and back. Pure, no decision, no I/O, never panics on any input.

pub mod issue;
pub mod page;
pub mod e_invoice;
