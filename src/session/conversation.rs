//! The seam between sockets and sessions: what a transport gives a conversation and takes from it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::model::RegistrarId;

/// What the transport knows of a client.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Address it connected from.
    pub address: IpAddr,
    /// Certificate it proved to hold the key of.
    pub certificate: Option<Certificate>,
}

/// A client's leaf certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// SHA-256 of the DER form.
    pub sha256: [u8; 32],
    /// Serial number, big-endian, for revocation lists.
    pub serial: Vec<u8>,
    /// Start of validity.
    pub not_before: DateTime<Utc>,
    /// End of validity.
    pub not_after: DateTime<Utc>,
}

/// Judges certificates at every login, because a session may begin long after its handshake.
pub trait Trust: Send + Sync {
    /// Says whether the certificate is on the revocation list in force.
    fn is_revoked(&self, certificate: &Certificate) -> bool;
}

/// What happens to the connection after an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It stays.
    Continue,
    /// It is closed.
    Close,
}

/// One client's conversation: documents in, documents out, in order.
pub trait Conversation: Send {
    /// Appends the greeting to `out`.
    fn greeting(&mut self, out: &mut Vec<u8>);

    /// Appends the answer to one document to `out`.
    fn handle(&mut self, document: &[u8], out: &mut Vec<u8>) -> impl Future<Output = After> + Send;

    /// Returns the registrar that is logged in.
    fn registrar(&self) -> Option<&RegistrarId>;
}

/// Opens conversations; clones share what they are about.
pub trait Conversations: Clone + Send + Sync + 'static {
    /// What is opened.
    type Conversation: Conversation;

    /// Opens the conversation of a client that has just connected.
    fn open(&self, peer: Peer) -> Self::Conversation;
}
