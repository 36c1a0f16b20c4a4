//! Several sessions at once on few objects, over the durable store: one winner each, and nothing out of step at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hkepp::base::clock::Clock;
use hkepp::fuzzing::document::Surroundings;
use hkepp::fuzzing::draw::Sequence;
use hkepp::fuzzing::invariants;
use hkepp::fuzzing::step::{DOMAINS, REGISTRARS, Step};
use hkepp::fuzzing::world::{log_in, serve};
use hkepp::model::{Domain, DomainName};
use hkepp::policy::{Policy, Profile};
use hkepp::session::{Conversation, Conversations, Service};
use hkepp::store::{
    ChangeSet, CommitError, Durable, Error, Key, Options, Store, Stored, keys, read,
};
use tokio::sync::Barrier;

use crate::view::View;
use crate::{number, octets};

/// Sessions of each registrar.
const SESSIONS: usize = 2;
/// The session of a registrar.
pub type Session = <Service<Counting> as Conversations>::Conversation;

/// The durable store, which counts the commits that lost a race.
#[derive(Clone, Debug)]
pub struct Counting {
    store: Durable,
    lost: Arc<AtomicU64>,
}

impl Store for Counting {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, Error> {
        self.store.get(key).await
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        self.store.contains_each(keys).await
    }

    async fn counter(&self, key: &Key) -> Result<i64, Error> {
        self.store.counter(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        self.store.scan(prefix, after, limit).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        let outcome = self.store.commit(change).await;
        if let Err(CommitError::Conflict(_)) = &outcome {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        outcome
    }

    fn sequence(&self) -> u64 {
        self.store.sequence()
    }
}

/// A registry on disk.
pub struct Registry {
    service: Service<Counting>,
    store: Counting,
    clock: Clock,
    dir: tempfile::TempDir,
}

impl Registry {
    pub async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            resident: keys::IN_MEMORY.iter().map(ToString::to_string).collect(),
            ..Options::default()
        };
        let store = Counting {
            store: Durable::open(dir.path(), &options).unwrap(),
            lost: Arc::default(),
        };
        let clock = Clock::manual("2027-03-01T04:05:06.789Z".parse().unwrap());
        Self {
            service: serve(store.clone(), clock.clone()).await.unwrap(),
            store,
            clock,
            dir,
        }
    }

    /// Opens the sessions, two of each registrar, with the registrar's place.
    pub async fn sessions(&self) -> Vec<(usize, Session)> {
        let mut sessions = Vec::new();
        for (place, id) in REGISTRARS.iter().enumerate() {
            for _ in 0..SESSIONS {
                sessions.push((place, log_in(&self.service, id).await.unwrap()));
            }
        }
        sessions
    }

    /// Lets the jobs end, judges the store, and again what a restart finds of it.
    pub async fn judge(self) -> u64 {
        self.service.settle_due().await.unwrap();
        let (now, terms) = (self.clock.now(), plain().terms().clone());
        invariants::judge(&self.store, now, &terms).await;
        let lost = self.store.lost.load(Ordering::Relaxed);
        self.store.store.close().await.unwrap();
        drop((self.service, self.store));
        let again = Durable::open(self.dir.path(), &Options::default()).unwrap();
        invariants::judge(&again, now, &terms).await;
        lost
    }
}

fn plain() -> Policy {
    Policy::new(Profile::embedded("plain").unwrap())
}

pub async fn send(session: &mut Session, document: &str) -> View {
    let mut out = Vec::new();
    session.handle(document.as_bytes(), &mut out).await;
    View::of(std::str::from_utf8(&out).unwrap())
}

/// Returns the document of a command about one object.
pub fn object(verb: &str, object: &str, content: &str) -> String {
    format!(
        "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><command><{verb}>\
         <{object}:{verb} xmlns:{object}=\"urn:ietf:params:xml:ns:{object}-1.0\">{content}\
         </{object}:{verb}></{verb}></command></epp>"
    )
}

fn create(kind: &str, content: &str) -> String {
    object("create", kind, content)
}

