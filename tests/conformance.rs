//! The product's memory of its commands: what each answers, in every state, to every registrar.
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
#[path = "support/corpus.rs"]
mod corpus;
#[allow(dead_code)]
mod support;

mod conformance {
    mod authorization;
    mod checklist;
    mod corpus;
    mod golden;
    mod locks;
    mod login;
    mod manual;
    mod poll;
    mod sessions;
    mod tables;
    mod transforms;
    mod tries;
}
