//! Where each kind of record stands in the key space.

use chrono::{DateTime, TimeDelta, Utc};

use super::Key;
use crate::model::consent::Authority;
use crate::model::host::HostId;
use crate::model::{ContactId, DomainName, PackageKey, RegistrarId};

/// Kind of the registrars, for scans.
pub const REGISTRAR: &str = "registrar";
/// Kind of the domains, for scans.
pub const DOMAIN: &str = "domain";
/// Kind of the keys that lead from what a package's names share to its registered name.
pub const PACKAGE: &str = "package";
/// Kind of the requests for documents, for scans.
pub const DOCUMENT: &str = "document";
/// Kind of the consents, for scans.
pub const CONSENT: &str = "consent";
/// Kind of the entries of the registry's own list of reserved names, for scans.
pub const RESERVED: &str = "reserved";
/// Kind of the case files, for scans.
pub const CASE: &str = "case";
/// Kind of the keys of objects that change by themselves.
const DUE: &str = "due";
/// What stands before a contact's handle in such a key; a domain's name stands alone.
const DUE_CONTACT: &str = "contact";
/// What stands before a name there when its consents change.
const DUE_CONSENT: &str = "consent";
/// Kinds whose keys stay in memory, because `check` asks for nothing but their presence.
pub const IN_MEMORY: &[&str] = &[DOMAIN, PACKAGE, "contact", "hostname", "waiting"];

/// Returns the key of a domain.
pub fn domain(name: &DomainName) -> Key {
    Key::new(DOMAIN, &[name.as_str()])
}

/// Returns the key that leads from what the names of a package share to its registered name.
pub fn package(key: &PackageKey) -> Key {
    Key::new(PACKAGE, &[key.as_str()])
}

/// Returns the key of the wrong tries of a domain's authorization information.
pub fn auth_tries(name: &DomainName) -> Key {
    Key::new("auth-tries", &[name.as_str()])
}

/// Returns the key of what is known of the answers of a domain's name servers.
pub fn delegation_check(name: &DomainName) -> Key {
    Key::new("delegation-check", &[name.as_str()])
}

/// Returns the key of a request for documents.
pub fn document(id: u64) -> Key {
    Key::new(DOCUMENT, &[]).and_number(id)
}

/// Returns the key of an authority's consent to a name; `shared` is what the name shares with its variants, or the
/// name.
pub fn consent(shared: &str, authority: Authority) -> Key {
    Key::new(CONSENT, &[shared, authority.as_str()])
}

/// Returns the key of an entry of the registry's own list of reserved names, which is in A-form.
pub fn reserved(entry: &str) -> Key {
    Key::new(RESERVED, &[entry])
}

/// Returns the parent of the keys that lead from the names of one registrant in a group to their administrative
/// contacts, by the names.
pub fn group(group: &str, registrant: &ContactId) -> Key {
    Key::new("group", &[group, &registrant.folded()])
}

/// Returns the key that every change of the names of one registrant in a group writes, so that two do not pass each
/// other by.
pub fn group_turn(group: &str, registrant: &ContactId) -> Key {
    Key::new("group-turn", &[group, &registrant.folded()])
}

/// Returns the parent of the case files of a domain by their identifiers.
pub fn cases(name: &DomainName) -> Key {
    Key::new(CASE, &[name.as_str()])
}

/// Returns the key of a case file of a domain.
pub fn case(name: &DomainName, id: &str) -> Key {
    cases(name).and(id)
}

/// Returns the key of a contact; handles are compared without case.
pub fn contact(id: &ContactId) -> Key {
    Key::new("contact", &[&id.folded()])
}

/// Returns the key that leads from a host's name to its identity.
pub fn host_name(name: &DomainName) -> Key {
    Key::new("hostname", &[name.as_str()])
}

/// Returns the key of a host.
pub fn host(id: HostId) -> Key {
    Key::new("host", &[]).and_number(id.0)
}

/// Returns the key of a registrar.
pub fn registrar(id: &RegistrarId) -> Key {
    Key::new(REGISTRAR, &[id.as_str()])
}

/// Returns the counter of domains that refer to a contact, once for each role.
pub fn contact_links(id: &ContactId) -> Key {
    Key::new("contact-links", &[&id.folded()])
}

