//! The development PKI of the sandbox: a throw-away authority and what it signs.
//!
//! What is missing in the directory is minted, what exists is reused, so that clients keep working over
//! restarts. Keys are readable by their owner only. Never for production: the authority's key lies
//! beside the certificates.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use thiserror::Error;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

/// Names of the registrars' certificates; each is pinned to the registrar of the same clID.
pub const REGISTRARS: [&str; 3] = ["registrar-a", "registrar-b", "registrar-c"];

/// Days a certificate is valid: clients and auditors refuse more than 366.
const LEAF_DAYS: u64 = 365;
/// Days the authority is valid.
const AUTHORITY_DAYS: u64 = 3652;

/// What the sandbox needs to know of its PKI.
#[derive(Clone, Debug)]
pub struct DevelopmentPki {
    /// The authority that signed everything.
    pub authority: PathBuf,
    /// The server's certificate.
    pub server_certificate: PathBuf,
    /// The server's key.
    pub server_key: PathBuf,
    /// Registrar and SHA-256 of its certificate, in the order of [`REGISTRARS`].
    pub pins: Vec<(String, [u8; 32])>,
    /// Files minted just now.
    pub minted: Vec<PathBuf>,
}

/// Why the PKI cannot be provided.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A file is not what its name says.
    #[error("{} cannot be used: {reason}; delete it and its {} to have both minted again", path.display(), sibling(path).display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A certificate is there without its key.
    #[error("{} has no {}; delete it to have both minted again", path.display(), key.display())]
    NoKey {
        /// The certificate.
        path: PathBuf,
        /// The missing key.
        key: PathBuf,
    },
    /// Something must be signed, but the authority's key is not there.
    #[error("{} must be minted, but {} is missing; bring it back, or delete all .pem and .key files of the directory to start over", path.display(), key.display())]
    NoAuthorityKey {
        /// What should be minted.
        path: PathBuf,
        /// The missing key.
        key: PathBuf,
    },
    /// A certificate that should be good has expired.
    #[error("{} expired on {not_after}; delete it to have it minted again", path.display())]
    Expired {
        /// The certificate.
        path: PathBuf,
        /// End of its validity.
        not_after: DateTime<Utc>,
    },
    /// The cryptographic library failed.
    #[error("cannot mint {}: {source}", path.display())]
    Minting {
        /// What should be minted.
        path: PathBuf,
        /// The library's reason.
        source: rcgen::Error,
    },
}

/// What a certificate is for.
#[derive(Clone, Copy)]
enum Purpose {
    /// Names the server by host name and loopback addresses.
    Server,
    /// Identifies a client.
    Client,
    /// Identifies a client, but is out of date.
    ExpiredClient,
}

/// Provides the development PKI in `directory`; `now` is the operating system's time.
///
/// # Errors
/// When a file cannot be used; the message says what to do.
pub fn provide(directory: &Path, now: DateTime<Utc>) -> Result<DevelopmentPki, Error> {
    fs::create_dir_all(directory).map_err(|source| Error::File {
        action: "create",
        path: directory.to_owned(),
        source,
    })?;
    let mut mint = Mint {
        directory,
        now,
        minted: Vec::new(),
    };
    mint.provide_authority()?;
    mint.provide_leaf("server", Purpose::Server)?;
    let mut pins = Vec::new();
    for registrar in REGISTRARS {
        pins.push((
            registrar.to_owned(),
            mint.provide_leaf(registrar, Purpose::Client)?,
        ));
    }
    mint.provide_leaf("stranger", Purpose::Client)?;
    mint.provide_leaf("expired", Purpose::ExpiredClient)?;
    Ok(DevelopmentPki {
        authority: mint.certificate("ca"),
        server_certificate: mint.certificate("server"),
        server_key: mint.key("server"),
        pins,
        minted: mint.minted,
    })
}

/// One visit to the directory.
struct Mint<'a> {
    directory: &'a Path,
    now: DateTime<Utc>,
    minted: Vec<PathBuf>,
}

