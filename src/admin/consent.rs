//! `consent list` and `consent show`.

use chrono::{DateTime, Utc};

use super::view::ConsentView;
use super::{Refusal, Reply};
use crate::flow::Context;
use crate::flow::domain::consent::key;
use crate::model::consent::Authority;
use crate::model::{Consent, DomainName};
use crate::store::{Key, Pages, Store, keys, read, record};

/// Lists the consents, the last of each name and authority.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(now: DateTime<Utc>, store: &S) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::CONSENT);
    let mut views = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            views.push(view(record::decode(&stored.value)?, now));
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
        views.extend(found.map(|(consent, _)| view(consent, context.now)));
    }
    if views.is_empty() {
        return Err(Refusal::Nothing("consent to", name.to_string()));
    }
    Ok(Reply::Consents(views))
}

fn view(consent: Consent, now: DateTime<Utc>) -> ConsentView {
    ConsentView {
        name: consent.name.to_string(),
        kind: "consent".to_owned(),
        state: consent.state(now).to_owned(),
        authority: consent.authority.as_str().to_owned(),
        reference: consent.reference,
        granted: consent.granted,
        expires: consent.expires,
        revoked: consent.revoked,
    }
}
