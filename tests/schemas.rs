//! Our schemas accept what the RFCs' schemas accept: on a corpus of foreign documents, and on mutants of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(clippy::print_stdout, missing_docs, unreachable_pub)]

// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "support/corpus.rs"]
mod corpus;
#[path = "support/mutate.rs"]
mod mutate;
#[path = "support/oracle.rs"]
mod oracle;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use corpus::Corpus;
use mutate::Mutator;
use oracle::Oracle;

/// Mutants to judge in one run.
const MUTANTS: u64 = 20_000;
/// Mutants under judgement at a time.
const BATCH: usize = 32;

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
    let Some(corpus) = Corpus::find() else { return };
    let Some((own, official)) = both() else {
        return;
    };
    let mut paths = Vec::new();
    documents(&corpus.directory(""), &mut paths);
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

/// Returns the documents of the corpus that are valid by the namespaces we speak.
fn seeds(corpus: &Corpus, official: &Oracle) -> Vec<String> {
    let mut paths = Vec::new();
    documents(&corpus.directory("valid"), &mut paths);
    paths.sort();
    paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .filter(|text| official.verdict(text.as_bytes()).valid)
        .collect()
}

#[test]
fn judge_mutants_agrees_with_official_schemas() {
    let Some(corpus) = Corpus::find() else { return };
    let Some((own, official)) = both() else {
        return;
    };
    let seeds = seeds(&corpus, &official);
    assert!(seeds.len() > 500, "{} seeds", seeds.len());
    let mutator = Mutator::new(seeds.iter().map(String::as_str));
    let started = Instant::now();
    let mut counts = BTreeMap::new();
    for first in (0..MUTANTS).step_by(BATCH) {
        let batch = mutator.batch(first..(first + BATCH as u64).min(MUTANTS));
        let documents: Vec<_> = batch.iter().map(|mutant| mutant.octets.clone()).collect();
        let (ours, (theirs, ())) =
            own.verdicts(&documents, || official.verdicts(&documents, || ()));
        for ((mutant, ours), theirs) in batch.iter().zip(ours).zip(theirs) {
            assert_eq!(
                (ours.well_formed, ours.valid),
                (theirs.well_formed, theirs.valid),
                "mutant {} ({:?}): ours {:?}, theirs {:?}\n{}",
                mutant.number,
                mutant.changes,
                ours.message,
                theirs.message,
                String::from_utf8_lossy(&mutant.octets)
            );
            *counts.entry((ours.well_formed, ours.valid)).or_insert(0) += 1;
        }
    }
    let rate = MUTANTS as f64 / started.elapsed().as_secs_f64();
    println!("{MUTANTS} mutants, {rate:.0}/s; (well-formed, valid): {counts:?}");
    let share = |key| counts.get(&key).copied().unwrap_or(0) * 100 / MUTANTS;
    assert!(share((true, true)) > 20 && share((true, false)) > 20);
}
