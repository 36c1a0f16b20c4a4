//! One client's encrypted connection: data units in, answers out, in order (RFC 5734 sections 2 to 4).
//!
//! ```text
//! greeting -> [ answer every whole unit received -> write -> wait for more ] -> farewell
//! ```
//!
//! Header and document leave in one write; answers to pipelined commands join one write. Nothing is
//! read while an answer waits to be taken, so a client that does not read cannot make buffers grow.
//! A client may half-close after its last command and still gets its answers. Every wait has its
//! time, and ends early when the connection is told to halt.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};
use tokio_rustls::server::TlsStream;

use crate::base::limits;
use crate::base::metrics::Metrics;
use crate::protocol::frame::{self, Unit};
use crate::server::live::{Halt, Ticket};
use crate::server::settings::{Settings, Timeouts};
use crate::session::conversation::{After, Conversation};

/// How long a closing connection waits for the client to take what was sent.
pub(super) const LINGER: Duration = Duration::from_secs(1);
/// Octets a closing connection reads and drops, so that its last answer is not lost to a reset.
const LINGER_OCTETS: usize = 256 * 1024;
/// Least room for one read: the size of most commands.
const READ: usize = 4 * 1024;

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The conversation closed it: logout, or an error that ends the session.
    Finished,
    /// The client closed it between two data units.
    ClientClosed,
    /// The client closed it within a data unit.
    Truncated,
    /// A length that is none of EPP.
    Unframed,
    /// No data unit came.
    Idle,
    /// The header did not arrive in time.
    SlowHeader,
    /// The data unit did not arrive in time.
    SlowFrame,
    /// The client did not take its answers.
    NotReading,
    /// The connection reached its greatest age.
    Lifetime,
    /// The server or its operator ended it.
    Halted(Halt),
    /// The network or the client's TLS failed.
    Failed,
}

impl Ended {
    /// Returns the word for metrics and logs.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::ClientClosed => "client_closed",
            Self::Truncated => "truncated",
            Self::Unframed => "unframed",
            Self::Idle => "idle",
            Self::SlowHeader => "slow_header",
            Self::SlowFrame => "slow_frame",
            Self::NotReading => "not_reading",
            Self::Lifetime => "lifetime",
            Self::Halted(halt) => halt.label(),
            Self::Failed => "failed",
        }
    }

    /// Says whether the client can still be told goodbye.
    const fn is_orderly(self) -> bool {
        match self {
            Self::NotReading | Self::Failed => false,
            Self::Finished
            | Self::ClientClosed
            | Self::Truncated
            | Self::Unframed
            | Self::Idle
            | Self::SlowHeader
            | Self::SlowFrame
            | Self::Lifetime
            | Self::Halted(_) => true,
        }
    }
}

/// One encrypted connection.
pub(super) struct Connection<'a> {
    stream: TlsStream<TcpStream>,
    ticket: Ticket,
    settings: &'a Settings,
    metrics: &'a Metrics,
    input: BytesMut,
    output: Vec<u8>,
    patience: Patience,
}

impl<'a> Connection<'a> {
    /// Takes over a stream whose handshake succeeded.
    pub(super) fn new(
        stream: TlsStream<TcpStream>,
        ticket: Ticket,
        settings: &'a Settings,
        metrics: &'a Metrics,
    ) -> Self {
        Self {
            stream,
            ticket,
            settings,
            metrics,
            input: BytesMut::with_capacity(READ),
            output: Vec::with_capacity(READ),
            patience: Patience::new(&settings.timeouts),
        }
    }

    /// Serves the client until either side ends it; says why.
    pub(super) async fn run<C: Conversation>(mut self, mut conversation: C) -> Ended {
        let ended = match self.converse(&mut conversation).await {
            Ok(never) => match never {},
            Err(ended) => ended,
        };
        // The session is over before its last answer leaves: the client may log in again at once.
        drop(conversation);
        // Answers given before a bad length or a halt still belong to the client.
        let delivered = self.flush().await;
        if ended.is_orderly() && delivered.is_ok() {
            farewell(&mut self.stream).await;
        }
        ended
    }

    /// Greets, then answers and waits in turn.
    async fn converse<C: Conversation>(
        &mut self,
        conversation: &mut C,
    ) -> Result<Infallible, Ended> {
        let start = frame::begin(&mut self.output);
        conversation.greeting(&mut self.output);
        frame::finish(&mut self.output, start);
        self.flush().await?;
        loop {
            let more_wanted = self.answer(conversation).await?;
            self.flush().await?;
            if more_wanted {
                self.receive().await?;
            }
        }
    }

    /// Answers the whole units received; false when it stopped early to deliver what it has.
    async fn answer<C: Conversation>(&mut self, conversation: &mut C) -> Result<bool, Ended> {
        while self.output.len() < limits::COALESCE {
            if let Some(halt) = self.ticket.halt() {
                return Err(Ended::Halted(halt));
            }
            let length = match frame::first(&self.input, self.settings.frame_limit) {
                Ok(Unit::Complete(length)) => length,
                Ok(Unit::Partial(_) | Unit::NoHeader) => return Ok(true),
                Err(error) => {
                    self.metrics.frames_refused.inc();
                    tracing::debug!(%error, "data unit refused");
                    return Err(Ended::Unframed);
                }
            };
            if self.handle(conversation, length).await == After::Close {
                return Err(Ended::Finished);
            }
        }
        Ok(false)
    }

