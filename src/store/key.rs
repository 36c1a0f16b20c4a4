//! Keys: a kind, a slash, and parts, in octets that sort as the parts do.
//!
//! `domain/example.hk` is a key of one part. Further parts follow after a zero octet, and a zero octet inside a
//! part is written as 00 FF, so that any text is a legal part and `a` never runs into `ab`.

use std::borrow::Borrow;
use std::fmt;

use data_encoding::HEXLOWER;

/// Octet between two parts.
const SEPARATOR: u8 = 0;
/// Octet that turns a separator back into content.
const ESCAPE: u8 = 0xff;

/// The name of a value or a counter.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<[u8]>);

impl Key {
    /// Builds a key of `kind` (a word without slash, like `domain`) and its parts.
    pub fn new(kind: &str, parts: &[&str]) -> Self {
        let room: usize = parts.iter().map(|part| part.len() + 1).sum();
        let mut bytes = Vec::with_capacity(kind.len() + room.max(1));
        bytes.extend_from_slice(kind.as_bytes());
        bytes.push(b'/');
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                bytes.push(SEPARATOR);
            }
            escape(part.as_bytes(), &mut bytes);
        }
        Self(bytes.into_boxed_slice())
    }

    /// Adds a text part.
    #[must_use]
    pub fn and(self, part: &str) -> Self {
        self.and_octets(part.as_bytes())
    }

    /// Adds a number part, written so that keys sort by the number.
    #[must_use]
    pub fn and_number(self, number: u64) -> Self {
        let mut text = [0; 16];
        HEXLOWER.encode_mut(&number.to_be_bytes(), &mut text);
        self.and_octets(&text)
    }

    fn and_octets(self, part: &[u8]) -> Self {
        let mut bytes = self.children();
        escape(part, &mut bytes);
        Self(bytes.into_boxed_slice())
    }

    /// Takes octets back that came from [`Key::as_bytes`].
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// Returns the octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the scan prefix of every key of `kind`.
    pub fn prefix(kind: &str) -> Vec<u8> {
        Self::new(kind, &[]).0.into_vec()
    }

    /// Returns the scan prefix of the keys that have this one's parts and at least one more.
    pub fn children(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() + 32);
        bytes.extend_from_slice(&self.0);
        if !bytes.ends_with(b"/") || bytes.iter().filter(|byte| **byte == b'/').count() > 1 {
            bytes.push(SEPARATOR);
        }
        bytes
    }

    /// Returns the kind: what stands before the slash.
    pub fn kind(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == b'/');
        let kind = self.0.get(..end.unwrap_or(self.0.len()));
        kind.and_then(|kind| std::str::from_utf8(kind).ok())
            .unwrap_or_default()
    }

    /// Returns the parts as they were given, octets that are no text replaced.
    pub fn parts(&self) -> Vec<String> {
        let Some(slash) = self.0.iter().position(|byte| *byte == b'/') else {
            return Vec::new();
        };
        let mut parts = vec![Vec::new()];
        let mut rest = self.0.get(slash + 1..).unwrap_or_default();
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match (byte, after.split_first()) {
                (SEPARATOR, Some((&ESCAPE, after))) => {
                    rest = after;
                    push(&mut parts, SEPARATOR);
                }
                (SEPARATOR, _) => parts.push(Vec::new()),
                _ => push(&mut parts, byte),
            }
        }
        parts
            .iter()
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect()
    }
}

/// Appends an octet to the last part.
fn push(parts: &mut [Vec<u8>], byte: u8) {
    if let Some(last) = parts.last_mut() {
        last.push(byte);
    }
}

/// Appends a part with its zero octets escaped.
fn escape(part: &[u8], into: &mut Vec<u8>) {
    for (index, piece) in part.split(|byte| *byte == SEPARATOR).enumerate() {
        if index > 0 {
            into.extend_from_slice(&[SEPARATOR, ESCAPE]);
        }
        into.extend_from_slice(piece);
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_of_one_part_reads_as_text() {
        let key = Key::new("domain", &["example.hk"]);
        assert_eq!(key.as_bytes(), b"domain/example.hk");
        assert_eq!(
            (key.kind(), key.parts()),
            ("domain", vec!["example.hk".into()])
        );
    }

    #[test]
    fn parts_keep_their_order_and_come_back() {
        let a = Key::new("poll", &["registrar-a"]).and_number(9);
        let b = Key::new("poll", &["registrar-a"]).and_number(10);
        let c = Key::new("poll", &["registrar-a!"]).and_number(1);
        assert!(a < b && b < c);
        assert!(
            a.as_bytes()
                .starts_with(&Key::new("poll", &["registrar-a"]).children())
        );
        assert!(
            !c.as_bytes()
                .starts_with(&Key::new("poll", &["registrar-a"]).children())
        );
        let odd = Key::new("contact", &["a\0b/c", "", "d"]);
        assert_eq!(odd.parts(), ["a\0b/c", "", "d"]);
        assert_ne!(odd, Key::new("contact", &["a", "b/c", "", "d"]));
    }

    #[test]
    fn key_without_parts_takes_its_first() {
        assert_eq!(
            Key::new("meta", &[]).and("clock"),
            Key::new("meta", &["clock"])
        );
    }
}
