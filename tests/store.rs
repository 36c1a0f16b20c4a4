//! The store: one contract suite for every backend, and what the durable one promises beyond it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub
)]

#[path = "support/store_contract.rs"]
mod contract;

use hkepp::store::{Durable, Memory, Options};

contract::suite!(memory, (Memory::new(), ()));
contract::suite!(durable, {
    let dir = tempfile::tempdir().unwrap();
    (Durable::open(dir.path(), &small()).unwrap(), dir)
});

/// Settings small enough that a test rotates segments and makes checkpoints.
fn small() -> Options {
    Options {
        segment_size: 32 * 1024,
        checkpoint_every: 64 * 1024,
        index_cache: 8 * 1024 * 1024,
        resident: vec!["domain".into()],
    }
}
