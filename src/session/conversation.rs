//! The seam between sockets and sessions: what the transport knows of a client, and what it asks.
//!
//! The transport frames, times and encrypts; it never looks into a document. The conversation reads
//! and writes whole documents; it never sees a socket. RFC 5734 sections 2 and 8.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use thiserror::Error;

/// What the transport knows of a client when its conversation opens.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Address the connection came from; IPv4 in its own form, never mapped into IPv6.
    pub address: IpAddr,
    /// Certificate of the handshake; absent only where no TLS is spoken (tests).
    pub certificate: Option<Certificate>,
}

/// A client's certificate, as the handshake accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the DER form: what registrars are pinned to.
    pub sha256: [u8; 32],
    /// First instant of validity.
    pub not_before: DateTime<Utc>,
    /// Last instant of validity.
    pub not_after: DateTime<Utc>,
    /// The certificate itself.
    pub der: Vec<u8>,
    /// The other certificates the client sent, in its order.
    pub chain: Vec<Vec<u8>>,
}

/// Judges a certificate again after the handshake: authorities and revocation lists change meanwhile.
pub trait Trust: Send + Sync {
    /// Says whether `certificate` is still good at `now`.
    ///
    /// `now` is the operating system's time, never the registry's: a sandbox years ahead still talks
    /// to today's certificates.
    ///
    /// # Errors
    /// The reason why the certificate is not to be relied on any more.
    fn check(&self, certificate: &Certificate, now: DateTime<Utc>) -> Result<(), Distrust>;
}

/// Why a certificate is not relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Distrust {
    /// Its validity has ended.
    #[error("the certificate has expired")]
    Expired,
    /// Its validity has not begun.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// Its issuer took it back.
    #[error("the certificate is revoked")]
    Revoked,
    /// No authority we know stands behind it, or not for this use.
    #[error("the certificate does not come from a known authority")]
    Untrusted,
}

/// What happens to the connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// More commands may follow.
    Continue,
    /// The answer is delivered, then the connection closes.
    Close,
}

/// One client's conversation: documents in, documents out.
pub trait Conversation: Send {
    /// Appends the greeting the server sends unasked (RFC 5734 section 2).
    fn greeting(&mut self, out: &mut Vec<u8>);

    /// Handles one document, possibly empty, and appends its answer to `out`.
    ///
    /// Documents of one conversation are handled one after the other, so answers keep their order.
    fn handle(&mut self, document: &[u8], out: &mut Vec<u8>) -> impl Future<Output = After> + Send;

    /// Returns the client identifier (clID) once a login succeeded.
    ///
    /// The transport asks after every answer: it ends the stricter admission of unknown clients, and
    /// lets the operator close the sessions of one registrar.
    fn registrar(&self) -> Option<&str>;
}

/// Opens conversations: what the transport is given to serve.
pub trait Conversations: Clone + Send + Sync + 'static {
    /// The kind of conversation opened.
    type Conversation: Conversation + 'static;

    /// Opens the conversation of a client whose handshake succeeded.
    fn open(&self, peer: Peer) -> Self::Conversation;
}
