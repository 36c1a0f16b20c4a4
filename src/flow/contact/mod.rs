//! Flows of the contact mapping (RFC 5733).

pub mod check;
pub mod create;
pub mod delete;
mod details;
pub mod info;
pub mod update;

use super::refusal::Why;
use super::{Context, Refusal};
use crate::model::status::ContactStatus;
use crate::model::{Contact, ContactId, Transfer};
use crate::protocol::Namespace;

/// Blames `<contact:id>`.
fn blame(why: Why, id: &ContactId) -> Refusal {
    Refusal::new(why, Namespace::Contact, "id", id.as_str())
}

/// Takes a contact that exists and that the caller sponsors.
fn own(
    found: Option<(Contact, u64)>,
    id: &ContactId,
    context: &Context<'_>,
) -> Result<(Contact, u64), Refusal> {
    let (contact, version) = found.ok_or_else(|| blame(Why::DoesNotExist, id))?;
    if contact.sponsor != *context.registrar {
        return Err(blame(Why::NotSponsor, id));
    }
    Ok((contact, version))
}

/// Returns every status a contact shows; ok may stand with linked only (RFC 5733 section 2.2).
pub fn statuses(contact: &Contact, links: i64) -> Vec<ContactStatus> {
    let mut statuses = contact.statuses.clone();
    if contact.transfer.as_ref().is_some_and(Transfer::is_pending) {
        statuses.push(ContactStatus::PendingTransfer);
    }
    if statuses.is_empty() {
        statuses.push(ContactStatus::Ok);
    }
    if links > 0 {
        statuses.push(ContactStatus::Linked);
    }
    statuses.sort_unstable();
    statuses
}
