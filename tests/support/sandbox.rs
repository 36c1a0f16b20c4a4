//! Writers that create objects through many sessions, a record of what was answered, and the proof of it.
//!
//! Each writer makes bundles of four objects that refer to each other. A record says how far a bundle was
//! answered and how far it was asked for, so that a later check knows what must be there, what may be, and
//! what must not; names, addresses and counts follow from the bundle's name alone.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::process::{Server, finish, hkepp, json};
use crate::session::Session;

/// Registrars of the sandbox; writers take turns.
const REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];
/// How long a writer may wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The objects of a bundle, in the order they are created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The domain's registrant and administrator.
    Contact,
    /// The domain's name server, outside our zones.
    Host,
    /// The domain itself.
    Domain,
    /// A host with addresses below the domain.
    Glue,
}

impl Step {
    const ALL: [Self; 4] = [Self::Contact, Self::Host, Self::Domain, Self::Glue];
}

/// A contact, a host, a domain that refers to both, and a host below that domain.
#[derive(Clone, Debug)]
pub struct Bundle {
    name: String,
    registrar: &'static str,
    /// How many creates were sent.
    asked: usize,
    /// How many of them were answered with 1000.
    answered: usize,
}

impl Bundle {
    /// Names a bundle of a registrar; nothing is created yet.
    pub fn new(name: String, registrar: &'static str) -> Self {
        Self {
            name,
            registrar,
            asked: 0,
            answered: 0,
        }
    }

    /// Returns the command that creates one of the objects.
    pub fn create(&self, step: Step) -> String {
        let name = &self.name;
        let (kind, content) = match step {
            Step::Contact => (
                "contact",
                format!(
                    "<contact:id>{name}</contact:id><contact:postalInfo type='int'>\
                     <contact:name>Holder {name}</contact:name><contact:addr>\
                     <contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc></contact:addr>\
                     </contact:postalInfo><contact:email>{name}@mail.test</contact:email>\
                     <contact:authInfo><contact:pw>Pw-{name}-2026.Harbour+7</contact:pw></contact:authInfo>"
                ),
            ),
            Step::Host => ("host", format!("<host:name>ns.{name}.test</host:name>")),
            Step::Domain => (
                "domain",
                format!(
                    "<domain:name>{name}.example</domain:name>\
                     <domain:ns><domain:hostObj>ns.{name}.test</domain:hostObj></domain:ns>\
                     <domain:registrant>{name}</domain:registrant>\
                     <domain:contact type='admin'>{name}</domain:contact>\
                     <domain:authInfo><domain:pw>Pw-{name}-2026.Harbour+7</domain:pw></domain:authInfo>"
                ),
            ),
            Step::Glue => (
                "host",
                format!(
                    "<host:name>ns.{name}.example</host:name><host:addr>203.0.113.53</host:addr>"
                ),
            ),
        };
        command(&format!(
            "<create><{kind}:create xmlns:{kind}='urn:ietf:params:xml:ns:{kind}-1.0'>{content}\
             </{kind}:create></create>"
        ))
    }

    /// Returns the command that reads one of the objects.
    pub fn info(&self, step: Step) -> String {
        let name = &self.name;
        let (kind, field, value) = match step {
            Step::Contact => ("contact", "id", name.clone()),
            Step::Host => ("host", "name", format!("ns.{name}.test")),
            Step::Domain => ("domain", "name", format!("{name}.example")),
            Step::Glue => ("host", "name", format!("ns.{name}.example")),
        };
        command(&format!(
            "<info><{kind}:info xmlns:{kind}='urn:ietf:params:xml:ns:{kind}-1.0'>\
             <{kind}:{field}>{value}</{kind}:{field}></{kind}:info></info>"
        ))
    }

