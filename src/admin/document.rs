//! `document list` and `document show`: applications that wait for people, and those that did.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;

use super::view::{AttachmentView, DocumentView, GivenView};
use super::{Refusal, Reply};
use crate::model::DocumentRequest;
use crate::store::{self, Key, Pages, Store, keys, read, record};

/// Lists the requests for documents.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(now: DateTime<Utc>, store: &S) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::DOCUMENT);
    let mut views = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            views.push(view(record::decode(&stored.value)?, now));
        }
    }
    Ok(Reply::Documents(views))
}

/// Shows a request for documents.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn show<S: Store>(
    id: u64,
    now: DateTime<Utc>,
    store: &S,
) -> Result<Reply, Refusal> {
    let request = find(id, store).await?;
    Ok(Reply::Document(Box::new(view(request, now))))
}

/// Reads a request for documents that is open.
///
/// # Errors
/// When there is none or it has ended, or the store fails.
pub(super) async fn read_open<S: Store>(
    id: u64,
    now: DateTime<Utc>,
    store: &S,
) -> Result<DocumentRequest, Refusal> {
    let request = find(id, store).await?;
    match request.state(now) {
        "open" => Ok(request),
        state => Err(Refusal::Value(format!(
            "application {id} is {state} already"
        ))),
    }
}

async fn find<S: Store>(id: u64, store: &S) -> Result<DocumentRequest, Refusal> {
    let found: Result<Option<(DocumentRequest, u64)>, store::Error> =
        read(store, &keys::document(id)).await;
    let nothing = || Refusal::Nothing("application", id.to_string());
    found?.map(|(request, _)| request).ok_or_else(nothing)
}

fn view(request: DocumentRequest, now: DateTime<Utc>) -> DocumentView {
    let owned = |text: &str| text.to_owned();
    let state = owned(request.state(now));
    let wanted = request.wanted.iter();
    let wanted = wanted.map(|group| group.iter().map(|kind| owned(kind.as_str())).collect());
    let given = request
        .applicant
        .documents
        .into_iter()
        .map(|document| GivenView {
            kind: owned(document.kind.as_str()),
            words: document.words,
            number: document.number,
            country: document.country,
            expires: document.expires,
            chinese_name: document.chinese_name,
        });
    let attachments = request.attachments.into_iter().map(|file| AttachmentView {
        digest: HEXLOWER.encode(&file.digest),
        media: owned(file.media.as_str()),
        size: file.size,
        file: file.file,
        attached: file.attached,
    });
    let closed = request.closed;
    DocumentView {
        id: request.id.to_string(),
        kind: owned("document"),
        state,
        domain: request.domain.to_string(),
        sponsor: request.sponsor.to_string(),
        opened: request.opened,
        due: request.due,
        wanted: wanted.collect(),
        review: request.review,
        given: given.collect(),
        attachments: attachments.collect(),
        closed: closed.as_ref().map(|closed| closed.at),
        by: closed.as_ref().map(|closed| closed.by.clone()),
        reason: closed.and_then(|closed| closed.reason),
    }
}
