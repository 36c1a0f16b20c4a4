//! Who applies for a name, as an extension of the create tells it.

use crate::model::Applicant;
use crate::model::applicant::Party;
use crate::protocol::ext::hk;

/// Reads what a create says of its registrant.
pub(super) fn applicant(told: &hk::Create) -> Applicant {
    let registrant = told.registrant.as_ref();
    let (born, adult) = match registrant.and_then(|registrant| registrant.age) {
        Some(hk::Age::Born(born)) => (Some(born), None),
        Some(hk::Age::Over18(over)) => (None, Some(over)),
        None => (None, None),
    };
    Applicant {
        party: registrant.map(|registrant| match registrant.party {
            hk::Party::Individual => Party::Person,
            hk::Party::Organisation => Party::Organisation,
        }),
        born,
        adult,
        legal_name: registrant.and_then(|registrant| registrant.legal_name.clone()),
        guardian: told.guardian.clone(),
        is_branch: told.branch,
        documents: told.documents.clone(),
    }
}
