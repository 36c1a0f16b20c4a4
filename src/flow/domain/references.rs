//! Name servers and contacts that a command names, and the objects they lead to.
//!
//! Name servers are host objects, because the greeting announces host-1.0 (RFC 5731 section 1.1); a
//! subordinate host without addresses cannot be delegated to.

use crate::flow::Refusal;
use crate::flow::refusal::Why;
use crate::model::domain::ContactRole;
use crate::model::host::HostId;
use crate::model::{ContactId, DomainName, Host};
use crate::protocol::Namespace;
use crate::protocol::domain::{ContactReference, NameServers};
use crate::store::{self, Store, keys, read};

/// A host, if there is one, with the version that was read.
pub(super) type Found = Option<(Host, u64)>;

/// Reads the names of name servers.
///
/// # Errors
/// 2005 for what is no name, 2102 for host attributes, 2306 for what stands twice.
pub(super) fn host_names(given: Option<&NameServers>) -> Result<Vec<DomainName>, Refusal> {
    let names = match given {
        None => return Ok(Vec::new()),
        Some(NameServers::Objects(names)) => names,
        Some(NameServers::Attributes(hosts)) => {
            let first = hosts.first().map_or("", |host| &host.name);
            let why = Why::Option("name servers are host objects here (hostObj)");
            return Err(Refusal::new(why, Namespace::Domain, "hostAttr", first));
        }
    };
    let mut parsed: Vec<DomainName> = Vec::with_capacity(names.len());
    for text in names {
        let name = DomainName::parse(text).map_err(|error| blame_host(Why::Name(error), text))?;
        if parsed.contains(&name) {
            let why = Why::Choice("the same name server stands twice");
            return Err(blame_host(why, text));
        }
        parsed.push(name);
    }
    Ok(parsed)
}

/// Reads contacts with their roles.
///
/// # Errors
/// 2003 for one without its role, 2306 for what stands twice.
pub(super) fn contacts(
    given: &[ContactReference],
) -> Result<Vec<(ContactRole, ContactId)>, Refusal> {
    let mut contacts: Vec<(ContactRole, ContactId)> = Vec::with_capacity(given.len());
    for reference in given {
        let refuse = |why| blame_contact(why, &reference.id);
        let role = reference
            .role
            .ok_or_else(|| refuse(Why::Missing("a contact needs its type")))?;
        let contact = (role, reference.id.clone());
        if contacts.contains(&contact) {
            return Err(refuse(Why::Choice(
                "the same contact stands twice in one role",
            )));
        }
        contacts.push(contact);
    }
    Ok(contacts)
}

/// Reads the hosts of these names; `None` where there is no such host.
pub(super) async fn read_hosts<S: Store>(
    names: &[DomainName],
    store: &S,
) -> Result<Vec<Found>, store::Error> {
    let mut hosts = Vec::with_capacity(names.len());
    for name in names {
        hosts.push(
            match read::<HostId, S>(store, &keys::host_name(name)).await? {
                Some((id, _)) => read::<Host, S>(store, &keys::host(id)).await?,
                None => None,
            },
        );
    }
    Ok(hosts)
}

/// Returns the first of these contacts that does not exist.
pub(super) async fn find_missing_contact<S: Store>(
    ids: impl Iterator<Item = &ContactId> + Send,
    store: &S,
) -> Result<Option<ContactId>, store::Error> {
    for id in ids {
        if !store.contains(&keys::contact(id)).await? {
            return Ok(Some(id.clone()));
        }
    }
    Ok(None)
}

/// Refuses a contact that does not exist; `registrant` is the one the command names.
pub(super) fn blame_missing_contact(id: &ContactId, registrant: Option<&ContactId>) -> Refusal {
    if registrant == Some(id) {
        let element = "registrant";
        return Refusal::new(Why::DoesNotExist, Namespace::Domain, element, id.as_str());
    }
    blame_contact(Why::DoesNotExist, id)
}

/// Returns the hosts of these names as objects that exist.
///
/// # Errors
/// 2303 for one that does not.
pub(super) fn existing_hosts(
    names: &[DomainName],
    found: Vec<Found>,
) -> Result<Vec<(Host, u64)>, Refusal> {
    let pairs = names.iter().zip(found);
    pairs
        .map(|(name, host)| host.ok_or_else(|| blame_host(Why::DoesNotExist, name.as_str())))
        .collect()
}

/// Judges whether domains can be delegated to these hosts.
///
/// # Errors
/// 2306 for a subordinate host without addresses.
pub(super) fn judge_delegation(hosts: &[(Host, u64)]) -> Result<(), Refusal> {
    let without = |host: &Host| host.superordinate.is_some() && host.addresses.is_empty();
    match hosts.iter().find(|(host, _)| without(host)) {
        Some((host, _)) => {
            let reason = "a subordinate host needs an address before domains use it";
            Err(blame_host(Why::Choice(reason), host.name.as_str()))
        }
        None => Ok(()),
    }
}

/// Blames `<domain:hostObj>`.
pub(super) fn blame_host(why: Why, name: &str) -> Refusal {
    Refusal::new(why, Namespace::Domain, "hostObj", name)
}

/// Blames `<domain:contact>`.
pub(super) fn blame_contact(why: Why, id: &ContactId) -> Refusal {
    Refusal::new(why, Namespace::Domain, "contact", id.as_str())
}
