//! A registry in memory with a session of each registrar, which forgets everything between two sequences.
//!
//! Opening a service costs a password hash, so that one world serves many sequences.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwap;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::runtime::{Builder, Runtime};

use super::document::Surroundings;
use super::step::{DOMAINS, REGISTRARS};
use crate::base::clock::Clock;
use crate::base::metrics::Metrics;
use crate::lifecycle::domain::project;
use crate::model::registrar::{PasswordHash, Pin, RegistrarState};
use crate::model::{Domain, DomainName, Registrar, RegistrarId};
use crate::policy::{Policy, Profile};
use crate::session::conversation::{Distrust, Trust};
use crate::session::service::Parts;
use crate::session::{Certificate, Conversation, Conversations, Peer, Service, Settings};
use crate::store::{
    self, Audit, ChangeSet, CommitError, Key, Memory, Store, Stored, Write, keys, record,
};

const PASSWORD: &str = "Harbour-2026";
/// Milliseconds of 2027-03-01T04:05:06.789Z, when every sequence begins.
const BEGIN: i64 = 1_803_873_906_789;

/// A store whose content can be thrown away while services hold it.
#[derive(Clone, Debug, Default)]
pub struct Emptied(Arc<ArcSwap<Memory>>);

impl Emptied {
    fn memory(&self) -> Memory {
        Memory::clone(&self.0.load())
    }
}

impl Store for Emptied {
    async fn get(&self, key: &Key) -> Result<Option<Stored>, store::Error> {
        self.memory().get(key).await
    }

    async fn contains_each(&self, keys: &[Key]) -> Result<Vec<bool>, store::Error> {
        self.memory().contains_each(keys).await
    }

    async fn counter(&self, key: &Key) -> Result<i64, store::Error> {
        self.memory().counter(key).await
    }

    async fn scan(
        &self,
        prefix: &[u8],
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Stored)>, store::Error> {
        self.memory().scan(prefix, after, limit).await
    }

    async fn commit(&self, change: ChangeSet) -> Result<u64, CommitError> {
        self.memory().commit(change).await
    }

    fn sequence(&self) -> u64 {
        self.memory().sequence()
    }
}

/// Every certificate is good.
struct Everybody;

impl Trust for Everybody {
    fn check(&self, _certificate: &Certificate, _now: DateTime<Utc>) -> Result<(), Distrust> {
        Ok(())
    }
}

/// The session of a registrar.
type Session<S> = <Service<S> as Conversations>::Conversation;

/// The registry.
pub struct World {
    runtime: Runtime,
    store: Emptied,
    service: Service<Emptied>,
    clock: Clock,
    sessions: Vec<Session<Emptied>>,
    /// Identifier of the message that each registrar saw last.
    seen: BTreeMap<usize, String>,
    policy: Policy,
}

impl World {
    /// Opens the registry and the sessions.
    ///
    /// # Errors
    /// What went wrong.
    pub fn open() -> Result<Self, String> {
        let runtime = Builder::new_current_thread().build().map_err(text)?;
        let policy = Policy::new(Profile::embedded("plain").map_err(text)?);
        let store = Emptied::default();
        let clock = Clock::manual(DateTime::from_timestamp_millis(BEGIN).unwrap_or_default());
        let service = runtime.block_on(serve(store.clone(), clock.clone()))?;
        let mut world = Self {
            runtime,
            store,
            service,
            clock,
            sessions: Vec::new(),
            seen: BTreeMap::new(),
            policy,
        };
        for id in REGISTRARS {
            let session = world.runtime.block_on(log_in(&world.service, id))?;
            world.sessions.push(session);
        }
        Ok(world)
    }

    /// Begins anew: no objects, no messages, the first moment.
    ///
    /// # Errors
    /// What went wrong.
    pub fn reset(&mut self) -> Result<(), String> {
        self.store.0.store(Arc::new(Memory::new()));
        self.seen.clear();
        if let Clock::Manual(milliseconds) = &self.clock {
            milliseconds.store(BEGIN, Ordering::SeqCst);
        }
        self.runtime.block_on(enter(&self.store, self.clock.now()))
    }

    /// Sends a registrar's document and returns the answer.
    pub fn send(&mut self, registrar: usize, document: &str) -> String {
        let mut out = Vec::new();
        if let Some(session) = self.sessions.get_mut(registrar) {
            self.runtime
                .block_on(session.handle(document.as_bytes(), &mut out));
        }
        let answer = String::from_utf8_lossy(&out).into_owned();
        if let Some((_, rest)) = answer.split_once("<msgQ count=\"")
            && let Some(id) = rest.split('"').nth(2)
        {
            self.seen.insert(registrar, id.to_owned());
        }
        answer
    }

    /// Lets hours pass.
    pub fn advance(&self, hours: u16) {
        self.clock
            .advance_to(self.now() + TimeDelta::hours(i64::from(hours)));
    }

    /// Makes permanent what is due; returns how much that was.
    ///
    /// # Errors
    /// What went wrong.
    pub fn run_jobs(&self) -> Result<usize, String> {
        let done = self.runtime.block_on(self.service.settle_due());
        done.map_err(|failure| format!("{failure:?}"))
    }

