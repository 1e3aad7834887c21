//! The words everyone uses. Pure; imports nothing of ours.

pub mod words;
pub mod text;
pub mod ids;
pub mod currency;
pub mod money;
pub mod calendar;
pub mod business_time;
pub mod printed_day;
pub mod answer;
pub mod address;
pub mod bank_account;
pub mod tax_id;
pub mod number_key;
pub mod keyed;
pub mod token;
