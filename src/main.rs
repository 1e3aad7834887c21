//! The executable: arguments in, exit code out. 0 done, 1 failed, 2 bad configuration or arguments, 3 migration needed.

use std::process::ExitCode;

fn main() -> ExitCode {
    countinghouse::cli::main()
}
