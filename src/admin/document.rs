//! `document list` and `document show`: requests for documents that wait for people, and those that did.

use data_encoding::HEXLOWER;

use super::view::{ApplicantView, AttachmentView, DocumentView, GivenView};
use super::{Refusal, Reply};
use crate::flow::{Context, domain};
use crate::model::applicant::Party;
use crate::model::document::Subject;
use crate::model::{Applicant, DocumentRequest, DomainName};
use crate::store::{self, Key, Pages, Store, keys, read, record};

/// Lists the requests for documents.
///
/// # Errors
/// When the store fails.
pub(super) async fn list<S: Store>(context: &Context<'_>, store: &S) -> Result<Reply, Refusal> {
    let prefix = Key::prefix(keys::DOCUMENT);
    let mut views = Vec::new();
    let mut pages = Pages::of(store, prefix);
    while let Some(page) = pages.next_page().await? {
        for (_, stored) in &page {
            let request = record::decode(&stored.value)?;
            let standing = Standing::of(&request, context, store).await?;
            views.push(view(request, standing));
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
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let request = find(id, store).await?;
    let standing = Standing::of(&request, context, store).await?;
    Ok(Reply::Document(Box::new(view(request, standing))))
}

/// Shows the request for documents of a registered name's registrant.
///
/// # Errors
/// When there is none, or the store fails.
pub(super) async fn demanded<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Reply, Refusal> {
    let found = domain::find(name, context, store).await?;
    let demand = found.and_then(|(domain, _)| domain.demand);
    let nothing = || Refusal::Nothing("request for documents of", name.to_string());
    show(demand.ok_or_else(nothing)?.id, context, store).await
}

/// Reads a request for documents that is open.
///
/// # Errors
/// When there is none or it has ended, or the store fails.
pub(super) async fn read_open<S: Store>(
    id: u64,
    context: &Context<'_>,
    store: &S,
) -> Result<DocumentRequest, Refusal> {
    let request = find(id, store).await?;
    match Standing::of(&request, context, store).await?.state {
        "open" => Ok(request),
        state => Err(Refusal::Value(format!(
            "the request for documents {id} is {state} already"
        ))),
    }
}

async fn find<S: Store>(id: u64, store: &S) -> Result<DocumentRequest, Refusal> {
    let found: Result<Option<(DocumentRequest, u64)>, store::Error> =
        read(store, &keys::document(id)).await;
    let nothing = || Refusal::Nothing("request for documents", id.to_string());
    found?.map(|(request, _)| request).ok_or_else(nothing)
}

/// What has become of a request for documents.
struct Standing {
    state: &'static str,
    /// Registrar whose matter it is.
    sponsor: String,
}

impl Standing {
    /// Looks at the name, too: it may have gone to another registrar since, and it takes its requests along when it ends.
    async fn of<S: Store>(
        request: &DocumentRequest,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self, store::Error> {
        let mut standing = Self {
            state: request.state(context.now),
            sponsor: request.sponsor.to_string(),
        };
        if standing.state != "open" {
            return Ok(standing);
        }
        let found = domain::find(&request.domain, context, store).await?;
        let waiting = found.filter(|(domain, _)| domain.awaits(request.id));
        match waiting {
            Some((domain, _)) => standing.sponsor = domain.sponsor.to_string(),
            None => standing.state = "lapsed",
        }
        Ok(standing)
    }
}

fn view(request: DocumentRequest, standing: Standing) -> DocumentView {
    let owned = |text: &str| text.to_owned();
    let wanted = request.wanted.iter();
    let wanted = wanted.map(|group| group.iter().map(|kind| owned(kind.as_str())).collect());
    let (subject, registrant) = match &request.subject {
        Subject::Name => ("create", None),
        Subject::Registrant(id) => ("registrant", Some(id.to_string())),
        Subject::Registered => ("registered", None),
    };
    let applicant = applicant(&request.applicant);
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
        state: owned(standing.state),
        subject: owned(subject),
        registrant,
        domain: request.domain.to_string(),
        sponsor: standing.sponsor,
        opened: request.opened,
        due: request.due,
        wanted: wanted.collect(),
        review: request.review,
        applicant,
        given: given.collect(),
        attachments: attachments.collect(),
        closed: closed.as_ref().map(|closed| closed.at),
        by: closed.as_ref().map(|closed| closed.by.clone()),
        reason: closed.and_then(|closed| closed.reason),
    }
}

fn applicant(applicant: &Applicant) -> ApplicantView {
    let party = |party| match party {
        Party::Person => "person".to_owned(),
        Party::Organisation => "organisation".to_owned(),
    };
    ApplicantView {
        party: applicant.party.map(party),
        born: applicant.born,
        over_18: applicant.adult,
        legal_name: applicant.legal_name.clone(),
        guardian: applicant.guardian.as_ref().map(ToString::to_string),
        branch: applicant.is_branch,
    }
}
