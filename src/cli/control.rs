//! Talks to the running server over its control socket.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

use crate::admin::message::LINE_MAXIMUM;
use crate::admin::{Reply, Request};
use crate::daemon::SOCKET;

/// How long a verb may take; verifying and backing up a large store takes minutes.
const PATIENCE: Duration = Duration::from_hours(1);

/// Asks the server of `dir`, which must run.
///
/// # Errors
/// When no server runs there, or it refuses.
pub(super) fn ask(dir: &Path, request: &Request) -> anyhow::Result<Reply> {
    try_ask(dir, request)?.ok_or_else(|| nobody(dir))
}

/// Says that no server runs on `dir`.
pub(super) fn nobody(dir: &Path) -> anyhow::Error {
    anyhow!(
        "no server runs on {}; start one, or name its directory with --dir",
        dir.display()
    )
}

/// Asks the server of `dir`; `None` when none runs there.
///
/// # Errors
/// When it refuses, or cannot be talked to although it runs.
pub(super) fn try_ask(dir: &Path, request: &Request) -> anyhow::Result<Option<Reply>> {
    match Conversation::begin(dir, request)? {
        Some(mut conversation) => conversation.next().map(Some),
        None => Ok(None),
    }
}

/// A request whose reply has several parts.
pub(super) struct Conversation(BufReader<UnixStream>);

impl Conversation {
    /// Asks the server of `dir`; `None` when none runs there.
    ///
    /// # Errors
    /// When it cannot be talked to although it runs.
    pub(super) fn begin(dir: &Path, request: &Request) -> anyhow::Result<Option<Self>> {
        let socket = dir.join(SOCKET);
        let mut stream = match UnixStream::connect(&socket) {
            Ok(stream) => stream,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused
                ) =>
            {
                return Ok(None);
            }
            Err(error) => {
                let hint = "the control socket belongs to the server's user; become that user";
                return Err(error)
                    .with_context(|| format!("{} cannot be used; {hint}", socket.display()));
            }
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        stream
            .write_all(&line)
            .context("the server closed the control socket")?;
        Ok(Some(Self(BufReader::new(stream))))
    }

    /// Returns the reply, or its next part.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub(super) fn next(&mut self) -> anyhow::Result<Reply> {
        let mut answer = String::new();
        let mut line = (&mut self.0).take(LINE_MAXIMUM);
        line.read_line(&mut answer)
            .context("the server did not answer")?;
        let reply =
            serde_json::from_str(&answer).context("the server stopped before it answered")?;
        if let Reply::Refused(reason) = &reply {
            bail!("{reason}");
        }
        Ok(reply)
    }
}

/// Says that the server answered something else than was asked.
pub(super) fn unexpected<T>(_reply: Reply) -> anyhow::Result<T> {
    bail!("the server answers in another way; it runs another version of hkepp")
}
