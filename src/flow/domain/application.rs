//! Applications: what people of the registry decide on a create that waits for documents (RFC 5731 section 3.3).
//!
//! No command of a client: operator verbs run it. The registrar hears of the end by a message (panData).

use super::consent::{self, InForce};
use super::{answer, blame, find, save};
use crate::base::code::Code;
use crate::flow::message::tell;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain as lifecycle;
use crate::model::document::{Attachment, Closed, Verdict};
use crate::model::domain::{Application, Asked, Grace};
use crate::model::{DocumentRequest, Domain, DomainName};
use crate::protocol::Namespace;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, Write, keys, read, record};

/// Most files of one application.
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
}

/// An application, and the domain it is about.
#[derive(Debug)]
pub struct Facts {
    request: Option<(DocumentRequest, u64)>,
    domain: Option<(Domain, u64)>,
    /// The consents in force, where the name needs some, as who is to have it has them.
    consents: InForce,
}

impl Flow for Decide<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::DoesNotExist,
        Code::Use,
        Code::ValuePolicy,
    ];

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
        let asked = domain.as_ref().map(|(domain, _)| {
            let waiting = domain.waiting_holder().map(|holder| &holder.registrant);
            (&domain.name, waiting.or(domain.registrant.as_ref()))
        });
        let consents = match asked {
            Some((name, registrant)) => consent::in_force(name, registrant, context, store).await?,
            None => InForce::default(),
        };
        Ok(Facts {
            request,
            domain,
            consents,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let (request, version) = open(facts.request, self.id, context)?;
        let waiting = facts.domain.and_then(|(domain, version)| {
            let application = domain.application.clone()?;
            (application.id == self.id).then_some((domain, application, version))
        });
        let (before, application, domain_version) =
            waiting.ok_or_else(|| refuse("nothing waits for this application any more"))?;
        let (mut asserts, mut writes) = (Vec::new(), Vec::new());
        let after = match self.approved {
            true => {
                judge(&before.name, &application, &facts.consents, context)?;
                asserts = facts.consents.asserts();
                writes = facts.consents.bind()?;
                let mut granted = grant(before.clone(), &application, context);
                facts.consents.lift(&mut granted);
                Some(granted)
            }
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
        writes.extend(save(Some(&before), after.as_ref(), context)?);
        writes.push(close(request, closed)?);
        writes.extend(tell(&before.sponsor, news, context)?);
        asserts.extend([
            Assert::Version(keys::document(self.id), version),
            Assert::Version(keys::domain(&before.name), domain_version),
        ]);
        Ok(Decision {
            asserts,
            writes,
            ..Decision::default()
        })
    }
}

/// Judges again what may have changed since somebody applied: the reserved names, and the consents.
fn judge(
    name: &DomainName,
    application: &Application,
    consents: &InForce,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let (policy, consents) = (context.policy, consents.consents());
    let judged = match &application.asked {
        Asked::Name(_) => policy.may_register(name, consents).map(|_| ()),
        // Registered names stay registered, whatever is reserved later.
        Asked::Holder(_) => policy.may_hold(name, consents),
    };
    judged.map_err(|violation| {
        let why = Why::Policy(policy.unapprovable(violation));
        blame(why, name.as_str())
    })
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

/// Adds a file to an application; one it has already changes nothing.
#[derive(Debug)]
pub struct Attach {
    /// Number of the application.
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
            return Err(refuse("an application has at most 32 files"));
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

/// Takes an application that exists and is open.
fn open(
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
        "lapsed" => Err(refuse(
            "nobody decided on this application in time; it is refused",
        )),
        _ => Err(refuse("this application is decided already")),
    }
}

/// Returns what notes the end of an application.
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
