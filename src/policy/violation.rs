//! A rule broken: which one, its result code, and a sentence for the registrar.

use std::fmt;

use crate::base::code::Code;

/// Identifier of a rule, for example `RFC5731:2.1` or `hk:R6.6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule(pub &'static str);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A rule was broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} ({rule})")]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// Result code of a command that breaks it.
    pub code: Code,
    /// At most 32 characters, for the answer to a check.
    pub short: &'static str,
    /// A sentence a registrar's engineer can act on.
    pub reason: String,
}
