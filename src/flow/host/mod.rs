//! Flows of the host mapping (RFC 5732).

pub mod check;
pub mod create;
pub mod delete;
pub mod found;
pub mod info;
mod rename;
pub mod update;

use super::refusal::Why;
use super::{Context, Refusal};
use crate::model::{DomainName, HostAddress};
use crate::protocol::Namespace;
use crate::protocol::address::{AddressFamily, AddressText};
use found::Found;

/// Addresses are for glue (RFC 5732 section 2.5).
const NEEDLESS_ADDRESS: Why = Why::Choice("a host outside our zones needs no addresses here");

/// What stands in the way of a host below a domain that is being deleted.
const DELETED_DOMAIN: Why = Why::Status("pendingDelete of the superordinate domain");

/// What stands in the way of a host below a domain that is only applied for.
const APPLICATION: Why = Why::Status("pendingCreate of the superordinate domain");

/// Parses the name of a host.
fn host_name(text: &str) -> Result<DomainName, Refusal> {
    DomainName::parse(text).map_err(|error| blame(Why::Name(error), text))
}

/// Blames `<host:name>`.
fn blame(why: Why, name: &str) -> Refusal {
    Refusal::new(why, Namespace::Host, "name", name)
}

/// Parses the addresses of a host.
///
/// # Errors
/// 2005 for what is no address, 2306 for special-purpose and repeated ones.
fn addresses(texts: &[AddressText]) -> Result<Vec<HostAddress>, Refusal> {
    let mut addresses = Vec::with_capacity(texts.len());
    for given in texts {
        let refuse = |why| Refusal::new(why, Namespace::Host, "addr", &given.text);
        let parsed = match given.family {
            AddressFamily::V4 => HostAddress::v4(&given.text),
            AddressFamily::V6 => HostAddress::v6(&given.text),
        };
        let address = parsed.map_err(|error| refuse(Why::Address(error)))?;
        if addresses.contains(&address) {
            return Err(refuse(Why::Choice("the same address stands twice")));
        }
        addresses.push(address);
    }
    Ok(addresses)
}

/// Takes a host that exists and that the caller sponsors.
fn own(found: Option<Found>, name: &str, context: &Context<'_>) -> Result<Found, Refusal> {
    let found = found.ok_or_else(|| blame(Why::DoesNotExist, name))?;
    if found.sponsor() != context.registrar {
        return Err(blame(Why::NotSponsor, name));
    }
    Ok(found)
}
