//! Two clients want the same object at the same time: exactly one gets it, and keeps it.

use std::sync::Barrier;

use crate::damage::rounds;
use crate::process::Server;
use crate::sandbox::{Bundle, Step, code, open};

const RIVALS: [&str; 2] = ["registrar-a", "registrar-b"];

/// Names the object of a race; a domain refers to the contact and the host of the two races before it.
fn object(race: u64, registrar: &'static str) -> (Bundle, Step) {
    let step = [Step::Contact, Step::Host, Step::Domain][(race % 3) as usize];
    (Bundle::new(format!("race{}", race / 3), registrar), step)
}

#[test]
fn racing_creates_of_one_name_have_one_winner() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let races = rounds("HKEPP_RACES", 200);
    let mut sessions = RIVALS.map(|registrar| open(&server, registrar));
    let start = Barrier::new(2);
    let codes = std::thread::scope(|scope| {
        let [first, second] = &mut sessions;
        let rivals = [(first, RIVALS[0]), (second, RIVALS[1])].map(|(session, registrar)| {
            let start = &start;
            scope.spawn(move || {
                let run = |race| {
                    let (bundle, step) = object(race, registrar);
                    let create = bundle.document(step);
                    start.wait();
                    session.send(&create).map(|answer| code(&answer))
                };
                (0..races).map(run).collect::<Vec<_>>()
            })
        });
        rivals.map(|rival| rival.join().unwrap())
    });
    let mut wins = [0, 0];
    for race in 0..races {
        let answers = [0, 1].map(|rival: usize| codes[rival][race as usize]);
        let winner = match answers {
            [Some(1000), Some(2302)] => 0,
            [Some(2302), Some(1000)] => 1,
            _ => panic!("race {race}: {answers:?}"),
        };
        wins[winner] += 1;
        let (bundle, step) = object(race, RIVALS[winner]);
        let answer = sessions[winner].send(&bundle.info(step)).unwrap();
        let sponsor = format!(":clID>{}<", RIVALS[winner]);
        assert!(answer.contains(&sponsor), "race {race}: {answer}");
    }
    server.stop();
    println!("{races} races, each with one winner: {wins:?}");
}
