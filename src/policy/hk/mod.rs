//! What only .hk and .香港 demand: names, variants, words, name servers. Data and pure rules.

pub mod table;

pub use table::Table;
