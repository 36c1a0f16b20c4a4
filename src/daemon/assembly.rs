//! Builds the parts in order, runs them, and takes them apart in reverse.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use prometheus_client::registry::Registry;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::backend::{self, Backend};
use super::control::Control;
use super::log;
use super::ready::Ready;
use super::reload::{Reload, files};
use super::rules;
use super::sandbox::{self, Sandbox};
use super::signals::{Signals, Wish};
use crate::admin::{Attachments, Desk};
use crate::base::clock::Clock;
use crate::base::ident::TransactionIds;
use crate::base::metrics::Metrics;
use crate::config::{Config, ProfileSource};
use crate::flow::domain::retable::retable;
use crate::job;
use crate::policy::Profile;
use crate::policy::hk::Table;
use crate::server::{self, Live, Tls, http};
use crate::session::Service;
use crate::session::conversation::Trust;
use crate::session::service::Parts;
use crate::store::{self, Assert, ChangeSet, Store, keys, record};

/// Key under `meta/` of the profile's name.
const PROFILE: &str = "profile";
/// Connections that may wait to be accepted: registrars come together when a name falls free.
const BACKLOG: u32 = 1024;
/// How often certificates of open sessions are judged again.
const JUDGEMENT: Duration = Duration::from_mins(1);

/// Until everything that serves has ended: what the listener needs at most, and a little.
const ENDING: Duration = Duration::from_millis(4_600);
/// Until the store is closed; together with [`ENDING`] below the five seconds that are promised.
const CLOSING: Duration = Duration::from_millis(300);

/// Where a configuration came from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A file.
    File(PathBuf),
    /// The command line of the sandbox, with a file of overrides or without.
    Sandbox(Option<PathBuf>),
}

/// A server that is about to be built.
#[derive(Debug)]
pub(super) struct Assembly {
    /// What it runs with.
    pub(super) config: Config,
    /// Where that came from.
    pub(super) origin: Origin,
    /// What makes it a sandbox.
    pub(super) sandbox: Option<Sandbox>,
}

/// The parts of a server that need no socket.
struct Built {
    profile: String,
    variants: Option<Arc<Table>>,
    service: Service<Backend>,
    live: Live,
    desk: Arc<Desk<Backend>>,
    tls: Arc<Tls>,
    metrics: Metrics,
    registry: Registry,
}

