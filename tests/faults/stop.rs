//! Orderly signals while many sessions write.

use std::fs;
use std::time::{Duration, Instant};

use crate::damage::{Random, rounds};
use crate::process::Server;
use crate::sandbox::{Ended, Fleet, assert_sound, check, count_answered, count_objects};

#[test]
fn terminated_server_answers_what_it_did_and_nothing_else() {
    let mut random = Random(rounds("HKEPP_FAULT_SEED", 1));
    let home = tempfile::tempdir().unwrap();
    let mut server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let mut slowest = Duration::ZERO;
    for round in 0..3 {
        let fleet = Fleet::start(&server, &format!("t{round}"), 16);
        assert!(fleet.wait(1 + random.below(300)));
        let began = Instant::now();
        server.stop();
        slowest = slowest.max(began.elapsed());
        let (bundles, ends) = fleet.join();
        assert!(ends.iter().all(|end| *end == Ended::Closed), "{ends:?}");
        assert_sound(&home.path().join("data"), "store");
        server = Server::sandbox(home.path(), &[]);
        let found = check(&server, &bundles);
        assert_eq!(found.identifiers.len(), count_objects(&bundles));
        assert_eq!(found.unanswered, 0, "done, but the answer was kept back");
    }
    server.stop();
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    println!("3 stops under load, the slowest in {slowest:?}");
}

#[test]
fn hangup_with_bad_certificates_disturbs_no_writer() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let fleet = Fleet::start(&server, "h", 4);
    assert!(fleet.wait(20));
    for (file, refused) in [("server.pem", 1), ("server.key", 2), ("ca.pem", 3)] {
        let path = server.certs.join(file);
        let good = fs::read(&path).unwrap();
        fs::write(&path, "garbage").unwrap();
        server.signal("HUP");
        let expected = format!("reloads_refused_total {refused}\n");
        let is_refused = |_| fleet.wait(1) && server.get("/metrics").1.contains(&expected);
        assert!((0..5000).any(is_refused), "{file} was not looked at");
        fs::write(&path, good).unwrap();
        assert!(fleet.wait(20));
        crate::sandbox::open(&server, "registrar-b");
    }
    server.signal("TERM");
    let (bundles, ends) = fleet.join();
    assert!(ends.iter().all(|end| *end == Ended::Closed), "{ends:?}");
    assert!(count_answered(&bundles) >= 80);
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    assert_eq!(log.matches("the reload is refused").count(), 3, "{log}");
}
