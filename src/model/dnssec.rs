//! Delegation signer and key data (RFC 5910 section 4).

use serde::{Deserialize, Serialize};

/// What a domain carries for DNSSEC: one interface or the other, never both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DnssecData {
    /// DS data interface.
    Ds(Vec<DsData>),
    /// Key data interface.
    Key(Vec<KeyData>),
}

/// A delegation signer record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DsData {
    /// Key tag.
    pub key_tag: u16,
    /// DNSKEY algorithm number.
    pub algorithm: u8,
    /// Digest type number.
    pub digest_type: u8,
    /// Digest octets.
    pub digest: Vec<u8>,
    /// The key the digest was made of.
    pub key: Option<KeyData>,
}

/// A DNSKEY record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyData {
    /// Flags.
    pub flags: u16,
    /// Protocol; only 3 is legal.
    pub protocol: u8,
    /// Algorithm number.
    pub algorithm: u8,
    /// Public key octets.
    pub public_key: Vec<u8>,
}
