//! The corpus of foreign EPP documents: what is well-formed is read, what is not is refused.

use std::path::{Path, PathBuf};

use crate::corpus::Corpus;
use crate::verdict;

/// Lists the documents below a directory.
fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

#[test]
fn parse_of_the_epp_corpus_gives_its_verdicts() {
    let Some(corpus) = Corpus::find() else { return };
    for (directory, accepted) in [("valid", true), ("invalid/malformed", false)] {
        let mut found = Vec::new();
        documents(&corpus.directory(directory), &mut found);
        assert!(found.len() > 10, "{directory}: {}", found.len());
        for path in found {
            let verdict = verdict(&std::fs::read(&path).unwrap());
            assert_eq!(verdict.is_ok(), accepted, "{}: {verdict:?}", path.display());
        }
    }
}
