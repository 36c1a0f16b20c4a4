//! TLS as this server speaks it, replaceable while it runs.
//!
//! TLS 1.2 and 1.3 with the suites of RFC 9325: ephemeral key exchange and authenticated encryption,
//! nothing else. A client certificate from a known authority is required (RFC 5734 section 8); whose
//! it is, is decided at login. Nothing is resumed – no tickets, no stored sessions, no early data –
//! because a resumed session would skip the certificate check. Further certificates of the client may
//! come in any order and may be superfluous (RFC 8446 section 4.4.2).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{CertificateError, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::server::material::{Error, Files, Material};
use crate::session::conversation::{Certificate, Distrust, Trust};

/// The TLS configuration in force.
pub struct Tls {
    state: ArcSwap<State>,
}

/// What a reload replaces as a whole.
struct State {
    config: Arc<ServerConfig>,
    verifier: Arc<dyn ClientCertVerifier>,
    not_after: DateTime<Utc>,
}

impl Tls {
    /// Reads the files and builds the configuration; `now` is the operating system's time.
    ///
    /// # Errors
    /// When a file is missing or bad; the message names it.
    pub fn load(files: &Files, now: DateTime<Utc>) -> Result<Self, Error> {
        Ok(Self {
            state: ArcSwap::from_pointee(State::build(files, now)?),
        })
    }

    /// Replaces the configuration for handshakes and logins from now on.
    ///
    /// Sessions stay; `Live::close_distrusted` ends those the new state does not trust.
    ///
    /// # Errors
    /// When a file is missing or bad; the old configuration stays in force.
    pub fn reload(&self, files: &Files, now: DateTime<Utc>) -> Result<(), Error> {
        self.state.store(Arc::new(State::build(files, now)?));
        Ok(())
    }

    /// Returns the end of validity of the server's own certificate.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.state.load().not_after
    }

    /// Returns the configuration of this moment, for a server of its own.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.state.load().config)
    }

    /// Returns an acceptor with the configuration of this moment.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config())
    }
}

impl Trust for Tls {
    fn check(&self, certificate: &Certificate, now: DateTime<Utc>) -> Result<(), Distrust> {
        if now < certificate.not_before {
            return Err(Distrust::NotYetValid);
        }
        if now > certificate.not_after {
            return Err(Distrust::Expired);
        }
        let leaf = CertificateDer::from(certificate.der.as_slice());
        let chain: Vec<CertificateDer<'_>> = certificate
            .chain
            .iter()
            .map(|der| CertificateDer::from(der.as_slice()))
            .collect();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let verifier = Arc::clone(&self.state.load().verifier);
        match verifier.verify_client_cert(&leaf, &chain, now) {
            Ok(_) => Ok(()),
            Err(rustls::Error::InvalidCertificate(CertificateError::Revoked)) => {
                Err(Distrust::Revoked)
            }
            Err(_) => Err(Distrust::Untrusted),
        }
    }
}

impl State {
    /// Builds the configuration from files that passed their checks.
    fn build(files: &Files, now: DateTime<Utc>) -> Result<Self, Error> {
        let material = Material::read(files, now)?;
        let provider = Arc::new(provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(
            Arc::new(material.authorities),
            Arc::clone(&provider),
        )
        .with_crls(material.revocation_lists)
        // An authority without a list has revoked nothing we could know of.
        .allow_unknown_revocation_status()
        .build()
        .map_err(|error| Error::Refused {
            path: files.client_authorities.clone(),
            reason: error.to_string(),
        })?;
        let refused = |error: rustls::Error| Error::Refused {
            path: files.certificate.clone(),
            reason: error.to_string(),
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(refused)?
            .with_client_cert_verifier(Arc::clone(&verifier))
            .with_single_cert(material.certificates, material.key)
            .map_err(refused)?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        config.max_early_data_size = 0;
        Ok(Self {
            config: Arc::new(config),
            verifier,
            not_after: material.not_after,
        })
    }
}

/// Returns the cryptography used: the suites of RFC 9325 section 4.2 by name, so that no new default
/// of the library slips in.
fn provider() -> CryptoProvider {
    use aws_lc_rs::cipher_suite as suite;
    CryptoProvider {
        cipher_suites: vec![
            suite::TLS13_AES_256_GCM_SHA384,
            suite::TLS13_AES_128_GCM_SHA256,
            suite::TLS13_CHACHA20_POLY1305_SHA256,
            suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ],
        ..aws_lc_rs::default_provider()
    }
}

/// Returns the word for metrics and logs of a handshake that failed.
pub(super) fn failure_label(error: &io::Error) -> &'static str {
    let inner = error.get_ref().and_then(|e| e.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(reason)) => certificate_label(reason),
        Some(rustls::Error::NoCertificatesPresented) => "no_certificate",
        Some(rustls::Error::PeerIncompatible(_)) => "incompatible",
        Some(rustls::Error::AlertReceived(_)) => "refused_by_client",
        Some(rustls::Error::InvalidMessage(_)) => "not_tls",
        Some(_) => "protocol",
        None => "disconnected",
    }
}

/// Returns the word for a client certificate that was refused.
fn certificate_label(reason: &CertificateError) -> &'static str {
    use CertificateError as E;
    if matches!(reason, E::Expired | E::ExpiredContext { .. }) {
        "certificate_expired"
    } else if matches!(reason, E::NotValidYet | E::NotValidYetContext { .. }) {
        "certificate_not_yet_valid"
    } else if matches!(reason, E::Revoked) {
        "certificate_revoked"
    } else if matches!(reason, E::UnknownIssuer) {
        "certificate_of_unknown_authority"
    } else {
        "certificate_bad"
    }
}
