//! Variant tables: which characters a Chinese label may hold, and which of them are one (RFC 3743, RFC 4713).
//!
//! A character's variant set holds every character that may stand for it; sets do not overlap. The least
//! code point of a set is its key: labels with the same keys in the same order are one package.

use std::collections::HashMap;

/// One character of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Preferred simplified forms, the first by default; the character itself when there is no other.
    pub simplified: Vec<char>,
    /// Preferred traditional forms, the first by default.
    pub traditional: Vec<char>,
    /// Every variant with the character itself, by code point.
    pub set: Vec<char>,
}

/// A variant table with its version.
#[derive(Clone, Debug)]
pub struct Table {
    version: String,
    rows: HashMap<char, Row>,
}

impl Table {
    /// Makes a table; sets are closed and do not overlap.
    pub fn new(version: String, rows: HashMap<char, Row>) -> Self {
        Self { version, rows }
    }

    /// Returns the name under which packages remember it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns what it says of a character, `None` when labels may not hold it.
    pub fn row(&self, character: char) -> Option<&Row> {
        self.rows.get(&character)
    }

    /// Returns the key of a character.
    pub fn key(&self, character: char) -> Option<char> {
        self.row(character)?.set.first().copied()
    }

    /// Returns the key of a label in lower-case U-form: what all labels of its package share.
    pub fn key_of(&self, label: &str) -> Option<String> {
        label.chars().map(|character| self.key(character)).collect()
    }

    /// Returns a label in its preferred simplified form.
    pub fn simplified(&self, label: &str) -> Option<String> {
        self.form(label, |row| &row.simplified)
    }

    /// Returns a label in its preferred traditional form.
    pub fn traditional(&self, label: &str) -> Option<String> {
        self.form(label, |row| &row.traditional)
    }

    fn form(&self, label: &str, preferred: fn(&Row) -> &Vec<char>) -> Option<String> {
        let of = |character| preferred(self.row(character)?).first().copied();
        label.chars().map(of).collect()
    }
}
