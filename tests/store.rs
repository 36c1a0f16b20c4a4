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

use hkepp::store::Memory;

contract::suite!(memory, (Memory::new(), ()));
