//! The strict XML layer against the W3C suite, foreign and hostile documents, and its own writer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub
)]

// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "../support/corpus.rs"]
mod corpus;

mod cost;
mod foreign;
mod hostile;
mod properties;
mod text;
mod w3c;

use hkepp::xml::{Error, Tree, decode};

/// Reads a document as the server does.
fn verdict(octets: &[u8]) -> Result<(), Error> {
    Tree::parse(&decode(octets)?).map(drop)
}

/// Encodes a text in UTF-16 without a mark.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}
