//! Consents of authorities to a name, as they stand for who wants it (R 6.6, R 6.7).

use super::rules;
use crate::model::consent::Authority;
use crate::model::document::{Document, DocumentKind};
use crate::policy::violation::Rule;

/// How the consent of one authority stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// The registry knows of none.
    #[default]
    Missing,
    /// It is another registrant's.
    OfAnother,
    /// A document tells of it, which people have to look at.
    Shown,
    /// It is in force.
    InForce,
}

/// Consents to a name; those in force lift restricted words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    /// Of the Monetary Authority (Banking Ordinance s. 97; R 6.6).
    pub monetary_authority: Standing,
    /// Of the Insurance Authority (Cap. 41 s. 56A; R 6.7).
    pub insurance_authority: Standing,
}

impl Consents {
    /// Takes the consents of authorities; one that is not named is missing.
    pub fn of(standings: impl IntoIterator<Item = (Authority, Standing)>) -> Self {
        let mut consents = Self::default();
        for (authority, standing) in standings {
            match authority {
                Authority::Monetary => consents.monetary_authority = standing,
                Authority::Insurance => consents.insurance_authority = standing,
            }
        }
        consents
    }

    /// Adds those that an applicant's documents tell of.
    #[must_use]
    pub fn shown_by(self, documents: &[Document]) -> Self {
        let standing = |entered: Standing, kind: DocumentKind| match entered {
            Standing::InForce => entered,
            Standing::Missing | Standing::OfAnother | Standing::Shown => {
                let told = documents.iter().any(|document| document.kind == kind);
                if told { Standing::Shown } else { entered }
            }
        };
        Self {
            monetary_authority: standing(self.monetary_authority, DocumentKind::MonetaryConsent),
            insurance_authority: standing(self.insurance_authority, DocumentKind::InsuranceConsent),
        }
    }

    /// Returns the documents a name waits for, each by itself, because its words are up to people.
    pub(super) fn wanted(self, review: &[Rule]) -> impl Iterator<Item = Vec<DocumentKind>> {
        let shown = [
            (
                self.monetary_authority,
                rules::BANKING,
                DocumentKind::MonetaryConsent,
            ),
            (
                self.insurance_authority,
                rules::INSURANCE,
                DocumentKind::InsuranceConsent,
            ),
        ];
        let waiting = shown
            .into_iter()
            .filter(|(standing, rule, _)| *standing == Standing::Shown && review.contains(rule));
        waiting.map(|(_, _, kind)| vec![kind])
    }
}

/// Says whether a document is a consent, which tells nothing of who the registrant is.
pub(super) fn is_consent(document: &Document) -> bool {
    matches!(
        document.kind,
        DocumentKind::MonetaryConsent | DocumentKind::InsuranceConsent
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_tell_of_the_consent_of_their_authority_only() {
        let letter = Document {
            kind: DocumentKind::MonetaryConsent,
            words: None,
            number: "B1/15C".to_owned(),
            country: "HK".to_owned(),
            expires: None,
            chinese_name: None,
        };
        for (entered, shown) in [
            (Standing::Missing, Standing::Shown),
            (Standing::OfAnother, Standing::Shown),
            (Standing::InForce, Standing::InForce),
        ] {
            let both = Authority::ALL.map(|authority| (authority, entered));
            let consents = Consents::of(both).shown_by(std::slice::from_ref(&letter));
            let expected = Consents {
                monetary_authority: shown,
                insurance_authority: entered,
            };
            assert_eq!(consents, expected);
        }
    }
}
