//! Stored form of entities: a version octet, then the compact serde form of that version.
//!
//! An unknown version is refused; a version that is no longer written is upgraded when it is read. The
//! octets of version 1 are frozen by `tests/data/store/records/v1`, so that a change of a model type that
//! would change them needs a version 2 here.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version written.
const VERSION: u8 = 1;

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

/// Encodes an entity.
///
/// # Errors
/// When the entity cannot be serialised, which no entity of ours brings about.
pub fn encode<T: Serialize>(entity: &T) -> Result<Vec<u8>, RecordError> {
    postcard::to_extend(entity, vec![VERSION]).map_err(|e| RecordError::Form(e.to_string()))
}

/// Decodes an entity of any version.
///
/// # Errors
/// See [`RecordError`].
pub fn decode<T: DeserializeOwned>(octets: &[u8]) -> Result<T, RecordError> {
    match octets {
        [VERSION, body @ ..] => match postcard::take_from_bytes(body) {
            Ok((entity, [])) => Ok(entity),
            Ok((_, rest)) => Err(RecordError::Form(format!("{} octets too many", rest.len()))),
            Err(error) => Err(RecordError::Form(error.to_string())),
        },
        [version, ..] => Err(RecordError::Version(*version)),
        [] => Err(RecordError::Form("it is empty".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::host::HostId;

    #[test]
    fn decode_reads_what_encode_wrote_and_nothing_else() {
        let octets = encode(&HostId(7)).unwrap();
        assert_eq!(decode::<HostId>(&octets), Ok(HostId(7)));
        assert_eq!(decode::<HostId>(&[2, 7]), Err(RecordError::Version(2)));
        assert!(decode::<HostId>(&[]).is_err());
        assert!(decode::<HostId>(&[VERSION]).is_err());
        assert!(decode::<HostId>(&[VERSION, 7, 0]).is_err());
    }
}
