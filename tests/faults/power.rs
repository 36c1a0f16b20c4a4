//! Loss of power: only what had reached the disk is there again, and the machine has booted anew.
//!
//! The directory is on a file system in a file. While the stopped server cannot write, the file is copied: it
//! holds what was flushed and nothing of what the system still had in memory. The next start is on the copy.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::damage::{Random, rounds};
use crate::disk::Disk;
use crate::process::Server;
use crate::sandbox::{
    Fleet, assert_sound, check, check_messages, count_answered, count_restored, sandbox_on,
};

/// Stops all threads of a server where they are, and waits until the last system call is over.
fn freeze(server: &Server) {
    server.signal("STOP");
    let tasks = format!("/proc/{}/task", server.pid());
    let is_stopped = |task: fs::DirEntry| {
        let text = fs::read_to_string(task.path().join("stat")).unwrap();
        text.rsplit_once(") ").unwrap().1.starts_with('T')
    };
    let all_stopped = || {
        fs::read_dir(&tasks)
            .unwrap()
            .all(|task| is_stopped(task.unwrap()))
    };
    while !all_stopped() {
        std::thread::yield_now();
    }
}

/// Makes the directory's index one that was written before this boot.
fn pretend_reboot(dir: &Path) {
    let state = dir.join("index/state");
    // A state file that never reached the disk is distrusted anyway.
    let text = fs::read_to_string(&state).unwrap_or_default();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    fs::write(&state, text.replace(boot.trim(), "another-boot")).unwrap();
}

#[test]
fn lost_power_takes_no_answered_change() {
    let seed = rounds("HKEPP_FAULT_SEED", 1);
    let mut random = Random(seed);
    let home = tempfile::tempdir().unwrap();
    let certs = home.path().join("certs");
    let Some(mut disk) = Disk::make(home.path(), "disk", 512) else {
        return;
    };
    let start = |disk: &Disk| {
        let dir = disk.dir.join("data");
        Server::start(sandbox_on(&dir, &certs), dir, certs.clone())
    };
    let mut server = start(&disk);
    let (mut all, mut unanswered, mut messages) = (Vec::new(), 0, 0);
    let rounds = rounds("HKEPP_POWER_ROUNDS", 3);
    for round in 0..rounds {
        let fleet = Fleet::start(&server, &format!("p{round}"), 16);
        assert!(fleet.wait(1 + random.below(600)));
        fleet.pass(Duration::from_micros(random.below(20_000)));
        freeze(&server);
        fs::write(disk.dir.join("witness"), "never synced").unwrap();
        let copy = disk.copy(home.path(), &format!("disk{round}"));
        server.kill();
        let (bundles, _, acknowledged) = fleet.join_with_messages();
        disk = copy;
        assert!(!disk.dir.join("witness").exists(), "the rig loses nothing");
        let dir = disk.dir.join("data");
        pretend_reboot(&dir);
        let report = assert_sound(&dir, "store");
        assert_eq!(report["index"], "is rebuilt at the next start");
        server = start(&disk);
        unanswered += check(&server, &bundles).unanswered;
        messages += check_messages(&server, &bundles, &acknowledged);
        all.extend(bundles);
        assert_sound(&dir, "store");
        assert_sound(&dir, "audit");
    }
    let found = check(&server, &all);
    server.stop();
    println!(
        "seed {seed}: {rounds} losses of power, {} commands answered, 0 lost, {} domains restored, {unanswered} unanswered ones \
         whole, {messages} messages waited, {} objects with identifiers of their own",
        count_answered(&all),
        count_restored(&all),
        found.identifiers.len(),
    );
}
