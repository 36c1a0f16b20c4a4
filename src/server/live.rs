//! Every open connection: who may come in, and how the operator closes some of them.
//!
//! A connection is admitted against the caps before its handshake, keeps a ticket while it lives,
//! and is named once its client logs in. Closing is cooperative: the command in flight is answered,
//! then the connection ends. Revoked, unpinned and suspended clients are closed this way at once,
//! because a session outlives the certificate check of its handshake.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, Utc};
use thiserror::Error;
use tokio::sync::Notify;

use crate::base::metrics::{Metrics, Reason};
use crate::server::settings::Settings;
use crate::session::conversation::{Certificate, Distrust, Trust};

/// The table of open connections; clones share it.
#[derive(Clone, Debug)]
pub struct Live {
    shared: Arc<Shared>,
}

/// What the clones share.
#[derive(Debug)]
struct Shared {
    next: AtomicU64,
    table: Mutex<Table>,
    metrics: Metrics,
}

/// Open connections by number, and how many per address have not logged in.
#[derive(Debug, Default)]
struct Table {
    entries: HashMap<u64, Arc<Entry>>,
    unknown: HashMap<IpAddr, usize>,
}

/// One open connection.
#[derive(Debug)]
struct Entry {
    block: IpAddr,
    certificate: OnceLock<Certificate>,
    client: Mutex<Client>,
    halt: OnceLock<Halt>,
    halted: Notify,
}

/// Whom a connection belongs to.
#[derive(Debug)]
enum Client {
    /// Nobody logged in yet; registrars closed meanwhile, since a login may be in flight.
    Unknown { closed: Vec<String> },
    /// The registrar that logged in.
    Registrar(String),
}

/// Why a connection has to end although its client did nothing wrong on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The server stops.
    Draining,
    /// The certificate was unpinned.
    Unpinned,
    /// The registrar was suspended, or its sessions were ended by the operator.
    Closed,
    /// The certificate is not trusted any more.
    Distrusted(Distrust),
}

impl Halt {
    /// Returns the word for metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draining => "draining",
            Self::Unpinned => "unpinned",
            Self::Closed => "closed_by_operator",
            Self::Distrusted(Distrust::Expired) => "certificate_expired",
            Self::Distrusted(Distrust::NotYetValid) => "certificate_not_yet_valid",
            Self::Distrusted(Distrust::Revoked) => "certificate_revoked",
            Self::Distrusted(Distrust::Untrusted) => "certificate_untrusted",
        }
    }
}

/// Which cap a connection met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum Refusal {
    /// As many connections as configured are open.
    #[error("the cap of open connections is reached")]
    Connections,
    /// The address has as many connections without a login as configured.
    #[error("the cap of connections without a login is reached for this address")]
    Address,
}

impl Live {
    /// Creates an empty table.
    pub fn new(metrics: Metrics) -> Self {
        Self {
            shared: Arc::new(Shared {
                next: AtomicU64::new(0),
                table: Mutex::default(),
                metrics,
            }),
        }
    }

    /// Returns how many connections are open.
    pub fn count(&self) -> usize {
        self.shared.table().entries.len()
    }

    /// Closes every connection that uses the certificate of this SHA-256; returns how many.
    pub fn close_certificate(&self, sha256: &[u8; 32]) -> usize {
        self.close_where(Halt::Unpinned, |entry| {
            entry.certificate.get().is_some_and(|c| c.sha256 == *sha256)
        })
    }

    /// Closes every session of a registrar, a login in flight included; returns how many.
    pub fn close_registrar(&self, registrar: &str) -> usize {
        self.close_where(Halt::Closed, |entry| match &mut *locked(&entry.client) {
            Client::Registrar(name) => name == registrar,
            Client::Unknown { closed } => {
                closed.push(registrar.to_owned());
                false
            }
        })
    }

    /// Closes every connection whose certificate is not trusted at `now`; returns how many.
    ///
    /// Called after a reload of authorities or revocation lists, and now and then for expiry. Verifies
    /// signatures, once per certificate.
    pub fn close_distrusted(&self, trust: &dyn Trust, now: DateTime<Utc>) -> usize {
        let mut verdicts: HashMap<[u8; 32], Option<Distrust>> = HashMap::new();
        let mut closed = 0;
        for entry in self.shared.entries() {
            let Some(certificate) = entry.certificate.get() else {
                continue;
            };
            let verdict = *verdicts
                .entry(certificate.sha256)
                .or_insert_with(|| trust.check(certificate, now).err());
            if let Some(distrust) = verdict
                && self.halt(&entry, Halt::Distrusted(distrust))
            {
                closed += 1;
            }
        }
        closed
    }

