//! Who applies for a name, as far as a registrar says: never required, but judged once it is said.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ContactId;
use super::document::Document;

/// What is known of a registrant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Whether it is a person or an organisation.
    pub party: Option<Party>,
    /// A person's day of birth.
    pub born: Option<NaiveDate>,
    /// Whether a person whose day of birth is not told is of age.
    pub adult: Option<bool>,
    /// Legal name.
    pub legal_name: Option<String>,
    /// A minor's parent or guardian.
    pub guardian: Option<ContactId>,
    /// Whether it is the branch office of a company elsewhere.
    pub is_branch: bool,
    /// Documents it has.
    pub documents: Vec<Document>,
}

/// Kind of an [`Applicant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
}
