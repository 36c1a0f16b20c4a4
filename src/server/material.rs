//! The files behind TLS: certificate, key, client authorities, revocation lists.
//!
//! Everything is judged before anything is used, so that a bad new file leaves the old state in force:
//! a key others can read, a server certificate out of its validity, a revocation list that does not
//! parse or that its authority did not sign.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use thiserror::Error;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

/// Where the TLS material lies; all of it PEM, revocation lists PEM or DER.
#[derive(Clone, Debug)]
pub struct Files {
    /// The server's certificate, then its intermediates.
    pub certificate: PathBuf,
    /// The server's private key.
    pub key: PathBuf,
    /// Authorities that sign client certificates.
    pub client_authorities: PathBuf,
    /// Revocation lists of those authorities.
    pub revocation_lists: Vec<PathBuf>,
}

/// Why TLS material is refused.
#[derive(Debug, Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file does not hold what it should.
    #[error("{} holds no {wanted} that can be read", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        wanted: &'static str,
    },
    /// Others than its owner may use the key.
    #[error("{} is readable by other users (mode {mode:o}); run: chmod 600 {}", path.display(), path.display())]
    ExposedKey {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The server's certificate cannot be used now.
    #[error("{} is valid from {not_before} to {not_after} only; renew it", path.display())]
    OutOfValidity {
        /// The file.
        path: PathBuf,
        /// First instant of validity.
        not_before: DateTime<Utc>,
        /// Last instant of validity.
        not_after: DateTime<Utc>,
    },
    /// A revocation list was not signed by the authority it names.
    #[error("{} is not signed by the authority it names", path.display())]
    ForgedList {
        /// The file.
        path: PathBuf,
    },
    /// Certificate and key do not fit, or the TLS library refuses them.
    #[error("TLS refuses {}: {reason}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// The library's reason.
        reason: String,
    },
}

/// TLS material that passed every check.
pub(super) struct Material {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) authorities: RootCertStore,
    pub(super) revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    pub(super) not_after: DateTime<Utc>,
}

impl Material {
    /// Reads and judges all files.
    pub(super) fn read(files: &Files, now: DateTime<Utc>) -> Result<Self, Error> {
        let certificates = read_certificates(&files.certificate)?;
        let not_after = judge_validity(&files.certificate, &certificates, now)?;
        let key = read_key(&files.key)?;
        let trusted = read_certificates(&files.client_authorities)?;
        let mut authorities = RootCertStore::empty();
        for authority in &trusted {
            authorities
                .add(authority.clone())
                .map_err(|error| Error::Refused {
                    path: files.client_authorities.clone(),
                    reason: error.to_string(),
                })?;
        }
        let mut revocation_lists = Vec::new();
        for path in &files.revocation_lists {
            revocation_lists.extend(read_lists(path, &trusted, now)?);
        }
        Ok(Self {
            certificates,
            key,
            authorities,
            revocation_lists,
            not_after,
        })
    }
}

/// Returns first and last instant of a certificate's validity, when it can be parsed.
pub(super) fn validity(der: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let validity = certificate.validity();
    let not_before = DateTime::from_timestamp(validity.not_before.timestamp(), 0)?;
    let not_after = DateTime::from_timestamp(validity.not_after.timestamp(), 0)?;
    Some((not_before, not_after))
}

/// Reads a file whole.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads every certificate of a PEM file; there must be one.
fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = read(path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) | Err(_) => Err(Error::Malformed {
            path: path.to_owned(),
            wanted: "certificate",
        }),
    }
}

/// Reads the private key, unless others can.
fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let text = read(path)?;
    let mode = fs::metadata(path)
        .map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::ExposedKey {
            path: path.to_owned(),
            mode,
        });
    }
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| Error::Malformed {
        path: path.to_owned(),
        wanted: "private key",
    })
}

/// Refuses a server certificate that clients would refuse now; returns the end of its validity.
fn judge_validity(
    path: &Path,
    certificates: &[CertificateDer<'_>],
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Error> {
    let leaf = certificates.first().and_then(|leaf| validity(leaf));
    let Some((not_before, not_after)) = leaf else {
        return Err(Error::Malformed {
            path: path.to_owned(),
            wanted: "certificate",
        });
    };
    if now < not_before || now > not_after {
        return Err(Error::OutOfValidity {
            path: path.to_owned(),
            not_before,
            not_after,
        });
    }
    Ok(not_after)
}

/// Reads the revocation lists of one file, PEM or DER.
fn read_lists(
    path: &Path,
    authorities: &[CertificateDer<'_>],
    now: DateTime<Utc>,
) -> Result<Vec<CertificateRevocationListDer<'static>>, Error> {
    let content = read(path)?;
    let malformed = || Error::Malformed {
        path: path.to_owned(),
        wanted: "revocation list",
    };
    let lists: Vec<_> = if content.starts_with(b"0") {
        vec![CertificateRevocationListDer::from(content)]
    } else {
        CertificateRevocationListDer::pem_slice_iter(&content)
            .collect::<Result<_, _>>()
            .map_err(|_| malformed())?
    };
    if lists.is_empty() {
        return Err(malformed());
    }
    for list in &lists {
        let (_, parsed) =
            CertificateRevocationList::from_der(list.as_ref()).map_err(|_| malformed())?;
        if !is_signed(&parsed, authorities) {
            return Err(Error::ForgedList {
                path: path.to_owned(),
            });
        }
        warn_if_stale(path, &parsed, now);
    }
    Ok(lists)
}

/// Says whether the authority a list names signed it; lists of intermediates are judged in the handshake,
/// where the client brings the intermediate.
fn is_signed(list: &CertificateRevocationList<'_>, authorities: &[CertificateDer<'_>]) -> bool {
    let mut known = false;
    for authority in authorities {
        let Ok((_, authority)) = X509Certificate::from_der(authority) else {
            continue;
        };
        if authority.subject().as_raw() != list.issuer().as_raw() {
            continue;
        }
        known = true;
        if list.verify_signature(authority.public_key()).is_ok() {
            return true;
        }
    }
    !known
}

/// Warns about a list that its authority should have replaced; it still revokes what it names.
fn warn_if_stale(path: &Path, list: &CertificateRevocationList<'_>, now: DateTime<Utc>) {
    if let Some(next) = list.next_update()
        && next.timestamp() < now.timestamp()
    {
        tracing::warn!(path = %path.display(), next_update = %next, "revocation list is out of date");
    }
}
