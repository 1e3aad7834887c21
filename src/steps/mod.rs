//! The life of a message, step by step: load, decide, commit.

pub mod mail_facts;
