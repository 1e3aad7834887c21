//! The real executable: what it prints, what it leaves behind, and the code it exits with.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and its line says where; it reads its own small files and waits by the clock"
)]

mod office;
mod arguments;
mod inspect;
mod books;
mod reports;
mod evidence;
mod paper;
mod learning;
mod coding;
mod undecided;
mod model;
mod daemon;
mod backup;
mod world_fails;
