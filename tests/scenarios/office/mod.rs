//! The office in which the stories happen: its mail servers and its people.

pub mod servers;
