//! Replays what the fuzzers start from and what they once found: `fuzz/corpus/<target>/`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::fs;
use std::path::Path;

use hkepp::base::code::Code;
use hkepp::fuzzing;
use hkepp::protocol::Message;
use hkepp::xml::{self, Tree};

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
fn seeds_of_commands_are_commands() {
    replay(&["fuzz/corpus/command"], |octets| {
        let text = xml::decode(octets).unwrap();
        let outcome = Message::decode(&Tree::parse(&text).unwrap());
        let code = outcome.err().map_or(Code::Completed, |error| error.code);
        let expected = [
            ("register", Code::UnknownCommand),
            ("fee-1.0", Code::UnimplementedExtension),
            ("org-1.0", Code::UnimplementedObject),
        ];
        let expected = expected.iter().find(|(part, _)| text.contains(part));
        assert_eq!(code, expected.map_or(Code::Completed, |(_, code)| *code));
    });
}

/// Runs every file below these directories; a failure's last printed line names the culprit.
fn replay(directories: &[&str], run: impl Fn(&[u8])) {
    for directory in directories {
        let mut seen = 0;
        let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                println!("{}", path.display());
                run(&fs::read(&path).unwrap());
                seen += 1;
            }
        }
        assert!(seen > 10, "{directory} has {seen} files");
    }
}
