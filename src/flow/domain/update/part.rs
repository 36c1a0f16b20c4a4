//! The parts of an update: what it takes away, what it adds, and the lists that come of it.

use crate::flow::Refusal;
use crate::flow::domain::references;
use crate::flow::refusal::Why;
use crate::model::domain::ContactRole;
use crate::model::host::HostId;
use crate::model::status::DomainStatus;
use crate::model::{ContactId, DomainName, Host};
use crate::protocol::Namespace;
use crate::protocol::domain::AddRemove;

const BOTH: &str = "the same stands in add and rem";
const THERE: &str = "the domain has it already";
const NOT_THERE: &str = "the domain does not have it";

/// What an update removes, or what it adds.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) name_servers: Vec<DomainName>,
    pub(super) contacts: Vec<(ContactRole, ContactId)>,
    pub(super) statuses: Vec<DomainStatus>,
}

impl Part {
    pub(super) fn new(given: Option<&AddRemove>) -> Result<Self, Refusal> {
        let Some(given) = given else {
            return Ok(Self::default());
        };
        let mut statuses = Vec::with_capacity(given.statuses.len());
        for (status, _) in &given.statuses {
            if !status.is_client() {
                let why = Why::Choice("clients set and remove client statuses only");
                return Err(blame_status(why, *status));
            }
            if statuses.contains(status) {
                let why = Why::Choice("the same status stands twice");
                return Err(blame_status(why, *status));
            }
            statuses.push(*status);
        }
        Ok(Self {
            name_servers: references::host_names(given.name_servers.as_ref())?,
            contacts: references::contacts(&given.contacts)?,
            statuses,
        })
    }
}

/// Refuses what stands in both parts.
pub(super) fn judge_apart(removed: &Part, added: &Part) -> Result<(), Refusal> {
    let why = Why::Choice(BOTH);
    if let Some(name) = common(&removed.name_servers, &added.name_servers) {
        return Err(references::blame_host(why, name.as_str()));
    }
    if let Some((_, id)) = common(&removed.contacts, &added.contacts) {
        return Err(references::blame_contact(why, id));
    }
    match common(&removed.statuses, &added.statuses) {
        Some(status) => Err(blame_status(why, *status)),
        None => Ok(()),
    }
}

fn common<'a, T: PartialEq>(one: &[T], other: &'a [T]) -> Option<&'a T> {
    other.iter().find(|value| one.contains(value))
}

/// Returns the name servers after the update.
pub(super) fn name_servers(
    before: &[HostId],
    removed: &[(Host, u64)],
    added: &[(Host, u64)],
) -> Result<Vec<HostId>, Refusal> {
    let ids = |hosts: &[(Host, u64)]| hosts.iter().map(|(host, _)| host.id).collect::<Vec<_>>();
    let name = |id: &HostId| {
        let mut hosts = removed.iter().chain(added);
        let host = hosts.find(|(host, _)| host.id == *id);
        host.map_or("", |(host, _)| host.name.as_str())
    };
    let refuse = |why, id: &HostId| references::blame_host(why, name(id));
    let after = amend(before, &ids(removed), &ids(added), refuse)?;
    references::judge_delegation(added)?;
    Ok(after)
}

/// Takes `removed` out of a list, then puts `added` at its end.
pub(super) fn amend<T: Clone + PartialEq>(
    before: &[T],
    removed: &[T],
    added: &[T],
    refuse: impl Fn(Why, &T) -> Refusal,
) -> Result<Vec<T>, Refusal> {
    if let Some(absent) = removed.iter().find(|value| !before.contains(value)) {
        return Err(refuse(Why::Choice(NOT_THERE), absent));
    }
    if let Some(present) = common(before, added) {
        return Err(refuse(Why::Choice(THERE), present));
    }
    let kept = before.iter().filter(|value| !removed.contains(value));
    Ok(kept.chain(added).cloned().collect())
}

/// Blames `<domain:status>`.
pub(super) fn blame_status(why: Why, status: DomainStatus) -> Refusal {
    Refusal::new(why, Namespace::Domain, "status", status.as_str())
}
