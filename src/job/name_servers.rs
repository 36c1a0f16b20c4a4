//! Asks the name servers of every domain in the zone whether they answer, round after round.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::dns::Asker;
use crate::flow::domain::delegation::Delegated;
use crate::session::Service;
use crate::store::{self, Store};

/// How name servers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// From the begin of one round to that of the next; `None` asks nobody.
    pub interval: Option<Duration>,
    /// How long one answer may take.
    pub timeout: Duration,
    /// Domains whose servers are asked at the same time.
    pub concurrency: usize,
    /// Port they listen at.
    pub port: NonZeroU16,
    /// Who finds the addresses of hosts outside the registry's zones; `None` is the system's resolver.
    pub resolver: Option<SocketAddr>,
}

/// Port of DNS (RFC 1035 section 4.2).
const PORT: NonZeroU16 = match NonZeroU16::new(53) {
    Some(port) => port,
    None => NonZeroU16::MIN,
};

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval: Some(Duration::from_hours(24)),
            timeout: Duration::from_secs(5),
            concurrency: 32,
            port: PORT,
            resolver: None,
        }
    }
}

/// What a round found.
#[derive(Debug, Default)]
struct Found {
    answering: u64,
    failing: u64,
}

/// Asks in rounds, until dropped; returns at once where nobody is to be asked.
pub async fn run<S: Store>(service: Service<S>, settings: Settings) {
    let Some(pause) = settings.interval else {
        return;
    };
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match round(&service, &settings).await {
            Ok(Found { answering, failing }) if answering + failing > 0 => {
                tracing::info!(answering, failing, "name servers were asked");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "name servers are not asked; trying again"),
        }
    }
}

/// Asks the servers of every domain once.
async fn round<S: Store>(service: &Service<S>, settings: &Settings) -> Result<Found, store::Error> {
    let port = settings.port.get();
    let asker = Arc::new(Asker::new(settings.resolver, port, settings.timeout));
    let mut found = Found::default();
    let mut asking = JoinSet::new();
    let mut after = None;
    loop {
        let (page, last) = service.delegated(after.as_ref()).await?;
        for domain in page {
            if asking.len() >= settings.concurrency {
                found.add(asking.join_next().await);
            }
            asking.spawn(ask(service.clone(), Arc::clone(&asker), domain));
        }
        if last.is_none() {
            break;
        }
        after = last;
    }
    while let Some(asked) = asking.join_next().await {
        found.add(Some(asked));
    }
    Ok(found)
}

/// Asks the servers of a domain and notes what was found, which it returns.
async fn ask<S: Store>(service: Service<S>, asker: Arc<Asker>, domain: Delegated) -> bool {
    let Delegated { name, servers } = domain;
    let wanted = service.policy().profile().name_servers.minimum;
    let answers = asker.is_served(&name, &servers, wanted).await;
    if let Err(error) = service.note_delegation(&name, answers).await {
        tracing::error!(?error, %name, "what its name servers answered is not noted; asking again next time");
    }
    answers
}

impl Found {
    /// Counts a domain that was asked for.
    fn add(&mut self, asked: Option<Result<bool, tokio::task::JoinError>>) {
        match asked {
            Some(Ok(true)) => self.answering += 1,
            Some(Ok(false)) => self.failing += 1,
            // Ended before it was known.
            Some(Err(_)) | None => {}
        }
    }
}
