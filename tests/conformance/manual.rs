//! The registrar's manual quotes the golden pairs: `HKEPP_BLESS=1` writes them into `docs/registrar.md`.
//!
//! What follows a mark, up to the next mark or heading, is written by this test: one pair after
//! `<!-- sample OBJECT/COMMAND/CASE -->`, everything else known of a command after `<!-- cases OBJECT/COMMAND -->`,
//! the tables of codes, limits and documents after marks of their names.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::golden::{Case, cases, read};
use super::tables::{codes, documents, limits_table};

#[test]
fn manual_quotes_the_golden_pairs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/registrar.md");
    let manual = fs::read_to_string(&path).unwrap();
    let written = rewrite(&manual, &cases());
    if std::env::var_os("HKEPP_BLESS").is_some() {
        fs::write(&path, written).unwrap();
        return;
    }
    assert!(
        written == manual,
        "docs/registrar.md is out of date: run this test with HKEPP_BLESS=1 and read the difference"
    );
}

/// Writes the manual anew, its marked parts from the cases.
fn rewrite(manual: &str, cases: &BTreeMap<String, Case>) -> String {
    let mut written = String::new();
    let mut replaced = false;
    for line in manual.lines() {
        if line.starts_with('#') || line.starts_with("<!-- ") {
            replaced = false;
        }
        if replaced {
            continue;
        }
        writeln!(written, "{line}").unwrap();
        if let Some(case) = mark(line, "sample ") {
            quote(&mut written, case, cases);
            replaced = true;
        } else if let Some(command) = mark(line, "cases ") {
            list(&mut written, manual, command, cases);
            replaced = true;
        } else if let Some(table) = table(line) {
            written.push_str(&table);
            replaced = true;
        }
    }
    format!("{}\n", written.trim_end())
}

/// Returns the table that a mark stands for.
fn table(line: &str) -> Option<String> {
    match mark(line, "")? {
        "codes" => Some(codes()),
        "limits" => Some(limits_table()),
        "documents" => Some(documents()),
        _ => None,
    }
}

fn mark<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let mark = line.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
    mark.strip_prefix(kind)
}

/// Quotes a pair.
fn quote(written: &mut String, name: &str, cases: &BTreeMap<String, Case>) {
    let case = cases
        .get(name)
        .unwrap_or_else(|| panic!("the manual names no case {name}"));
    writeln!(written, "\n{} (`{name}`)\n", case.shows).unwrap();
    for kind in ["req", "rsp"] {
        writeln!(written, "```xml\n{}\n```\n", read(name, kind).trim_end()).unwrap();
    }
}

/// Lists the cases of a command that the manual does not quote: what else succeeds, and what is refused.
fn list(written: &mut String, manual: &str, command: &str, cases: &BTreeMap<String, Case>) {
    let (mut others, mut refusals) = (String::new(), String::new());
    for (name, case) in cases {
        let Some(file) = name
            .strip_prefix(command)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            continue;
        };
        match file.split_once('_') {
            Some((code, _)) if code.parse::<u16>().is_ok() => {
                writeln!(refusals, "| {code} | {} |", case.shows).unwrap();
            }
            _ if manual.contains(&format!("<!-- sample {name} -->")) => {}
            _ => writeln!(others, "* {} (`{name}`)", case.shows).unwrap(),
        }
    }
    if !others.is_empty() {
        writeln!(written, "\nAlso:\n\n{others}").unwrap();
    }
    if !refusals.is_empty() {
        writeln!(
            written,
            "\n| code | refused when |\n| --- | --- |\n{refusals}"
        )
        .unwrap();
    }
}
