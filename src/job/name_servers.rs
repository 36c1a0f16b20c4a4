//! Asks the name servers of every domain in the zone whether they answer for each of its active forms, round after round.
//!
//! As many domains at once as the settings say, and the servers of each, thirteen at most, side by side; a page of domains
//! waits in memory, and no more.

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::dns::Asker;
use crate::base::metrics::Metrics;
use crate::flow::domain::delegation::{Delegated, Page, Standing};
use crate::model::{DelegationFindings, DelegationState};
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
    answering: i64,
    failing: i64,
    told: i64,
    overdue: i64,
}

/// Asks in rounds, until dropped; returns at once where nobody is to be asked.
pub async fn run<S: Store>(service: Service<S>, settings: Settings, metrics: Metrics) {
    let Some(pause) = settings.interval else {
        return;
    };
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let begun = Instant::now();
        match round(&service, &settings, &metrics).await {
            Ok(found) => found.tell(begun.elapsed(), &metrics),
            Err(error) => tracing::error!(%error, "name servers are not asked; trying again"),
        }
    }
}

/// Asks the servers of every domain once.
async fn round<S: Store>(
    service: &Service<S>,
    settings: &Settings,
    metrics: &Metrics,
) -> Result<Found, store::Error> {
    let (port, limit) = (settings.port.get(), settings.timeout);
    let asker = Asker::new(settings.resolver, port, limit, metrics.clone());
    let asker = Arc::new(asker);
    let mut found = Found::default();
    let mut asking = JoinSet::new();
    let mut after = None;
    loop {
        let Page { asked, left, next } = service.delegated(after.as_ref()).await?;
        for name in left {
            if let Err(error) = service.note_delegation(&name, None).await {
                tracing::error!(?error, %name, "that its name servers are not asked is not noted; trying again next time");
            }
        }
        for domain in asked {
            if asking.len() >= settings.concurrency
                && let Some(asked) = asking.join_next().await
            {
                found.add(asked.ok().flatten(), metrics);
            }
            asking.spawn(ask(service.clone(), Arc::clone(&asker), domain));
        }
        if next.is_none() {
            break;
        }
        after = next;
    }
    while let Some(asked) = asking.join_next().await {
        found.add(asked.ok().flatten(), metrics);
    }
    Ok(found)
}

/// Asks the servers of a domain and notes what was found; returns how they stand, `None` where that is not known.
async fn ask<S: Store>(
    service: Service<S>,
    asker: Arc<Asker>,
    domain: Delegated,
) -> Option<Standing> {
    let Delegated { forms, servers } = domain;
    let name = forms.first()?.clone();
    let forms = Arc::new(forms);
    let mut asking = JoinSet::new();
    for (place, server) in servers.into_iter().enumerate() {
        let (asker, forms) = (Arc::clone(&asker), Arc::clone(&forms));
        asking.spawn(async move { (place, asker.ask(&forms, &server).await) });
    }
    let mut by_server = Vec::new();
    while let Some(asked) = asking.join_next().await {
        // A server that was not asked to the end says nothing about the name.
        by_server.push(asked.ok()?);
    }
    by_server.sort_by_key(|(place, _)| *place);
    let mut by_server: Vec<_> = by_server.into_iter().map(|(_, f)| f.into_iter()).collect();
    let of_form = |_| by_server.iter_mut().filter_map(Iterator::next).collect();
    let by_form = forms.iter().map(of_form).collect();
    let wanted = service.policy().profile().name_servers.minimum;
    let found = DelegationFindings::new(by_form, wanted);
    match service.note_delegation(&name, Some(&found)).await {
        Ok(standing) => standing,
        Err(error) => {
            tracing::error!(?error, %name, "what its name servers answered is not noted; asking again next time");
            None
        }
    }
}

impl Found {
    /// Counts a domain that was asked for.
    fn add(&mut self, standing: Option<Standing>, metrics: &Metrics) {
        let Some(Standing { state, told }) = standing else {
            metrics.name_server_check("unknown");
            return;
        };
        metrics.name_server_check(match state {
            DelegationState::Operational => "answering",
            DelegationState::Failing | DelegationState::Overdue => "failing",
        });
        match state {
            DelegationState::Operational => self.answering += 1,
            DelegationState::Failing => self.failing += 1,
            DelegationState::Overdue => {
                self.failing += 1;
                self.overdue += 1;
            }
        }
        self.told += i64::from(told);
    }

    /// Tells what a round found that took `time`.
    fn tell(&self, time: Duration, metrics: &Metrics) {
        let (answering, failing) = (self.answering, self.failing);
        metrics.names_failing.set(failing);
        metrics.names_failing_told.set(self.told);
        metrics.names_failing_overdue.set(self.overdue);
        metrics.name_server_round.set(time.as_secs_f64());
        if answering + failing > 0 {
            tracing::info!(answering, failing, "name servers were asked");
        }
    }
}
