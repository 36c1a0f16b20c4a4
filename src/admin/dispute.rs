//! `dispute list` and `dispute show`: case files, open and closed.

use super::view::CaseView;
use super::{Refusal, Reply};
use crate::flow::{Context, domain};
use crate::model::case::Closed;
use crate::model::lock::LockKind;
use crate::model::{CaseFile, DomainName};
use crate::store::{self, Key, Pages, Store, keys, read, record};

/// Lists the disputes; only `open` ones, if so asked.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(open: bool, store: &S) -> Result<Reply, Refusal> {
    let mut files = disputes(store).await?;
    files.retain(|file| !open || file.closed.is_none());
    Ok(reply(files))
}

/// Shows the disputes whose identifier `text` is, or that are about the domain of this name.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    text: &str,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let mut name = DomainName::parse(text).ok();
    if let Some(given) = &name
        && let Some((domain, _)) = domain::find(given, context, store).await?
    {
        name = Some(domain.name);
    }
    let mut files = disputes(store).await?;
    let about = |file: &CaseFile| name.as_ref().is_some_and(|name| file.names.contains(name));
    files.retain(|file| file.id == text || about(file));
    if files.is_empty() {
        return Err(Refusal::Nothing("dispute", text.to_owned()));
    }
    Ok(reply(files))
}

/// Shows the case `id` of a domain.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn of_domain<S: Store>(
    name: &DomainName,
    id: &str,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let found = domain::find(name, context, store).await?;
    let registered = found.map_or_else(|| name.clone(), |(domain, _)| domain.name);
    let file = read::<CaseFile, S>(store, &keys::case(&registered, id)).await?;
    let (file, _) = file.ok_or_else(|| Refusal::Nothing("case", id.to_owned()))?;
    Ok(reply(vec![file]))
}

/// Reads the files of all disputes, each once.
async fn disputes<S: Store>(store: &S) -> Result<Vec<CaseFile>, store::Error> {
    let prefix = Key::prefix(keys::CASE);
    let mut files = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (key, stored) in &page {
            let file: CaseFile = record::decode(&stored.value)?;
            // A file lies under each of its names.
            let first = file.names.first();
            let counts = first.is_some_and(|name| *key == keys::case(name, &file.id));
            if counts && file.kind != LockKind::Hold {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// Shows files, the earliest first.
fn reply(mut files: Vec<CaseFile>) -> Reply {
    files.sort_by(|one, other| (one.opened, &one.id).cmp(&(other.opened, &other.id)));
    Reply::Cases(files.into_iter().map(view).collect())
}

fn view(file: CaseFile) -> CaseView {
    let names: Vec<String> = file.names.iter().map(DomainName::to_string).collect();
    let state = if file.closed.is_some() {
        "closed"
    } else {
        "open"
    };
    let closed = file.closed.as_ref();
    let receiver = |closed: &Closed| closed.receiver.as_ref().map(ToString::to_string);
    CaseView {
        kind: file.kind.as_str().to_owned(),
        state: state.to_owned(),
        name: names.first().cloned().unwrap_or_default(),
        names,
        suspends_dns: file.suspends,
        opened: file.opened,
        evidence: file.evidence,
        closed: closed.map(|closed| closed.at),
        outcome: closed.map(|closed| closed.outcome.as_str().to_owned()),
        transferred_to: closed.and_then(receiver),
        closing_evidence: closed.and_then(|closed| closed.evidence.clone()),
        id: file.id,
    }
}
