//! The files of applications: verified, in backups and out of them again.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::{Server, json, refusal, run};
use crate::rulings::{application, create, registry};

/// Applies for a name and attaches a file; returns the number and the digest.
fn attach(server: &Server, home: &Path, name: &str, content: &[u8]) -> (String, String) {
    assert_eq!(create(server, "registrar-a", name, &[]), 1001);
    let id = application(server, name);
    let path = home.join(format!("{name}.pdf"));
    fs::write(&path, content).unwrap();
    let shown = server.admin_json(&["document", "attach", &id, path.to_str().unwrap()]);
    let digest = shown["attachments"][0]["digest"].as_str().unwrap();
    (id, digest.to_owned())
}

/// Verifies a directory; returns what is told on stdout, and on stderr when it fails.
fn verify(dir: &Path) -> (Value, Option<String>) {
    let output = run(&["store", "verify", "--json", "--dir", dir.to_str().unwrap()]);
    let told = serde_json::from_slice(&output.stdout).unwrap();
    (told, (!output.status.success()).then(|| refusal(&output)))
}

#[test]
fn verification_finds_missing_altered_and_unnamed_files_with_and_without_the_server() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let dir = server.dir.clone();
    let (id, digest) = attach(&server, home.path(), "my-shop.com.hk", b"%PDF-1.7 one");
    let file = dir.join("documents").join(&digest);
    fs::write(dir.join("documents/note.txt"), b"found here").unwrap();
    let told = server.admin_json(&["store", "verify"]);
    assert_eq!(told["files"], 1);
    assert_eq!(told["unnamed"]["count"], 1);
    assert_eq!(told["unnamed"]["first"][0], "note.txt");

    for (content, word) in [
        (Some(&b"%PDF-1.7 two"[..]), "was altered"),
        (Some(b"%PDF-1.7"), "has 8 octets, 12 were kept"),
        (None, "is missing"),
    ] {
        match content {
            Some(content) => fs::write(&file, content).unwrap(),
            None => fs::remove_file(&file).unwrap(),
        }
        let told = refusal(&server.admin(&["store", "verify"]));
        for part in [file.to_str().unwrap(), &id, word, "restore a backup"] {
            assert!(told.contains(part), "{told}: {part}");
        }
    }
    server.stop();
    let (told, problem) = verify(&dir);
    assert_eq!(
        (&told["files"], &told["unnamed"]["count"]),
        (&0.into(), &1.into())
    );
    assert!(problem.unwrap().contains("is missing"));
    fs::write(&file, b"%PDF-1.7 one").unwrap();
    assert_eq!(verify(&dir).1, None);
}

#[test]
fn backup_brings_files_back_and_says_which_it_lacks() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let (_, kept) = attach(&server, home.path(), "my-shop.com.hk", b"%PDF-1.7 one");
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let made = server.admin_json(&["backup", "create", &path("whole")]);
    assert_eq!(
        (&made["files"], &made["missing"]["count"]),
        (&1.into(), &0.into())
    );
    let (id, lost) = attach(&server, home.path(), "my-shop.org.hk", b"%PDF-1.7 two");
    fs::remove_file(server.dir.join("documents").join(&lost)).unwrap();
    let lacking = server.admin(&["backup", "create", &path("lacking")]);
    assert!(refusal(&lacking).contains("complete but for 1 files"));
    server.stop();

    let restored = home.path().join("restored");
    let to = restored.to_str().unwrap();
    let again = json(&run(&[
        "backup",
        "restore",
        &path("whole"),
        "--dir",
        to,
        "--json",
    ]));
    assert_eq!(again, made);
    let content = fs::read(restored.join("documents").join(&kept)).unwrap();
    assert_eq!(content, b"%PDF-1.7 one");
    assert_eq!(verify(&restored).1, None);

    let incomplete = home.path().join("incomplete");
    let to = incomplete.to_str().unwrap();
    let output = run(&["backup", "restore", &path("lacking"), "--dir", to]);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stdout).unwrap();
    let line = format!("documents/{lost} of application {id}");
    assert!(
        told.contains(&line) && told.contains("not in this backup"),
        "{told}"
    );
    assert!(
        verify(&incomplete)
            .1
            .is_some_and(|told| told.contains(&lost))
    );
    fs::write(incomplete.join("documents").join(&lost), b"%PDF-1.7 two").unwrap();
    assert_eq!(verify(&incomplete).1, None);
}
