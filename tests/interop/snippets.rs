//! The snippets of `docs/clients.md`: they run as they stand, and what they quote is quoted rightly.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Server, finish};
use crate::scripts::{python, succeeds};
use crate::{port, report_absence};

/// The page.
const PAGE: &str = include_str!("../../docs/clients.md");

#[test]
fn snippet_of_net_epp_works_literally() {
    if !succeeds(Command::new("perl").args(["-MNet::EPP", "-e1"])) {
        return report_absence("Net::EPP (Debian's libnet-epp-perl)");
    }
    run(PathBuf::from("perl"), &only("Net::EPP", "perl"));
}

#[test]
fn snippets_of_the_python_clients_work_literally() {
    // On a Python that is too new for eppy its walk puts back what the library misses.
    let walk = include_str!("eppy_walk.py");
    let prelude = walk.split("from eppy.client").next().unwrap();
    for (client, before) in [("epptools", ""), ("eppy", prelude), ("pyepp", "")] {
        if !succeeds(Command::new(python()).args(["-c", &format!("import {client}")])) {
            report_absence(&format!("the Python client {client}"));
            continue;
        }
        run(python(), &format!("{before}{}", only(client, "python")));
    }
}

#[test]
fn snippets_of_instant_epp_stand_in_its_walk() {
    let walk = include_str!("instant.rs");
    let quoted = snippets("instant-epp", "rust");
    assert_eq!(quoted.len(), 2);
    for snippet in quoted {
        assert!(walk.contains(&snippet), "{snippet}");
    }
}

/// Runs a snippet with the server's port and certificates in their places.
fn run(interpreter: PathBuf, snippet: &str) {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let snippet = snippet
        .replace("7700", port(&server.epp_address()))
        .replace("certs-dev", server.certs.to_str().unwrap());
    let script = home.path().join("snippet");
    std::fs::write(&script, snippet).unwrap();
    let output = finish(Command::new(interpreter).arg(&script));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines, ["login 1000", "check 1000 available 1"]);
    server.stop();
}

/// Returns the one snippet of a client.
fn only(client: &str, language: &str) -> String {
    let found = snippets(client, language);
    let [snippet] = found.as_slice() else {
        panic!("{} snippets of {client}", found.len());
    };
    snippet.clone()
}

/// Returns the snippets in a client's section of the page.
fn snippets(client: &str, language: &str) -> Vec<String> {
    let (_, section) = PAGE.split_once(&format!("\n## {client}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let opening = format!("```{language}\n");
    let blocks = section.split(&opening).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

#[test]
fn walks_the_page_names_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let walks: Vec<&str> = PAGE
        .split('`')
        .filter(|word| word.starts_with("tests/interop/") && !word.ends_with('/'))
        .collect();
    assert_eq!(walks.len(), 5);
    for walk in walks {
        assert!(root.join(walk).is_file(), "{walk}");
    }
}
