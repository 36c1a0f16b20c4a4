//! `hkepp store`, `backup` and `audit`, with the server running and without.

use std::fs;
use std::path::PathBuf;

use crate::process::{Server, json, refusal, run};

/// Returns the first segment of a journal.
fn segment(dir: &std::path::Path) -> PathBuf {
    let mut files: Vec<_> = fs::read_dir(dir.join("journal"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    files.remove(0)
}

#[test]
fn verification_is_the_same_with_and_without_the_server() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let dir = server.dir.to_str().unwrap().to_owned();
    let online = server.admin_json(&["store", "verify"]);
    let trail = server.admin_json(&["audit", "verify"]);
    assert_eq!(online["problems"].as_array().unwrap().len(), 0);
    assert_eq!(online["head"], trail["head"]);
    let lines = server.admin_json(&["audit", "tail"]);
    server.stop();
    let offline = json(&run(&["store", "verify", "--json", "--dir", &dir]));
    assert_eq!(offline["head"], online["head"]);
    assert_eq!(offline["digest"], online["digest"]);
    assert_eq!(
        json(&run(&["audit", "verify", "--json", "--dir", &dir]))["head"],
        online["head"]
    );
    assert_eq!(
        json(&run(&["audit", "tail", "--json", "--dir", &dir])),
        lines
    );
}

#[test]
fn damage_is_found_and_told() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let dir = server.dir.clone();
    server.stop();
    let file = segment(&dir);
    let mut octets = fs::read(&file).unwrap();
    let place = octets.windows(9).position(|w| w == b"registrar").unwrap();
    octets[place] ^= 1;
    fs::write(&file, octets).unwrap();
    let dir = dir.to_str().unwrap();
    for verb in [["store", "verify"], ["audit", "verify"]] {
        let found = run(&[verb[0], verb[1], "--dir", dir]);
        assert!(refusal(&found).contains("damaged at offset"), "{found:?}");
    }
    let start = run(&[
        "sandbox",
        "--dir",
        dir,
        "--certs-dir",
        home.path().join("certs").to_str().unwrap(),
    ]);
    assert_eq!(start.status.code(), Some(1));
}

#[test]
fn backup_restores_to_the_same_state() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let file = home.path().join("registry.backup");
    let file = file.to_str().unwrap();
    let made = server.admin_json(&["backup", "create", file]);
    assert!(refusal(&server.admin(&["backup", "create", file])).contains("new file"));
    let old = server.dir.to_str().unwrap().to_owned();
    server.stop();
    let other = home.path().join("other.backup");
    let offline = json(&run(&[
        "backup",
        "create",
        other.to_str().unwrap(),
        "--json",
        "--dir",
        &old,
    ]));
    assert_eq!(offline["digest"], made["digest"]);
    let restored = home.path().join("restored");
    let new = restored.to_str().unwrap();
    let copied = json(&run(&["backup", "restore", file, "--dir", new, "--json"]));
    assert_eq!(copied["digest"], made["digest"]);
    assert_eq!(
        json(&run(&["store", "verify", "--dir", new, "--json"]))["digest"],
        made["digest"]
    );
    assert!(refusal(&run(&["backup", "restore", file, "--dir", new])).contains("not empty"));
    fs::rename(&restored, home.path().join("data-restored")).unwrap();
    fs::remove_dir_all(home.path().join("data")).unwrap();
    fs::rename(home.path().join("data-restored"), home.path().join("data")).unwrap();
    let server = Server::sandbox(home.path(), &[]);
    server.epp_json("registrar-a", &["login"]);
}

#[test]
fn verbs_on_a_directory_without_a_store_say_so() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().to_str().unwrap();
    for verb in [["store", "verify"], ["audit", "tail"], ["audit", "verify"]] {
        assert!(refusal(&run(&[verb[0], verb[1], "--dir", dir])).contains("holds no store"));
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}
