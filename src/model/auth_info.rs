//! Authorization information: stored as a salted hash only, compared in constant time (RFC 9154 section 4).

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Salted SHA-256 of an object's authorization information.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthInfo {
    salt: [u8; 16],
    hash: [u8; 32],
    /// From when on it matches nothing; `None` is never.
    until: Option<DateTime<Utc>>,
}

impl AuthInfo {
    /// Hashes `secret` under a fresh `salt`, to be good until `until`, if that is any time; the empty text is "unset"
    /// and gives `None`.
    pub fn set(secret: &str, salt: [u8; 16], until: Option<DateTime<Utc>>) -> Option<Self> {
        (!secret.is_empty()).then(|| Self {
            salt,
            hash: digest(&salt, secret),
            until,
        })
    }

    /// Takes back what was stored.
    pub fn stored(salt: [u8; 16], hash: [u8; 32], until: Option<DateTime<Utc>>) -> Self {
        Self { salt, hash, until }
    }

    /// Says whether it still counts at `now`.
    pub fn is_set(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// Says whether `secret` is the right one at `now`; the empty text never is.
    pub fn matches(&self, secret: &str, now: DateTime<Utc>) -> bool {
        let equal = digest(&self.salt, secret).ct_eq(&self.hash);
        bool::from(equal) && !secret.is_empty() && self.is_set(now)
    }

    /// Compares against an optional value with the same work for unset, which matches nothing.
    pub fn verify(stored: Option<&Self>, secret: &str, now: DateTime<Utc>) -> bool {
        match stored {
            Some(stored) => stored.matches(secret, now),
            None => {
                std::hint::black_box(digest(&[0; 16], secret));
                false
            }
        }
    }
}

impl fmt::Debug for AuthInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthInfo(set)")
    }
}

fn digest(salt: &[u8; 16], secret: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(salt)
        .chain_update(secret)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn verify_knows_right_wrong_empty_unset_and_outdated() {
        let now: DateTime<Utc> = "2027-03-01T00:00:00Z".parse().unwrap();
        let until = now + TimeDelta::days(1);
        let stored = AuthInfo::set("2fooBAR", [7; 16], Some(until));
        assert!(AuthInfo::verify(stored.as_ref(), "2fooBAR", now));
        assert!(!AuthInfo::verify(stored.as_ref(), "2fooBAR", until));
        assert!(!AuthInfo::verify(stored.as_ref(), "2fooBAr", now));
        assert!(!AuthInfo::verify(stored.as_ref(), "", now));
        assert!(!AuthInfo::verify(None, "", now));
        assert_eq!(AuthInfo::set("", [7; 16], None), None);
    }
}
