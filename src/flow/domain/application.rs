//! Applications: creates and changes of registrant that wait for documents, and what people of the registry decide on
//! them (RFC 5731 section 3.3).
//!
//! Operator verbs decide; the registrar hears of the end by a message (panData).

use chrono::TimeDelta;

use super::consent::{self, InForce};
use super::group::{self, Group};
use super::partner::Partner;
use super::{answer, blame, demand, find, locked, save};
use crate::base::code::Code;
use crate::flow::message::tell;
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain as lifecycle;
use crate::lifecycle::permission::Operation;
use crate::model::document::{Attachment, Closed, Subject, Verdict};
use crate::model::domain::{Application, Asked, Grace};
use crate::model::{Applicant, DocumentRequest, Domain, DomainName};
use crate::policy::Wanted;
use crate::protocol::Namespace;
use crate::protocol::ext::{self, hk};
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, Write, keys, read, record};

/// Most files of one request.
const FILES: usize = 32;

/// Who applies, as a command tells it.
#[derive(Debug)]
pub(super) struct Applying<'a> {
    /// `clTRID` of the command.
    pub(super) client_transaction: Option<&'a str>,
    /// What it says of the registrant.
    pub(super) applicant: &'a Applicant,
}

impl Applying<'_> {
    /// Returns the application for what is asked of a domain, and the request for its documents.
    pub(super) fn apply(
        &self,
        asked: Asked,
        domain: &Domain,
        wanted: Wanted,
        context: &Context<'_>,
    ) -> (Application, DocumentRequest) {
        let due = context.now + TimeDelta::days(i64::from(wanted.days));
        let id = context.numbers.next();
        let rules = wanted.review.iter().map(|rule| rule.0.to_owned());
        let request = DocumentRequest {
            id,
            subject: match &asked {
                Asked::Name(_) => Subject::Name,
                Asked::Holder(holder) => Subject::Registrant(holder.registrant.clone()),
            },
            domain: domain.name.clone(),
            sponsor: domain.sponsor.clone(),
            opened: context.now,
            due,
            wanted: wanted.documents,
            review: rules.collect(),
            applicant: self.applicant.clone(),
            attachments: Vec::new(),
            closed: None,
        };
        let application = Application {
            id,
            client_transaction: self.client_transaction.map(str::to_owned),
            server_transaction: context.transaction.to_owned(),
            until: due,
            asked,
        };
        (application, request)
    }
}

/// Lets a command wait: writes the request for its documents, and tells of it where our extension is announced.
///
/// # Errors
/// When the request cannot be written.
pub(super) fn wait(
    request: &DocumentRequest,
    told: fn(hk::Waiting) -> ext::Data,
    decision: &mut Decision,
    context: &Context<'_>,
) -> Result<(), RecordError> {
    decision.code = Code::CompletedPending;
    if context.policy.announces(Namespace::Hk) {
        decision.extensions.push(told(hk::Waiting {
            application: hk::Application {
                id: request.id,
                due: request.due,
            },
            wanted: request.wanted.clone(),
        }));
    }
    let key = keys::document(request.id);
    decision
        .writes
        .push(Write::Put(key, record::encode(request)?));
    Ok(())
}

/// Approves an application, or refuses it.
#[derive(Debug)]
pub struct Decide<'a> {
    /// Its number.
    pub id: u64,
    /// The name it is about.
    pub name: &'a DomainName,
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
    /// The name it is held together with.
    partner: Option<Partner>,
    /// The names whose administrative contact it shares once it has another registrant.
    group: Option<Group>,
    /// The consents in force, where the name needs some, as who is to have it has them.
    consents: InForce,
    /// The open request for documents of its registrant, who changes.
    demand: Option<(DocumentRequest, u64)>,
}

