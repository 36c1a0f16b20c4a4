//! Variant tables: which characters a Chinese label may hold, and which of them are one (RFC 3743, RFC 4713).
//!
//! A character's variant set holds every character that may stand for it; sets do not overlap. The least
//! code point of a set is its key: labels with the same keys in the same order are one package.
//!
//! Tables are read from three formats (docs/variants.md); one is embedded ([`Table::shipped`]).

mod draft;
pub mod error;
mod rfc3743;
mod rfc7940;
mod tsv;

pub use error::{Fault, TableError};

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use sha2::{Digest, Sha256};

/// The embedded table, made from the Unihan database by `data/unihan.py`.
const SHIPPED: &str = include_str!("../data/variants.tsv");

/// Stands in [`Table::keys`] where labels may not hold the character; it is never in one itself.
const NO_KEY: char = '\0';

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

impl Row {
    /// Makes the row of a character without variants.
    pub fn alone(character: char) -> Self {
        Self {
            simplified: vec![character],
            traditional: vec![character],
            set: vec![character],
        }
    }
}

/// A variant table with its version.
#[derive(Clone, Debug)]
pub struct Table {
    version: String,
    rows: HashMap<char, Row>,
    /// Keys by code point: every label of a command is looked up here.
    keys: Box<[char]>,
}

impl Table {
    /// Makes a table; sets are closed and do not overlap. Lower-case ASCII letters, digits and the hyphen
    /// are added, each alone, where `rows` lacks them.
    pub fn new(version: String, mut rows: HashMap<char, Row>) -> Self {
        let ascii = ('a'..='z').chain('0'..='9').chain(['-']);
        for character in ascii {
            rows.entry(character)
                .or_insert_with(|| Row::alone(character));
        }
        let length = rows.keys().max().map_or(0, |last| index(*last) + 1);
        let mut keys = vec![NO_KEY; length].into_boxed_slice();
        for (character, row) in &rows {
            if let (Some(slot), Some(key)) = (keys.get_mut(index(*character)), row.set.first()) {
                *slot = *key;
            }
        }
        Self {
            version,
            rows,
            keys,
        }
    }

    /// Reads a table; its content tells the format. The version is `name`, then the version the text itself
    /// states if it does, then the first 8 hexadecimal digits of the text's SHA-256, joined by hyphens.
    ///
    /// # Errors
    /// The first line at fault: it cannot be read, a character no label may hold, or sets that overlap
    /// without being equal. Nothing is repaired: an operator's table says exactly what it means.
    pub fn parse(text: &str, name: &str) -> Result<Self, TableError> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let draft = match Format::of(body) {
            Some(Format::Rfc3743) => rfc3743::read(body)?,
            Some(Format::Rfc7940) => rfc7940::read(body)?,
            Some(Format::Tsv) => tsv::read(body)?,
            None => return Err(Fault::Format.at(1)),
        };
        let (stated, rows) = draft.finish()?;
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(text));
        let digest = digest.get(..8).unwrap_or(&digest);
        let parts = [Some(name), stated.as_deref(), Some(digest)];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        Ok(Self::new(parts.join("-"), rows))
    }

    /// Returns the embedded table, read at its first use: an approximation of a registry's, see docs/variants.md.
    pub fn shipped() -> Arc<Self> {
        static TABLE: LazyLock<Arc<Table>> = LazyLock::new(|| {
            // Tests read it, so this cannot fail; an empty table refuses every Chinese label.
            let table = Table::parse(SHIPPED, "unihan");
            Arc::new(table.unwrap_or_else(|_| Table::new("none".to_owned(), HashMap::new())))
        });
        Arc::clone(&TABLE)
    }

    /// Returns the name under which packages remember it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Returns what it says of a character, `None` when labels may not hold it.
    pub fn row(&self, character: char) -> Option<&Row> {
        self.rows.get(&character)
    }

    /// Returns every character with its row, in no order.
    pub fn rows(&self) -> impl Iterator<Item = (char, &Row)> {
        self.rows.iter().map(|(character, row)| (*character, row))
    }

    /// Returns the key of a character.
    pub fn key(&self, character: char) -> Option<char> {
        let key = self.keys.get(index(character)).copied()?;
        (key != NO_KEY).then_some(key)
    }

    /// Returns the key of a label in lower-case U-form: what all labels of its package share.
    pub fn key_of(&self, label: &str) -> Option<String> {
        let mut key = String::with_capacity(label.len() + 4);
        for character in label.chars() {
            key.push(self.key(character)?);
        }
        Some(key)
    }

    /// Returns a label in its preferred simplified form.
    pub fn simplified(&self, label: &str) -> Option<String> {
        self.form(label, |row| &row.simplified)
    }

    /// Returns a label in its preferred traditional form.
    pub fn traditional(&self, label: &str) -> Option<String> {
        self.form(label, |row| &row.traditional)
    }

    /// Returns the sets whose characters `old` keeps apart, by their keys: only labels with characters of two
    /// different keys of `old` there can become one package by a change from `old` to this table.
    pub fn joined(&self, old: &Self) -> Vec<&[char]> {
        let joins = |row: &&Row| {
            let mut keys = row.set.iter().filter_map(|character| old.key(*character));
            let first = keys.next();
            keys.any(|key| Some(key) != first)
        };
        let sets = self.rows().filter(|(character, _)| self.is_key(*character));
        let sets = sets.map(|(_, row)| row).filter(joins);
        let mut sets: Vec<&[char]> = sets.map(|row| row.set.as_slice()).collect();
        sets.sort_unstable();
        sets
    }

    /// Returns the characters of `old` that labels may hold no more, by code point.
    pub fn dropped(&self, old: &Self) -> Vec<char> {
        let characters = old.rows.keys().copied();
        let mut dropped: Vec<char> = characters.filter(|c| self.row(*c).is_none()).collect();
        dropped.sort_unstable();
        dropped
    }

    fn is_key(&self, character: char) -> bool {
        self.key(character) == Some(character)
    }

    fn form(&self, label: &str, preferred: fn(&Row) -> &Vec<char>) -> Option<String> {
        let of = |character| preferred(self.row(character)?).first().copied();
        label.chars().map(of).collect()
    }
}

