//! Random sequences of every command by three registrars, against a model of plain maps, with time passing between.
//!
//! HKEPP_MODEL_SEQUENCES says how many; HKEPP_MODEL_SEED draws others. What diverges is shrunk and printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "model/domain.rs"]
mod domain;
#[path = "model/objects.rs"]
mod objects;
#[path = "model/pair.rs"]
mod pair;
#[path = "model/play.rs"]
mod play;
#[path = "model/race.rs"]
mod race;
#[path = "model/registry.rs"]
mod registry;
#[path = "model/transfer.rs"]
mod transfer;
#[path = "model/view.rs"]
mod view;

use std::collections::BTreeMap;
use std::env;
use std::time::Instant;

use hkepp::fuzzing::draw::Sequence;
use hkepp::fuzzing::world::World;

use play::{Tally, play, shrink};

/// Sequences of a usual run; nightly.sh asks for more.
const SEQUENCES: u64 = 2000;
/// Octets a sequence is drawn from: enough for about 25 commands.
const OCTETS: usize = 220;
/// Threads, each with a registry of its own.
const THREADS: u64 = 2;

#[test]
fn random_sequences_of_every_command_match_the_model() {
    let sequences = number("HKEPP_MODEL_SEQUENCES", SEQUENCES);
    let seed = number("HKEPP_MODEL_SEED", 1);
    let begun = Instant::now();
    println!("HKEPP_MODEL_SEED={seed}");
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let run = |thread| {
            move || {
                let numbers = (0..sequences).filter(|number| number % THREADS == thread);
                run(seed, numbers)
            }
        };
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| scope.spawn(run(thread)))
            .collect();
        for thread in threads {
            let part = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (key, count) in part {
                *tally.entry(key).or_default() += count;
            }
        }
    });
    let steps: u64 = tally.values().sum();
    println!(
        "{sequences} sequences, {steps} commands, no divergence, {:?}",
        begun.elapsed()
    );
    if sequences >= SEQUENCES {
        judge_reach(&tally);
    }
}

#[test]
fn jobs_bring_everything_that_is_due_in_its_order_in_one_run() {
    use hkepp::fuzzing::step::{Command, Step};
    let mut world = World::open().unwrap();
    let create = |domain| {
        let command = Command::CreateDomain {
            domain,
            years: None,
            hosts: Vec::new(),
            registrant: Some(0),
            contacts: Vec::new(),
            signers: Vec::new(),
            secret: 0,
        };
        Step::Command(0, command)
    };
    let contact = Command::CreateContact {
        contact: 0,
        secret: 0,
    };
    let delete = |domain| Step::Command(0, Command::DeleteDomain(domain));
    // The first is purged on day 41, before the second leaves redemption on day 42; the third stays.
    let steps = [
        Step::Command(0, contact),
        create(1),
        create(0),
        create(2),
        Step::Advance(6 * 24),
        delete(1),
        Step::Advance(6 * 24),
        delete(0),
        Step::Advance(60 * 24),
    ];
    for step in steps {
        match step {
            Step::Advance(hours) => world.advance(hours),
            Step::Command(registrar, command) => {
                let document = command.document(&world);
                let view = view::View::of(&world.send(registrar, &document));
                assert!(view.code < 2000, "{command:?}: {view}");
            }
        }
    }
    assert_eq!(world.run_jobs(), Ok(4));
    assert_eq!(world.run_jobs(), Ok(0));
    let mut told = Vec::new();
    for _ in 0..4 {
        let poll = Command::Poll.document(&world);
        let view = view::View::of(&world.send(0, &poll));
        told.push(view.message.join(" "));
        let end = Command::Acknowledge(Some(0)).document(&world);
        world.send(0, &end);
    }
    let days = ["2027-04-06", "2027-04-11", "2027-04-12", "2027-04-17"];
    let names = ["b.example", "b.example", "a.example", "a.example"];
    for ((text, day), name) in told.iter().zip(days).zip(names) {
        assert!(text.contains(day) && text.contains(name), "{told:#?}");
    }
    world.judge();
}

/// Plays the sequences of these numbers.
fn run(seed: u64, numbers: impl Iterator<Item = u64>) -> Tally {
    let mut world = World::open().unwrap();
    let mut tally = Tally::new();
    for number in numbers {
        let sequence = Sequence::draw(&octets(seed, number));
        if let Err(divergence) = play(&sequence, &mut world, &mut tally) {
            let shrunk = shrink(sequence, &mut world);
            let last = play(&shrunk, &mut world, &mut Tally::new()).unwrap_err();
            panic!("sequence {number} of seed {seed}: {divergence}\nshrunk to {shrunk:#?}\n{last}");
        }
    }
    tally
}

/// Asserts that the sequences went where they should: every command succeeded and was refused for every reason.
fn judge_reach(tally: &Tally) {
    let mut reached: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    for (command, code) in tally.keys() {
        reached.entry(command).or_default().push(*code);
    }
    println!("{reached:?}");
    let expected: &[(&str, &[u16])] = &[
        ("check", &[1000]),
        ("domain:info", &[1000, 2202, 2303]),
        ("domain:create", &[1000, 2003, 2202, 2302, 2303, 2306]),
        ("domain:update", &[1000, 2003, 2201, 2303, 2304, 2306]),
        ("domain:renew", &[1000, 2004, 2201, 2303, 2304, 2306]),
        ("domain:delete", &[1000, 1001, 2201, 2303, 2304, 2305]),
        (
            "domain:transfer",
            &[
                1000, 1001, 2003, 2106, 2201, 2202, 2300, 2301, 2303, 2304, 2306,
            ],
        ),
        ("domain:restore", &[1000, 2003, 2201, 2303, 2304]),
        ("contact:info", &[1000, 2201, 2202, 2303]),
        ("contact:create", &[1000, 2202, 2302]),
        ("contact:update", &[1000, 2003, 2201, 2303, 2304, 2306]),
        ("contact:delete", &[1000, 2201, 2303, 2304, 2305]),
        (
            "contact:transfer",
            &[1000, 1001, 2003, 2106, 2201, 2202, 2300, 2301, 2303, 2304],
        ),
        ("host:info", &[1000, 2303]),
        ("host:create", &[1000, 2201, 2302, 2303, 2304, 2306]),
        (
            "host:update",
            &[1000, 2003, 2201, 2302, 2303, 2304, 2305, 2306],
        ),
        ("host:delete", &[1000, 2201, 2303, 2304, 2305]),
        ("poll:req", &[1300, 1301]),
        ("poll:ack", &[1000, 2303]),
    ];
    for (command, codes) in expected {
        for code in *codes {
            let count = tally.get(&(*command, *code)).copied().unwrap_or_default();
            assert!(count > 0, "no {command} was answered {code}");
        }
    }
}

/// Returns the octets of a sequence: xorshift, started apart for each.
fn octets(seed: u64, number: u64) -> Vec<u8> {
    let mut state = (seed << 32) ^ (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    std::iter::repeat_with(draw).take(OCTETS).collect()
}

fn number(name: &str, usual: u64) -> u64 {
    env::var(name).map_or(usual, |text| text.parse().expect(name))
}