impl Flow for Decide<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterSyntax,
        Code::DoesNotExist,
        Code::Use,
        Code::ValuePolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let request = read(store, &keys::document(self.id)).await?;
        let domain = find(self.name, context, store).await?;
        let mut partner = Partner::of(domain.as_ref(), context, store).await?;
        let (mut group, mut demand) = (None, None);
        let mut consents = InForce::default();
        if let Some((domain, _)) = &domain {
            let name = &domain.name;
            match domain.waiting_holder().map(|holder| &holder.registrant) {
                Some(registrant) => {
                    group = Group::load(name, Some(registrant), context, store).await?;
                    consents = consent::of_new_registrant(name, registrant, context, store).await?;
                    if let Some(partner) = &mut partner {
                        partner.load_consents(registrant, context, store).await?;
                    }
                    demand = demand::load_open(domain, store).await?;
                }
                None => {
                    let registrant = domain.registrant.as_ref();
                    consents = consent::in_force(name, registrant, context, store).await?;
                }
            }
        }
        Ok(Facts {
            request,
            partner,
            group,
            domain,
            consents,
            demand,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        demand::judge_reason(self.reason)?;
        let (mut request, version) = open(facts.request, self.id, context)?;
        let waiting = facts.domain.and_then(|(domain, version)| {
            let application = domain.application.clone()?;
            (application.id == self.id).then_some((domain, application, version))
        });
        let (before, application, domain_version) =
            waiting.ok_or_else(|| refuse("nothing waits for this application any more"))?;
        let mut decision = Decision::default();
        if self.approved {
            request = demand::verified(request, self.legal_name, context)?;
        }
        let after = match self.approved {
            true => {
                judge(&before.name, &application, &facts.consents, context)?;
                facts.consents.rely(&mut decision)?;
                let mut after = grant(before.clone(), &application, context);
                facts.consents.lift(&mut after);
                if let Asked::Holder(_) = application.asked {
                    if let Some(partner) = &facts.partner {
                        judge(partner.name(), &application, partner.consents(), context)?;
                        let verified = self.legal_name;
                        demand::judge_legal_name(partner.name(), &request, verified, context)?;
                    }
                    if let Some(demand) = facts.demand {
                        let (assert, write) = demand::turn(demand, &request.applicant)?;
                        decision.asserts.push(assert);
                        decision.writes.push(write);
                    }
                    let with = (facts.partner, facts.group);
                    hand_over(&before, &after, with, &mut decision, context)?;
                }
                Some(after)
            }
            false => refused(before.clone()),
        };
        let closed = decided(self.approved, self.reason, context);
        let news = answer(&before.name, &application, self.approved, context.now);
        decision.asserts.extend([
            Assert::Version(keys::document(self.id), version),
            Assert::Version(keys::domain(&before.name), domain_version),
        ]);
        let writes = &mut decision.writes;
        writes.extend(save(Some(&before), after.as_ref(), context)?);
        writes.push(close(request, closed)?);
        writes.extend(tell(&before.sponsor, news, context)?);
        Ok(decision)
    }
}

/// Judges a change of registrant again, which may have waited for days, and lets the partner of the name follow.
fn hand_over(
    before: &Domain,
    after: &Domain,
    (partner, group): (Option<Partner>, Option<Group>),
    decision: &mut Decision,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if locked(before, Operation::Update, context).is_some() {
        return Err(refuse(
            "the name is locked, and its registrant stays while that lasts; refuse the application, or end the lock first",
        ));
    }
    let contacts = after.contacts.as_slice();
    if let Some(group) = &group {
        let mut judged = group.judge(contacts, context.policy);
        if let Some(partner) = &partner {
            let alike = group::judge_alike(contacts, partner.contacts(), context.policy);
            judged = judged.and(alike);
        }
        judged.map_err(|_| {
            refuse(
                "the administrative contact is not that of the new registrant's other names of the category; refuse the application, so that it is made with that contact",
            )
        })?;
    }
    if let Some(partner) = partner {
        partner.permit(Operation::Update, context).map_err(|_| {
            refuse("the name it is held together with must not be updated now; see its statuses")
        })?;
        partner.follow(before, Some(after), decision, context)?;
    }
    if let Some(group) = group {
        group.guard(decision);
    }
    Ok(())
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
            domain.updated = Some((domain.sponsor.clone(), context.now));
        }
    }
    domain
}

/// Returns what is left of a domain whose application is refused.
fn refused(mut domain: Domain) -> Option<Domain> {
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

/// Returns how a request for documents ends that people decide on.
pub(super) fn decided(approved: bool, reason: Option<&str>, context: &Context<'_>) -> Closed {
    Closed {
        verdict: match approved {
            true => Verdict::Approved,
            false => Verdict::Rejected,
        },
        at: context.now,
        by: context.registrar.to_string(),
        reason: reason.map(str::to_owned),
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