/// What a table's text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Rfc3743,
    Rfc7940,
    Tsv,
}

impl Format {
    /// Judges by the first line that says something.
    fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let line = lines.find(|line| !line.is_empty() && !line.starts_with('#'))?;
        let heads = ["Reference", "Version"];
        if line.starts_with('<') {
            Some(Self::Rfc7940)
        } else if line.contains(';') || heads.iter().any(|head| line.starts_with(head)) {
            Some(Self::Rfc3743)
        } else {
            let (point, _) = tsv::split_run(line.split('\t').next()?);
            draft::code_point(point).map(|_| Self::Tsv)
        }
    }
}

fn index(character: char) -> usize {
    character as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::parse(text, "t").unwrap()
    }

    #[test]
    fn the_shipped_table_is_read_and_knows_the_usual_words() {
        let parsed = Table::parse(SHIPPED, "unihan").unwrap();
        let table = Table::shipped();
        assert_eq!(table.version(), parsed.version());
        assert!(table.version().starts_with("unihan-15.0.0-"));
        assert!(table.rows().count() > 20_000);
        for (one, other) in [
            ("银行", "銀行"),
            ("头发", "頭髮"),
            ("網絡", "网络"),
            ("滙豐", "汇丰"),
        ] {
            assert_eq!(table.key_of(one), table.key_of(other), "{one} {other}");
            assert!(table.key_of(one).is_some());
        }
        assert_ne!(table.key_of("香港"), table.key_of("中國"));
        assert_eq!(table.simplified("香港銀行").unwrap(), "香港银行");
        assert_eq!(table.traditional("国泰航空").unwrap(), "國泰航空");
        assert!(table.key_of("深水埗").is_some());
        assert_eq!(table.key_of("my-shop"), Some("my-shop".to_owned()));
        assert_eq!(table.key_of("Shop"), None);
        assert_eq!(table.key_of("한국"), None);
    }

    #[test]
    fn the_version_names_the_file_and_its_content() {
        // The first 8 digits of what sha256sum says.
        assert_eq!(table("4E00\n").version(), "t-71ad4194");
        assert_ne!(table("4E00\n").version(), table("4E00\n\n").version());
    }

    #[test]
    fn content_tells_the_format() {
        for (text, format) in [
            ("<?xml", Some(Format::Rfc7940)),
            ("\n  <lgr>", Some(Format::Rfc7940)),
            ("Reference 0 Unicode", Some(Format::Rfc3743)),
            ("# c\nVersion 1", Some(Format::Rfc3743)),
            ("4E00(0);;", Some(Format::Rfc3743)),
            ("# c\n4E00..4E01", Some(Format::Tsv)),
            ("4E00\t", Some(Format::Tsv)),
            ("# only a comment", None),
            ("", None),
            ("{}", None),
            ("hello\tworld", None),
        ] {
            assert_eq!(Format::of(text), format, "{text}");
        }
        let error = Table::parse("hello", "t").unwrap_err();
        assert_eq!(error, Fault::Format.at(1));
    }

    #[test]
    fn ascii_is_there_though_the_text_lacks_it() {
        let table = Table::new("v".to_owned(), HashMap::new());
        assert_eq!(table.rows().count(), 37);
        assert_eq!(table.key_of("a-z09").unwrap(), "a-z09");
        assert_eq!(table.key('\0'), None);
        assert_eq!(table.key('A'), None);
        assert_eq!(table.key('\u{10ffff}'), None);
    }

    #[test]
    fn a_change_tells_what_it_joins_and_drops() {
        let old = table("4E00\t\t\t\t4E01\t\n4E01\t\t\t\t4E00\t\n4E02..4E05\n");
        assert_eq!(old.joined(&old), Vec::<&[char]>::new());
        assert_eq!(old.dropped(&old), Vec::<char>::new());
        let all = "4E00 4E01 4E02";
        let set = |point: &str| format!("{point}\t\t\t\t{all}\t\n");
        let new = table(&format!(
            "{}{}{}4E04\n4E09\n",
            set("4E00"),
            set("4E01"),
            set("4E02")
        ));
        assert_eq!(new.joined(&old), [['一', '丁', '丂']]);
        assert_eq!(new.dropped(&old), ['七', '丅']);
        // To split a set joins nothing.
        assert_eq!(old.joined(&new), Vec::<&[char]>::new());
        assert_eq!(old.dropped(&new), ['三']);
    }
}
