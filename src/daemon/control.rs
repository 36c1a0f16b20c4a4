//! The control socket: one line of JSON in, one out (a zone takes as many as it needs), for users who may open the file (mode 0600).

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::backend::{self, Backend};
use crate::admin::message::LINE_MAXIMUM;
use crate::admin::{Desk, Kick, Outcome, Reply, Request};
use crate::policy::Policy;
use crate::server::Live;
use crate::session::Service;

/// Name of the socket in the data directory.
pub const SOCKET: &str = "control.sock";
/// Longest path of a socket (`sun_path` less its end).
const PATH_MAXIMUM: usize = 107;
/// Pause after a failing accept().
const PAUSE: Duration = Duration::from_millis(100);
/// How long a client may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// The socket's file, removed when the server stops.
#[derive(Debug)]
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Makes the socket; a file left behind by a server that was killed is replaced.
    ///
    /// Called when the store is locked, so nobody else can be using it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(super) fn bind(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(SOCKET);
        ensure!(
            path.as_os_str().len() <= PATH_MAXIMUM,
            "{} is too long for a socket (at most {PATH_MAXIMUM} characters); choose a shorter --dir",
            path.display()
        );
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let stale = || format!("{} is in the way; remove it", path.display());
                return Err(error).with_context(stale);
            }
            Ok(()) | Err(_) => {}
        }
        let unusable = || format!("the control socket {} cannot be made", path.display());
        let listener = UnixListener::bind(&path).with_context(unusable)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).with_context(unusable)?;
        Ok(Self { listener, path })
    }

    /// Answers operators until `stop` completes.
    pub(super) async fn serve(
        self,
        desk: Arc<Desk<Backend>>,
        live: Live,
        service: Service<Backend>,
        stop: impl Future<Output = ()> + Send,
    ) {
        let mut operators = tokio::task::JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => break,
                Some(_) = operators.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        let (desk, live, service) = (Arc::clone(&desk), live.clone(), service.clone());
                        operators.spawn(async move {
                            if let Err(error) = attend(stream, &desk, &live, &service).await {
                                tracing::debug!(%error, "operator went away");
                            }
                        });
                    }
                    Err(error) => {
                        tracing::error!(%error, "the control socket fails; trying again");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
            }
        }
        fs::remove_file(&self.path).ok();
    }
}

/// Answers the requests of one connection.
async fn attend(
    stream: UnixStream,
    desk: &Desk<Backend>,
    live: &Live,
    service: &Service<Backend>,
) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading.take(LINE_MAXIMUM)).lines();
    while let Some(line) = timeout(PATIENCE, lines.next_line()).await?? {
        let reply = match serde_json::from_str(&line) {
            Ok(request) => perform(request, desk, live, service, &mut writing).await?,
            Err(error) => Reply::Refused(format!(
                "the server does not know this request ({error}); use the hkepp of its own version"
            )),
        };
        tell(&reply, &mut writing).await?;
    }
    Ok(())
}

/// Writes a reply, or a part of one, as a line.
async fn tell(reply: &Reply, to: &mut OwnedWriteHalf) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    to.write_all(&line).await
}

/// Carries a request out and ends the sessions it takes the ground from; returns the reply, or its last part.
async fn perform(
    request: Request,
    desk: &Desk<Backend>,
    live: &Live,
    service: &Service<Backend>,
    to: &mut OwnedWriteHalf,
) -> io::Result<Reply> {
    let name = request.name();
    let reserves = match &request {
        Request::Rulings(ruling) => ruling.reserves(),
        Request::Registry(_)
        | Request::Objects(_)
        | Request::Orders(_)
        | Request::Files(_)
        | Request::Zone(_) => false,
    };
    let outcome = match request {
        Request::Registry(verb) => desk.handle(verb).await,
        Request::Objects(query) => Outcome {
            reply: desk.answer(query, &service.policy()).await,
            kick: None,
        },
        Request::Orders(order) => Outcome {
            reply: desk
                .carry_out(order, &service.policy(), service.numbers())
                .await,
            kick: None,
        },
        Request::Rulings(ruling) => Outcome {
            reply: desk
                .rule(ruling, &service.policy(), service.numbers())
                .await,
            kick: None,
        },
        Request::Files(verb) => Outcome {
            reply: backend::perform(&desk.store, verb).await,
            kick: None,
        },
        Request::Zone(zone) => Outcome {
            reply: export_zone(&zone, desk, &service.policy(), to).await?,
            kick: None,
        },
    };
    if let Reply::Clock(_) = outcome.reply
        && let Err(error) = service.settle_due().await
    {
        tracing::error!(
            ?error,
            "the clock is moved, but what fell due is not settled yet"
        );
    }
    if reserves && let Err(error) = service.reserve().await {
        tracing::error!(
            ?error,
            "the list of reserved names is in force after a restart"
        );
    }
    let sessions_ended = match &outcome.kick {
        Some(Kick::Registrar(id)) => live.close_registrar(id.as_str()),
        Some(Kick::Certificate(pin)) => live.close_certificate(&pin.0),
        None => 0,
    };
    let refused = matches!(outcome.reply, Reply::Refused(_));
    tracing::info!(verb = name, refused, sessions_ended, "operator");
    Ok(outcome.reply)
}

/// Writes the lines of a zone; returns what they hold.
async fn export_zone(
    zone: &str,
    desk: &Desk<Backend>,
    policy: &Policy,
    to: &mut OwnedWriteHalf,
) -> io::Result<Reply> {
    let mut export = match desk.export_zone(zone, policy) {
        Ok(export) => export,
        Err(refusal) => return Ok(Reply::Refused(refusal.to_string())),
    };
    loop {
        match export.next().await {
            Ok(Some(lines)) => tell(&Reply::ZonePart(lines), to).await?,
            Ok(None) => return Ok(Reply::Zone(export.summary().clone())),
            Err(error) => return Ok(Reply::Refused(error.to_string())),
        }
    }
}
