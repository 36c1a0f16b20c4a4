//! Where each kind of record stands in the key space.

use super::Key;
use crate::model::host::HostId;
use crate::model::{ContactId, DomainName, RegistrarId};

/// Kind of the registrars, for scans.
pub const REGISTRAR: &str = "registrar";
/// Kinds whose keys stay in memory, because `check` asks for nothing but their presence.
pub const IN_MEMORY: &[&str] = &["domain", "contact", "hostname"];

/// Returns the key of a domain.
pub fn domain(name: &DomainName) -> Key {
    Key::new("domain", &[name.as_str()])
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

/// Returns the parent of the keys that lead to a domain's subordinate hosts by their names.
pub fn subordinates(domain: &DomainName) -> Key {
    Key::new("subordinate", &[domain.as_str()])
}

/// Returns the counter of a domain's subordinate hosts.
pub fn subordinate_count(domain: &DomainName) -> Key {
    Key::new("subordinates", &[domain.as_str()])
}

/// Returns the counter of blocks of object numbers that were handed out.
pub fn number_blocks() -> Key {
    Key::new("meta", &["number-blocks"])
}

/// Returns the key of a value of the registry itself: its profile, its clock.
pub fn meta(name: &str) -> Key {
    Key::new("meta", &[name])
}