/// Returns the counter of domains delegated to a host.
pub fn host_links(id: HostId) -> Key {
    Key::new("host-links", &[]).and_number(id.0)
}

/// Returns the counter of a registrar's own domains delegated to a host.
pub fn host_links_of(id: HostId, registrar: &RegistrarId) -> Key {
    Key::new("host-links-of", &[])
        .and_number(id.0)
        .and(registrar.as_str())
}

/// Returns the parent of the keys that lead to a domain's subordinate hosts by their names.
pub fn subordinates(domain: &DomainName) -> Key {
    Key::new("subordinate", &[domain.as_str()])
}

/// Returns the counter of a domain's subordinate hosts.
pub fn subordinate_count(domain: &DomainName) -> Key {
    Key::new("subordinates", &[domain.as_str()])
}

/// Returns the parent of a registrar's messages by their identifiers.
pub fn messages(registrar: &RegistrarId) -> Key {
    Key::new("message", &[registrar.as_str()])
}

/// Returns the counter of a registrar's messages.
pub fn message_count(registrar: &RegistrarId) -> Key {
    Key::new("messages", &[registrar.as_str()])
}

/// Returns the key that stands while a registrar has messages.
pub fn waiting(registrar: &RegistrarId) -> Key {
    Key::new("waiting", &[registrar.as_str()])
}

/// An object that changes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// A domain: its transfer, its expiry, the stages of its deletion.
    Domain(DomainName),
    /// A contact: its transfer.
    Contact(ContactId),
    /// A name: an authority's consent to it ends.
    Consent(DomainName, Authority),
}

/// Returns the key that says that an object changes by itself at `at`.
pub fn due(at: DateTime<Utc>, object: &Due) -> Key {
    // Rounded up: at that millisecond it has happened.
    let rounded = at + TimeDelta::nanoseconds(999_999);
    let milliseconds = rounded.timestamp_millis().max(0).unsigned_abs();
    let key = Key::new(DUE, &[]).and_number(milliseconds);
    match object {
        Due::Domain(name) => key.and(name.as_str()),
        Due::Contact(id) => key.and(DUE_CONTACT).and(&id.folded()),
        Due::Consent(name, authority) => {
            let key = key.and(DUE_CONSENT).and(name.as_str());
            key.and(authority.as_str())
        }
    }
}

/// Returns the scan prefix of all keys of [`due`], which sort by the time.
pub fn all_due() -> Vec<u8> {
    Key::prefix(DUE)
}

/// Reads a key of [`due`]: a time at which the change has happened, and the object.
pub fn read_due(key: &Key) -> Option<(DateTime<Utc>, Due)> {
    let parts = key.parts();
    let (milliseconds, object) = match parts.as_slice() {
        [at, name] => (at, Due::Domain(DomainName::parse(name).ok()?)),
        [at, kind, id] if kind == DUE_CONTACT => (at, Due::Contact(ContactId::from_folded(id))),
        [at, kind, name, authority] if kind == DUE_CONSENT => {
            let authority = Authority::parse(authority)?;
            (at, Due::Consent(DomainName::parse(name).ok()?, authority))
        }
        _ => return None,
    };
    let milliseconds = i64::from_str_radix(milliseconds, 16).ok()?;
    Some((DateTime::from_timestamp_millis(milliseconds)?, object))
}

/// Returns the counter of blocks of object numbers that were handed out.
pub fn number_blocks() -> Key {
    Key::new("meta", &["number-blocks"])
}

/// Returns the key of a value of the registry itself: its profile, its clock.
pub fn meta(name: &str) -> Key {
    Key::new("meta", &[name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_due_takes_back_a_handle_that_grows_in_lower_case_and_a_consent() {
        let id = ContactId::parse(&"\u{130}".repeat(16)).unwrap();
        let at = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        let object = Due::Contact(id);
        assert_eq!(read_due(&due(at, &object)), Some((at, object)));
        let name = DomainName::parse("mybank.hk").unwrap();
        let object = Due::Consent(name, Authority::Insurance);
        assert_eq!(read_due(&due(at, &object)), Some((at, object)));
    }
}
