//! Flows of the host mapping (RFC 5732).

pub mod check;
pub mod create;
pub mod info;

use super::Refusal;
use super::refusal::Why;
use crate::model::DomainName;
use crate::protocol::Namespace;

/// Parses the name of a host.
fn host_name(text: &str) -> Result<DomainName, Refusal> {
    DomainName::parse(text).map_err(|error| blame(Why::Name(error), text))
}

/// Blames `<host:name>`.
fn blame(why: Why, name: &str) -> Refusal {
    Refusal::new(why, Namespace::Host, "name", name)
}
