//! ICANN's registry system test, EPP suite, played over TLS against the sandbox with profile `plain`: host objects,
//! DS data, thick contacts. Each test is named by its case; docs/conformance.md says what is not played, and why.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "support/process.rs"]
mod process;
#[allow(dead_code)]
#[path = "support/session.rs"]
mod session;
#[allow(dead_code)]
mod support;

mod rst {
    mod contact;
    mod domain;
    mod host;
    mod listed;
    mod opening;
    mod play;
    mod rows;
    mod surprises;
    mod transfer;
}
