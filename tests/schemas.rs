//! Our schemas accept what the RFCs' schemas accept: on a corpus of foreign documents, and on mutants of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::print_stdout, missing_docs)]

#[path = "support/oracle.rs"]
mod oracle;

use std::fs;
use std::path::{Path, PathBuf};

use oracle::Oracle;

/// Starts both validators; `None` when one of them cannot be had.
fn both() -> Option<(Oracle, Oracle)> {
    Some((Oracle::start(&oracle::own())?, Oracle::start_official()?))
}

/// Returns every XML document below `directory`.
fn documents(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
}

#[test]
fn judge_corpus_agrees_with_official_schemas() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: the corpus is absent ({})", corpus.display());
        return;
    }
    let Some((own, official)) = both() else {
        return;
    };
    let mut paths = Vec::new();
    documents(&corpus, &mut paths);
    assert!(paths.len() > 1000, "{} documents", paths.len());
    let (mut valid, mut invalid) = (0, 0);
    for path in paths {
        let document = fs::read(&path).unwrap();
        let (ours, theirs) = (own.verdict(&document), official.verdict(&document));
        assert_eq!(
            (ours.well_formed, ours.valid),
            (theirs.well_formed, theirs.valid),
            "{}: ours {:?}, theirs {:?}",
            path.display(),
            ours.message,
            theirs.message
        );
        *if ours.valid { &mut valid } else { &mut invalid } += 1;
    }
    println!("corpus: {valid} valid and {invalid} invalid by both");
    assert!(valid > 500 && invalid > 500);
}
