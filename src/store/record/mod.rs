//! Stored form of entities: a version octet, then the compact serde form of that version.
//!
//! An unknown version is refused; a version that is no longer written is upgraded when it is read. The
//! octets of every version are frozen by `tests/data/store/records`, so that a change of a model type that
//! would change them needs a new version here.

mod v1;
mod v2;
mod v3;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::model::host::HostId;
use crate::model::{
    CaseFile, Consent, Contact, ContactId, DelegationCheck, DocumentRequest, Domain, DomainName,
    Host, Message, Registrar, Tries,
};

/// Why stored octets are not a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Written by a newer release.
    #[error("a record of version {0} needs a newer release of hkepp")]
    Version(u8),
    /// Not what this kind of record looks like.
    #[error("a stored record cannot be read: {0}")]
    Form(String),
}

/// What can be stored.
pub trait Entity: Serialize + DeserializeOwned {
    /// The version written.
    const VERSION: u8 = 1;

    /// Reads the body of an older version.
    ///
    /// # Errors
    /// When there is no such version, or the octets are none of it.
    fn upgrade(version: u8, _body: &[u8]) -> Result<Self, RecordError> {
        Err(RecordError::Version(version))
    }
}

impl Entity for CaseFile {}
impl Entity for ContactId {}
impl Entity for Host {}
impl Entity for HostId {}
impl Entity for DomainName {}
impl Entity for Tries {}
impl Entity for DateTime<Utc> {}
impl Entity for String {}
impl Entity for i64 {}

impl Entity for Domain {
    const VERSION: u8 = 4;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::Domain>(body).map(Self::from),
            2 => whole::<v2::Domain>(body).map(Self::from),
            3 => whole::<v3::Domain>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for Contact {
    const VERSION: u8 = 2;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::Contact>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for DelegationCheck {
    const VERSION: u8 = 2;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::DelegationCheck>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for Message {
    const VERSION: u8 = 4;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            // What version 2 added stands behind what there was.
            1 | 2 => whole::<v2::Message<v2::Domain>>(body).map(Self::from),
            3 => whole::<v2::Message<v3::Domain>>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for Consent {
    const VERSION: u8 = 2;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::Consent>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for DocumentRequest {
    const VERSION: u8 = 2;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::DocumentRequest>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

impl Entity for Registrar {
    const VERSION: u8 = 2;

    fn upgrade(version: u8, body: &[u8]) -> Result<Self, RecordError> {
        match version {
            1 => whole::<v1::Registrar>(body).map(Self::from),
            _ => Err(RecordError::Version(version)),
        }
    }
}

/// Encodes an entity.
///
/// # Errors
/// When the entity cannot be serialised, which no entity of ours brings about.
pub fn encode<T: Entity>(entity: &T) -> Result<Vec<u8>, RecordError> {
    postcard::to_extend(entity, vec![T::VERSION]).map_err(|e| RecordError::Form(e.to_string()))
}

/// Decodes an entity of any version.
///
/// # Errors
/// See [`RecordError`].
pub fn decode<T: Entity>(octets: &[u8]) -> Result<T, RecordError> {
    match octets {
        [version, body @ ..] if *version == T::VERSION => whole(body),
        [version, body @ ..] => T::upgrade(*version, body),
        [] => Err(RecordError::Form("it is empty".to_owned())),
    }
}

/// Reads octets that are one value and nothing else.
fn whole<T: DeserializeOwned>(body: &[u8]) -> Result<T, RecordError> {
    match postcard::take_from_bytes(body) {
        Ok((entity, [])) => Ok(entity),
        Ok((_, rest)) => Err(RecordError::Form(format!("{} octets too many", rest.len()))),
        Err(error) => Err(RecordError::Form(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_reads_what_encode_wrote_and_nothing_else() {
        let octets = encode(&HostId(7)).unwrap();
        assert_eq!(decode::<HostId>(&octets), Ok(HostId(7)));
        assert_eq!(decode::<HostId>(&[2, 7]), Err(RecordError::Version(2)));
        assert_eq!(decode::<Domain>(&[5, 7]), Err(RecordError::Version(5)));
        assert!(decode::<HostId>(&[]).is_err());
        assert!(decode::<HostId>(&[1]).is_err());
        assert!(decode::<HostId>(&[1, 7, 0]).is_err());
    }
}
