//! Documents that the registry wants to see of a registered name's registrant (hk:R2.4, hk:R3.3).
//!
//! Operator verbs ask and decide, the clock lets lapse. Nothing is forbidden meanwhile. A name whose documents were
//! rejected or did not come stays registered under a hold whose case names the demand; documents approved later lift it.

use chrono::{DateTime, TimeDelta, Utc};

use super::application::{close, decided, open};
use super::{find, save, snapshot};
use crate::base::code::Code;
use crate::flow::message::{Cause, tell_change};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal};
use crate::lifecycle::domain::hold_for;
use crate::model::case::is_evidence as is_line;
use crate::model::change::{Case, CaseKind, Operation, OperationKind};
use crate::model::document::{DocumentKind, Subject};
use crate::model::domain::Demand;
use crate::model::lock::LockKind;
use crate::model::message::Snapshot;
use crate::model::{Applicant, DocumentRequest, Domain, DomainName, Lock};
use crate::protocol::Namespace;
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Assert, Store, Write, keys, read, record};

/// Asks for documents of a registered name's registrant.
#[derive(Debug)]
pub struct Ask<'a> {
    /// Any name of the domain.
    pub name: &'a DomainName,
    /// What is wanted: of each group one.
    pub wanted: &'a [Vec<DocumentKind>],
    /// Days until they must be approved; `None` is as many as an application has.
    pub days: Option<u32>,
    /// Why, for the sponsor.
    pub reason: Option<&'a str>,
}

impl Flow for Ask<'_> {
    const REFUSALS: &'static [Code] = &[Code::Use];

    type Facts = Option<(Snapshot, u64)>;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Self::Facts, store::Error> {
        load(self.name, context, store).await
    }

    fn decide(&self, context: &Context<'_>, facts: Self::Facts) -> Result<Decision, Refusal> {
        let Some(usual) = context.policy.document_days() else {
            return Err(refuse(
                "under this registry's profile nobody shows documents",
            ));
        };
        judge_reason(self.reason)?;
        let Some((before, version)) = facts else {
            return Err(refuse("there is no domain of this name"));
        };
        let domain = &before.domain;
        if domain.is_applied_for() {
            return Err(refuse(
                "the name is applied for, and its application has a request for documents",
            ));
        }
        if domain.deletion.is_some() {
            return Err(refuse("the name is deleted; have it restored first"));
        }
        if domain.demand.is_some() {
            return Err(refuse(
                "documents are asked for already; decide on that request first",
            ));
        }
        let request = DocumentRequest {
            id: context.numbers.next(),
            subject: Subject::Registered,
            domain: domain.name.clone(),
            sponsor: domain.sponsor.clone(),
            opened: context.now,
            due: context.now + TimeDelta::days(i64::from(self.days.unwrap_or(usual))),
            wanted: self.wanted.to_vec(),
            review: Vec::new(),
            applicant: Applicant::default(),
            attachments: Vec::new(),
            closed: None,
        };
        let demand = Demand {
            id: request.id,
            until: request.due,
        };
        let mut after = before.clone();
        after.domain.demand = Some(demand.clone());
        let reason = wish(&request.wanted, request.due, self.reason);
        let row = record::encode(&request)?;
        let mut decision = Decision::default();
        decision
            .writes
            .push(Write::Put(keys::document(request.id), row));
        change(
            (&before, version),
            &after,
            &demand,
            &reason,
            context,
            &mut decision,
        )?;
        Ok(decision)
    }
}

/// Approves the documents of a registered name's registrant, or rejects them.
#[derive(Debug)]
pub struct Decide<'a> {
    /// Number of the request.
    pub id: u64,
    /// The name it is about.
    pub name: &'a DomainName,
    /// Whether they are approved.
    pub approved: bool,
    /// Why; the sponsor is told it of a rejection.
    pub reason: Option<&'a str>,
    /// The registrant's name on the documents, as it was verified.
    pub legal_name: Option<&'a str>,
}

/// A request for documents, and the domain it is about.
#[derive(Debug)]
pub struct Facts {
    request: Option<(DocumentRequest, u64)>,
    domain: Option<(Snapshot, u64)>,
}

impl Flow for Decide<'_> {
    const REFUSALS: &'static [Code] = &[Code::DoesNotExist, Code::Use, Code::ValuePolicy];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        vec![Due::Domain(self.name.clone())]
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        Ok(Facts {
            request: read(store, &keys::document(self.id)).await?,
            domain: load(self.name, context, store).await?,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        judge_reason(self.reason)?;
        let (mut request, version) = open(facts.request, self.id, context)?;
        let waiting = facts.domain.and_then(|(before, version)| {
            let demand = before.domain.demand.clone()?;
            (demand.id == self.id).then_some((before, demand, version))
        });
        let (before, demand, domain_version) =
            waiting.ok_or_else(|| refuse("nothing waits for these documents any more"))?;
        let mut after = before.clone();
        after.domain.demand = None;
        let told = match self.approved {
            true => {
                request = verified(request, self.legal_name, context)?;
                after.domain.locks.retain(|lock| !is_for_documents(lock));
                "Documents approved".to_owned()
            }
            false => {
                after.domain.locks.push(hold_for(&demand, context.now));
                self.reason.map_or_else(
                    || "Documents rejected".to_owned(),
                    |reason| format!("Documents rejected: {reason}"),
                )
            }
        };
        let closed = decided(self.approved, self.reason, context);
        let mut decision = Decision::default();
        let key = keys::document(self.id);
        decision.asserts.push(Assert::Version(key, version));
        decision.writes.push(close(request, closed)?);
        change(
            (&before, domain_version),
            &after,
            &demand,
            &told,
            context,
            &mut decision,
        )?;
        Ok(decision)
    }
}

