//! Authorization information: stored as a salted hash only, compared in constant time (RFC 9154 section 4).

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Salted SHA-256 of an object's authorization information.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthInfo {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl AuthInfo {
    /// Hashes `secret` under a fresh `salt`; the empty text is "unset" and gives `None`.
    pub fn set(secret: &str, salt: [u8; 16]) -> Option<Self> {
        (!secret.is_empty()).then(|| Self {
            salt,
            hash: digest(&salt, secret),
        })
    }

    /// Says whether `secret` is the right one; the empty text never is.
    pub fn matches(&self, secret: &str) -> bool {
        let equal = digest(&self.salt, secret).ct_eq(&self.hash);
        bool::from(equal) && !secret.is_empty()
    }

    /// Compares against an optional value with the same work for unset, which matches nothing.
    pub fn verify(stored: Option<&Self>, secret: &str) -> bool {
        match stored {
            Some(stored) => stored.matches(secret),
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
    use super::*;

    #[test]
    fn verify_knows_right_wrong_empty_and_unset() {
        let stored = AuthInfo::set("2fooBAR", [7; 16]);
        assert!(AuthInfo::verify(stored.as_ref(), "2fooBAR"));
        assert!(!AuthInfo::verify(stored.as_ref(), "2fooBAr"));
        assert!(!AuthInfo::verify(stored.as_ref(), ""));
        assert!(!AuthInfo::verify(None, ""));
        assert_eq!(AuthInfo::set("", [7; 16]), None);
    }
}
