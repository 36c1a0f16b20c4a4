//! Sizes, caps and times an operator may set, with their defaults.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::base::limits::FRAME_DEFAULT;

/// Sizes and caps; a cap that is `None` does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest EPP data unit, in octets, its header included.
    pub frame: usize,
    /// Sessions of one registrar.
    pub sessions_per_registrar: Option<NonZeroU32>,
    /// Connections from one address that have not logged in.
    pub pre_login_per_address: Option<NonZeroU32>,
    /// Failed logins of one registrar from one address in a minute.
    pub login_failures_per_minute: Option<NonZeroU32>,
}

impl Limits {
    /// Returns the limits of `serve`.
    pub fn serve() -> Self {
        Self {
            frame: FRAME_DEFAULT,
            sessions_per_registrar: NonZeroU32::new(10),
            pre_login_per_address: NonZeroU32::new(4),
            login_failures_per_minute: NonZeroU32::new(10),
        }
    }

    /// Returns the limits of `sandbox`, where only guessing passwords is limited.
    pub fn sandbox() -> Self {
        Self {
            sessions_per_registrar: None,
            pre_login_per_address: None,
            ..Self::serve()
        }
    }
}

/// How long the server waits for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For the rest of a frame's header once its first octet came.
    pub header: Duration,
    /// For a whole frame.
    pub frame: Duration,
    /// For the next command.
    pub idle: Duration,
    /// For the end of a session, however busy.
    pub session: Duration,
    /// For the client to take an answer.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(10),
            frame: Duration::from_secs(30),
            idle: Duration::from_mins(10),
            session: Duration::from_hours(24),
            write: Duration::from_secs(30),
        }
    }
}
