//! Accepts connections, gives each a task, and brings all of them to an end.
//!
//! A failing accept() never ends the server: running out of files or memory is waited out, anything
//! else concerns one connection only. A connection beyond a cap is closed at once.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use crate::base::metrics::{Metrics, Reason};
use crate::server::connection::Connection;
use crate::server::handshake::shake_hands;
use crate::server::live::{Live, Refusal, Ticket};
use crate::server::settings::Settings;
use crate::server::tls::Tls;
use crate::session::conversation::Conversations;

/// Longest pause after a failing accept(): short enough to recover within a second.
const PAUSE_LIMIT: Duration = Duration::from_millis(500);
/// First pause after a failing accept().
const PAUSE: Duration = Duration::from_millis(10);

/// What every connection of a listener shares.
struct Shared<C> {
    tls: Arc<Tls>,
    conversations: C,
    settings: Settings,
    metrics: Metrics,
}

/// Serves EPP on `listener` until `stop` completes, then drains: commands in flight are answered.
///
/// Returns when every connection is closed, at the latest after `settings.timeouts.drain`.
pub async fn serve<C: Conversations>(
    listener: TcpListener,
    tls: Arc<Tls>,
    conversations: C,
    live: Live,
    settings: Settings,
    metrics: Metrics,
    stop: impl Future<Output = ()>,
) {
    let shared = Arc::new(Shared {
        tls,
        conversations,
        settings,
        metrics,
    });
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    let mut pause = PAUSE;
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = tasks.join_next() => shared.note_end(ended),
            accepted = listener.accept() => match accepted {
                Ok((tcp, from)) => {
                    pause = PAUSE;
                    shared.admit(&live, &mut tasks, tcp, from);
                }
                Err(error) => {
                    shared.metrics.accept_errors.inc();
                    if concerns_one_connection(&error) {
                        continue;
                    }
                    tracing::error!(%error, "cannot accept connections; trying again");
                    tokio::select! {
                        () = &mut stop => break,
                        () = sleep(pause) => {}
                    }
                    pause = (pause * 2).min(PAUSE_LIMIT);
                }
            },
        }
    }
    drop(listener);
    live.drain();
    drain(&shared, &mut tasks).await;
}

/// Waits for the connections to end, and ends those that do not in time.
async fn drain<C: Conversations>(shared: &Shared<C>, tasks: &mut JoinSet<()>) {
    let ending = async {
        while let Some(ended) = tasks.join_next().await {
            shared.note_end(ended);
        }
    };
    if timeout(shared.settings.timeouts.drain, ending)
        .await
        .is_err()
    {
        tracing::warn!(
            connections = tasks.len(),
            "connections cut off at the end of the drain"
        );
        tasks.shutdown().await;
    }
}

impl<C: Conversations> Shared<C> {
    /// Starts the task of an accepted connection, or closes it when a cap is reached.
    fn admit(
        self: &Arc<Self>,
        live: &Live,
        tasks: &mut JoinSet<()>,
        tcp: TcpStream,
        from: SocketAddr,
    ) {
        self.metrics.connections.inc();
        let address = from.ip().to_canonical();
        match live.admit(address, &self.settings) {
            Ok(ticket) => {
                let shared = Arc::clone(self);
                tasks.spawn(async move {
                    shared
                        .attend(tcp, SocketAddr::new(address, from.port()), ticket)
                        .await;
                });
            }
            Err(refusal) => {
                let reason = match refusal {
                    Refusal::Connections => "connections",
                    Refusal::Address => "address",
                };
                let refused = &self.metrics.connections_refused;
                refused.get_or_create(&Reason { reason }).inc();
                tracing::debug!(%address, %refusal, "connection refused");
            }
        }
    }

    /// Attends to one connection from handshake to end.
    async fn attend(&self, tcp: TcpStream, from: SocketAddr, ticket: Ticket) {
        // Answers leave in one write; waiting for more to send would only delay them.
        tcp.set_nodelay(true).ok();
        let shaken = shake_hands(
            self.tls.acceptor(),
            tcp,
            from.ip(),
            &ticket,
            &self.settings.timeouts,
            &self.metrics,
        );
        let Some((stream, peer)) = shaken.await else {
            return;
        };
        if let Some(certificate) = &peer.certificate {
            ticket.present(certificate.clone());
        }
        let conversation = self.conversations.open(peer);
        let connection = Connection::new(stream, ticket, &self.settings, &self.metrics);
        let reason = connection.run(conversation).await.label();
        let ended = &self.metrics.connections_ended;
        ended.get_or_create(&Reason { reason }).inc();
        tracing::debug!(%from, reason, "connection ended");
    }

    /// Counts and logs a conversation that panicked; the others go on.
    fn note_end(&self, ended: Result<(), JoinError>) {
        if let Err(error) = ended
            && error.is_panic()
        {
            self.metrics.panics.inc();
            tracing::error!(%error, "a conversation ended in a panic; this is a defect");
        }
    }
}

/// Says whether a failed accept() means only that the client went away again.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    [
        Kind::ConnectionAborted,
        Kind::ConnectionReset,
        Kind::Interrupted,
    ]
    .contains(&error.kind())
}
