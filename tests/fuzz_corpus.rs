//! Replays what the fuzzers start from and what they once found: `fuzz/corpus/<target>/`, and mutants of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs
)]

use std::fs;
use std::path::{Path, PathBuf};

use hkepp::base::code::Code;
use hkepp::fuzzing;
use hkepp::protocol::Message;
use hkepp::xml::{self, Tree};

/// Mutants of each corpus.
const MUTANTS: usize = 20_000;
/// Mutants of sequences of commands, which cost more.
const SEQUENCES: usize = 400;
/// Every document the other tests send or get.
const DATA: &str = "tests/data";

#[test]
fn replay_of_frames_holds() {
    replay(&["fuzz/corpus/frame"], fuzzing::frame);
}

#[test]
fn replay_of_documents_holds() {
    replay(
        &["fuzz/corpus/xml", "fuzz/corpus/command", DATA],
        fuzzing::xml,
    );
}

#[test]
fn replay_of_commands_holds() {
    replay(&["fuzz/corpus/command", DATA], fuzzing::command);
}

#[test]
fn replay_of_records_holds() {
    replay(&["fuzz/corpus/record"], fuzzing::record);
}

#[test]
fn replay_of_sessions_holds() {
    replay(&["fuzz/corpus/session"], fuzzing::session);
}

#[test]
fn seeds_of_commands_are_commands() {
    replay(&["fuzz/corpus/command"], |octets| {
        let text = xml::decode(octets).unwrap();
        let outcome = Message::decode(&Tree::parse(&text).unwrap());
        let code = outcome.err().map_or(Code::Completed, |error| error.code);
        let expected = [
            ("register", Code::UnknownCommand),
            ("fee-1.0", Code::UnimplementedExtension),
            ("org-1.0", Code::UnimplementedObject),
            ("domain-1.0 \"", Code::UnimplementedObject),
            ("ocomain", Code::Syntax),
        ];
        let expected = expected.iter().find(|(part, _)| text.contains(part));
        assert_eq!(code, expected.map_or(Code::Completed, |(_, code)| *code));
    });
}

#[test]
fn mutants_of_frames_hold() {
    mutate(&["fuzz/corpus/frame"], fuzzing::frame, MUTANTS);
}

#[test]
fn mutants_of_documents_hold() {
    mutate(&["fuzz/corpus/xml", DATA], fuzzing::xml, MUTANTS);
}

#[test]
fn mutants_of_commands_hold() {
    mutate(&["fuzz/corpus/command", DATA], fuzzing::command, MUTANTS);
}

#[test]
fn mutants_of_records_hold() {
    mutate(&["fuzz/corpus/record"], fuzzing::record, MUTANTS);
}

#[test]
fn mutants_of_sessions_hold() {
    mutate(&["fuzz/corpus/session"], fuzzing::session, SEQUENCES);
}

/// Runs mutants of the files below these directories.
fn mutate(directories: &[&str], run: fn(&[u8]), mutants: usize) {
    let files = directories.iter().flat_map(|directory| files(directory));
    let seeds: Vec<Vec<u8>> = files.map(|file| fs::read(file).unwrap()).collect();
    let mut random = Random(1);
    for number in 0..mutants {
        let mutant = random.mutant(&seeds);
        let held = std::panic::catch_unwind(|| run(&mutant));
        let shown = mutant.escape_ascii();
        assert!(held.is_ok(), "mutant {number} of {directories:?}: {shown}");
    }
}

/// Runs every file below these directories; a failure's last printed line names the culprit.
fn replay(directories: &[&str], run: impl Fn(&[u8])) {
    for directory in directories {
        let files = files(directory);
        for path in &files {
            println!("{}", path.display());
            run(&fs::read(path).unwrap());
        }
        assert!(files.len() > 10, "{directory} has {} files", files.len());
    }
}

/// Lists the files below a directory of this package, in order.
fn files(directory: &str) -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Xorshift: the same mutants in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    /// Picks a seed and changes it in one to four places.
    fn mutant(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut octets = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let start = self.below(octets.len() + 1);
            let end = (start + self.below(24)).min(octets.len());
            match self.below(5) {
                0 => octets.truncate(start),
                1 => drop(octets.drain(start..end)),
                2 => octets.insert(start, self.below(256) as u8),
                3 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    let to = (from + self.below(64)).min(other.len());
                    octets.splice(start..end, other[from..to].iter().copied());
                }
                _ => {
                    if let Some(octet) = octets.get_mut(start) {
                        *octet ^= 1 << self.below(8);
                    }
                }
            }
        }
        octets
    }
}
