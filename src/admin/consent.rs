//! `consent list` and `consent show`.

use super::view::ConsentView;
use super::{Refusal, Reply};
use crate::flow::domain::consent::key;
use crate::flow::{Context, contact, domain};
use crate::model::consent::Authority;
use crate::model::{Consent, ContactId, DomainName};
use crate::store::{Key, Pages, Store, keys, read, record};

/// Lists the consents, the last of each name and authority.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(context: &Context<'_>, store: &S) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::CONSENT);
    let mut views = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            views.push(view(record::decode(&stored.value)?, context, store).await?);
        }
    }
    Ok(Reply::Consents(views))
}

/// Shows the consents to a name, in whatever variant spelling.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let mut views = Vec::new();
    for authority in Authority::ALL {
        let found = read::<Consent, S>(store, &key(name, authority, context.policy)).await?;
        if let Some((consent, _)) = found {
            views.push(view(consent, context, store).await?);
        }
    }
    if views.is_empty() {
        return Err(Refusal::Nothing("consent to", name.to_string()));
    }
    Ok(Reply::Consents(views))
}

async fn view<S: Store>(
    consent: Consent,
    context: &Context<'_>,
    store: &S,
) -> Result<ConsentView, Refusal> {
    let registrant = registrant(&consent, context, store).await?;
    Ok(ConsentView {
        name: consent.name.to_string(),
        kind: "consent".to_owned(),
        state: consent.state(context.now).to_owned(),
        authority: consent.authority.as_str().to_owned(),
        reference: consent.reference,
        granted: consent.granted,
        expires: consent.expires,
        revoked: consent.revoked,
        holder: consent.holder,
        registrant: registrant.map(|id| id.to_string()),
    })
}

/// Finds the contact a consent is for among those that have the name, or wait for it.
async fn registrant<S: Store>(
    consent: &Consent,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<ContactId>, Refusal> {
    let Some(holder) = &consent.holder else {
        return Ok(None);
    };
    let Some((domain, _)) = domain::find(&consent.name, context, store).await? else {
        return Ok(None);
    };
    let waiting = domain.waiting_holder().map(|waiting| &waiting.registrant);
    for id in domain.registrant.iter().chain(waiting) {
        let contact = contact::load(id, context, store).await?;
        if contact.is_some_and(|(contact, _)| contact.roid == *holder) {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}
