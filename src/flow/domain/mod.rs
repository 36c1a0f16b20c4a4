//! Flows of the domain mapping (RFC 5731).

mod applicant;
pub mod application;
pub mod check;
pub mod consent;
pub mod create;
pub mod delegation;
pub mod delete;
pub mod demand;
mod group;
pub mod info;
pub mod lock;
pub(super) mod partner;
mod permits;
mod references;
pub mod renew;
pub mod restore;
pub mod retable;
pub mod settle;
pub mod transfer;
pub mod tries;
pub mod update;
mod variants;

use chrono::{DateTime, Utc};

use super::message::{Cause, tell, tell_change};
use super::refusal::Why;
use super::{Context, Refusal};
use crate::lifecycle::domain::{self as lifecycle, Event, EventKind, next_change, project};
use crate::lifecycle::permission::{self, forbidding};
use crate::model::change::{Case, CaseKind, Operation, OperationKind};
use crate::model::domain::Application;
use crate::model::lock::{Lock, LockKind};
use crate::model::message::{News, Object, Snapshot};
use crate::model::status::DomainStatus;
use crate::model::{Domain, DomainName, Host, Period, RegistrarId, Transfer, TransferStatus};
use crate::protocol::Namespace;
use crate::store::keys::Due;
use crate::store::record::RecordError;
use crate::store::{self, Key, Store, Write, keys, read, record};

/// Parses the name of a domain.
fn domain_name(text: &str) -> Result<DomainName, Refusal> {
    DomainName::parse(text).map_err(|error| blame(Why::Name(error), text))
}

/// Blames `<domain:name>`.
fn blame(why: Why, name: &str) -> Refusal {
    Refusal::new(why, Namespace::Domain, "name", name)
}

/// Takes a domain that exists and that the caller sponsors.
fn own(
    found: Option<(Domain, u64)>,
    name: &str,
    context: &Context<'_>,
) -> Result<(Domain, u64), Refusal> {
    let (domain, version) = found.ok_or_else(|| blame(Why::DoesNotExist, name))?;
    if domain.sponsor != *context.registrar {
        return Err(blame(Why::NotSponsor, name));
    }
    Ok((domain, version))
}

/// Judges an operation against the statuses of a domain.
fn permit(
    domain: &Domain,
    operation: permission::Operation,
    name: &str,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let prohibited = || {
        let status = forbidding(&lifecycle::statuses(domain), operation)?;
        Some(Why::Status(status.as_str()))
    };
    // A lock says more than a status that forbids it too.
    match locked(domain, operation, context).or_else(prohibited) {
        Some(why) => Err(blame(why, name)),
        None => Ok(()),
    }
}

/// Says that a lock forbids an operation, if one does, and by which rule it stands.
pub(super) fn locked(
    domain: &Domain,
    operation: permission::Operation,
    context: &Context<'_>,
) -> Option<Why> {
    let (status, kind) = forbidding_lock(domain, operation)?;
    let rule = context.policy.lock_rule(kind);
    Some(Why::Locked(status.as_str(), kind, rule))
}

/// Returns the status that forbids an operation because of a lock, and the kind of that lock, a dispute before all.
pub(super) fn forbidding_lock(
    domain: &Domain,
    operation: permission::Operation,
) -> Option<(DomainStatus, LockKind)> {
    let of_case = |lock: &&Lock| lock.case.is_some();
    let disputes = domain.locks.iter().filter(of_case);
    let others = domain.locks.iter().filter(|lock| !of_case(lock));
    disputes.chain(others).find_map(|lock| {
        let status = forbidding(&lock.statuses(), operation)?;
        Some((status, lock.kind))
    })
}

/// Judges the period by which a registration that ends at `expires` is extended, or gives the default one.
fn period(
    asked: Option<Period>,
    expires: DateTime<Utc>,
    context: &Context<'_>,
) -> Result<Period, Refusal> {
    let policy = context.policy;
    let period = policy.create_period(asked);
    let period = period.and_then(|period| {
        policy.longest(period.after(expires), context.now)?;
        Ok(period)
    });
    period.map_err(|violation| {
        let text = asked.map_or_else(String::new, |period| period.value().to_string());
        Refusal::new(Why::Policy(violation), Namespace::Domain, "period", &text)
    })
}

/// Reads a domain as it is now, with the version that is stored; `None` also when time has ended it.
///
/// Any name of a package leads its sponsor to it, others only a name in use (hk:R5.1).
///
/// # Errors
/// When the store fails.
pub async fn load<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(Domain, u64)>, store::Error> {
    let found = find(name, context, store).await?;
    let shown = |domain: &Domain| {
        domain.sponsor == *context.registrar || is_in_use(&context.policy.canonical(name), domain)
    };
    Ok(found.filter(|(domain, _)| shown(domain)))
}

