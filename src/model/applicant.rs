//! Who applies for a name, as far as a registrar says: never required, but judged once it is said.

use chrono::NaiveDate;

use super::document::Document;

/// What is known of a registrant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applicant {
    /// Whether it is a person or an organisation.
    pub party: Option<Party>,
    /// A person's day of birth.
    pub born: Option<NaiveDate>,
    /// Whether a person whose day of birth is not told is of age.
    pub adult: Option<bool>,
    /// Legal name.
    pub legal_name: Option<String>,
    /// Whether a minor's parent or guardian stands beside.
    pub has_guardian: bool,
    /// Whether it is the branch office of a company elsewhere.
    pub is_branch: bool,
    /// Documents it has.
    pub documents: Vec<Document>,
}

/// Kind of an [`Applicant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
}