impl Assembly {
    /// Runs the server until a signal ends it.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let filter = log::begin(&self.config.log)?;
        let mut signals = Signals::new()?;
        let (metrics, registry) = Metrics::new();
        let opening = backend::open(&self.config.dir, metrics.clone());
        let Some(store) = unless_stopped(opening, &mut signals).await else {
            tracing::info!("stopped before the store was open");
            return Ok(());
        };
        let store = store?;
        let outcome = match self.build(&store, metrics, registry).await {
            Ok(built) => self.serve(built, filter, &mut signals).await,
            Err(error) => Err(error),
        };
        let closed = timeout(CLOSING, store.close()).await;
        outcome?;
        match closed {
            Ok(closed) => Ok(closed?),
            Err(_) => {
                tracing::warn!(
                    "the store was not closed in time; the next start repairs its index"
                );
                Ok(())
            }
        }
    }

    /// Builds everything that needs no socket.
    async fn build(
        &self,
        store: &Backend,
        metrics: Metrics,
        registry: Registry,
    ) -> anyhow::Result<Built> {
        // Read before anything is made, so that a directory whose first start fails here is still a new one.
        let variants = self.config.variant_table.as_deref();
        let variants = variants.map(rules::table).transpose()?;
        let (profile, is_new) = self.profile(store).await?;
        let name = profile.name.clone();
        let policy = rules::policy(profile, variants.as_ref());
        let clock = match &self.sandbox {
            Some(sandbox) => sandbox.clock(store).await?,
            None => Clock::System,
        };
        let transactions = TransactionIds::new();
        let desk = Desk {
            store: store.clone(),
            clock: clock.clone(),
            transactions: transactions.context("the operating system gives no randomness")?,
            attachments: Attachments::new(&self.config.dir, self.config.attachment),
        };
        if let Some(sandbox) = &self.sandbox {
            let certificates = sandbox.certificates()?;
            sandbox::provide_registrars(&desk, &certificates, is_new, &policy).await?;
        }
        let tls = Arc::new(Tls::load(&files(&self.config.tls), Clock::System.now())?);
        metrics
            .certificate_not_after
            .set(tls.not_after().timestamp());
        let audit = || sandbox::audit(Clock::System.now(), "registry:variants", "variant table");
        if let Some(packages) = retable(&policy, store, audit).await? {
            let table = policy.variant_table().unwrap_or_default();
            tracing::info!(table, packages, "another variant table is in force");
        }
        let service = Service::new(Parts {
            store: store.clone(),
            policy,
            clock,
            trust: Arc::clone(&tls) as Arc<dyn Trust>,
            settings: self.config.session.clone(),
            metrics: metrics.clone(),
        });
        Ok(Built {
            profile: name,
            variants,
            service: service.await?,
            live: Live::new(metrics.clone()),
            desk: Arc::new(desk),
            tls,
            metrics,
            registry,
        })
    }

    /// Opens the sockets, says so, and serves until a signal ends it.
    async fn serve(
        self,
        built: Built,
        filter: log::Filter,
        signals: &mut Signals,
    ) -> anyhow::Result<()> {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut epp = Vec::new();
        for address in &self.config.listen {
            let listener = listen(*address)?;
            epp.push(listener.local_addr()?);
            tasks.spawn(server::serve(
                listener,
                Arc::clone(&built.tls),
                built.service.clone(),
                built.live.clone(),
                self.config.server.clone(),
                built.metrics.clone(),
                until(stopped.clone()),
            ));
        }
        let pages = pages(built.registry, &built.desk.store, &stopped);
        let stopping = until(stopped.clone());
        let http = self.serve_http(&mut tasks, pages, stopping).await?;
        let control = Control::bind(&self.config.dir)?;
        let operators = control.serve(
            built.desk,
            built.live.clone(),
            built.service.clone(),
            until(stopped.clone()),
        );
        tasks.spawn(operators);
        let asking = job::name_servers::run(
            built.service.clone(),
            self.config.dns_check.clone(),
            built.metrics.clone(),
        );
        let stop_asking = until(stopped.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = stop_asking => {}
                () = asking => {}
            }
        });
        let (jobs, stop_jobs) = (job::run(built.service.clone()), until(stopped));
        tasks.spawn(async move {
            tokio::select! {
                () = stop_jobs => {}
                () = jobs => {}
            }
        });
        let ready = Ready {
            ready: true,
            epp: epp.first().copied(),
            http,
            dir: self.config.dir.clone(),
            certs: self.sandbox.as_ref().map(|sandbox| sandbox.certs.clone()),
            profile: built.profile,
        };
        tracing::info!(epp = ?epp, http = ?http, profile = ready.profile, "ready");
        ready.announce()?;
        let reload = Reload {
            start: self.config,
            origin: self.origin,
            profile: ready.profile,
            variants: built.variants,
            service: built.service,
            tls: built.tls,
            live: built.live,
            filter,
            metrics: built.metrics,
        };
        wait(signals, &reload).await;
        stop.send_replace(true);
        let ending = async { while tasks.join_next().await.is_some() {} };
        if timeout(ENDING, ending).await.is_err() {
            tracing::warn!("a client of metrics and health was cut off");
            tasks.abort_all();
        }
        tracing::info!("stopped");
        Ok(())
    }

    /// Decides on the registry's rules: a directory keeps those it was made with.
    async fn profile(&self, store: &Backend) -> anyhow::Result<(Profile, bool)> {
        let stored = store::read::<String, _>(store, &keys::meta(PROFILE)).await?;
        let stored = stored.map(|(name, _)| name);
        let asked = match &self.sandbox {
            Some(sandbox) => sandbox.profile.clone().map(ProfileSource::Shipped),
            None => Some(self.config.profile.clone()),
        };
        let source = match (asked, &stored) {
            (Some(source), _) => source,
            (None, Some(name)) if matches!(self.config.profile, ProfileSource::Shipped(_)) => {
                ProfileSource::Shipped(name.clone())
            }
            (None, Some(_) | None) => self.config.profile.clone(),
        };
        let profile = rules::profile(&source)?;
        let Some(stored) = stored else {
            let audit = sandbox::audit(Clock::System.now(), "registry:create", &profile.name);
            let mut change = ChangeSet::new(audit);
            let key = keys::meta(PROFILE);
            change
                .assert(Assert::Absent(key.clone()))
                .put(key, record::encode(&profile.name)?);
            store.commit(change).await?;
            return Ok((profile, true));
        };
        if stored != profile.name {
            bail!(
                "{} was made with profile {stored}, not {}; keep that one, or choose another directory",
                self.config.dir.display(),
                profile.name
            );
        }
        Ok((profile, false))
    }

    /// Serves metrics and health, if they are wanted.
    async fn serve_http(
        &self,
        tasks: &mut JoinSet<()>,
        pages: http::Pages,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<Option<SocketAddr>> {
        let Some(address) = self.config.http else {
            return Ok(None);
        };
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        tasks.spawn(async move {
            if let Err(error) = http::serve(listener, http::router(pages), stop).await {
                tracing::error!(%error, "metrics and health are not served any more");
            }
        });
        Ok(Some(address))
    }
}

/// Waits for `work`, which needs no end in order; `None` when a signal asks to stop first.
async fn unless_stopped<T>(work: impl Future<Output = T>, signals: &mut Signals) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            wish = signals.next() => match wish {
                Wish::Stop => return None,
                Wish::Reload => {}
            },
        }
    }
}

/// Waits for the signal that ends the server, and does meanwhile what falls due.
async fn wait(signals: &mut Signals, reload: &Reload) {
    let mut judgement = interval(JUDGEMENT);
    judgement.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            wish = signals.next() => match wish {
                Wish::Stop => return,
                Wish::Reload => reload.run().await,
            },
            _ = judgement.tick() => reload.close_distrusted(),
        }
    }
}

/// Completes when the server stops.
async fn until(mut stopped: watch::Receiver<bool>) {
    stopped.wait_for(|stopped| *stopped).await.ok();
}

/// Opens a listener.
fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let open = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    open().with_context(|| {
        format!("cannot listen on {address}; stop what listens there, or choose another address")
    })
}

/// Makes the pages of metrics and health.
fn pages(registry: Registry, store: &Backend, stopped: &watch::Receiver<bool>) -> http::Pages {
    let (store, stopped) = (store.clone(), stopped.clone());
    http::Pages {
        registry: Arc::new(registry),
        healthy: Arc::new(|| Ok(())),
        ready: Arc::new(move || {
            if *stopped.borrow() {
                return Err("the server is stopping".to_owned());
            }
            store
                .failure()
                .map_or(Ok(()), |error| Err(error.to_string()))
        }),
    }
}
