//! Hosts (RFC 5732).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::status::HostStatus;
use super::{DomainName, RegistrarId};

/// A host object; domains refer to it by [`HostId`], so a rename keeps every link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Identity.
    pub id: HostId,
    /// Fully qualified name.
    pub name: DomainName,
    /// Repository object identifier.
    pub roid: String,
    /// Superordinate domain of a subordinate (internal) host; `None` for an external one.
    pub superordinate: Option<DomainName>,
    /// Statuses set by clients or the server; ok and linked are computed.
    pub statuses: Vec<HostStatus>,
    /// Addresses, without duplicates.
    pub addresses: Vec<HostAddress>,
    /// Sponsoring registrar; for a subordinate host the superordinate domain's sponsor counts instead.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: RegistrarId,
    /// When it was created.
    #[serde(with = "super::instant")]
    pub created: DateTime<Utc>,
    /// Who changed it last, and when.
    pub updated: Option<(RegistrarId, DateTime<Utc>)>,
    /// When it was last transferred with its superordinate domain.
    pub transferred: Option<DateTime<Utc>>,
}

/// Identity of a host object, stable through renames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostId(pub u64);

/// Address of a host; two spellings of one IPv6 address are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HostAddress(pub IpAddr);

/// Why a text is not a usable host address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address of the stated family.
    #[error("not an address of the stated family (v4 is the default)")]
    Syntax,
    /// Loopback, unspecified, multicast, broadcast or link-local: no name server answers there.
    #[error("a name server cannot be reached at this special-purpose address")]
    SpecialPurpose,
}

impl HostAddress {
    /// Parses an IPv4 address in dotted decimal.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn v4(text: &str) -> Result<Self, AddressError> {
        let address: Ipv4Addr = text.parse().map_err(|_| AddressError::Syntax)?;
        Self::usable(IpAddr::V4(address))
    }

    /// Parses an IPv6 address in any RFC 4291 form.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn v6(text: &str) -> Result<Self, AddressError> {
        let address: Ipv6Addr = text.parse().map_err(|_| AddressError::Syntax)?;
        Self::usable(IpAddr::V6(address))
    }

    fn usable(address: IpAddr) -> Result<Self, AddressError> {
        let special = match address {
            IpAddr::V4(v4) => {
                v4.is_loopback()
                    || v4.octets().first() == Some(&0)
                    || v4.is_multicast()
                    || v4.is_broadcast()
                    || v4.is_link_local()
            }
            IpAddr::V6(v6) => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_multicast()
                    || v6.is_unicast_link_local()
                    || v6.to_ipv4_mapped().is_some()
            }
        };
        if special {
            Err(AddressError::SpecialPurpose)
        } else {
            Ok(Self(address))
        }
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v6_spellings_of_one_address_are_equal() {
        assert_eq!(
            HostAddress::v6("2001:DB8::1"),
            HostAddress::v6("2001:db8:0:0:0:0:0:1")
        );
    }

    #[test]
    fn v4_refuses_other_forms_and_special_addresses() {
        for text in ["192.0.2", "256.1.1.1", "1.2.3.4.5", "::1", "a.b.c.d"] {
            assert_eq!(HostAddress::v4(text), Err(AddressError::Syntax), "{text}");
        }
        for text in ["127.0.0.1", "0.0.0.0", "224.0.0.1", "169.254.1.1"] {
            assert_eq!(
                HostAddress::v4(text),
                Err(AddressError::SpecialPurpose),
                "{text}"
            );
        }
        assert!(HostAddress::v4("208.77.190.193").is_ok());
    }
}
