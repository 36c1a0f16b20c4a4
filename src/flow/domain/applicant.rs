//! Who applies for a name, or has one, as an extension of the command tells it.

use crate::model::applicant::Party;
use crate::model::document::Document;
use crate::model::{Applicant, ContactId};
use crate::protocol::ext::hk;

/// Reads what a create says of its registrant.
pub(super) fn of_create(told: &hk::Create) -> Applicant {
    let registrant = told.registrant.as_ref();
    read(registrant, &told.guardian, told.branch, &told.documents)
}

/// Reads what an update says of a registrant; `None` when it says nothing.
pub(super) fn of_update(told: &hk::Update) -> Option<Applicant> {
    let registrant = told.registrant.as_ref();
    let says_nothing = registrant.is_none()
        && told.guardian.is_none()
        && !told.branch
        && told.documents.is_empty();
    let applicant = || read(registrant, &told.guardian, told.branch, &told.documents);
    (!says_nothing).then(applicant)
}

fn read(
    registrant: Option<&hk::Registrant>,
    guardian: &Option<ContactId>,
    is_branch: bool,
    documents: &[Document],
) -> Applicant {
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
        guardian: guardian.clone(),
        is_branch,
        documents: documents.to_vec(),
    }
}
