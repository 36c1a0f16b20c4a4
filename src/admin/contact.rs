//! `contact show`.

use super::view::{ContactView, HistoryView, PostalView, TransferView, state};
use super::{Refusal, Reply};
use crate::flow::{Context, contact};
use crate::model::contact::{Phone, PostalInfo, PostalKind};
use crate::model::status::ContactStatus;
use crate::model::{Contact, ContactId};
use crate::store::{Store, keys};

/// Shows a contact.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    id: &ContactId,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let found = contact::load(id, context, store).await?;
    let (contact, _) = found.ok_or_else(|| Refusal::Nothing("contact", id.to_string()))?;
    let links = store.counter(&keys::contact_links(id)).await?;
    Ok(Reply::Contact(Box::new(view(contact, links, context))))
}

fn view(contact: Contact, links: i64, context: &Context<'_>) -> ContactView {
    let statuses = contact::statuses(&contact, links);
    let statuses: Vec<String> = statuses
        .into_iter()
        .map(ContactStatus::as_str)
        .map(str::to_owned)
        .collect();
    let auth_info = contact.auth_info.as_ref();
    let (updater, updated) = contact.updated.unzip();
    ContactView {
        id: contact.id.to_string(),
        kind: "contact".to_owned(),
        state: state(&statuses),
        roid: contact.roid,
        statuses,
        sponsor: contact.sponsor.to_string(),
        links,
        postal: contact.details.postal.into_iter().map(postal).collect(),
        voice: contact.details.voice.map(phone),
        fax: contact.details.fax.map(phone),
        email: contact.details.email,
        auth_info_set: auth_info.is_some_and(|stored| stored.is_set(context.now)),
        transfer: contact.transfer.as_ref().map(TransferView::from),
        history: HistoryView {
            creator: contact.creator.to_string(),
            created: contact.created,
            updater: updater.map(|registrar| registrar.to_string()),
            updated,
            transferred: contact.transferred,
        },
    }
}

fn postal(postal: PostalInfo) -> PostalView {
    let form = match postal.kind {
        PostalKind::International => "int",
        PostalKind::Local => "loc",
    };
    PostalView {
        form: form.to_owned(),
        name: postal.name,
        org: postal.org,
        street: postal.address.street,
        city: postal.address.city,
        province: postal.address.province,
        postal_code: postal.address.postal_code,
        country: postal.address.country,
    }
}

fn phone(phone: Phone) -> String {
    match phone.extension {
        Some(extension) => format!("{}x{extension}", phone.number),
        None => phone.number,
    }
}