    /// Returns what an object must show, given which objects of the bundle there are.
    fn expected(&self, step: Step, there: [bool; 4]) -> Vec<String> {
        let (name, registrar) = (&self.name, self.registrar);
        let [_, _, domain, glue] = there;
        let sponsor = |kind: &str| {
            format!("<{kind}:clID>{registrar}</{kind}:clID><{kind}:crID>{registrar}</{kind}:crID>")
        };
        let statuses = |kind: &str, linked: bool| {
            let linked = match linked {
                true => format!("<{kind}:status s=\"linked\"/>"),
                false => String::new(),
            };
            format!("</{kind}:roid>{linked}<{kind}:status s=\"ok\"/><{kind}:")
        };
        match step {
            Step::Contact => vec![
                format!("<contact:id>{name}</contact:id>"),
                format!("<contact:name>Holder {name}</contact:name>"),
                format!("<contact:email>{name}@mail.test</contact:email>"),
                statuses("contact", domain),
                sponsor("contact"),
            ],
            Step::Host => vec![
                format!("<host:name>ns.{name}.test</host:name>"),
                statuses("host", domain),
                sponsor("host"),
            ],
            Step::Domain => {
                let below = match glue {
                    true => format!("<domain:host>ns.{name}.example</domain:host>"),
                    false => String::new(),
                };
                vec![
                    format!("<domain:name>{name}.example</domain:name>"),
                    statuses("domain", false),
                    format!(
                        "<domain:registrant>{name}</domain:registrant>\
                         <domain:contact type=\"admin\">{name}</domain:contact><domain:ns>\
                         <domain:hostObj>ns.{name}.test</domain:hostObj></domain:ns>{below}{}",
                        sponsor("domain")
                    ),
                ]
            }
            Step::Glue => vec![
                format!("<host:name>ns.{name}.example</host:name>"),
                statuses("host", false),
                "<host:addr ip=\"v4\">203.0.113.53</host:addr>".into(),
                sponsor("host"),
            ],
        }
    }
}

/// Wraps a command in its document.
fn command(command: &str) -> String {
    format!(
        "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command>{command}\
         <clTRID>FAULT-1</clTRID></command></epp>"
    )
}

/// Returns the result code of an answer.
pub fn code(answer: &str) -> u16 {
    let (_, rest) = answer.split_once("<result code=\"").unwrap();
    rest[..4].parse().unwrap()
}

/// Returns the command that starts a sandbox on any directory.
pub fn sandbox_on(dir: &Path, certs: &Path) -> Command {
    let mut command = hkepp();
    command.args(["sandbox", "--listen", "127.0.0.1:0"]);
    command.args(["--http", "127.0.0.1:0", "--profile", "plain"]);
    command.arg("--dir").arg(dir).arg("--certs-dir").arg(certs);
    command
}

/// Has `store` or `audit` verified, through the server or on the files without one, and asserts that all is sound.
pub fn assert_sound(dir: &Path, noun: &str) -> serde_json::Value {
    let mut command = hkepp();
    command.args([noun, "verify", "--json", "--dir"]).arg(dir);
    let report = json(&finish(&mut command));
    assert_eq!(report["problems"].as_array().unwrap().len(), 0, "{report}");
    report
}

/// Connects and logs in.
pub fn open(server: &Server, registrar: &str) -> Session {
    let mut session = Session::open(&server.epp_address(), &server.certs, registrar);
    let objects = ["domain", "contact", "host"]
        .map(|kind| format!("<objURI>urn:ietf:params:xml:ns:{kind}-1.0</objURI>"))
        .concat();
    let login = format!(
        "<login><clID>{registrar}</clID><pw>Harbour-2026</pw><options><version>1.0</version>\
         <lang>en</lang></options><svcs>{objects}</svcs></login>"
    );
    let answer = session.send(&command(&login)).unwrap();
    assert_eq!(code(&answer), 1000, "{answer}");
    session
}

/// How a writer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The connection was closed.
    Closed,
    /// A create was refused with this code, and the session still answers.
    Refused(u16),
}

/// What a writer has done so far.
type Record = Arc<Mutex<Vec<Bundle>>>;

/// Sessions that write until the server ends them or refuses.
pub struct Fleet {
    writers: Vec<(Record, JoinHandle<Ended>)>,
    answers: Receiver<()>,
}

impl Fleet {
    /// Starts `sessions` writers, whose bundles are named after `run`.
    pub fn start(server: &Server, run: &str, sessions: usize) -> Self {
        let (sender, answers) = mpsc::channel();
        let start = |number: usize| {
            let registrar = REGISTRARS[number % REGISTRARS.len()];
            let mut session = open(server, registrar);
            let record = Record::default();
            let (kept, sender) = (Arc::clone(&record), sender.clone());
            let prefix = format!("{run}w{number}n");
            let work = move || write(&mut session, &prefix, registrar, &kept, &sender);
            (record, std::thread::spawn(work))
        };
        Self {
            writers: (0..sessions).map(start).collect(),
            answers,
        }
    }

    /// Waits until `count` more creates were answered; false when all writers ended before.
    pub fn wait(&self, count: u64) -> bool {
        (0..count).all(|_| match self.answers.recv_timeout(PATIENCE) {
            Ok(()) => true,
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("nothing was answered for {PATIENCE:?}"),
        })
    }