/// Reads a domain as it is now by any name of its package, whoever asks.
///
/// # Errors
/// When the store fails.
pub async fn find<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(Domain, u64)>, store::Error> {
    let Some((stored, version)) = stored(name, context, store).await? else {
        return Ok(None);
    };
    let now = project(stored, context.now, context.terms());
    Ok(now.domain.map(|domain| (domain, version)))
}

/// Reads a domain as it is stored by any name of its package.
async fn stored<S: Store>(
    name: &DomainName,
    context: &Context<'_>,
    store: &S,
) -> Result<Option<(Domain, u64)>, store::Error> {
    let Some(package) = context.policy.package_key(name) else {
        return read(store, &keys::domain(name)).await;
    };
    match read::<DomainName, S>(store, &keys::package(&package)).await? {
        Some((registered, _)) => read(store, &keys::domain(&registered)).await,
        None => Ok(None),
    }
}

/// Reads the names of the hosts below a domain, whichever of its names they are below.
async fn subordinates<S: Store>(name: &DomainName, store: &S) -> Result<Vec<String>, store::Error> {
    // Most domains have none, which is cheaper to ask than to look for.
    if store.counter(&keys::subordinate_count(name)).await? == 0 {
        return Ok(Vec::new());
    }
    let prefix = keys::subordinates(name).children();
    let hosts = store.scan(&prefix, None, usize::MAX).await?;
    let last = hosts.into_iter().map(|(key, _)| key.parts().pop());
    Ok(last.flatten().collect())
}

/// Returns the key that stands while a name, or any other of its package, is registered.
fn claim(name: &DomainName, context: &Context<'_>) -> Key {
    match context.policy.package_key(name) {
        Some(package) => keys::package(&package),
        None => keys::domain(name),
    }
}

/// Says whether `name` is one of the names of a domain that are in use.
fn is_in_use(name: &DomainName, domain: &Domain) -> bool {
    let of_package = || domain.package.as_ref().is_some_and(|p| p.uses(name));
    *name == domain.name || of_package()
}

