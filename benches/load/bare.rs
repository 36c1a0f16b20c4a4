//! The yardstick of creates: the store alone, committing the change sets the server would.
//!
//! The change sets are those of the real session and flows, taken down by a store that keeps them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use chrono::{DateTime, Utc};
use hdrhistogram::Histogram;
use hkepp::base::clock::Clock;
use hkepp::base::metrics::Metrics;
use hkepp::model::registrar::{PasswordHash, Pin, RegistrarState};
use hkepp::model::{Registrar, RegistrarId};
use hkepp::policy::{Policy, Profile};
use hkepp::session::conversation::{Conversation, Conversations, Distrust, Trust};
use hkepp::session::service::Parts;
use hkepp::session::{Certificate, Peer, Service, Settings};
use hkepp::store::{
    Audit, ChangeSet, CommitError, Durable, Error, Key, Memory, Options, Store, Stored, Write,
    keys, record,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::load::request::{CREATE_REGISTRANT, create, login};
use crate::{Sample, processor_time, sample};

/// Change sets made ready for each second; a faster store ends its turn early.
const PER_SECOND: usize = 30_000;

/// A durable store and a registry in memory that makes change sets for it.
pub struct Bare {
    store: Durable,
    _directory: TempDir,
    recorder: Recorder,
    session: <Service<Recorder> as Conversations>::Conversation,
    made: usize,
}

impl Bare {
    /// Opens both.
    pub fn open(runtime: &Runtime) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let resident = keys::IN_MEMORY.iter().map(|kind| (*kind).to_owned());
        let options = Options {
            resident: resident.collect(),
            ..Options::default()
        };
        let store = Durable::open(directory.path(), &options).unwrap();
        let recorder = Recorder::default();
        let session = runtime.block_on(session(&recorder));
        let mut bare = Self {
            store,
            _directory: directory,
            recorder,
            session,
            made: 0,
        };
        runtime.block_on(async {
            for document in [&*login("registrar-a"), CREATE_REGISTRANT] {
                bare.handle(document).await;
            }
            for change in bare.recorder.take() {
                bare.store.commit(change).await.unwrap();
            }
        });
        bare
    }

    /// Lets `committers` commit for a period.
    pub fn load(&mut self, runtime: &Runtime, committers: usize, period: Duration) -> Sample {
        let wanted = PER_SECOND * usize::try_from(period.as_secs().max(1)).unwrap();
        runtime.block_on(async {
            for _ in 0..wanted {
                let document = create(committers, self.made);
                self.made += 1;
                self.handle(&document).await;
            }
        });
        let changes = Arc::new(Mutex::new(self.recorder.take().into_iter()));
        let cpu_before = processor_time(std::process::id());
        let tasks: Vec<_> = (0..committers)
            .map(|_| runtime.spawn(commit(self.store.clone(), Arc::clone(&changes), period)))
            .collect();
        let seen = tasks
            .into_iter()
            .map(|task| runtime.block_on(task).unwrap());
        let seen = seen.collect();
        sample(seen, processor_time(std::process::id()) - cpu_before)
    }

    /// Handles a document, which succeeds.
    async fn handle(&mut self, document: &str) {
        let mut answer = Vec::new();
        self.session.handle(document.as_bytes(), &mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.contains("code=\"1000\""), "refused: {answer}");
    }
}

/// Commits what is there, one after the other, for a period.
async fn commit(
    store: Durable,
    changes: Arc<Mutex<impl Iterator<Item = ChangeSet>>>,
    period: Duration,
) -> (Histogram<u64>, Duration) {
    let mut latency = Histogram::new(3).unwrap();
    let start = Instant::now();
    loop {
        let Some(change) = changes.lock().unwrap().next() else {
            return (latency, start.elapsed());
        };
        let sent = Instant::now();
        store.commit(change).await.unwrap();
        let nanoseconds = u64::try_from(sent.elapsed().as_nanos()).unwrap();
        latency.record(nanoseconds).unwrap();
        if start.elapsed() >= period {
            return (latency, start.elapsed());
        }
    }
}

/// Opens a session of a registrar in a registry kept in memory.
async fn session(recorder: &Recorder) -> <Service<Recorder> as Conversations>::Conversation {
    let now = Clock::System.now();
    let params = Params::new(8, 1, 1, None).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(b"Harbour-2026", &[7; 16]);
    let registrar = Registrar {
        id: RegistrarId::parse("registrar-a").unwrap(),
        name: "A".to_owned(),
        state: RegistrarState::Active,
        password_hash: PasswordHash(hash.unwrap().to_string()),
        password_set: now,
        pins: vec![Pin([1; 32])],
        networks: Vec::new(),
        created: now,
        categories: Vec::new(),
    };
    let mut change = ChangeSet::new(Audit {
        at: now,
        server_transaction: String::new(),
        client_transaction: None,
        actor: "operator".to_owned(),
        command: "registrar:add".to_owned(),
        object: registrar.id.to_string(),
    });
    let value = record::encode(&registrar).unwrap();
    change
        .writes
        .push(Write::Put(keys::registrar(&registrar.id), value));
    recorder.commit(change).await.unwrap();
    let service = Service::new(Parts {
        store: recorder.clone(),
        policy: Policy::new(Profile::embedded("plain").unwrap()),
        clock: Clock::System,
        trust: Arc::new(Everybody),
        settings: Settings::default(),
        metrics: Metrics::default(),
    });
    service.await.unwrap().open(Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        certificate: Some(Certificate {
            sha256: [1; 32],
            not_before: now,
            not_after: now,
            der: Vec::new(),
            chain: Vec::new(),
        }),
    })
}

/// Trusts every certificate.
struct Everybody;

impl Trust for Everybody {
    fn check(&self, _certificate: &Certificate, _now: DateTime<Utc>) -> Result<(), Distrust> {
        Ok(())
    }
}

/// A memory store that keeps what it commits.
#[derive(Clone, Debug, Default)]
struct Recorder {
    memory: Memory,
    changes: Arc<Mutex<Vec<ChangeSet>>>,
}

impl Recorder {
    /// Takes what was committed since the last time.
    fn take(&self) -> Vec<ChangeSet> {
        std::mem::take(&mut self.changes.lock().unwrap())
    }
}

impl Store for Recorder {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, Error> {
        self.memory.get(key).await
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, Error> {
        self.memory.contains_each(keys).await
    }

    async fn counter(&self, key: &Key) -> Result<i64, Error> {
        self.memory.counter(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, Error> {
        self.memory.scan(prefix, after, limit).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        let sequence = self.memory.commit(change.clone()).await?;
        self.changes.lock().unwrap().push(change);
        Ok(sequence)
    }

    fn sequence(&self) -> u64 {
        self.memory.sequence()
    }
}