    /// Returns the registry time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the rules.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns how many changes were made.
    pub fn changes(&self) -> u64 {
        self.store.sequence()
    }

    /// Asserts what is true of the store whatever was sent.
    pub fn judge(&self) {
        let terms = self.policy.terms();
        self.runtime
            .block_on(super::invariants::judge(&self.store, self.now(), terms));
    }
}

impl Surroundings for World {
    fn expiry(&self, domain: usize) -> NaiveDate {
        let name = DOMAINS.get(domain).copied().unwrap_or_default();
        let stored = DomainName::parse(name).ok().and_then(|name| {
            let key = keys::domain(&name);
            let read = self
                .runtime
                .block_on(store::read::<Domain, _>(&self.store, &key));
            read.ok().flatten()
        });
        let domain =
            stored.and_then(|(stored, _)| project(stored, self.now(), self.policy.terms()).domain);
        domain.map_or_else(
            || self.now().date_naive(),
            |domain| domain.expires.date_naive(),
        )
    }

    fn seen(&self, registrar: usize) -> String {
        self.seen
            .get(&registrar)
            .cloned()
            .unwrap_or_else(|| "0".to_owned())
    }
}

/// Opens the service of the profile `plain` on a store with nothing in it but the registrars.
///
/// # Errors
/// What went wrong.
pub async fn serve<S: Store>(store: S, clock: Clock) -> Result<Service<S>, String> {
    enter(&store, clock.now()).await?;
    let settings = Settings {
        sessions_per_registrar: None,
        ..Settings::default()
    };
    let parts = Parts {
        store,
        policy: Policy::new(Profile::embedded("plain").map_err(text)?),
        clock,
        trust: Arc::new(Everybody),
        settings,
        metrics: Metrics::default(),
    };
    Service::new(parts).await.map_err(text)
}

/// Opens a session and logs a registrar in.
///
/// # Errors
/// The answer, if that is a refusal.
pub async fn log_in<S: Store>(service: &Service<S>, id: &str) -> Result<Session<S>, String> {
    let mut session = service.open(peer(id));
    let mut out = Vec::new();
    let login = login(id);
    session.handle(login.as_bytes(), &mut out).await;
    if session.registrar() == Some(id) {
        Ok(session)
    } else {
        Err(String::from_utf8_lossy(&out).into_owned())
    }
}

/// Enters the registrars.
async fn enter<S: Store>(store: &S, now: DateTime<Utc>) -> Result<(), String> {
    let mut change = ChangeSet::new(Audit {
        at: now,
        server_transaction: String::new(),
        client_transaction: None,
        actor: "operator".to_owned(),
        command: "registrar:set".to_owned(),
        object: String::new(),
    });
    for id in REGISTRARS {
        let registrar = registrar(id, now)?;
        let value = record::encode(&registrar).map_err(text)?;
        let key = keys::registrar(&registrar.id);
        change.writes.push(Write::Put(key, value));
    }
    let committed = store.commit(change).await;
    committed.map(|_| ()).map_err(text)
}

fn text(error: impl Display) -> String {
    error.to_string()
}

fn fingerprint(id: &str) -> [u8; 32] {
    let mut octets = [0; 32];
    for (octet, given) in octets.iter_mut().zip(id.bytes()) {
        *octet = given;
    }
    octets
}

fn peer(id: &str) -> Peer {
    Peer {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        certificate: Some(Certificate {
            sha256: fingerprint(id),
            not_before: DateTime::<Utc>::MIN_UTC,
            not_after: DateTime::<Utc>::MAX_UTC,
            der: Vec::new(),
            chain: Vec::new(),
        }),
    }
}

fn registrar(id: &str, now: DateTime<Utc>) -> Result<Registrar, String> {
    // At the least cost there is: nothing of this is worth protecting.
    let params = Params::new(8, 1, 1, None).map_err(text)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2
        .hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16])
        .map_err(text)?;
    Ok(Registrar {
        id: RegistrarId::parse(id).ok_or("no clID")?,
        name: id.to_owned(),
        state: RegistrarState::Active,
        password_hash: PasswordHash(hash.to_string()),
        password_set: now,
        pins: vec![Pin(fingerprint(id))],
        networks: Vec::new(),
        created: now,
        categories: Vec::new(),
    })
}

fn login(id: &str) -> String {
    let objects = ["domain", "contact", "host"]
        .map(|object| format!("<objURI>urn:ietf:params:xml:ns:{object}-1.0</objURI>"));
    let extensions = ["secDNS-1.1", "rgp-1.0", "changePoll-1.0"]
        .map(|extension| format!("<extURI>urn:ietf:params:xml:ns:{extension}</extURI>"));
    format!(
        "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><command><login><clID>{id}</clID>\
         <pw>{PASSWORD}</pw><options><version>1.0</version><lang>en</lang></options><svcs>{}\
         <svcExtension>{}</svcExtension></svcs></login></command></epp>",
        objects.concat(),
        extensions.concat()
    )
}
