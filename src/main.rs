//! The `hkepp` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    hkepp::cli::main()
}