/// Returns what replaces a stored domain by a new state, its links and its next change by time; `None` is none.
fn save(
    before: Option<&Domain>,
    after: Option<&Domain>,
    context: &Context<'_>,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    let due = |domain: &Domain| {
        let at = next_change(domain, context.terms())?;
        Some(keys::due(at, &Due::Domain(domain.name.clone())))
    };
    let (due_before, due_after) = (before.and_then(due), after.and_then(due));
    if due_before != due_after {
        writes.extend(due_before.map(Write::Delete));
        writes.extend(due_after.map(|key| Write::Put(key, Vec::new())));
    }
    links(before, -1, &mut writes);
    links(after, 1, &mut writes);
    group::index(before, after, context, &mut writes)?;
    let package = |domain: &Domain| {
        let key = context.policy.package_key(&domain.name)?;
        Some(keys::package(&key))
    };
    match (before, after) {
        (None, Some(after)) => {
            if let Some(key) = package(after) {
                writes.push(Write::Put(key, record::encode(&after.name)?));
            }
        }
        (Some(before), None) => {
            writes.extend(package(before).map(Write::Delete));
            writes.extend(tries::forget(&before.name, context));
            writes.extend(delegation::forget(&before.name, context));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    match (before, after) {
        (_, Some(after)) => {
            writes.push(Write::Put(
                keys::domain(&after.name),
                record::encode(after)?,
            ));
        }
        (Some(before), None) => writes.push(Write::Delete(keys::domain(&before.name))),
        (None, None) => {}
    }
    Ok(writes)
}

/// Adds to the link counts of everything a domain refers to; what comes and goes in one change cancels out.
fn links(domain: Option<&Domain>, amount: i64, writes: &mut Vec<Write>) {
    let Some(domain) = domain else {
        return;
    };
    let contacts = domain.linked_contacts().map(keys::contact_links);
    let hosts = domain.name_servers.iter().flat_map(|id| {
        let own = keys::host_links_of(*id, &domain.sponsor);
        [keys::host_links(*id), own]
    });
    for key in contacts.chain(hosts) {
        let same = writes.iter().position(
            |write| matches!(write, Write::Add(other, sum) if *other == key && *sum == -amount),
        );
        match same {
            Some(at) => {
                writes.remove(at);
            }
            None => writes.push(Write::Add(key, amount)),
        }
    }
}

/// Adds the names of its name servers to a domain.
///
/// # Errors
/// When the store fails.
pub(super) async fn snapshot<S: Store>(
    domain: Domain,
    store: &S,
) -> Result<Snapshot, store::Error> {
    Ok(Snapshot {
        name_servers: name_servers(&domain, store).await?,
        domain,
    })
}

/// Returns the names of the hosts a domain is delegated to, in its order.
///
/// # Errors
/// When the store fails.
pub async fn name_servers<S: Store>(
    domain: &Domain,
    store: &S,
) -> Result<Vec<DomainName>, store::Error> {
    let mut names = Vec::new();
    for id in &domain.name_servers {
        if let Some((host, _)) = read::<Host, S>(store, &keys::host(*id)).await? {
            names.push(host.name);
        }
    }
    Ok(names)
}

/// Returns the messages about something that time did to a domain; `after` is `None` when it ended it.
fn tell_event(
    event: &Event,
    before: &Snapshot,
    after: Option<&Snapshot>,
    context: &Context<'_>,
) -> Result<Vec<Write>, RecordError> {
    let mut case = None;
    let (operation, reason) = match &event.kind {
        EventKind::Transferred(loser) => {
            let domain = after.map_or(&before.domain, |after| &after.domain);
            return domain.transfer.as_ref().map_or(Ok(Vec::new()), |transfer| {
                tell_transfer(domain, transfer, loser, context)
            });
        }
        EventKind::Renewed => (
            Operation::new(OperationKind::AutoRenew),
            "The registration period ended",
        ),
        EventKind::RedemptionEnded => (
            Operation::custom("redemptionEnded"),
            "The redemption period ended",
        ),
        EventKind::RestoreLapsed => (
            Operation::custom("restoreLapsed"),
            "No restore report came in time",
        ),
        EventKind::Purged => (
            Operation::new(OperationKind::AutoPurge),
            "Past the pendingDelete period",
        ),
        EventKind::Refused(application) => {
            let refused = answer(&before.domain.name, application, false, event.at);
            return Ok(tell(&before.domain.sponsor, refused, context)?.into());
        }
        EventKind::DocumentsOverdue(demand) => {
            case = Some(Case {
                kind: CaseKind::Custom,
                name: Some("documents".to_owned()),
                id: demand.case(),
            });
            (
                Operation::new(OperationKind::Update),
                "Documents did not come in time",
            )
        }
    };
    let cause = Cause {
        operation,
        date: event.at,
        who: "server",
        case,
        reason: Some(reason),
    };
    // Of what goes on, the new state says enough; of what is gone there is only the old one.
    match after {
        Some(after) => tell_change(None, Some(after), &cause, context),
        None => tell_change(Some(before), None, &cause, context),
    }
}

/// Returns what a message tells of an application that was approved or refused at `at`.
fn answer(name: &DomainName, application: &Application, approved: bool, at: DateTime<Utc>) -> News {
    News::Pending {
        object: Object::Domain(name.clone()),
        completed: approved,
        client_transaction: application.client_transaction.clone(),
        server_transaction: application.server_transaction.clone(),
        ended: at,
    }
}

/// Returns the messages to both registrars of a transfer; `loser` sponsored the domain when it was asked for.
fn tell_transfer(
    domain: &Domain,
    transfer: &Transfer,
    loser: &RegistrarId,
    context: &Context<'_>,
) -> Result<Vec<Write>, RecordError> {
    let mut writes = Vec::new();
    for registrar in [loser, &transfer.requester] {
        writes.extend(tell(registrar, news(domain, transfer, context), context)?);
    }
    Ok(writes)
}

/// Returns what a message tells of a transfer.
fn news(domain: &Domain, transfer: &Transfer, context: &Context<'_>) -> News {
    News::DomainTransfer {
        name: domain.name.clone(),
        transfer: transfer.clone(),
        expires: expiry_of(domain, transfer, context),
    }
}

/// Returns when a registration ends as far as a transfer moves that: it will, or it did.
fn expiry_of(domain: &Domain, transfer: &Transfer, context: &Context<'_>) -> Option<DateTime<Utc>> {
    let (period, terms) = (transfer.period, context.terms());
    match transfer.status {
        TransferStatus::Pending => {
            let at = transfer.act_by;
            period.map(|_| lifecycle::expiry_after_transfer(domain, period, at, terms))
        }
        TransferStatus::ClientApproved | TransferStatus::ServerApproved => {
            period.map(|_| domain.expires)
        }
        TransferStatus::ClientCancelled
        | TransferStatus::ClientRejected
        | TransferStatus::ServerCancelled => None,
    }
}
