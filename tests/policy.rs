//! The rules of .hk against data from outside the repository, and their register against the tests that prove it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod policy {
    mod names;
    mod register;
    mod table;
}
