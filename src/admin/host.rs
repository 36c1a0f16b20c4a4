//! `host show`.

use super::view::{HistoryView, HostView, state};
use super::{Refusal, Reply};
use crate::flow::Context;
use crate::flow::host::found::Found;
use crate::model::DomainName;
use crate::model::status::HostStatus;
use crate::store::Store;

/// Shows a host.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let found = Found::load(name, context, store).await?;
    let found = found.ok_or_else(|| Refusal::Nothing("host", name.to_string()))?;
    Ok(Reply::Host(Box::new(view(found))))
}

fn view(found: Found) -> HostView {
    let statuses: Vec<String> = found
        .statuses()
        .into_iter()
        .map(HostStatus::as_str)
        .map(str::to_owned)
        .collect();
    let sponsor = found.sponsor().to_string();
    let transferred = found.transferred();
    let host = found.host;
    let (updater, updated) = host.updated.unzip();
    HostView {
        name: host.name.to_string(),
        kind: "host".to_owned(),
        state: state(&statuses),
        roid: host.roid,
        statuses,
        sponsor,
        superordinate: host.superordinate.map(|name| name.to_string()),
        addresses: host.addresses.iter().map(ToString::to_string).collect(),
        links: found.links,
        history: HistoryView {
            creator: host.creator.to_string(),
            created: host.created,
            updater: updater.map(|registrar| registrar.to_string()),
            updated,
            transferred,
        },
    }
}