    /// Hands the first unit to the conversation and frames the answer.
    async fn handle<C: Conversation>(&mut self, conversation: &mut C, length: usize) -> After {
        self.metrics.frames.inc();
        let document = self.input.get(frame::HEADER..length).unwrap_or_default();
        let start = frame::begin(&mut self.output);
        let after = conversation.handle(document, &mut self.output).await;
        frame::finish(&mut self.output, start);
        self.input.advance(length);
        self.patience.unit_done();
        if !self.ticket.is_named()
            && let Some(registrar) = conversation.registrar()
        {
            self.ticket.name(registrar);
        }
        after
    }

    /// Writes what has been answered; a client that does not take it in time is given up.
    async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let writing = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        let (patience, limit) = (&mut self.patience, self.settings.timeouts.write);
        let waiting = async { patience.expire(Instant::now() + limit).await };
        // A halted connection keeps a moment to deliver, not the whole time.
        let halting = async {
            let halt = self.ticket.halted().await;
            sleep(LINGER).await;
            halt
        };
        let outcome = tokio::select! {
            biased;
            written = writing => written.map_err(|_| Ended::Failed),
            () = waiting => Err(Ended::NotReading),
            _halt = halting => Err(Ended::NotReading),
        };
        self.output.clear();
        self.output.shrink_to(limits::BUFFER_KEPT);
        outcome
    }

    /// Waits for more octets of the client.
    async fn receive(&mut self) -> Result<(), Ended> {
        let (deadline, late) = self.patience.deadline(self.input.len());
        self.make_room();
        let read = tokio::select! {
            biased;
            read = self.stream.read_buf(&mut self.input) => read,
            halt = self.ticket.halted() => return Err(Ended::Halted(halt)),
            () = self.patience.expire(deadline) => return Err(late),
        };
        match read {
            Ok(0) => Err(self.closed()),
            Ok(_) => Ok(()),
            // Many clients close without the TLS notice; between two units nothing can be cut off by it.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.closed()),
            Err(_) => Err(Ended::Failed),
        }
    }

    /// Names the end of the client's stream.
    fn closed(&self) -> Ended {
        if self.input.is_empty() {
            Ended::ClientClosed
        } else {
            Ended::Truncated
        }
    }

    /// Provides room for a read: what has arrived may double the buffer, what is only announced may not.
    fn make_room(&mut self) {
        if self.input.is_empty() && self.input.capacity() > limits::BUFFER_KEPT {
            self.input = BytesMut::with_capacity(READ);
        }
        self.input.reserve(self.input.len().max(READ));
    }
}

/// Says goodbye: TLS notice, end of stream, then a moment for the client to read its last answer.
async fn farewell(stream: &mut TlsStream<TcpStream>) {
    let parting = async {
        stream.shutdown().await?;
        let (tcp, _) = stream.get_mut();
        let mut waste = [0; 1024];
        let mut dropped = 0;
        while dropped < LINGER_OCTETS {
            match tcp.read(&mut waste).await? {
                0 => break,
                read => dropped += read,
            }
        }
        io::Result::Ok(())
    };
    timeout(LINGER, parting).await.ok();
}

/// The times of one connection, on one timer that is only ever postponed lazily.
struct Patience {
    header: Duration,
    frame: Duration,
    idle: Duration,
    end: Instant,
    unit_started: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Patience {
    /// Starts the connection's life.
    fn new(timeouts: &Timeouts) -> Self {
        let now = Instant::now();
        Self {
            header: timeouts.header,
            frame: timeouts.frame,
            idle: timeouts.idle,
            end: now + timeouts.lifetime,
            unit_started: None,
            timer: Box::pin(sleep_until(now + timeouts.idle)),
        }
    }

    /// Notes that the unit being received is whole.
    const fn unit_done(&mut self) {
        self.unit_started = None;
    }

    /// Returns until when the next octets must come, with `received` octets of a unit at hand, and what
    /// it means when they do not.
    fn deadline(&mut self, received: usize) -> (Instant, Ended) {
        let now = Instant::now();
        let (deadline, late) = if received == 0 {
            (now + self.idle, Ended::Idle)
        } else {
            let started = *self.unit_started.get_or_insert(now);
            if received < frame::HEADER {
                (started + self.header, Ended::SlowHeader)
            } else {
                (started + self.frame, Ended::SlowFrame)
            }
        };
        if self.end < deadline {
            return (self.end, Ended::Lifetime);
        }
        (deadline, late)
    }

    /// Waits for `deadline`. The timer may ring too early, never too late: moving it on every command
    /// would cost more than a needless ring every few minutes.
    async fn expire(&mut self, deadline: Instant) {
        if deadline < self.timer.deadline() {
            self.timer.as_mut().reset(deadline);
        }
        loop {
            self.timer.as_mut().await;
            if Instant::now() >= deadline {
                return;
            }
            self.timer.as_mut().reset(deadline);
        }
    }
}
