//! How a create or a change of registrant is answered: at once, or when documents have been approved; and what is judged
//! when they are.

use crate::model::document::DocumentKind;
use crate::model::{Applicant, DomainName};

use super::Policy;
use super::hk::Hk;
use super::violation::{Rule, Violation};

/// How a name comes to its registrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// At once.
    AtOnce,
    /// When people of the registry have approved documents, or have looked at the name.
    Documents(Wanted),
}

/// What an application waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Documents: of each group one.
    pub documents: Vec<Vec<DocumentKind>>,
    /// Rules whose verdict is up to people.
    pub review: Vec<Rule>,
    /// Days until it is refused.
    pub days: u32,
}

impl Policy {
    /// Returns the days in which documents must be approved; `None` where nobody shows any.
    pub fn document_days(&self) -> Option<u32> {
        self.hk.as_ref().map(Hk::document_days)
    }

    /// Judges a name by what is known of its registrant's legal name when documents are approved; `verified` is the one
    /// on them.
    ///
    /// # Errors
    /// The rule that keeps this registrant from having the name.
    pub fn legal_name(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        verified: Option<&str>,
    ) -> Result<(), Violation> {
        match &self.hk {
            Some(hk) => hk.legal_name(name, applicant, verified),
            None => Ok(()),
        }
    }
}
