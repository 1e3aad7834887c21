//! Countinghouse on the command line.

use std::process::ExitCode;

use countinghouse::io::reader;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(reader::SUBCOMMAND) {
        return reader::child::main();
    }
    ExitCode::from(2)
}
