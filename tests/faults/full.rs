//! A disk that is full: nothing is acknowledged that is not kept, and sessions stay.

use std::fs::{self, File};
use std::io::Write;

use crate::disk::Disk;
use crate::process::Server;
use crate::sandbox::{Ended, Fleet, assert_sound, check, count_answered, sandbox_on};

/// Fills a disk to its last octet; the file that does it is removed to free it again.
fn fill(disk: &Disk) -> std::path::PathBuf {
    let path = disk.dir.join("ballast");
    let mut file = File::create(&path).unwrap();
    for size in [1024 * 1024, 4096, 1] {
        let zeros = vec![0; size];
        while file.write_all(&zeros).is_ok() {}
    }
    path
}

#[test]
fn full_disk_makes_the_server_read_only_and_loses_nothing() {
    let home = tempfile::tempdir().unwrap();
    let certs = home.path().join("certs");
    let Some(disk) = Disk::make(home.path(), "small", 64) else {
        return;
    };
    let dir = disk.dir.join("data");
    let start = || Server::start(sandbox_on(&dir, &certs), dir.clone(), certs.clone());
    let server = start();
    let fleet = Fleet::start(&server, "f", 16);
    assert!(fleet.wait(200));
    let ballast = fill(&disk);
    let (bundles, ends) = fleet.join();
    assert!(
        ends.iter().all(|end| *end == Ended::Refused(2400)),
        "{ends:?}"
    );
    let (status, reason) = server.get("/readyz");
    assert_eq!(status, 503);
    assert!(reason.contains("No space left"), "{reason}");
    assert_eq!(server.get("/healthz").0, 200);
    server.signal("TERM");
    let (exit, log) = server.wait();
    let last = log.lines().last().unwrap();
    assert_eq!(exit, Some(1));
    assert!(last.contains("read-only since a disk error"), "{last}");
    fs::remove_file(ballast).unwrap();
    let server = start();
    check(&server, &bundles);
    let fleet = Fleet::start(&server, "g", 2);
    assert!(fleet.wait(20));
    assert_sound(&dir, "store");
    server.stop();
    println!("{} commands answered, 0 lost", count_answered(&bundles));
}
