//! kill -9 while many sessions write.

use std::time::{Duration, Instant};

use crate::damage::{Random, rounds};
use crate::process::Server;
use crate::sandbox::{Fleet, assert_sound, check, check_messages, count_answered, count_restored};

#[test]
fn killed_server_keeps_every_answered_change() {
    let seed = rounds("HKEPP_FAULT_SEED", 1);
    let mut random = Random(seed);
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let (mut all, mut unanswered, mut messages) = (Vec::new(), 0, 0);
    let rounds = rounds("HKEPP_KILL_ROUNDS", 8);
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let fleet = Fleet::start(&server, &format!("k{round}"), 16);
        assert!(fleet.wait(1 + random.below(600)));
        fleet.pass(Duration::from_micros(random.below(20_000)));
        server.kill();
        let (bundles, _, acknowledged) = fleet.join_with_messages();
        // Every other time the files are judged as the kill left them, before a start repairs anything.
        if random.below(2) == 0 {
            assert_sound(&home.path().join("data"), "store");
        }
        let began = Instant::now();
        server = Server::sandbox(home.path(), &[]);
        slowest = slowest.max(began.elapsed());
        unanswered += check(&server, &bundles).unanswered;
        messages += check_messages(&server, &bundles, &acknowledged);
        all.extend(bundles);
        assert_sound(&server.dir, "store");
        assert_sound(&server.dir, "audit");
    }
    let found = check(&server, &all);
    server.stop();
    println!(
        "seed {seed}: {rounds} kills, {} commands answered, 0 lost, {} domains restored, {unanswered} unanswered ones whole, \
         {messages} messages waited, {} objects with identifiers of their own, slowest restart {slowest:?}",
        count_answered(&all),
        count_restored(&all),
        found.identifiers.len(),
    );
}
