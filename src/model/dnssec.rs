//! Delegation signer and key data (RFC 5910 section 4).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384};

use super::DomainName;

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

impl KeyData {
    /// Returns the key tag (RFC 4034 appendix B).
    pub fn key_tag(&self) -> u16 {
        let sum = self.record().chunks(2).fold(0_u32, |sum, pair| {
            let [high, low] = [pair.first(), pair.get(1)].map(|octet| octet.copied().unwrap_or(0));
            sum + u32::from(u16::from_be_bytes([high, low]))
        });
        // The carry is added once; the cast keeps the lower half, as the appendix does.
        (sum + (sum >> 16)) as u16
    }

    /// Returns the digest of the key of `owner` (RFC 4034 section 5.1.4); `None` for a digest type not offered.
    pub fn digest(&self, owner: &DomainName, digest_type: u8) -> Option<Vec<u8>> {
        let mut octets = Vec::new();
        for label in owner.as_str().split('.') {
            // A label has at most 63 octets.
            octets.push(label.len() as u8);
            octets.extend_from_slice(label.as_bytes());
        }
        octets.push(0);
        octets.extend(self.record());
        match digest_type {
            2 => Some(Sha256::digest(&octets).to_vec()),
            4 => Some(Sha384::digest(&octets).to_vec()),
            _ => None,
        }
    }

    /// Returns the record's data as it is sent (RFC 4034 section 2.1).
    fn record(&self) -> Vec<u8> {
        let [high, low] = self.flags.to_be_bytes();
        [
            &[high, low, self.protocol, self.algorithm],
            self.public_key.as_slice(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::{BASE64, HEXUPPER};

    use super::*;

    #[test]
    fn tag_and_digest_are_those_a_zone_on_the_internet_publishes() {
        let public_key = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==";
        let key = KeyData {
            flags: 257,
            protocol: 3,
            algorithm: 13,
            public_key: BASE64.decode(public_key.as_bytes()).unwrap(),
        };
        assert_eq!(key.key_tag(), 2371);
        let owner = DomainName::parse("Cloudflare.COM").unwrap();
        assert_eq!(
            HEXUPPER.encode(&key.digest(&owner, 2).unwrap()),
            "32996839A6D808AFE3EB4A795A0E6A7A39A76FC52FF228B22B76F6D63826F2B9"
        );
        assert_eq!(key.digest(&owner, 4).map(|digest| digest.len()), Some(48));
        assert_eq!(key.digest(&owner, 1), None);
    }
}