impl Mint<'_> {
    /// Mints the authority when it is missing.
    fn provide_authority(&mut self) -> Result<(), Error> {
        let path = self.certificate("ca");
        if path.exists() {
            return self.judge(&path).map(drop);
        }
        let key = self.provide_key("ca")?;
        let mut params = CertificateParams::default();
        params.distinguished_name = named("hkepp development CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        self.set_validity(&mut params, -3, AUTHORITY_DAYS);
        let certificate = params.self_signed(&key).map_err(minting(&path))?;
        self.write(&path, &certificate.pem(), 0o644)
    }

    /// Mints a certificate and its key when it is missing; returns its SHA-256.
    fn provide_leaf(&mut self, name: &str, purpose: Purpose) -> Result<[u8; 32], Error> {
        let path = self.certificate(name);
        if !path.exists() {
            self.mint_leaf(name, purpose, &path)?;
        }
        let key = self.key(name);
        if !key.exists() {
            return Err(Error::NoKey { path, key });
        }
        match purpose {
            Purpose::Server | Purpose::Client => self.judge(&path),
            Purpose::ExpiredClient => Ok(Sha256::digest(parse(&path)?.0).into()),
        }
    }

    /// Signs a certificate with the authority's key.
    fn mint_leaf(&mut self, name: &str, purpose: Purpose, path: &Path) -> Result<(), Error> {
        let authority = self.issuer(path)?;
        let key = self.provide_key(name)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = named(name);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        match purpose {
            Purpose::Server => {
                params.distinguished_name = named("localhost");
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
                params.subject_alt_names = server_names().map_err(minting(path))?;
                self.set_validity(&mut params, -1, LEAF_DAYS);
            }
            Purpose::Client => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                self.set_validity(&mut params, -1, LEAF_DAYS);
            }
            Purpose::ExpiredClient => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
                self.set_validity(&mut params, -2, 1);
            }
        }
        let certificate = params.signed_by(&key, &authority).map_err(minting(path))?;
        self.write(path, &certificate.pem(), 0o644)
    }

    /// Opens the authority for signing `wanted`.
    fn issuer(&self, wanted: &Path) -> Result<Issuer<'static, KeyPair>, Error> {
        let key_path = self.key("ca");
        if !key_path.exists() {
            return Err(Error::NoAuthorityKey {
                path: wanted.to_owned(),
                key: key_path,
            });
        }
        let key = read_key(&key_path)?;
        let path = self.certificate("ca");
        let text = read(&path)?;
        Issuer::from_ca_cert_pem(&text, key).map_err(|error| Error::Unusable {
            path,
            reason: error.to_string(),
        })
    }

    /// Returns the key of a name, minting it when it is missing.
    fn provide_key(&mut self, name: &str) -> Result<KeyPair, Error> {
        let path = self.key(name);
        if path.exists() {
            return read_key(&path);
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(minting(&path))?;
        self.write(&path, &key.serialize_pem(), 0o600)?;
        Ok(key)
    }

    /// Reads a certificate that has to be good now; returns its SHA-256.
    fn judge(&self, path: &Path) -> Result<[u8; 32], Error> {
        let (der, not_after) = parse(path)?;
        if self.now > not_after {
            return Err(Error::Expired {
                path: path.to_owned(),
                not_after,
            });
        }
        Ok(Sha256::digest(der).into())
    }

    /// Sets the validity: from `offset` days from now, for `days` days.
    fn set_validity(&self, params: &mut CertificateParams, offset: i64, days: u64) {
        const DAY: u64 = 24 * 3600;
        let start = self.now + chrono::TimeDelta::days(offset);
        let start = u64::try_from(start.timestamp()).unwrap_or(0);
        let start = date_time_ymd(1970, 1, 1) + Duration::from_secs(start);
        params.not_before = start;
        params.not_after = start + Duration::from_secs(days * DAY);
    }

    /// Writes a file whole or not at all.
    fn write(&mut self, path: &Path, content: &str, mode: u32) -> Result<(), Error> {
        let temporary = path.with_extension(format!("new-{}", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&temporary)
            .and_then(|mut file| file.write_all(content.as_bytes()))
            .and_then(|()| fs::rename(&temporary, path));
        written.map_err(|source| Error::File {
            action: "write",
            path: path.to_owned(),
            source,
        })?;
        self.minted.push(path.to_owned());
        Ok(())
    }

    /// Returns the path of a certificate.
    fn certificate(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.pem"))
    }

    /// Returns the path of a key.
    fn key(&self, name: &str) -> PathBuf {
        self.directory.join(format!("{name}.key"))
    }
}

/// Reads a text file.
fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

/// Reads a private key.
fn read_key(path: &Path) -> Result<KeyPair, Error> {
    KeyPair::from_pem(&read(path)?).map_err(|error| Error::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads the first certificate of a file and the end of its validity.
fn parse(path: &Path) -> Result<(CertificateDer<'static>, DateTime<Utc>), Error> {
    let unusable = |reason: String| Error::Unusable {
        path: path.to_owned(),
        reason,
    };
    let text = read(path)?;
    let der = CertificateDer::from_pem_slice(text.as_bytes())
        .map_err(|error| unusable(error.to_string()))?;
    let (_, certificate) =
        X509Certificate::from_der(&der).map_err(|error| unusable(error.to_string()))?;
    let seconds = certificate.validity().not_after.timestamp();
    let not_after = DateTime::from_timestamp(seconds, 0)
        .ok_or_else(|| unusable("its validity has no end".to_owned()))?;
    Ok((der, not_after))
}

/// Returns the other half of a pair: the key of a certificate, the certificate of a key.
fn sibling(path: &Path) -> PathBuf {
    let is_key = path.extension().is_some_and(|extension| extension == "key");
    path.with_extension(if is_key { "pem" } else { "key" })
}

/// Wraps a failure of the cryptographic library.
fn minting(path: &Path) -> impl Fn(rcgen::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Minting {
        path: path.clone(),
        source,
    }
}

/// Returns a subject with a common name only.
fn named(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

/// Returns the names clients on this machine may call the server by.
fn server_names() -> Result<Vec<SanType>, rcgen::Error> {
    Ok(vec![
        SanType::DnsName("localhost".try_into()?),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Clock;
    use chrono::TimeDelta;
    use std::os::unix::fs::PermissionsExt;

    fn now() -> DateTime<Utc> {
        Clock::System.now()
    }

    #[test]
    fn provide_in_an_empty_directory_mints_what_the_sandbox_needs() {
        let directory = tempfile::tempdir().unwrap();
        let pki = provide(directory.path(), now()).unwrap();
        let names = ["ca", "server", "registrar-a", "registrar-b", "registrar-c"];
        for name in names.iter().chain(&["stranger", "expired"]) {
            assert!(directory.path().join(format!("{name}.pem")).exists());
            let key = directory.path().join(format!("{name}.key"));
            assert_eq!(
                fs::metadata(key).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        assert_eq!(pki.minted.len(), 14);
        assert_eq!(pki.pins.len(), 3);
        assert_ne!(pki.pins[0].1, pki.pins[1].1);
    }

    #[test]
    fn provide_again_mints_nothing_and_keeps_the_pins() {
        let directory = tempfile::tempdir().unwrap();
        let first = provide(directory.path(), now()).unwrap();
        let again = provide(directory.path(), now()).unwrap();
        assert!(again.minted.is_empty());
        assert_eq!(again.pins, first.pins);
    }

    #[test]
    fn provide_mints_a_missing_pair_with_the_authority_at_hand() {
        let directory = tempfile::tempdir().unwrap();
        let first = provide(directory.path(), now()).unwrap();
        for file in ["registrar-b.pem", "registrar-b.key"] {
            fs::remove_file(directory.path().join(file)).unwrap();
        }
        let again = provide(directory.path(), now()).unwrap();
        assert_eq!(again.minted.len(), 2);
        assert_eq!(again.pins[0], first.pins[0]);
        assert_ne!(again.pins[1], first.pins[1]);
    }

    #[test]
    fn provide_without_the_authoritys_key_says_so() {
        let directory = tempfile::tempdir().unwrap();
        provide(directory.path(), now()).unwrap();
        fs::remove_file(directory.path().join("ca.key")).unwrap();
        provide(directory.path(), now()).unwrap();
        fs::remove_file(directory.path().join("stranger.pem")).unwrap();
        let error = provide(directory.path(), now()).unwrap_err().to_string();
        assert!(error.contains("stranger.pem"), "{error}");
        assert!(error.contains("ca.key is missing"), "{error}");
    }

    #[test]
    fn provide_with_a_certificate_but_no_key_says_so() {
        let directory = tempfile::tempdir().unwrap();
        provide(directory.path(), now()).unwrap();
        fs::remove_file(directory.path().join("server.key")).unwrap();
        let error = provide(directory.path(), now()).unwrap_err().to_string();
        assert!(error.contains("server.pem has no"), "{error}");
    }

    #[test]
    fn provide_with_an_expired_certificate_says_so() {
        let directory = tempfile::tempdir().unwrap();
        provide(directory.path(), now()).unwrap();
        let later = now() + TimeDelta::days(366);
        let error = provide(directory.path(), later).unwrap_err().to_string();
        assert!(error.contains("server.pem expired on"), "{error}");
    }

    #[test]
    fn provide_with_garbage_names_the_pair_to_delete() {
        let directory = tempfile::tempdir().unwrap();
        provide(directory.path(), now()).unwrap();
        fs::write(directory.path().join("registrar-a.pem"), "no certificate").unwrap();
        let error = provide(directory.path(), now()).unwrap_err().to_string();
        assert!(error.contains("registrar-a.pem cannot be used"), "{error}");
        assert!(error.contains("registrar-a.key"), "{error}");
    }

    #[test]
    fn expired_certificate_is_expired_and_the_others_last_less_than_367_days() {
        let directory = tempfile::tempdir().unwrap();
        provide(directory.path(), now()).unwrap();
        let end = |name: &str| parse(&directory.path().join(name)).unwrap().1;
        assert!(end("expired.pem") < now());
        for name in ["server.pem", "registrar-a.pem", "stranger.pem"] {
            assert!(end(name) > now() + TimeDelta::days(360));
            assert!(end(name) < now() + TimeDelta::days(366));
        }
        assert!(end("ca.pem") > now() + TimeDelta::days(3600));
    }
}
