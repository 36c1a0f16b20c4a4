//! Identifiers the server mints: server transaction ids and repository object ids.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Mints server transaction identifiers: unique for ever, 3 to 64 characters (RFC 5730 section 2.6).
///
/// A random part per process and a counter, so that a restart never repeats one.
#[derive(Debug)]
pub struct TransactionIds {
    prefix: String,
    next: AtomicU64,
}

impl TransactionIds {
    /// Starts a new series under a random prefix.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut prefix = String::from("HKEPP-");
        write!(prefix, "{:016x}-", getrandom::u64()?).ok();
        Ok(Self {
            prefix,
            next: AtomicU64::new(1),
        })
    }

    /// Returns the next identifier.
    pub fn next(&self) -> String {
        let mut id = String::with_capacity(self.prefix.len() + 12);
        id.push_str(&self.prefix);
        write!(id, "{:x}", self.next.fetch_add(1, Ordering::Relaxed)).ok();
        id
    }
}

/// Formats a repository object identifier: `<kind letter><number>-<repository>`, for example `D42-HKEPP`
/// (RFC 5730 section 2.8; at most 80 and 8 word characters).
pub fn roid(kind: char, number: u64, repository: &str) -> String {
    format!("{kind}{number}-{repository}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transaction_ids_are_unique_and_of_legal_length() {
        let (a, b) = (
            TransactionIds::new().unwrap(),
            TransactionIds::new().unwrap(),
        );
        let ids = [a.next(), a.next(), b.next(), b.next()];
        for (i, id) in ids.iter().enumerate() {
            assert!((3..=64).contains(&id.len()), "{id}");
            assert!(!ids[..i].contains(id));
        }
    }

    #[test]
    fn roid_has_the_form_of_eppcom() {
        assert_eq!(roid('D', 42, "HKEPP"), "D42-HKEPP");
    }
}
