//! Registrars: who may log in, and with what.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A registrar's client identifier: a token of 3 to 16 characters (`clIDType`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RegistrarId(Box<str>);

impl RegistrarId {
    /// Takes an identifier of 3 to 16 characters; `None` otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        (3..=16)
            .contains(&text.chars().count())
            .then(|| Self(text.into()))
    }

    /// Returns the identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegistrarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A registrar's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registrar {
    /// Client identifier.
    pub id: RegistrarId,
    /// Name of the organisation.
    pub name: String,
    /// Whether it may log in.
    pub state: RegistrarState,
    /// Password hash in PHC string form (argon2id).
    pub password_hash: PasswordHash,
    /// When the password was set.
    pub password_set: DateTime<Utc>,
    /// Client certificates: SHA-256 of the leaf; two at once while one is being rotated.
    pub pins: Vec<Pin>,
    /// Networks it may connect from; empty allows every address.
    pub networks: Vec<ipnet::IpNet>,
    /// When the account was made.
    pub created: DateTime<Utc>,
    /// Categories it may register in beside those that are open to every registrar.
    pub categories: Vec<String>,
}

/// Whether a registrar may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrarState {
    /// It may.
    Active,
    /// Suspended by the operator.
    Suspended,
}

/// A password hash in PHC string form that does not print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// SHA-256 fingerprint of a client certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pin(pub [u8; 32]);

impl Pin {
    /// Parses 64 hexadecimal digits; colons between octets are allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        let octets = data_encoding::HEXLOWER_PERMISSIVE
            .decode(digits.as_bytes())
            .ok()?;
        octets.try_into().ok().map(Self)
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}
