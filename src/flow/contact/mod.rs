//! Flows of the contact mapping (RFC 5733).

pub mod check;
pub mod create;
pub mod delete;
mod details;
pub mod info;
pub mod settle;
pub mod transfer;
pub mod update;

use super::message::tell;
use super::refusal::Why;
use super::{Context, Refusal};
use crate::lifecycle::contact::{next_change, project};
use crate::model::message::News;
use crate::model::status::ContactStatus;
use crate::model::{Contact, ContactId, RegistrarId, Transfer};
use crate::protocol::Namespace;
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Store, Write, keys, read, record};

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

/// Reads a contact as it is now, with the version that is stored.
///
/// # Errors
/// When the store fails.
pub async fn load<S: Store>(
    id: &ContactId,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(Contact, u64)>, store::Error> {
    let stored = read::<Contact, S>(store, &keys::contact(id)).await?;
    Ok(stored.map(|(stored, version)| (project(stored, context.now).contact, version)))
}

/// Returns what replaces a stored contact by a new state, and its next change by time.
fn save(before: &Contact, after: &Contact) -> Result<Vec<Write>, RecordError> {
    let due = |contact: &Contact| {
        let at = next_change(contact)?;
        Some(keys::due(at, &Due::Contact(contact.id.clone())))
    };
    let mut writes = vec![Write::Put(keys::contact(&after.id), record::encode(after)?)];
    let (due_before, due_after) = (due(before), due(after));
    if due_before != due_after {
        writes.extend(due_before.map(Write::Delete));
        writes.extend(due_after.map(|key| Write::Put(key, Vec::new())));
    }
    Ok(writes)
}

/// Returns the messages to both registrars of a transfer; `loser` sponsored the contact when it was asked for.
fn tell_transfer(
    contact: &Contact,
    transfer: &Transfer,
    loser: &RegistrarId,
    context: &Context<'_>,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    for registrar in [loser, &transfer.requester] {
        writes.extend(tell(registrar, news(contact, transfer), context)?);
    }
    Ok(writes)
}

/// Returns what a message tells of a transfer.
fn news(contact: &Contact, transfer: &Transfer) -> News {
    News::ContactTransfer {
        id: contact.id.clone(),
        transfer: transfer.clone(),
    }
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
