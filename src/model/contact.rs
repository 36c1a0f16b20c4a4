//! Contacts (RFC 5733).

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::status::ContactStatus;
use super::{AuthInfo, RegistrarId, Transfer};

/// A contact's handle: a token of 3 to 16 characters, compared without case (.hk rule 14.1), shown as created.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactId(Box<str>);

impl ContactId {
    /// Takes a handle of 3 to 16 characters; `None` otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        (3..=16)
            .contains(&text.chars().count())
            .then(|| Self(text.into()))
    }

    /// Takes back what [`Self::folded`] gave, which can be longer than the handle was.
    pub fn from_folded(folded: &str) -> Self {
        Self(folded.into())
    }

    /// Returns the handle as it was created.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the form by which handles are compared and stored.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl AsRef<str> for ContactId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq for ContactId {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for ContactId {}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A contact object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Handle.
    pub id: ContactId,
    /// Repository object identifier.
    pub roid: String,
    /// Statuses set by clients or the server; ok and linked are computed.
    pub statuses: Vec<ContactStatus>,
    /// Everything the registrar told us of the person or organisation.
    pub details: Details,
    /// Sponsoring registrar.
    pub sponsor: RegistrarId,
    /// Registrar that created it.
    pub creator: RegistrarId,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// Who changed it last, and when.
    pub updated: Option<(RegistrarId, DateTime<Utc>)>,
    /// When it was last transferred.
    pub transferred: Option<DateTime<Utc>>,
    /// Authorization information, hashed; `None` when unset.
    pub auth_info: Option<AuthInfo>,
    /// The transfer under way, or the last one.
    pub transfer: Option<Transfer>,
}

/// What a contact says of a person or organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// One or two forms, of different kinds.
    pub postal: Vec<PostalInfo>,
    /// Telephone.
    pub voice: Option<Phone>,
    /// Facsimile.
    pub fax: Option<Phone>,
    /// E-mail address.
    pub email: String,
    /// Exceptional disclosure wishes; `None` leaves the announced policy.
    pub disclose: Option<Disclose>,
}

/// Which form a postal address has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PostalKind {
    /// `int`: US-ASCII only.
    International,
    /// `loc`: any script.
    Local,
}

/// Name and address (`postalInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalInfo {
    /// Form.
    pub kind: PostalKind,
    /// Name, 1 to 255 characters.
    pub name: String,
    /// Organisation, up to 255 characters.
    pub org: Option<String>,
    /// Address.
    pub address: Address,
}

/// Postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Up to three street lines.
    pub street: Vec<String>,
    /// City.
    pub city: String,
    /// State or province.
    pub province: Option<String>,
    /// Postal code, up to 16 characters.
    pub postal_code: Option<String>,
    /// ISO 3166-1 code, two characters.
    pub country: String,
}

/// A telephone number with its optional extension (`e164Type`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// `+CC.number`.
    pub number: String,
    /// Extension (`x`).
    pub extension: Option<String>,
}

/// Disclosure wishes (`disclose`, RFC 5733 section 2.9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclose {
    /// `true` allows, `false` denies disclosure of the elements.
    pub flag: bool,
    /// The elements, in schema order.
    pub elements: Vec<Disclosed>,
}

/// An element of a disclosure wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Disclosed {
    /// `name` of one form.
    Name(PostalKind),
    /// `org` of one form.
    Org(PostalKind),
    /// `addr` of one form.
    Address(PostalKind),
    /// `voice`.
    Voice,
    /// `fax`.
    Fax,
    /// `email`.
    Email,
}