/// Returns the create that all sessions send in a round: a contact, a host and a domain in turn.
fn create_of(round: u64) -> String {
    let number = round / 3;
    match round % 3 {
        0 => create(
            "contact",
            &format!(
                "<contact:id>race-{number}</contact:id><contact:postalInfo type=\"int\">\
                 <contact:name>Chan Tai Man</contact:name><contact:addr><contact:city>Hong Kong\
                 </contact:city><contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>\
                 <contact:email>a@mail.test</contact:email><contact:authInfo><contact:pw/>\
                 </contact:authInfo>"
            ),
        ),
        1 => create(
            "host",
            &format!("<host:name>ns{number}.provider.test</host:name>"),
        ),
        _ => create(
            "domain",
            &format!(
                "<domain:name>race{number}.example</domain:name><domain:ns><domain:hostObj>\
                 ns{number}.provider.test</domain:hostObj></domain:ns><domain:registrant>\
                 race-{number}</domain:registrant><domain:authInfo><domain:pw/></domain:authInfo>"
            ),
        ),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_creates_of_one_object_have_one_winner() {
    let races = number("HKEPP_CREATE_RACES", 1000);
    let registry = Registry::open().await;
    let sessions = registry.sessions().await;
    let start = Arc::new(Barrier::new(sessions.len()));
    let rivals: Vec<_> = sessions
        .into_iter()
        .map(|(_, mut session)| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                let mut codes = Vec::new();
                for round in 0..races {
                    start.wait().await;
                    codes.push(send(&mut session, &create_of(round)).await.code);
                }
                codes
            })
        })
        .collect();
    let mut rounds = vec![Vec::new(); races as usize];
    for rival in rivals {
        for (round, code) in rounds.iter_mut().zip(rival.await.unwrap()) {
            round.push(code);
        }
    }
    for (round, mut codes) in rounds.into_iter().enumerate() {
        codes.sort_unstable();
        assert_eq!(codes, [1000, 2302, 2302, 2302, 2302, 2302], "round {round}");
    }
    let lost = registry.judge().await;
    println!("{races} races of 6 sessions, one winner each; {lost} commits lost a race");
    assert!(lost > 0, "no two sessions ever met");
}

/// What a command's text depends on, as a session sees it.
struct Seen {
    days: Vec<NaiveDate>,
    id: String,
}

impl Surroundings for Seen {
    fn expiry(&self, domain: usize) -> NaiveDate {
        self.days[domain]
    }

    fn seen(&self, _registrar: usize) -> String {
        self.id.clone()
    }
}

async fn days(store: &Counting, now: DateTime<Utc>) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    for name in DOMAINS {
        let key = keys::domain(&DomainName::parse(name).unwrap());
        let stored = read::<Domain, _>(store, &key).await.unwrap();
        days.push(
            stored
                .map_or(now, |(domain, _)| domain.expires)
                .date_naive(),
        );
    }
    days
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_of_several_sessions_on_few_objects_keep_everything_in_step() {
    let sequences = number("HKEPP_RACE_SEQUENCES", 150);
    let registry = Registry::open().await;
    let tasks: Vec<_> = registry
        .sessions()
        .await
        .into_iter()
        .enumerate()
        .map(|(rival, (registrar, mut session))| {
            let (store, clock) = (registry.store.clone(), registry.clock.clone());
            let service = registry.service.clone();
            tokio::spawn(async move {
                let mut codes = Vec::new();
                let mut id = "0".to_owned();
                for sequence in 0..sequences {
                    let octets = octets(2 + rival as u64, sequence);
                    for step in Sequence::draw(&octets).steps {
                        let command = match step {
                            Step::Command(caller, command) if caller == registrar => command,
                            Step::Command(..) => continue,
                            Step::Advance(hours) => {
                                // As the server's timer does, while the other sessions go on.
                                let hours = i64::from(hours) / 4;
                                clock.advance_to(clock.now() + TimeDelta::hours(hours));
                                service.settle_due().await.unwrap();
                                continue;
                            }
                        };
                        let seen = Seen {
                            days: days(&store, clock.now()).await,
                            id: id.clone(),
                        };
                        let document = command.document(&seen);
                        let view = send(&mut session, &document).await;
                        assert!(view.code < 2400, "{registrar}: {document}: {view}");
                        if let Some((_, shown)) = view.queue {
                            id = shown;
                        }
                        codes.push(view.code);
                    }
                }
                codes
            })
        })
        .collect();
    let mut codes = Vec::new();
    for task in tasks {
        codes.extend(task.await.unwrap());
    }
    let changed = codes.iter().filter(|code| **code < 1300).count();
    let lost = registry.judge().await;
    println!(
        "{} commands, {changed} carried out, {lost} commits lost a race",
        codes.len()
    );
    assert!(lost > 0, "no two sessions ever met");
}
