//! From an accepted TCP connection to an encrypted one with a known certificate.
//!
//! No EPP is read before the handshake and the certificate check succeeded (RFC 5734 section 8).
//! A client that is refused still gets its alert: the socket lingers until the client has read it.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::base::metrics::{Metrics, Reason, Version};
use crate::server::connection::LINGER;
use crate::server::live::Ticket;
use crate::server::material::validity;
use crate::server::settings::Timeouts;
use crate::server::tls::failure_label;
use crate::session::conversation::{Certificate, Peer};

/// Performs the handshake; `None` when it failed, which is counted and logged here.
pub(super) async fn shake_hands(
    acceptor: TlsAcceptor,
    tcp: TcpStream,
    address: IpAddr,
    ticket: &Ticket,
    timeouts: &Timeouts,
    metrics: &Metrics,
) -> Option<(TlsStream<TcpStream>, Peer)> {
    // An alert is written once and never again: the scheduler's budget, which a task may share with the one that
    // started it, must not be what stops it. A handshake is short, so it starves nobody.
    let accept = unconstrained(acceptor.accept(tcp).into_fallible());
    let outcome = tokio::select! {
        biased;
        outcome = timeout(timeouts.handshake, accept) => outcome,
        halt = ticket.halted() => {
            fail(metrics, address, halt.label());
            return None;
        }
    };
    let stream = match outcome {
        Ok(Ok(stream)) => stream,
        Ok(Err((error, tcp))) => {
            fail(metrics, address, failure_label(&error));
            deliver_alert(tcp).await;
            return None;
        }
        Err(_elapsed) => {
            fail(metrics, address, "timeout");
            return None;
        }
    };
    let Some(certificate) = certificate_of(&stream) else {
        fail(metrics, address, "certificate_bad");
        return None;
    };
    let version = version_of(&stream);
    metrics.handshakes.get_or_create(&Version { version }).inc();
    let peer = Peer {
        address,
        certificate: Some(certificate),
    };
    Some((stream, peer))
}

/// Counts and logs a failed handshake; strangers cause them, so the log level is low.
fn fail(metrics: &Metrics, address: IpAddr, reason: &'static str) {
    metrics
        .handshakes_failed
        .get_or_create(&Reason { reason })
        .inc();
    tracing::debug!(%address, reason, "handshake failed");
}

/// Ends the sending side and reads on for a moment, because closing with unread data resets the
/// connection and takes the alert away from the client.
async fn deliver_alert(mut tcp: TcpStream) {
    let reading = async {
        tcp.shutdown().await.ok();
        let mut waste = [0; 1024];
        while tcp.read(&mut waste).await.is_ok_and(|n| n > 0) {}
    };
    timeout(LINGER, reading).await.ok();
}

/// Describes the client's certificate.
fn certificate_of(stream: &TlsStream<TcpStream>) -> Option<Certificate> {
    let (_, connection) = stream.get_ref();
    let (leaf, chain) = connection.peer_certificates()?.split_first()?;
    let (not_before, not_after) = validity(leaf)?;
    Some(Certificate {
        sha256: Sha256::digest(leaf).into(),
        not_before,
        not_after,
        der: leaf.to_vec(),
        chain: chain.iter().map(|der| der.to_vec()).collect(),
    })
}

/// Returns the protocol version for the metrics.
fn version_of(stream: &TlsStream<TcpStream>) -> &'static str {
    let (_, connection) = stream.get_ref();
    if connection.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3) {
        "1.3"
    } else {
        "1.2"
    }
}
