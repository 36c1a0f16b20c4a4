//! Cases: disputes and holds for abuse, opened and closed.

use super::{Closing, Facts, Found, Obstacle, Opening, WHO, cause, change, judge_use};
use crate::flow::domain::{answer, application, delete, tell_transfer};
use crate::flow::message::tell;
use crate::flow::{Context, Decision};
use crate::lifecycle::domain::complete_transfer;
use crate::lifecycle::permission::conflict;
use crate::model::case::{self, Closed, Outcome};
use crate::model::change::OperationKind;
use crate::model::consent::{Authority, case_prefix};
use crate::model::document::{self, Verdict};
use crate::model::domain::Demand;
use crate::model::lock::LockKind;
use crate::model::status::DomainStatus;
use crate::model::{CaseFile, Domain, DomainName, Lock, RegistrarId, Transfer, TransferStatus};
use crate::store::record::RecordError;
use crate::store::{Assert, Write, keys, record};

/// Opens a case: locks every name, ends a transfer under way, and writes the file.
pub(super) fn open(
    opening: &Opening,
    facts: &Facts,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Obstacle> {
    let evidence = opening.evidence.as_deref();
    if !case::is_id(&opening.case) || !evidence.is_none_or(case::is_evidence) {
        return Err(Obstacle::Text);
    }
    if let Some(prefix) = reserved(&opening.case) {
        return Err(Obstacle::Reserved(prefix));
    }
    if facts.domains.is_empty() {
        return Err(Obstacle::NoDomain(facts.name.clone()));
    }
    if let Some((file, _)) = facts.files.first() {
        // It may be the partner alone that had a case of this identifier.
        let of_both = file.names.contains(&facts.name);
        let name = file.names.first().filter(|_| !of_both);
        let (name, id) = (name.unwrap_or(&facts.name).clone(), opening.case.clone());
        return Err(match file.closed {
            None => Obstacle::Open(name, id),
            Some(_) => Obstacle::Closed(name, id),
        });
    }
    let locks = opening.kind != LockKind::Hold;
    let reason = if locks {
        "Dispute opened"
    } else {
        "Held for abuse"
    };
    let cause = cause(Some((&opening.case, opening.kind)), reason, context);
    for found in &facts.domains {
        let before = &found.before.domain;
        if locks {
            judge_use(before)?;
        }
        let mut after = before.clone();
        // The prohibition and the transfer exclude each other (RFC 5731 section 2.3).
        if let Some(pending) = before.transfer.clone().filter(|t| locks && t.is_pending()) {
            let actor = pending.actor.clone();
            let ended = pending.ended(TransferStatus::ServerCancelled, actor, context.now);
            let told = tell_transfer(before, &ended, &before.sponsor, context)?;
            decision.writes.extend(told);
            after.transfer = Some(ended);
        }
        if locks {
            end_waiting(found, &mut after, reason, context, decision)?;
        }
        after.locks.push(Lock {
            kind: opening.kind,
            case: Some(opening.case.clone()),
            suspends: opening.suspends,
            since: context.now,
            window: None,
        });
        change(found, Some(after), &cause, context, decision)?;
    }
    let names: Vec<DomainName> = facts.names().cloned().collect();
    let file = CaseFile {
        id: opening.case.clone(),
        names: names.clone(),
        kind: opening.kind,
        suspends: opening.suspends,
        opened: context.now,
        evidence: opening.evidence.clone(),
        closed: None,
    };
    for name in &names {
        let key = keys::case(name, &file.id);
        decision.asserts.push(Assert::Absent(key.clone()));
        decision
            .writes
            .push(Write::Put(key, record::encode(&file)?));
    }
    Ok(())
}

/// Returns what an identifier begins with that consents and demands for documents have.
fn reserved(case: &str) -> Option<String> {
    let consents = Authority::ALL.into_iter().map(case_prefix);
    let mut prefixes = consents.chain(std::iter::once(Demand::PREFIX.to_owned()));
    prefixes.find(|prefix| case.starts_with(prefix))
}

/// Refuses a change of registrant that waits, as a prohibition and a pending change exclude each other, too.
fn end_waiting(
    found: &Found,
    after: &mut Domain,
    reason: &str,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), RecordError> {
    let Some((request, version)) = &found.waiting else {
        return Ok(());
    };
    let closed = document::Closed {
        verdict: Verdict::Rejected,
        at: context.now,
        by: WHO.to_owned(),
        reason: Some(reason.to_owned()),
    };
    if let Some(application) = after.application.take() {
        let news = answer(&after.name, &application, false, context.now);
        decision.writes.extend(tell(&after.sponsor, news, context)?);
    }
    let key = keys::document(request.id);
    decision.asserts.push(Assert::Version(key, *version));
    decision
        .writes
        .push(application::close(request.clone(), closed)?);
    Ok(())
}

/// Closes a case: unlocks every name, does what the outcome says, and writes the end into the file.
pub(super) fn close(
    closing: &Closing,
    facts: &Facts,
    context: &Context<'_>,
    decision: &mut Decision,
) -> Result<(), Obstacle> {
    let (name, id) = (facts.name.clone(), closing.case.clone());
    if !closing.evidence.as_deref().is_none_or(case::is_evidence) {
        return Err(Obstacle::Text);
    }
    let file = facts.files.first().map(|(file, _)| file);
    if file.is_none() && facts.held(&id).next().is_some() {
        return Err(match Demand::is_case(&id) {
            true => Obstacle::Documents(name, id),
            false => Obstacle::Consent(name, id),
        });
    }
    let Some(file) = file.filter(|file| file.names.contains(&name)) else {
        return Err(Obstacle::NoCase(name, id));
    };
    if file.closed.is_some() {
        return Err(Obstacle::Ended(name, id));
    }
    if (file.kind == LockKind::Hold) != (closing.outcome == Outcome::Lifted) {
        return Err(Obstacle::Kind(name, id, file.kind));
    }
    if let Some(receiver) = &closing.receiver {
        if !closing.outcome.may_transfer() {
            return Err(Obstacle::Outcome);
        }
        let Some(permits) = &facts.receiver else {
            return Err(Obstacle::NoRegistrar(receiver.clone()));
        };
        let sponsors = |found: &&Found| found.before.domain.sponsor == *receiver;
        if let Some(found) = facts.domains.iter().find(sponsors) {
            let name = found.before.domain.name.clone();
            return Err(Obstacle::Sponsor(name, receiver.clone()));
        }
        for name in facts.names() {
            if permits.judge(name, context.policy).is_err() {
                return Err(Obstacle::NotPermitted(name.clone(), receiver.clone()));
            }
        }
        decision
            .asserts
            .push(Assert::Present(keys::registrar(receiver)));
        decision.asserts.extend(permits.unchanged());
    }
    let mut domains = facts.domains.iter();
    // None of a pair goes at once while the other can be restored.
    let at_once = domains.all(|found| delete::ends_at_once(&found.before.domain, context));
    // A name that was ended and registered anew is another one, without the lock.
    for found in facts.held(&id) {
        let mut after = found.before.domain.clone();
        after.locks.retain(|lock| lock.case.as_ref() != Some(&id));
        let mut cause = cause(Some((&id, file.kind)), told(closing.outcome), context);
        let mut after = Some(after);
        if let Some(receiver) = &closing.receiver {
            after = after.map(|domain| give(domain, receiver, context));
            cause.operation.kind = OperationKind::Transfer;
            cause.operation.detail = Some("approve".to_owned());
        }
        if closing.outcome == Outcome::Relinquished {
            judge_end(found, &id)?;
            let hosts = keys::subordinate_count(&found.before.domain.name);
            decision.asserts.push(Assert::CounterEquals(hosts, 0));
            after = after.and_then(|domain| relinquish(domain, at_once, context));
            cause.operation.kind = OperationKind::Delete;
            cause.operation.detail = after.is_none().then(|| "purge".to_owned());
        }
        change(found, after, &cause, context, decision)?;
    }
    let closed = Closed {
        at: context.now,
        outcome: closing.outcome,
        receiver: closing.receiver.clone(),
        evidence: closing.evidence.clone(),
    };
    let file = CaseFile {
        closed: Some(closed),
        ..file.clone()
    };
    for (name, (_, version)) in file.names.iter().zip(&facts.files) {
        let key = keys::case(name, &id);
        decision
            .asserts
            .push(Assert::Version(key.clone(), *version));
        decision
            .writes
            .push(Write::Put(key, record::encode(&file)?));
    }
    Ok(())
}

/// Judges whether a domain can be deleted at the end of the case `id`.
fn judge_end(found: &Found, id: &str) -> Result<(), Obstacle> {
    let domain = &found.before.domain;
    let disputes = domain.locks.iter().filter(|lock| match lock.kind {
        LockKind::Panel | LockKind::Court => true,
        LockKind::Hold | LockKind::Registry => false,
    });
    let mut others = disputes.filter_map(|lock| lock.case.as_deref());
    if let Some(other) = others.find(|other| *other != id) {
        return Err(Obstacle::Other(domain.name.clone(), other.to_owned()));
    }
    if found.subordinates > 0 {
        return Err(Obstacle::Hosts(domain.name.clone()));
    }
    Ok(())
}

/// Gives a domain to another registrar; no period is added.
fn give(domain: Domain, receiver: &RegistrarId, context: &Context<'_>) -> Domain {
    let (sponsor, now) = (domain.sponsor.clone(), context.now);
    let transfer = Transfer::request(receiver.clone(), sponsor.clone(), now, now, None);
    let status = TransferStatus::ServerApproved;
    complete_transfer(domain, transfer, status, sponsor, now, context.terms())
}

/// Deletes a domain as its sponsor would; prohibitions of the sponsor do not bind the registry.
fn relinquish(domain: Domain, at_once: bool, context: &Context<'_>) -> Option<Domain> {
    let mut after = delete::deleted(&domain, at_once, context)?;
    after
        .statuses
        .retain(|status| conflict(&[*status, DomainStatus::PendingDelete]).is_none());
    Some(after)
}

/// Returns what a sponsor is told of the end of a case.
fn told(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::PanelDecision => "Dispute closed: panel decision",
        Outcome::CourtOrder => "Dispute closed: court order",
        Outcome::Settled => "Dispute closed: settled",
        Outcome::Relinquished => "Dispute closed: relinquished",
        Outcome::Lifted => "Hold for abuse lifted",
    }
}
