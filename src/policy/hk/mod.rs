//! What only .hk and .香港 demand: names, variants, words, name servers. Data and pure rules.

pub mod table;

pub use table::Table;

use super::violation::Rule;

/// Rules of the registry's contract that a profile cites.
const CITED: &[Rule] = &[Rule("hk:R8.1")];

/// Finds the rule that a profile cites by its identifier.
pub fn rule(label: &str) -> Option<Rule> {
    CITED.iter().find(|rule| rule.0 == label).copied()
}
