//! New certificates and revocation lists while the server runs; bad ones leave the old in force.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use hkepp::daemon::pki;
use hkepp::server::{Files, MaterialError, Tls};
use hkepp::session::conversation::{Certificate, Distrust, Trust};
use rcgen::{
    CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber,
    SigningKey, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use crate::harness::{GREETING, Harness, TLS13, files_in, now};

/// Opens the authority of a directory.
fn issuer(directory: &Path) -> Issuer<'static, KeyPair> {
    let text = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
    let key = KeyPair::from_pem(&text("ca.key")).unwrap();
    Issuer::from_ca_cert_pem(&text("ca.pem"), key).unwrap()
}

/// Writes a revocation list that names the certificates of `revoked`.
fn revoke(directory: &Path, signer: &Issuer<'_, KeyPair>, revoked: &[&str]) -> PathBuf {
    let certificates = revoked.iter().map(|name| {
        let der = CertificateDer::from_pem_file(directory.join(format!("{name}.pem"))).unwrap();
        let (_, parsed) = X509Certificate::from_der(&der).unwrap();
        RevokedCertParams {
            serial_number: SerialNumber::from_slice(parsed.raw_serial()),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        }
    });
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2026, 1, 1),
        next_update: date_time_ymd(2046, 1, 1),
        crl_number: SerialNumber::from_slice(&[1]),
        issuing_distribution_point: None,
        revoked_certs: certificates.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let path = directory.join("crl.pem");
    fs::write(&path, list.signed_by(signer).unwrap().pem().unwrap()).unwrap();
    path
}

/// Names the files of a directory with a revocation list.
fn with_list(directory: &Path, list: PathBuf) -> Files {
    Files {
        revocation_lists: vec![list],
        ..files_in(directory)
    }
}

/// Describes a certificate of a directory as the handshake does.
fn certificate(directory: &Path, name: &str) -> Certificate {
    let der = CertificateDer::from_pem_file(directory.join(format!("{name}.pem"))).unwrap();
    let (_, parsed) = X509Certificate::from_der(&der).unwrap();
    let instant = |seconds| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    Certificate {
        sha256: Sha256::digest(&der).into(),
        not_before: instant(parsed.validity().not_before.timestamp()),
        not_after: instant(parsed.validity().not_after.timestamp()),
        der: der.to_vec(),
        chain: Vec::new(),
    }
}

/// Says whether a client gets the greeting.
async fn is_greeted(harness: &Harness, name: &str) -> bool {
    let mut client = harness.try_client(name, TLS13).await.unwrap();
    client.read_unit().await.is_ok_and(|read| read == GREETING)
}

#[tokio::test]
async fn reload_with_a_revocation_list_ends_live_sessions_and_refuses_new_ones() {
    let harness = Harness::start().await;
    let directory = harness.directory.path();
    let mut a = harness.client("registrar-a").await;
    let mut b = harness.client("registrar-b").await;
    let list = revoke(directory, &issuer(directory), &["registrar-a"]);
    harness
        .tls
        .reload(&with_list(directory, list), now())
        .unwrap();
    assert_eq!(a.ask("not yet").await, "not yet");
    assert_eq!(harness.live.close_distrusted(&*harness.tls, now()), 1);
    assert!(a.read_to_end().await.unwrap().is_empty());
    assert_eq!(b.ask("x").await, "x");
    assert!(!is_greeted(&harness, "registrar-a").await);
    assert!(is_greeted(&harness, "registrar-b").await);
    let kicked = r#"epp_sessions_kicked_total{reason="certificate_revoked"}"#;
    assert_eq!(harness.metric(kicked), 1);
    let failed = r#"epp_handshakes_failed_total{reason="certificate_revoked"}"#;
    harness.wait_for_metric(failed, 1).await;
}

#[tokio::test]
async fn reload_with_a_bad_revocation_list_keeps_the_old_one() {
    let harness = Harness::start().await;
    let directory = harness.directory.path();
    let list = revoke(directory, &issuer(directory), &["registrar-a"]);
    let files = with_list(directory, list.clone());
    harness.tls.reload(&files, now()).unwrap();
    let good = fs::read(&list).unwrap();
    let mut cut = good.clone();
    cut.truncate(good.len() / 2);
    let bad: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("garbage", b"no revocation list".to_vec()),
        ("cut", cut),
        ("DER garbage", b"0\x82\xff\xff".to_vec()),
        ("empty reasons", list_with_empty_reasons(directory)),
    ];
    for (name, content) in bad {
        fs::write(&list, content).unwrap();
        let outcome = harness.tls.reload(&files, now());
        assert!(outcome.is_err(), "{name} was accepted");
        assert!(!is_greeted(&harness, "registrar-a").await, "{name}");
        assert!(is_greeted(&harness, "registrar-b").await, "{name}");
    }
}

#[tokio::test]
async fn reload_with_a_forged_revocation_list_is_refused() {
    let harness = Harness::start().await;
    let directory = harness.directory.path();
    // Another authority of the same name: every development authority is called alike.
    let elsewhere = tempfile::tempdir().unwrap();
    pki::provide(elsewhere.path(), now()).unwrap();
    let list = revoke(directory, &issuer(elsewhere.path()), &["registrar-a"]);
    let outcome = harness.tls.reload(&with_list(directory, list), now());
    assert!(matches!(outcome, Err(MaterialError::ForgedList { .. })));
    assert!(is_greeted(&harness, "registrar-a").await);
}

