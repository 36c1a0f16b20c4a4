//! Applications: what people of the registry decide on a create that waits for documents (RFC 5731 section 3.3).
//!
//! No command of a client: operator verbs run it. The registrar hears of the end by a message (panData).

use super::{answer, demand, find, save};
use crate::base::code::Code;
use crate::flow::message::tell;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain as lifecycle;
use crate::model::document::{Attachment, Closed, Verdict};
use crate::model::domain::{Application, Asked, Grace};
use crate::model::{DocumentRequest, Domain};
use crate::protocol::Namespace;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, Write, keys, read, record};

/// Most files of one request.
const FILES: usize = 32;

/// Approves an application, or refuses it.
#[derive(Debug)]
pub struct Decide<'a> {
    /// Its number.
    pub id: u64,
    /// Whether it is approved.
    pub approved: bool,
    /// Why.
    pub reason: Option<&'a str>,
    /// The registrant's name on the documents, as it was verified.
    pub legal_name: Option<&'a str>,
}

/// An application, and the domain it is about.
#[derive(Debug)]
pub struct Facts {
    request: Option<(DocumentRequest, u64)>,
    domain: Option<(Domain, u64)>,
}

impl Flow for Decide<'_> {
    const REFUSALS: &'static [Code] = &[Code::DoesNotExist, Code::Use, Code::ValuePolicy];

    type Facts = Facts;

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let request: Option<(DocumentRequest, u64)> = read(store, &keys::document(self.id)).await?;
        let domain = match &request {
            Some((request, _)) => find(&request.domain, context, store).await?,
            None => None,
        };
        Ok(Facts { request, domain })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let (mut request, version) = open(facts.request, self.id, context)?;
        let waiting = facts.domain.and_then(|(domain, version)| {
            let application = domain.application.clone()?;
            (application.id == self.id).then_some((domain, application, version))
        });
        let (before, application, domain_version) =
            waiting.ok_or_else(|| refuse("nothing waits for this application any more"))?;
        if self.approved {
            request = demand::verified(request, self.legal_name, context)?;
        }
        let after = match self.approved {
            true => Some(grant(before.clone(), &application, context)),
            false => kept(before.clone()),
        };
        let verdict = match self.approved {
            true => Verdict::Approved,
            false => Verdict::Rejected,
        };
        let closed = Closed {
            verdict,
            at: context.now,
            by: context.registrar.to_string(),
            reason: self.reason.map(str::to_owned),
        };
        let news = answer(&before.name, &application, self.approved, context.now);
        let mut writes = save(Some(&before), after.as_ref(), context)?;
        writes.push(close(request, closed)?);
        writes.extend(tell(&before.sponsor, news, context)?);
        Ok(Decision {
            asserts: vec![
                Assert::Version(keys::document(self.id), version),
                Assert::Version(keys::domain(&before.name), domain_version),
            ],
            writes,
            ..Decision::default()
        })
    }
}

/// Returns a domain with what its application asked for.
fn grant(mut domain: Domain, application: &Application, context: &Context<'_>) -> Domain {
    domain.application = None;
    match &application.asked {
        Asked::Name(period) => {
            let (now, length) = (context.now, context.terms().add_grace);
            // The registration is activated now, not when it was asked for (hk:R1a).
            domain.activated = Some(now);
            domain.expires = period.after(now);
            lifecycle::begin_grace(&mut domain, Grace::Add, now, length, *period);
        }
        Asked::Holder(holder) => {
            domain.registrant = Some(holder.registrant.clone());
            domain.contacts.clone_from(&holder.contacts);
            domain.guardian.clone_from(&holder.guardian);
            domain.parked = false;
        }
    }
    domain
}

/// Returns what is left of a domain whose application is refused.
fn kept(mut domain: Domain) -> Option<Domain> {
    let registered = !domain.is_applied_for();
    domain.application = None;
    registered.then_some(domain)
}

/// Adds a file to a request for documents; one it has already changes nothing.
#[derive(Debug)]
pub struct Attach {
    /// Number of the request.
    pub id: u64,
    /// The file.
    pub attachment: Attachment,
}

impl Flow for Attach {
    const REFUSALS: &'static [Code] = &[Code::DoesNotExist, Code::Use];

    type Facts = Option<(DocumentRequest, u64)>;

    async fn load<S: Store>(
        &self,
        _context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        read(store, &keys::document(self.id)).await
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let (mut request, version) = open(facts, self.id, context)?;
        let mut files = request.attachments.iter();
        if files.any(|file| file.digest == self.attachment.digest) {
            return Ok(Decision::default());
        }
        if request.attachments.len() >= FILES {
            return Err(refuse("a request for documents has at most 32 files"));
        }
        request.attachments.push(self.attachment.clone());
        let key = keys::document(self.id);
        Ok(Decision {
            asserts: vec![Assert::Version(key.clone(), version)],
            writes: vec![Write::Put(key, record::encode(&request)?)],
            ..Decision::default()
        })
    }
}

/// Takes a request for documents that exists and is open.
pub(super) fn open(
    found: Option<(DocumentRequest, u64)>,
    id: u64,
    context: &Context<'_>,
) -> Result<(DocumentRequest, u64), Refusal> {
    let Some((request, version)) = found else {
        let number = id.to_string();
        return Err(Refusal::new(
            Why::DoesNotExist,
            Namespace::Epp,
            "id",
            &number,
        ));
    };
    match request.state(context.now) {
        "open" => Ok((request, version)),
        "lapsed" => Err(refuse("nobody decided on these documents in time")),
        _ => Err(refuse("these documents are decided on already")),
    }
}

/// Returns what notes the end of a request for documents.
pub(super) fn close(request: DocumentRequest, closed: Closed) -> Result<Write, RecordError> {
    let request = DocumentRequest {
        closed: Some(closed),
        ..request
    };
    let row = record::encode(&request)?;
    Ok(Write::Put(keys::document(request.id), row))
}

fn refuse(reason: &'static str) -> Refusal {
    Refusal::new(Why::Use(reason), Namespace::Epp, "command", "")
}