/// Judges the registrant's names that are known when documents are approved, and keeps the one that was verified.
///
/// # Errors
/// 2306 for a name that keeps the registrant from having the domain (hk:R2.5a).
pub(super) fn verified(
    mut request: DocumentRequest,
    legal_name: Option<&str>,
    context: &Context<'_>,
) -> Result<DocumentRequest, Refusal> {
    judge_legal_name(&request.domain, &request, legal_name, context)?;
    if let Some(name) = legal_name {
        request.applicant.legal_name = Some(name.to_owned());
    }
    Ok(request)
}

/// Judges a name by the registrant's names that are known when documents are approved.
///
/// # Errors
/// 2306 for a name that keeps the registrant from having the domain (hk:R2.5a).
pub(super) fn judge_legal_name(
    name: &DomainName,
    request: &DocumentRequest,
    legal_name: Option<&str>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let judged = context
        .policy
        .legal_name(name, &request.applicant, legal_name);
    judged.map_err(|violation| super::blame(Why::Policy(violation), name.as_str()))
}

/// Reads the open request for documents of a domain's registrant.
///
/// # Errors
/// When the store fails.
pub(super) async fn load_open<S: Store>(
    domain: &Domain,
    store: &S,
) -> Result<Option<(DocumentRequest, u64)>, store::Error> {
    match &domain.demand {
        Some(demand) => read(store, &keys::document(demand.id)).await,
        None => Ok(None),
    }
}

/// Returns what puts another state of a request for documents in place of the one that was read.
///
/// # Errors
/// When the request cannot be written.
pub(super) fn replace(
    request: &DocumentRequest,
    version: u64,
) -> Result<(Assert, Write), RecordError> {
    let key = keys::document(request.id);
    let row = record::encode(request)?;
    Ok((Assert::Version(key.clone(), version), Write::Put(key, row)))
}

/// Turns an open request to the domain's new registrant: what was told of the last one does not count.
///
/// # Errors
/// When the request cannot be written.
pub(super) fn turn(
    (mut request, version): (DocumentRequest, u64),
    applicant: &Applicant,
) -> Result<(Assert, Write), RecordError> {
    request.applicant = applicant.clone();
    replace(&request, version)
}

async fn load<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(Snapshot, u64)>, store::Error> {
    match find(name, context, store).await? {
        Some((domain, version)) => Ok(Some((snapshot(domain, store).await?, version))),
        None => Ok(None),
    }
}

/// Judges a reason that the sponsor is told.
pub(super) fn judge_reason(reason: Option<&str>) -> Result<(), Refusal> {
    if reason.is_none_or(is_line) {
        return Ok(());
    }
    Err(refuse(
        "a reason is 1 to 255 characters of a line, without blanks at the ends or two in a row",
    ))
}

/// Says whether a lock stands because documents were not approved.
fn is_for_documents(lock: &Lock) -> bool {
    lock.kind == LockKind::Hold && lock.case.as_deref().is_some_and(Demand::is_case)
}

/// Returns what the sponsor is told of the documents that are wanted, the date first: it is what the data of a message
/// has room for (RFC 8590 section 2.1).
fn wish(wanted: &[Vec<DocumentKind>], due: DateTime<Utc>, reason: Option<&str>) -> String {
    let groups = wanted.iter().map(|group| {
        let codes: Vec<&str> = group.iter().map(|kind| kind.as_str()).collect();
        codes.join(" or ")
    });
    let groups: Vec<String> = groups.collect();
    let mut told = format!(
        "Documents wanted by {}: {}",
        due.format("%Y-%m-%d"),
        groups.join("; ")
    );
    if let Some(reason) = reason {
        told.push_str(". ");
        told.push_str(reason);
    }
    told
}

/// Adds the new state of a domain and what its sponsor is told.
fn change(
    (before, version): (&Snapshot, u64),
    after: &Snapshot,
    demand: &Demand,
    reason: &str,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let cause = Cause {
        operation: Operation::new(OperationKind::Update),
        date: context.now,
        who: "registry",
        case: Some(Case {
            kind: CaseKind::Custom,
            name: Some("documents".to_owned()),
            id: demand.case(),
        }),
        reason: Some(reason),
    };
    let key = keys::domain(&before.domain.name);
    decision.asserts.push(Assert::Version(key, version));
    let state = save(Some(&before.domain), Some(&after.domain), context)?;
    decision.writes.extend(state);
    let told = tell_change(None, Some(after), &cause, context)?;
    decision.writes.extend(told);
    Ok(())
}

fn refuse(reason: &'static str) -> Refusal {
    Refusal::new(Why::Use(reason), Namespace::Epp, "command", "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ext::change_poll::REASON_LIMIT;

    #[test]
    fn wish_names_kinds_and_day_and_the_day_fits_a_short_reason() {
        let wanted = [
            vec![DocumentKind::IdentityCard, DocumentKind::Passport],
            vec![DocumentKind::Guardian],
        ];
        let due = "2030-01-15T00:00:00Z".parse().unwrap();
        let told = wish(&wanted, due, Some("The address is wrong"));
        assert_eq!(
            told,
            "Documents wanted by 2030-01-15: HKID or PASSNO; GUARDIAN. The address is wrong"
        );
        let day = told.find(':').unwrap();
        assert!(day <= REASON_LIMIT, "{day}");
    }
}
