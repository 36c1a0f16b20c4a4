//! Octets as a sequence of commands, sessions and moments on a registry in memory.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::draw::Sequence;
use super::step::{DOMAINS, HOSTS, Step};
use super::world::World;
use crate::base::code::Code;
use crate::protocol::response::Response;
use crate::xml::Tree;

/// Plays a sequence: every answer can be read and is none of the server's failure, a refusal changes nothing, and
/// the store's invariants hold.
pub fn session(octets: &[u8]) {
    static WORLD: OnceLock<Mutex<Result<World, String>>> = OnceLock::new();
    let world = WORLD.get_or_init(|| Mutex::new(World::open()));
    let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
    match &mut *world {
        Ok(world) => play(&Sequence::draw(octets), world),
        Err(error) => assert!(error.is_empty(), "no world: {error}"),
    }
}

fn play(sequence: &Sequence, world: &mut World) {
    let reset = world.reset();
    assert!(reset.is_ok(), "{reset:?}");
    for step in &sequence.steps {
        match step {
            Step::Advance(hours) => {
                world.advance(*hours);
                world.judge();
            }
            Step::Command(registrar, command) => {
                let document = command.document(world);
                let before = world.changes();
                let answer = world.send(*registrar, &document);
                let code = read(&answer);
                let unchanged = code.is_success() || !sequence.prompt || before == world.changes();
                assert!(unchanged, "{document} changed something: {answer}");
            }
        }
        if sequence.prompt {
            run_jobs(world);
        }
    }
    run_jobs(world);
    world.judge();
    judge_sponsors(world);
}

/// Runs the jobs, which leave nothing to do.
fn run_jobs(world: &World) {
    let done = world.run_jobs();
    assert!(done.is_ok(), "{done:?}");
    let again = world.run_jobs();
    assert!(again == Ok(0), "jobs do not come to an end: {again:?}");
}

/// Reads an answer, which is one, and returns its code, which is not the server's failure.
fn read(answer: &str) -> Code {
    let decoded = Tree::parse(answer).map(|tree| Response::decode(&tree));
    let Ok(Ok(response)) = &decoded else {
        assert!(answer.is_empty(), "{answer}: {decoded:?}");
        return Code::Failed;
    };
    let code = response.code;
    assert!(code != Code::Failed && !code.closes(), "{answer}");
    code
}

/// Asserts that subordinate hosts are their domain's sponsor's.
fn judge_sponsors(world: &mut World) {
    for domain in DOMAINS {
        let shown = world.send(0, &info("domain", domain));
        let Some(sponsor) = text_of(&shown, "domain:clID") else {
            continue;
        };
        let hosts = HOSTS.iter().filter(|host| host.ends_with(domain));
        for host in hosts {
            let shown = world.send(0, &info("host", host));
            let of_host = text_of(&shown, "host:clID");
            let follows = of_host.is_none_or(|of_host| of_host == sponsor);
            assert!(follows, "{domain} is {sponsor}'s: {shown}");
        }
    }
}

fn info(object: &str, name: &str) -> String {
    format!(
        "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><command><info>\
         <{object}:info xmlns:{object}=\"urn:ietf:params:xml:ns:{object}-1.0\">\
         <{object}:name>{name}</{object}:name></{object}:info></info></command></epp>"
    )
}

fn text_of<'a>(answer: &'a str, element: &str) -> Option<&'a str> {
    let (_, rest) = answer.split_once(&format!("<{element}>"))?;
    rest.split('<').next()
}
