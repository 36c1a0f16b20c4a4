//! Writers that change objects through many sessions, a record of what was answered, and the proof of it.
//!
//! Each writer takes bundles of objects through every command. A record says how far a bundle was answered and how
//! far it was asked for, so that a later check knows what it may look like: as after one of these steps, and as
//! nothing between them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::bundle::command;
pub use crate::bundle::{Bundle, REGISTRARS, Step};
use crate::process::{Server, finish, hkepp, json};
use crate::session::Session;

/// How long a writer may wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

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
         <lang>en</lang></options><svcs>{objects}<svcExtension>\
         <extURI>urn:ietf:params:xml:ns:rgp-1.0</extURI></svcExtension></svcs></login>"
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
    /// A command was refused with this code, and the session still answers.
    Refused(u16),
}

/// What a writer has done so far.
type Record = Arc<Mutex<Vec<Bundle>>>;

/// Messages acknowledged, by registrar and text, and whether that was answered.
pub type Acknowledged = HashMap<(&'static str, String), bool>;

/// Sessions that write until the server ends them or refuses.
pub struct Fleet {
    writers: Vec<(Record, JoinHandle<Ended>)>,
    acknowledged: Arc<Mutex<Acknowledged>>,
    answers: Receiver<()>,
}

impl Fleet {
    /// Starts `sessions` writers, whose bundles are named after `run`.
    pub fn start(server: &Server, run: &str, sessions: usize) -> Self {
        let (sender, answers) = mpsc::channel();
        let acknowledged = Arc::<Mutex<Acknowledged>>::default();
        let start = |number: usize| {
            let registrar = REGISTRARS[number % REGISTRARS.len()];
            let record = Record::default();
            let mut writer = Writer {
                own: open(server, registrar),
                rival: open(server, rival(registrar)),
                registrar,
                record: Arc::clone(&record),
                acknowledged: Arc::clone(&acknowledged),
                answers: sender.clone(),
            };
            let prefix = format!("{run}w{number}n");
            let work = move || writer.write(&prefix);
            (record, std::thread::spawn(work))
        };
        Self {
            writers: (0..sessions).map(start).collect(),
            acknowledged,
            answers,
        }
    }

    /// Waits until `count` more commands were answered; false when all writers ended before.
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
        let (bundles, ends, _) = self.join_with_messages();
        (bundles, ends)
    }

    /// Waits for the end of all writers, and says which messages they acknowledged.
    pub fn join_with_messages(self) -> (Vec<Bundle>, Vec<Ended>, Acknowledged) {
        let (mut bundles, mut ends) = (Vec::new(), Vec::new());
        for (record, writer) in self.writers {
            ends.push(writer.join().unwrap());
            bundles.append(&mut record.lock().unwrap());
        }
        let acknowledged = self.acknowledged.lock().unwrap().clone();
        (bundles, ends, acknowledged)
    }
}

/// Returns the registrar that bundles of another are transferred to.
fn rival(registrar: &str) -> &'static str {
    let place = REGISTRARS.iter().position(|id| *id == registrar).unwrap();
    REGISTRARS[(place + 1) % REGISTRARS.len()]
}

/// Takes bundle after bundle through its steps.
struct Writer {
    own: Session,
    rival: Session,
    registrar: &'static str,
    record: Record,
    acknowledged: Arc<Mutex<Acknowledged>>,
    answers: Sender<()>,
}

impl Writer {
    fn write(&mut self, prefix: &str) -> Ended {
        for number in 0.. {
            let bundle = Bundle::new(format!("{prefix}{number}"), self.registrar);
            self.record.lock().unwrap().push(bundle.clone());
            for step in bundle.script() {
                if let Err(ended) = self.step(number, *step) {
                    return ended;
                }
                self.answers.send(()).ok();
            }
        }
        Ended::Closed
    }

    /// Has the next step of the bundle `number` carried out.
    fn step(&mut self, number: usize, step: Step) -> Result<(), Ended> {
        let bundle = {
            let mut record = self.record.lock().unwrap();
            record[number].asked += 1;
            record[number].clone()
        };
        if step == Step::Acknowledge {
            self.acknowledge()?;
        } else {
            let session = if step.is_rivals() {
                &mut self.rival
            } else {
                &mut self.own
            };
            let answer = session.send(&bundle.document(step)).ok_or(Ended::Closed)?;
            if code(&answer) != bundle.code(step) {
                return Err(self.refused(&bundle, &answer));
            }
            self.record.lock().unwrap()[number].note(step, &answer);
        }
        self.record.lock().unwrap()[number].answered += 1;
        Ok(())
    }

