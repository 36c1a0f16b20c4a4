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

impl Applicant {
    /// Takes up what is said later: it replaces what was said before, and documents come beside the earlier ones.
    pub fn add(&mut self, later: Self) {
        self.party = later.party.or(self.party);
        if later.born.is_some() || later.adult.is_some() {
            (self.born, self.adult) = (later.born, later.adult);
        }
        self.legal_name = later.legal_name.or(self.legal_name.take());
        self.guardian = later.guardian.or(self.guardian.take());
        self.is_branch |= later.is_branch;
        self.documents.extend(later.documents);
    }
}

/// Kind of an [`Applicant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn add_keeps_what_the_later_leaves_out() {
        let born = NaiveDate::from_ymd_opt(2000, 1, 1);
        let mut applicant = Applicant {
            party: Some(Party::Person),
            born,
            is_branch: true,
            ..Applicant::default()
        };
        applicant.add(Applicant {
            legal_name: Some("Chan".to_owned()),
            ..Applicant::default()
        });
        assert_eq!(
            (applicant.party, applicant.born),
            (Some(Party::Person), born)
        );
        assert!(applicant.is_branch && applicant.legal_name.is_some());
        applicant.add(Applicant {
            adult: Some(true),
            ..Applicant::default()
        });
        assert_eq!((applicant.born, applicant.adult), (None, Some(true)));
    }
}
