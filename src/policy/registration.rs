//! How a create or a change of registrant is answered: at once, or when documents have been approved; and what is judged
//! when they are.

use chrono::{DateTime, Utc};

use super::hk::Hk;
use super::violation::Rule;
use super::{Consents, Policy, Violation};
use crate::model::document::DocumentKind;
use crate::model::{Applicant, DomainName};

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
    /// Says how a name that may be registered is, and judges what its applicant says of itself.
    ///
    /// # Errors
    /// The rule that what is said breaks.
    pub fn registration(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        consents: Consents,
        now: DateTime<Utc>,
    ) -> Result<Registration, Violation> {
        match &self.hk {
            Some(hk) => hk.registration(name, applicant, consents, now),
            None => Ok(Registration::AtOnce),
        }
    }

    /// Says how a registered name comes to another registrant, with the consents that one has, and judges what is said of
    /// it; `None` is nothing.
    ///
    /// # Errors
    /// The rule that what is said breaks, or that wants something to be said.
    pub fn change_of_registrant(
        &self,
        name: &DomainName,
        applicant: Option<&Applicant>,
        consents: Consents,
        now: DateTime<Utc>,
    ) -> Result<Registration, Violation> {
        match &self.hk {
            Some(hk) => hk.change_of_registrant(name, applicant, consents, now),
            None => Ok(Registration::AtOnce),
        }
    }

    /// Judges what is said of the registrant of a registered name.
    ///
    /// # Errors
    /// The rule that it breaks.
    pub fn registrant(
        &self,
        name: &DomainName,
        applicant: &Applicant,
        now: DateTime<Utc>,
    ) -> Result<(), Violation> {
        match &self.hk {
            Some(hk) => hk.registrant(name, applicant, now),
            None => Ok(()),
        }
    }

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
