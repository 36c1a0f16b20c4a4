//! Little-endian fields in octets, for every file format of the store; reading never panics.

use sha2::{Digest as _, Sha256};

/// A SHA-256 value.
pub(super) type Hash = [u8; 32];

/// Returns the SHA-256 of `bytes`.
pub(super) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// Appends a length and octets.
pub(super) fn put_bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    // Longer than 4 GiB cannot be committed (entry::LARGEST), so the cast loses nothing.
    into.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    into.extend_from_slice(bytes);
}

/// Takes fields off the front of octets.
#[derive(Clone, Copy)]
pub(super) struct Decoder<'a>(&'a [u8]);

impl<'a> Decoder<'a> {
    /// Starts at the front of `bytes`.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes `count` octets.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes an array.
    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// Takes one octet.
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Takes a 32-bit number.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Takes a 64-bit number.
    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// Takes a signed 64-bit number.
    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// Takes what [`put_bytes`] wrote.
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(usize::try_from(length).ok()?)
    }

    /// Takes UTF-8 text that [`put_bytes`] wrote.
    pub(super) fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.bytes()?).ok().map(String::from)
    }

    /// Returns what is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }
}
