//! The transport over real TLS on loopback: framing, handshakes, times, caps, drain.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub
)]

mod ending;
mod framing;
mod handshake;
mod harness;
mod http;
mod limits;
mod reload;
mod times;
