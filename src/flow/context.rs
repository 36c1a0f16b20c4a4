//! What a decision may know beside the facts: the moment, the registrar, the rules, fresh numbers.

use chrono::{DateTime, Utc};

use crate::model::RegistrarId;
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
    /// A number no object has yet.
    pub number: u64,
    /// Fresh salt for a hash.
    pub salt: [u8; 16],
}

impl Context<'_> {
    /// Mints the repository object identifier of a new object of `kind` (`D`, `H`, `C`).
    pub fn roid(&self, kind: char) -> String {
        crate::base::ident::roid(kind, self.number, &self.policy.profile().repository)
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
