//! The transport over real TLS on loopback: framing, handshakes, times, caps, drain.
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
#[path = "../support/corpus.rs"]
mod corpus;

mod ending;
mod framing;
mod handshake;
mod harness;
mod http;
mod limits;
mod reload;
mod times;
