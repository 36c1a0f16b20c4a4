//! Domains on the wire (RFC 5731).

pub mod check;

pub use check::{Check, CheckData};
