//! Values of fields, from the command line to the protocol's types.
//!
//! What only the server can judge is sent as it was written.

use data_encoding::HEXUPPER_PERMISSIVE;

use crate::model::Period;
use crate::model::dnssec::DsData;
use crate::protocol::address::{AddressFamily, AddressText};

/// Makes a period of years.
pub(super) fn period(years: Option<u8>) -> Result<Option<Period>, &'static str> {
    let Some(years) = years else { return Ok(None) };
    Period::years(years)
        .map(Some)
        .ok_or("a period has 1 to 99 years")
}

/// Makes addresses; a colon tells IPv6.
pub(super) fn addresses(texts: Vec<String>) -> Vec<AddressText> {
    let address = |text: String| {
        let family = if text.contains(':') {
            AddressFamily::V6
        } else {
            AddressFamily::V4
        };
        AddressText { family, text }
    };
    texts.into_iter().map(address).collect()
}

/// Parses a DS record as zone files write it; blanks in the digest are allowed.
pub(super) fn ds_record(text: &str) -> Result<DsData, &'static str> {
    const FORM: &str = "write a DS record like \"12345 13 2 D4B7D520E7BB5F0F\"";
    let mut words = text.split_whitespace();
    let mut word = || words.next().ok_or(FORM);
    let key_tag = word()?.parse().map_err(|_| FORM)?;
    let algorithm = word()?.parse().map_err(|_| FORM)?;
    let digest_type = word()?.parse().map_err(|_| FORM)?;
    let digest: String = words.collect();
    let digest = HEXUPPER_PERMISSIVE
        .decode(digest.as_bytes())
        .map_err(|_| FORM)?;
    if digest.is_empty() {
        return Err(FORM);
    }
    Ok(DsData {
        key_tag,
        algorithm,
        digest_type,
        digest,
        key: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ds_record_reads_the_form_of_zone_files() {
        let record = ds_record("12345 13 2 d4b7 D520").unwrap();
        assert_eq!(
            (record.key_tag, record.algorithm, record.digest_type),
            (12345, 13, 2)
        );
        assert_eq!(record.digest, [0xd4, 0xb7, 0xd5, 0x20]);
        for text in ["", "12345 13 2", "70000 13 2 AA", "1 2 3 XYZ"] {
            assert!(ds_record(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_tell_the_families_apart() {
        let families: Vec<_> = addresses(vec!["192.0.2.1".into(), "2001:db8::1".into()])
            .into_iter()
            .map(|address| address.family)
            .collect();
        assert_eq!(families, [AddressFamily::V4, AddressFamily::V6]);
    }
}
