//! A backup made while many sessions write is one moment of the registry.

use crate::process::{Server, json, run};
use crate::sandbox::{Fleet, assert_sound, between, check, count_answered, sandbox_on};

#[test]
fn backup_under_load_restores_one_moment() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let fleet = Fleet::start(&server, "b", 16);
    let mut backups = Vec::new();
    for number in 0..3 {
        assert!(fleet.wait(150));
        let before = fleet.record();
        let file = home.path().join(format!("{number}.backup"));
        let made = server.admin_json(&["backup", "create", file.to_str().unwrap()]);
        backups.push((file, made, before, fleet.record()));
    }
    server.signal("TERM");
    fleet.join();
    assert_eq!(server.wait().0, Some(0));
    for (number, (file, made, before, after)) in backups.into_iter().enumerate() {
        let dir = home.path().join(format!("restored{number}"));
        let (from, to) = (file.to_str().unwrap(), dir.to_str().unwrap());
        let restored = json(&run(&["backup", "restore", from, "--dir", to, "--json"]));
        assert_eq!(restored, made);
        assert_eq!(assert_sound(&dir, "store")["digest"], made["digest"]);
        let certs = home.path().join("certs");
        let server = Server::start(sandbox_on(&dir, &certs), dir.clone(), certs);
        let found = check(&server, &between(&before, &after));
        println!(
            "backup {number}: {} commands answered before, {} in it",
            count_answered(&before),
            found.identifiers.len()
        );
        let fleet = Fleet::start(&server, &format!("r{number}"), 3);
        assert!(fleet.wait(12));
        server.stop();
    }
}
