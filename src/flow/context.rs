//! What a decision may know beside the facts: the moment, the registrar, the rules, fresh numbers.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::model::{RegistrarId, Terms};
use crate::policy::Policy;
use crate::protocol::Namespace;

/// Context of one command.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Registry time of the command.
    pub now: DateTime<Utc>,
    /// Registrar that sent it.
    pub registrar: &'a RegistrarId,
    /// Rules in force.
    pub policy: &'a Policy,
    /// Numbers nothing has yet: for objects and messages.
    pub numbers: Numbers<'a>,
    /// `svTRID` under which all this happens.
    pub transaction: &'a str,
    /// Fresh salt for a hash.
    pub salt: [u8; 16],
}

impl Context<'_> {
    /// Formats the repository object identifier of a new object of `kind` (`D`, `H`, `C`).
    pub fn roid(&self, kind: char, number: u64) -> String {
        crate::base::ident::roid(kind, number, &self.policy.profile().repository)
    }

    /// Returns how long the stages of a registration last.
    pub fn terms(&self) -> &Terms {
        self.policy.terms()
    }
}

/// Where fresh numbers come from.
#[derive(Clone, Copy)]
pub struct Numbers<'a>(pub &'a (dyn Fn() -> u64 + Send + Sync));

impl Numbers<'_> {
    /// Takes the next one.
    pub fn next(self) -> u64 {
        (self.0)()
    }
}

impl fmt::Debug for Numbers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Numbers")
    }
}

/// Namespaces a client named at login (RFC 5730 section 2.9.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    named: Vec<Namespace>,
}

impl Services {
    /// Makes the services of a session.
    pub fn new(named: Vec<Namespace>) -> Self {
        Self { named }
    }

    /// Says whether the client named `namespace`.
    pub fn include(&self, namespace: Namespace) -> bool {
        self.named.contains(&namespace)
    }
}