    /// Tells every connection to end after the command in flight.
    pub(super) fn drain(&self) {
        for entry in self.shared.entries() {
            entry.stop(Halt::Draining);
        }
    }

    /// Lets a connection in, or says which cap it met.
    pub(super) fn admit(&self, address: IpAddr, settings: &Settings) -> Result<Ticket, Refusal> {
        let block = block_of(address);
        let mut table = self.shared.table();
        if settings
            .connections
            .is_some_and(|cap| table.entries.len() >= cap)
        {
            return Err(Refusal::Connections);
        }
        let unknown = table.unknown.entry(block).or_default();
        if settings
            .pre_login_per_address
            .is_some_and(|cap| *unknown >= cap)
        {
            return Err(Refusal::Address);
        }
        *unknown += 1;
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let entry = Arc::new(Entry {
            block,
            certificate: OnceLock::new(),
            client: Mutex::new(Client::Unknown { closed: Vec::new() }),
            halt: OnceLock::new(),
            halted: Notify::new(),
        });
        table.entries.insert(number, Arc::clone(&entry));
        self.shared.metrics.connections_open.inc();
        Ok(Ticket {
            shared: Arc::clone(&self.shared),
            number,
            entry,
            named: false,
        })
    }

    /// Stops the connections that `chosen` picks and counts them.
    fn close_where(&self, halt: Halt, chosen: impl Fn(&Entry) -> bool) -> usize {
        self.shared
            .entries()
            .iter()
            .filter(|entry| chosen(entry) && self.halt(entry, halt))
            .count()
    }

    /// Stops one connection and counts it; false when it was stopped before.
    fn halt(&self, entry: &Entry, halt: Halt) -> bool {
        let first = entry.stop(halt);
        if first {
            let reason = halt.label();
            let kicked = &self.shared.metrics.sessions_kicked;
            kicked.get_or_create(&Reason { reason }).inc();
        }
        first
    }
}

impl Shared {
    /// Locks the table.
    fn table(&self) -> MutexGuard<'_, Table> {
        locked(&self.table)
    }

    /// Returns the open connections of this moment, so that nothing is done under the lock.
    fn entries(&self) -> Vec<Arc<Entry>> {
        self.table().entries.values().map(Arc::clone).collect()
    }
}

impl Entry {
    /// Tells the connection to end; false when it was told before.
    fn stop(&self, halt: Halt) -> bool {
        let first = self.halt.set(halt).is_ok();
        self.halted.notify_one();
        first
    }
}

/// A connection's place in the table, given back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    shared: Arc<Shared>,
    number: u64,
    entry: Arc<Entry>,
    named: bool,
}

impl Ticket {
    /// Notes the certificate of the handshake.
    pub(super) fn present(&self, certificate: Certificate) {
        self.entry.certificate.get_or_init(|| certificate);
    }

    /// Says whether the client logged in.
    pub(super) const fn is_named(&self) -> bool {
        self.named
    }

    /// Notes who logged in: the address gets its place back, and the registrar's sessions include this one.
    pub(super) fn name(&mut self, registrar: &str) {
        if self.named {
            return;
        }
        self.named = true;
        self.shared.table().forget_unknown(self.entry.block);
        self.shared.metrics.sessions.inc();
        let mut client = locked(&self.entry.client);
        if let Client::Unknown { closed } = &*client
            && closed.iter().any(|name| name == registrar)
        {
            self.entry.stop(Halt::Closed);
        }
        *client = Client::Registrar(registrar.to_owned());
    }

    /// Returns why the connection has to end, if it has to.
    pub(super) fn halt(&self) -> Option<Halt> {
        self.entry.halt.get().copied()
    }

    /// Waits until the connection has to end.
    pub(super) async fn halted(&self) -> Halt {
        loop {
            if let Some(halt) = self.halt() {
                return halt;
            }
            self.entry.halted.notified().await;
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut table = self.shared.table();
        table.entries.remove(&self.number);
        self.shared.metrics.connections_open.dec();
        if self.named {
            self.shared.metrics.sessions.dec();
        } else {
            table.forget_unknown(self.entry.block);
        }
    }
}

impl Table {
    /// Counts one connection without login less for an address.
    fn forget_unknown(&mut self, block: IpAddr) {
        if let Some(count) = self.unknown.get_mut(&block) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.unknown.remove(&block);
            }
        }
    }
}

/// Returns what counts as one address: an IPv6 host owns a whole /64.
fn block_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
    }
}

