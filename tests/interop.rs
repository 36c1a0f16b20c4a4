//! Foreign clients against the real binary: each walks through every command this release serves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/process.rs"]
#[allow(dead_code)]
mod process;

#[path = "interop/built_in.rs"]
mod built_in;
#[path = "interop/instant.rs"]
mod instant;
#[path = "interop/readme.rs"]
mod readme;
#[path = "interop/scripts.rs"]
mod scripts;
#[path = "interop/snippets.rs"]
mod snippets;
#[path = "interop/tls.rs"]
mod tls;

/// Says that something these tests need is not installed; a failure when everything should be.
fn report_absence(what: &str) {
    let complete = std::env::var_os("HKEPP_TESTS_COMPLETE").is_some_and(|value| value == "1");
    assert!(!complete, "{what} is absent: run tests/run.sh");
    println!("{what} is absent: run tests/run.sh");
}

/// Returns the port of a server's address.
fn port(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}
