//! The doors to the world. They decide nothing.

pub mod disposition;
pub mod reader;
pub mod dkim;