    /// Goes on for a while.
    pub fn pass(&self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            if self.answers.recv_timeout(left) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// Returns what has been answered up to now.
    pub fn record(&self) -> Vec<Bundle> {
        let records = self.writers.iter().map(|(record, _)| record);
        records
            .flat_map(|record| record.lock().unwrap().clone())
            .collect()
    }

    /// Waits for the end of all writers.
    pub fn join(self) -> (Vec<Bundle>, Vec<Ended>) {
        let (mut bundles, mut ends) = (Vec::new(), Vec::new());
        for (record, writer) in self.writers {
            ends.push(writer.join().unwrap());
            bundles.append(&mut record.lock().unwrap());
        }
        (bundles, ends)
    }
}

/// Creates bundle after bundle.
fn write(
    session: &mut Session,
    prefix: &str,
    registrar: &'static str,
    record: &Record,
    answers: &Sender<()>,
) -> Ended {
    for number in 0.. {
        let bundle = Bundle::new(format!("{prefix}{number}"), registrar);
        record.lock().unwrap().push(bundle.clone());
        for step in Step::ALL {
            record.lock().unwrap()[number].asked += 1;
            let Some(answer) = session.send(&bundle.create(step)) else {
                return Ended::Closed;
            };
            if code(&answer) != 1000 {
                let hello = "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>";
                assert!(session.send(hello).unwrap().contains("<greeting>"));
                let read = session.send(&bundle.info(Step::Contact)).unwrap();
                assert!(matches!(code(&read), 1000 | 2303 | 2400), "{read}");
                return Ended::Refused(code(&answer));
            }
            record.lock().unwrap()[number].answered += 1;
            answers.send(()).ok();
        }
    }
    Ended::Closed
}

/// Counts the creates that were answered.
pub fn count_answered(bundles: &[Bundle]) -> usize {
    bundles.iter().map(|bundle| bundle.answered).sum()
}

/// Says what a copy made between two moments holds: all that was answered before, nothing not asked for after.
pub fn between(before: &[Bundle], after: &[Bundle]) -> Vec<Bundle> {
    let answered = before
        .iter()
        .map(|bundle| (bundle.name.as_str(), bundle.answered));
    let answered = answered.collect::<HashMap<_, _>>();
    let merge = |bundle: &Bundle| Bundle {
        answered: answered.get(bundle.name.as_str()).copied().unwrap_or(0),
        ..bundle.clone()
    };
    after.iter().map(merge).collect()
}

/// What a check found beyond what had to be there.
#[derive(Debug, Default)]
pub struct Found {
    /// Repository identifiers of all objects.
    pub identifiers: HashSet<String>,
    /// Objects whose create was never answered.
    pub unanswered: usize,
}

/// Reads every bundle back by its sponsor: what was answered is there with its data, nothing is half there,
/// and no two objects share an identifier.
pub fn check(server: &Server, bundles: &[Bundle]) -> Found {
    let found = Mutex::new(Found::default());
    std::thread::scope(|scope| {
        for registrar in REGISTRARS {
            let mine = bundles
                .iter()
                .filter(|bundle| bundle.registrar == registrar)
                .collect::<Vec<_>>();
            let (found, mut session) = (&found, open(server, registrar));
            scope.spawn(move || {
                for bundle in mine {
                    check_bundle(&mut session, bundle, found);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

/// Reads one bundle back.
fn check_bundle(session: &mut Session, bundle: &Bundle, found: &Mutex<Found>) {
    let answers = Step::ALL.map(|step| session.send(&bundle.info(step)).unwrap());
    let there = [0, 1, 2, 3].map(|step| match code(&answers[step]) {
        1000 => true,
        2303 => false,
        _ => panic!("{bundle:?}: {}", answers[step]),
    });
    for (number, step) in Step::ALL.into_iter().enumerate() {
        let (is_there, answer) = (there[number], &answers[number]);
        assert!(
            is_there || number >= bundle.answered,
            "{bundle:?} lost its {step:?}"
        );
        assert!(
            !is_there || number < bundle.asked,
            "{bundle:?} has a {step:?} nobody asked for"
        );
        if !is_there {
            continue;
        }
        for part in bundle.expected(step, there) {
            assert!(
                answer.contains(&part),
                "{bundle:?} {there:?}: no {part} in {answer}"
            );
        }
        let (_, rest) = answer.split_once(":roid>").unwrap();
        let identifier = rest.split('<').next().unwrap().to_owned();
        let mut found = found.lock().unwrap();
        found.unanswered += usize::from(number >= bundle.answered);
        assert!(
            found.identifiers.insert(identifier),
            "{bundle:?}: the identifier is another's: {answer}"
        );
    }
}