    /// Ends the first message of the own queue, if no other writer of the registrar is quicker.
    fn acknowledge(&mut self) -> Result<(), Ended> {
        let poll = command("<poll op='req'/>");
        let first = self.own.send(&poll).ok_or(Ended::Closed)?;
        let Some((id, text)) = message(&first) else {
            assert_eq!(code(&first), 1300, "{first}");
            return Ok(());
        };
        let key = (self.registrar, text);
        self.acknowledged
            .lock()
            .unwrap()
            .entry(key.clone())
            .or_insert(false);
        let end = command(&format!("<poll op='ack' msgID='{id}'/>"));
        let answer = self.own.send(&end).ok_or(Ended::Closed)?;
        match code(&answer) {
            1000 => {
                self.acknowledged.lock().unwrap().insert(key, true);
                Ok(())
            }
            2303 => Ok(()),
            refused => Err(Ended::Refused(refused)),
        }
    }

    /// Judges that a session whose command was refused still answers.
    fn refused(&mut self, bundle: &Bundle, answer: &str) -> Ended {
        let hello = "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>";
        assert!(self.own.send(hello).unwrap().contains("<greeting>"));
        let read = self.own.send(&bundle.info(Step::Contact)).unwrap();
        assert!(matches!(code(&read), 1000 | 2303 | 2400), "{read}");
        Ended::Refused(code(answer))
    }
}

/// Returns the identifier and the text of the message an answer shows.
fn message(answer: &str) -> Option<(String, String)> {
    let (_, rest) = answer.split_once("<msgQ count=\"")?;
    let id = rest.split('"').nth(2)?.to_owned();
    let (_, rest) = rest.split_once("<msg>")?;
    Some((id, rest.split('<').next()?.to_owned()))
}

/// Reads the queues to their end: every message a bundle owes is there unless it was acknowledged, none that was
/// is there again, and none stands twice.
pub fn check_messages(server: &Server, bundles: &[Bundle], acknowledged: &Acknowledged) -> usize {
    let mut found = HashSet::new();
    for registrar in REGISTRARS {
        let mut session = open(server, registrar);
        loop {
            let answer = session.send(&command("<poll op='req'/>")).unwrap();
            let Some((id, text)) = message(&answer) else {
                assert_eq!(code(&answer), 1300, "{answer}");
                break;
            };
            let end = command(&format!("<poll op='ack' msgID='{id}'/>"));
            assert_eq!(code(&session.send(&end).unwrap()), 1000);
            let key = (registrar, text);
            let ended = acknowledged.get(&key) == Some(&true);
            assert!(!ended, "{key:?} was acknowledged");
            assert!(found.insert(key.clone()), "{key:?} stands twice");
        }
    }
    let mut possible = HashSet::new();
    for bundle in bundles {
        for (number, registrar, text) in bundle.messages(rival(bundle.registrar)) {
            let key = (registrar, text);
            let is_known = found.contains(&key) || acknowledged.contains_key(&key);
            assert!(
                is_known || number >= bundle.answered,
                "{bundle:?} lost the message {key:?}"
            );
            if number < bundle.asked {
                possible.insert(key);
            }
        }
    }
    let strange: Vec<_> = found.difference(&possible).collect();
    assert!(strange.is_empty(), "nobody asked for {strange:?}");
    found.len()
}

/// Counts the objects there are when all that was answered was done and nothing else.
pub fn count_objects(bundles: &[Bundle]) -> usize {
    bundles.iter().map(|bundle| bundle.objects()).sum()
}

/// Counts the commands that were answered.
pub fn count_answered(bundles: &[Bundle]) -> usize {
    bundles.iter().map(|bundle| bundle.answered).sum()
}

/// Counts the domains that came back from redemption.
pub fn count_restored(bundles: &[Bundle]) -> usize {
    let is_restored = |bundle: &&Bundle| {
        let done = &bundle.script()[..bundle.answered];
        done.contains(&Step::Report)
    };
    bundles.iter().filter(is_restored).count()
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
    /// Bundles that are further than was answered.
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

/// Reads one bundle back: it looks as after a step that was answered, or one asked for since.
fn check_bundle(session: &mut Session, bundle: &Bundle, found: &Mutex<Found>) {
    let seen = bundle.read(|document| session.send(document).unwrap());
    let mut steps = bundle.answered..=bundle.asked;
    let done = steps.find(|done| bundle.is_after(*done, &seen));
    let Some(done) = done else {
        panic!("{bundle:?} looks like nothing that it was made: {seen:#?}");
    };
    let mut found = found.lock().unwrap();
    found.unanswered += usize::from(done > bundle.answered);
    for answer in seen.iter().filter(|answer| code(answer) == 1000) {
        let (_, rest) = answer.split_once(":roid>").unwrap();
        let identifier = rest.split('<').next().unwrap().to_owned();
        assert!(
            found.identifiers.insert(identifier),
            "{bundle:?}: the identifier is another's: {answer}"
        );
    }
}