#[tokio::test]
async fn reload_in_der_form_is_accepted() {
    let harness = Harness::start().await;
    let directory = harness.directory.path();
    let list = revoke(directory, &issuer(directory), &["registrar-a"]);
    let text = fs::read(&list).unwrap();
    let der = rustls::pki_types::CertificateRevocationListDer::from_pem_slice(&text).unwrap();
    fs::write(&list, &*der).unwrap();
    harness
        .tls
        .reload(&with_list(directory, list), now())
        .unwrap();
    assert!(!is_greeted(&harness, "registrar-a").await);
}

#[tokio::test]
async fn reload_with_a_new_server_certificate_serves_it_to_new_clients() {
    let harness = Harness::start().await;
    let directory = harness.directory.path();
    let mut old = harness.client("registrar-a").await;
    for file in ["server.pem", "server.key"] {
        fs::remove_file(directory.join(file)).unwrap();
    }
    pki::provide(directory, now()).unwrap();
    harness.tls.reload(&files_in(directory), now()).unwrap();
    let served = |client: &crate::harness::Client| {
        let (_, connection) = client.stream.get_ref();
        connection.peer_certificates().unwrap()[0].to_vec()
    };
    let mut new = harness.client("registrar-a").await;
    assert_ne!(served(&old), served(&new));
    assert_eq!(served(&new), certificate(directory, "server").der);
    assert_eq!(old.ask("x").await, "x");
    assert_eq!(new.ask("x").await, "x");
}

#[tokio::test]
async fn load_of_bad_files_names_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    pki::provide(path, now()).unwrap();
    let files = files_in(path);
    let refusal = |files: &Files| Tls::load(files, now()).err().expect("accepted").to_string();

    let later = now() + TimeDelta::days(400);
    let error = Tls::load(&files, later).err().unwrap().to_string();
    assert!(error.contains("server.pem is valid from"), "{error}");

    let absent = Files {
        certificate: path.join("absent.pem"),
        ..files.clone()
    };
    assert!(refusal(&absent).contains("absent.pem"));

    let mismatched = Files {
        key: path.join("registrar-a.key"),
        ..files.clone()
    };
    assert!(refusal(&mismatched).contains("server.pem"));

    let swapped = Files {
        certificate: path.join("server.key"),
        ..files.clone()
    };
    assert!(refusal(&swapped).contains("server.key holds no certificate"));

    fs::set_permissions(path.join("server.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = refusal(&files);
    assert!(exposed.contains("(mode 644); run: chmod 600"), "{exposed}");
}

#[test]
fn check_tells_why_a_certificate_is_not_trusted() {
    let directory = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    pki::provide(directory.path(), now()).unwrap();
    pki::provide(elsewhere.path(), now()).unwrap();
    let list = revoke(
        directory.path(),
        &issuer(directory.path()),
        &["registrar-b"],
    );
    let tls = Tls::load(&with_list(directory.path(), list), now()).unwrap();
    let of = |name| certificate(directory.path(), name);
    let year = TimeDelta::days(366);
    assert_eq!(tls.check(&of("registrar-a"), now()), Ok(()));
    assert_eq!(
        tls.check(&of("registrar-a"), now() + year),
        Err(Distrust::Expired)
    );
    assert_eq!(
        tls.check(&of("registrar-a"), now() - year),
        Err(Distrust::NotYetValid)
    );
    assert_eq!(tls.check(&of("registrar-b"), now()), Err(Distrust::Revoked));
    assert_eq!(tls.check(&of("expired"), now()), Err(Distrust::Expired));
    assert_eq!(tls.check(&of("server"), now()), Err(Distrust::Untrusted));
    let foreign = certificate(elsewhere.path(), "registrar-a");
    assert_eq!(tls.check(&foreign, now()), Err(Distrust::Untrusted));
}

/// Builds a properly signed list whose issuing distribution point has an empty `onlySomeReasons` bit
/// string, which older verifiers panicked on (RUSTSEC-2026-0104).
fn list_with_empty_reasons(directory: &Path) -> Vec<u8> {
    let authority = CertificateDer::from_pem_file(directory.join("ca.pem")).unwrap();
    let (_, authority) = X509Certificate::from_der(&authority).unwrap();
    let key = KeyPair::from_pem(&fs::read_to_string(directory.join("ca.key")).unwrap()).unwrap();
    // ecdsa-with-SHA256; id-ce-issuingDistributionPoint; id-ce-cRLNumber.
    let algorithm = der(
        0x30,
        &[&der(6, &[&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]])],
    );
    let point = der(0x30, &[&der(0x83, &[])]);
    let critical = der(1, &[&[0xff]]);
    let extension = der(
        0x30,
        &[
            &der(6, &[&[0x55, 0x1d, 0x1c]]),
            &critical,
            &der(4, &[&point]),
        ],
    );
    let number = der(
        0x30,
        &[
            &der(6, &[&[0x55, 0x1d, 0x14]]),
            &der(4, &[&der(2, &[&[1]])]),
        ],
    );
    let extensions = der(0xa0, &[&der(0x30, &[&number, &extension])]);
    let tbs = der(
        0x30,
        &[
            &der(2, &[&[1]]),
            &algorithm,
            authority.subject().as_raw(),
            &der(0x17, &[b"260101000000Z"]),
            &der(0x17, &[b"460101000000Z"]),
            &extensions,
        ],
    );
    let signature = der(3, &[&[0], &key.sign(&tbs).unwrap()]);
    der(0x30, &[&tbs, &algorithm, &signature])
}

/// Encodes one DER element.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(long) => out.extend([0x81, long]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(content);
    out
}