/// Locks, also after a panic elsewhere: every critical section here leaves the data whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live() -> Live {
        Live::new(Metrics::new().0)
    }

    fn caps(connections: usize, per_address: usize) -> Settings {
        Settings {
            connections: Some(connections),
            pre_login_per_address: Some(per_address),
            ..Settings::default()
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn certificate(first: u8) -> Certificate {
        Certificate {
            sha256: [first; 32],
            not_before: DateTime::UNIX_EPOCH,
            not_after: DateTime::UNIX_EPOCH,
            der: vec![first],
            chain: Vec::new(),
        }
    }

    #[test]
    fn admit_beyond_the_caps_is_refused_until_a_place_is_free() {
        let (live, caps) = (live(), caps(3, 2));
        let first = live.admit(address("192.0.2.1"), &caps).unwrap();
        let _second = live.admit(address("192.0.2.1"), &caps).unwrap();
        let third = live.admit(address("192.0.2.1"), &caps);
        assert_eq!(third.unwrap_err(), Refusal::Address);
        let _other = live.admit(address("192.0.2.2"), &caps).unwrap();
        let fourth = live.admit(address("192.0.2.3"), &caps);
        assert_eq!(fourth.unwrap_err(), Refusal::Connections);
        drop(first);
        live.admit(address("192.0.2.1"), &caps).unwrap();
    }

    #[test]
    fn admit_after_a_login_of_the_same_address_is_granted() {
        let (live, caps) = (live(), caps(10, 1));
        let mut first = live.admit(address("2001:db8::1"), &caps).unwrap();
        let neighbour = live.admit(address("2001:db8::2"), &caps);
        assert_eq!(neighbour.unwrap_err(), Refusal::Address);
        first.name("registrar-a");
        let second = live.admit(address("2001:db8::2"), &caps).unwrap();
        drop(first);
        drop(second);
        assert_eq!(live.count(), 0);
        assert!(live.shared.table().unknown.is_empty());
    }

    #[test]
    fn close_registrar_reaches_its_sessions_and_a_login_in_flight_only() {
        let (live, caps) = (live(), caps(10, 10));
        let mut of_a = live.admit(address("192.0.2.1"), &caps).unwrap();
        let mut of_b = live.admit(address("192.0.2.1"), &caps).unwrap();
        let mut late_a = live.admit(address("192.0.2.1"), &caps).unwrap();
        let mut late_b = live.admit(address("192.0.2.1"), &caps).unwrap();
        of_a.name("a");
        of_b.name("b");
        assert_eq!(live.close_registrar("a"), 1);
        late_a.name("a");
        late_b.name("b");
        let halts = [&of_a, &of_b, &late_a, &late_b].map(Ticket::halt);
        assert_eq!(halts, [Some(Halt::Closed), None, Some(Halt::Closed), None]);
    }

    #[test]
    fn close_certificate_reaches_every_connection_that_uses_it() {
        let (live, caps) = (live(), caps(10, 10));
        let tickets = [1, 2, 1].map(|first| {
            let ticket = live.admit(address("192.0.2.1"), &caps).unwrap();
            ticket.present(certificate(first));
            ticket
        });
        assert_eq!(live.close_certificate(&[1; 32]), 2);
        let halts = tickets.each_ref().map(Ticket::halt);
        assert_eq!(halts, [Some(Halt::Unpinned), None, Some(Halt::Unpinned)]);
        assert_eq!(live.close_certificate(&[1; 32]), 0);
    }

    #[test]
    fn close_distrusted_judges_each_certificate_once() {
        struct Fake(Mutex<Vec<u8>>);
        impl Trust for Fake {
            fn check(&self, certificate: &Certificate, _: DateTime<Utc>) -> Result<(), Distrust> {
                locked(&self.0).push(certificate.sha256[0]);
                if certificate.sha256[0] == 1 {
                    return Err(Distrust::Revoked);
                }
                Ok(())
            }
        }
        let (live, caps) = (live(), caps(10, 10));
        let tickets = [1, 2, 1].map(|first| {
            let ticket = live.admit(address("192.0.2.1"), &caps).unwrap();
            ticket.present(certificate(first));
            ticket
        });
        let fake = Fake(Mutex::default());
        assert_eq!(live.close_distrusted(&fake, DateTime::UNIX_EPOCH), 2);
        assert_eq!(tickets[1].halt(), None);
        let mut asked = locked(&fake.0).clone();
        asked.sort_unstable();
        assert_eq!(asked, [1, 2]);
    }
}
