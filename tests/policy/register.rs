//! The register of rules: `HKEPP_BLESS=1` writes it into `docs/policy.md`; the tests it names as proofs exist.

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use hkepp::policy::hk::rules::{Enforcer, Entry, REGISTER};

const MARK: &str = "<!-- rules -->";

#[test]
fn the_manual_lists_the_register() {
    let path = root().join("docs/policy.md");
    let manual = fs::read_to_string(&path).unwrap();
    let mut written = String::new();
    let mut replaced = false;
    for line in manual.lines() {
        replaced &= !line.starts_with('#');
        if replaced {
            continue;
        }
        writeln!(written, "{line}").unwrap();
        if line == MARK {
            written.push_str(&listed());
            replaced = true;
        }
    }
    let written = format!("{}\n", written.trim_end());
    assert!(written.contains(MARK));
    if std::env::var_os("HKEPP_BLESS").is_some() {
        fs::write(&path, written).unwrap();
        return;
    }
    assert!(
        written == manual,
        "docs/policy.md is out of date: run this test with HKEPP_BLESS=1 and read the difference"
    );
}

/// Writes the register as a table.
fn listed() -> String {
    let mut written = String::from(
        "\n| # | rule | what it says | where | code | state |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for entry in REGISTER {
        let codes: Vec<String> = entry.codes.iter().map(ToString::to_string).collect();
        writeln!(
            written,
            "| {} | {} | {} | {} | {} | {} |",
            entry.number,
            entry.rule,
            entry.effect,
            entry.place,
            codes.join(", "),
            state(entry)
        )
        .unwrap();
    }
    written.push('\n');
    written
}

fn state(entry: &Entry) -> &'static str {
    match (entry.enforcer, entry.proof) {
        (_, "") => "later",
        (Enforcer::Server, _) => "enforced",
        (Enforcer::People, _) => "by people",
    }
}

#[test]
fn every_proof_is_a_test() {
    let mut tests = HashSet::new();
    for folder in ["src", "tests"] {
        collect(&root().join(folder), &mut tests);
    }
    for entry in REGISTER.iter().filter(|entry| !entry.proof.is_empty()) {
        assert!(
            tests.contains(entry.proof),
            "{}: {}",
            entry.rule,
            entry.proof
        );
    }
}

/// Adds the names of the test functions below a folder.
fn collect(folder: &Path, into: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
            for pair in lines.windows(2) {
                let is_test =
                    pair[0].starts_with("#[test]") || pair[0].starts_with("#[tokio::test");
                let name = pair[1].trim_start_matches("async ").strip_prefix("fn ");
                if let (true, Some(name)) = (is_test, name) {
                    into.insert(name.split('(').next().unwrap().to_owned());
                }
            }
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
