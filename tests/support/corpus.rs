//! The corpus of foreign EPP documents beside the repository, by its tables. Where it is absent, its tests say so.

use std::fs;
use std::path::{Path, PathBuf};

/// The corpus.
pub struct Corpus(PathBuf);

/// A document of `MANIFEST.tsv`.
pub struct Listed {
    /// Its category and file, by which it is told in failures.
    pub name: String,
    /// The command, such as `login`.
    pub verb: String,
    /// The namespaces of its object and its extensions.
    namespaces: String,
    /// What the file holds.
    pub octets: Vec<u8>,
}

/// A document of `INVALID.tsv`.
pub struct Invalid {
    /// Its class and file, by which it is told in failures.
    pub name: String,
    /// The codes that may answer it.
    pub codes: String,
    /// What kind of fault it has.
    pub class: String,
    /// What the file holds.
    pub octets: Vec<u8>,
}

impl Corpus {
    /// Finds the corpus, or says that it is absent.
    pub fn find() -> Option<Self> {
        let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus"));
        if path.is_dir() {
            return Some(Self(path));
        }
        println!("skipped: the corpus is absent ({})", path.display());
        None
    }

    /// Returns one of its directories.
    pub fn directory(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Returns every command and hello that is valid, be it by what this server does not serve or does not allow.
    pub fn requests(&self) -> Vec<Listed> {
        let found = self.listed(&["valid", "unsupported", "policy"], &["command", "hello"]);
        assert!(found.len() > 800, "only {} documents", found.len());
        found
    }

    /// Returns the documents of these categories and kinds.
    pub fn listed(&self, categories: &[&str], kinds: &[&str]) -> Vec<Listed> {
        let rows = rows(&self.0.join("MANIFEST.tsv")).into_iter();
        let wanted = rows.filter(|row| categories.contains(&&*row[0]) && kinds.contains(&&*row[2]));
        let read = |row: Vec<String>| Listed {
            name: format!("{}/{}", row[0], row[1]),
            verb: row[3].clone(),
            namespaces: row[4].clone(),
            octets: fs::read(self.0.join(&row[0]).join(&row[1])).unwrap(),
        };
        wanted.map(read).collect()
    }

    /// Returns every invalid command.
    pub fn invalid(&self) -> Vec<Invalid> {
        let rows = rows(&self.0.join("INVALID.tsv")).into_iter();
        let read = |row: Vec<String>| Invalid {
            name: row[0].clone(),
            codes: row[1].clone(),
            class: row[2].clone(),
            octets: fs::read(self.0.join("invalid").join(&row[0])).unwrap(),
        };
        let found: Vec<_> = rows.map(read).collect();
        assert!(found.len() > 200, "only {} documents", found.len());
        found
    }
}

impl Listed {
    /// Says whether its object is none of `objects`.
    pub fn has_foreign_object(&self, objects: &[&str]) -> bool {
        let object = self.split().0;
        !object.is_empty() && !objects.contains(&object)
    }

    /// Says whether one of its extensions is none of `extensions`.
    pub fn has_foreign_extension(&self, extensions: &[&str]) -> bool {
        let mut named = self.split().1.split(',').filter(|uri| !uri.is_empty());
        named.any(|uri| !extensions.contains(&uri))
    }

    /// Returns the namespace of its object and those of its extensions.
    fn split(&self) -> (&str, &str) {
        let namespaces = self.namespaces.as_str();
        let (object, extensions) = namespaces.split_once("ext=").unwrap_or((namespaces, ""));
        (object.trim(), extensions)
    }
}

impl Invalid {
    /// Says whether it may be answered by `code`.
    pub fn allows(&self, code: u16) -> bool {
        self.codes
            .split(',')
            .any(|listed| listed == code.to_string())
    }
}

/// Asserts that nothing was found wrong in `seen` documents.
pub fn assert_all_right(wrong: &[String], seen: usize) {
    let count = wrong.len();
    assert_eq!(count, 0, "{count} of {seen}:\n{}", wrong.join("\n"));
}

/// Returns the columns of each row of a table, its heading left out.
fn rows(table: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(table).unwrap();
    let row = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().skip(1).map(row).collect()
}
