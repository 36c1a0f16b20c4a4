//! A registry in the test's own process: memory for a store, a clock that stands, registrars with pinned certificates.

pub mod answer;
pub mod client;
pub mod oracle;
pub mod store;

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, OnceLock};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use chrono::{DateTime, Utc};
use hkepp::base::clock::Clock;
use hkepp::model::registrar::{PasswordHash, Pin, RegistrarState};
use hkepp::model::{Registrar, RegistrarId};
use hkepp::policy::hk::Table;
use hkepp::policy::{Policy, Profile};
use hkepp::protocol::Namespace;
use hkepp::session::conversation::{Distrust, Trust};
use hkepp::session::service::Parts;
use hkepp::session::{Certificate, Conversations, Peer, Service, Settings};
use hkepp::store::{Audit, ChangeSet, Store, Write, keys, record};

pub use answer::Answer;
pub use client::{Client, Login};
pub use store::Switched;

/// The password of every registrar.
pub const PASSWORD: &str = "Harbour-2026";
/// The registrars.
pub const REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];
/// Where clients connect from.
pub const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 10));

/// When every test begins.
pub fn start() -> DateTime<Utc> {
    instant("2027-03-01T04:05:06.789Z")
}

/// Reads an instant.
pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// How a registry is set up.
pub struct Builder {
    profile: &'static str,
    table: Option<Arc<Table>>,
    extensions: Vec<Namespace>,
    rules: fn(&mut Profile),
    settings: Settings,
}

impl Builder {
    /// Takes another variant table than the embedded one.
    pub fn table(mut self, table: Arc<Table>) -> Self {
        self.table = Some(table);
        self
    }

    /// Changes the settings of the sessions.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Announces these extensions beside those of every registry.
    pub fn announcing(mut self, extensions: &[Namespace]) -> Self {
        self.extensions = extensions.to_vec();
        self
    }

    /// Changes the rules of the profile.
    pub fn rules(mut self, change: fn(&mut Profile)) -> Self {
        self.rules = change;
        self
    }

    /// Opens the registry.
    pub async fn open(self) -> Registry {
        let store = Switched::default();
        for id in REGISTRARS {
            put(&store, &registrar(id)).await;
        }
        let clock = Clock::manual(start());
        let mut profile = Profile::embedded(self.profile).unwrap();
        profile.extensions.extend(self.extensions);
        (self.rules)(&mut profile);
        let trust = Arc::new(Revocations::default());
        let parts = Parts {
            store: store.clone(),
            policy: match self.table {
                Some(table) => Policy::with_table(profile, table),
                None => Policy::new(profile),
            },
            clock: clock.clone(),
            trust: Arc::clone(&trust) as Arc<dyn Trust>,
            settings: self.settings,
            metrics: hkepp::base::metrics::Metrics::default(),
        };
        Registry {
            service: Service::new(parts).await.unwrap(),
            store,
            clock,
            trust,
            transactions: Arc::default(),
        }
    }
}

/// A registry under test.
pub struct Registry {
    /// The service.
    pub service: Service<Switched>,
    /// Its store.
    pub store: Switched,
    /// Its clock.
    pub clock: Clock,
    /// Its revocation list.
    pub trust: Arc<Revocations>,
    /// Every svTRID it gave.
    transactions: Arc<Mutex<HashSet<String>>>,
}

impl Registry {
    /// Sets up a registry of the profile `profile`, without caps as in the sandbox.
    pub fn of(profile: &'static str) -> Builder {
        let settings = Settings {
            sessions_per_registrar: None,
            ..Settings::default()
        };
        Builder {
            profile,
            table: None,
            extensions: Vec::new(),
            rules: |_| {},
            settings,
        }
    }

    /// Opens a registry of the profile `plain`.
    pub async fn plain() -> Self {
        Self::of("plain").open().await
    }

    /// Connects with the certificate of `registrar`.
    pub fn connect(&self, registrar: &str) -> Client {
        self.connect_as(ADDRESS, Some(certificate(registrar)))
    }

    /// Connects from `address` with `certificate`.
    pub fn connect_as(&self, address: IpAddr, certificate: Option<Certificate>) -> Client {
        let peer = Peer {
            address,
            certificate,
        };
        Client::new(self.service.open(peer), Arc::clone(&self.transactions))
    }

    /// Connects and logs in as `registrar` with every service announced.
    pub async fn login(&self, registrar: &str) -> Client {
        self.login_with(Login::of(registrar)).await
    }

    /// Connects and logs in as `login` says.
    pub async fn login_with(&self, login: Login) -> Client {
        let mut client = self.connect(login.id());
        let answer = client.send(&login.xml()).await;
        assert_eq!(answer.code(), 1000, "{answer}");
        client
    }

    /// Changes a registrar's account.
    pub async fn change(&self, id: &str, change: impl FnOnce(&mut Registrar)) {
        let key = keys::registrar(&RegistrarId::parse(id).unwrap());
        let (mut registrar, _) = hkepp::store::read(&self.store, &key)
            .await
            .unwrap()
            .unwrap();
        change(&mut registrar);
        put(&self.store, &registrar).await;
    }
}

/// An authority that signed every certificate and revokes some.
#[derive(Debug, Default)]
pub struct Revocations(Mutex<HashSet<[u8; 32]>>);

impl Revocations {
    /// Revokes a certificate.
    pub fn revoke(&self, certificate: &Certificate) {
        self.0.lock().unwrap().insert(certificate.sha256);
    }
}

impl Trust for Revocations {
    fn check(&self, certificate: &Certificate, now: DateTime<Utc>) -> Result<(), Distrust> {
        if now < certificate.not_before {
            return Err(Distrust::NotYetValid);
        }
        if now > certificate.not_after {
            return Err(Distrust::Expired);
        }
        if self.0.lock().unwrap().contains(&certificate.sha256) {
            return Err(Distrust::Revoked);
        }
        Ok(())
    }
}

/// Returns the certificate of a registrar, or of anybody else; it is valid for longer than these tests live.
pub fn certificate(owner: &str) -> Certificate {
    let mut sha256 = [0; 32];
    sha256[..owner.len()].copy_from_slice(owner.as_bytes());
    Certificate {
        sha256,
        not_before: instant("2020-01-01T00:00:00Z"),
        not_after: instant("2120-01-01T00:00:00Z"),
        der: Vec::new(),
        chain: Vec::new(),
    }
}

fn registrar(id: &str) -> Registrar {
    Registrar {
        categories: Vec::new(),
        id: RegistrarId::parse(id).unwrap(),
        name: id.to_owned(),
        state: RegistrarState::Active,
        password_hash: password_hash(),
        password_set: start(),
        pins: vec![Pin(certificate(id).sha256)],
        networks: Vec::new(),
        created: start(),
    }
}

/// Hashes the password at the least cost there is: the tests log in some thousand times.
fn password_hash() -> PasswordHash {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| {
        let params = Params::new(8, 1, 1, None).unwrap();
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = argon2.hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16]);
        hash.unwrap().to_string()
    });
    PasswordHash(hash.clone())
}

async fn put(store: &Switched, registrar: &Registrar) {
    let write = Write::Put(
        keys::registrar(&registrar.id),
        record::encode(registrar).unwrap(),
    );
    let audit = Audit {
        at: start(),
        server_transaction: String::new(),
        client_transaction: None,
        actor: "operator".to_owned(),
        command: "registrar:set".to_owned(),
        object: registrar.id.to_string(),
    };
    let mut change = ChangeSet::new(audit);
    change.writes.push(write);
    store.commit(change).await.unwrap();
}
