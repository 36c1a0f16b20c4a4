//! What an operator may set of the transport, with the defaults of `serve`.

use std::time::Duration;

use crate::base::limits;

/// Sizes, caps and times of the EPP listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Largest data unit accepted, its header included.
    pub frame_limit: usize,
    /// Connections open at a time, or no cap.
    pub connections: Option<usize>,
    /// Connections of one address (IPv6: of one /64) that have not logged in, or no cap.
    pub pre_login_per_address: Option<usize>,
    /// How long each stage may take.
    pub timeouts: Timeouts,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            frame_limit: limits::FRAME_DEFAULT,
            connections: Some(limits::CONNECTIONS),
            pre_login_per_address: Some(limits::PRE_LOGIN_PER_ADDRESS),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long each stage of a connection may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the accepted connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first octet of a data unit to the fourth.
    pub header: Duration,
    /// From the first octet of a data unit to the last.
    pub frame: Duration,
    /// From one answer to the first octet of the next data unit.
    pub idle: Duration,
    /// The connection's whole life.
    pub lifetime: Duration,
    /// Until the client has taken an answer.
    pub write: Duration,
    /// Until everything is closed once the server is told to stop.
    pub drain: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(limits::HANDSHAKE_SECONDS),
            header: Duration::from_secs(limits::HEADER_SECONDS),
            frame: Duration::from_secs(limits::FRAME_SECONDS),
            idle: Duration::from_secs(limits::IDLE_SECONDS),
            lifetime: Duration::from_secs(limits::LIFETIME_SECONDS),
            write: Duration::from_secs(limits::WRITE_SECONDS),
            drain: Duration::from_millis(limits::DRAIN_MILLISECONDS),
        }
    }
}
