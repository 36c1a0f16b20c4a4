//! Who gets through the handshake, and with which TLS.

use std::process::{Command, Stdio};
use std::sync::Arc;

use hkepp::daemon::pki;
use hkepp::server::Files;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::HandshakeKind;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::harness::{
    GREETING, Harness, Identity, PATIENCE, TLS12, TLS13, client_config, files_in, identity, now,
    uncapped, unit,
};

/// Says whether a client gets as far as the greeting.
async fn is_greeted(harness: &Harness, name: &str) -> bool {
    let mut greeted = Vec::new();
    for versions in [TLS12, TLS13] {
        let outcome = match harness.try_client(name, versions).await {
            Ok(mut client) => client.read_unit().await,
            Err(error) => Err(error),
        };
        greeted.push(outcome.is_ok_and(|greeting| greeting == GREETING));
    }
    assert_eq!(greeted[0], greeted[1], "TLS 1.2 and 1.3 differ for {name}");
    greeted[0]
}

#[tokio::test]
async fn known_authority_is_greeted_and_its_certificate_is_known() {
    let harness = Harness::start().await;
    for (name, sha256) in &harness.pins {
        assert!(is_greeted(&harness, name).await);
        let mut client = harness.client(name).await;
        let seen = client.ask("who").await;
        assert_eq!(seen, data_encoding::HEXLOWER.encode(sha256));
    }
    assert_eq!(harness.metric(r#"epp_handshakes_total{version="1.2"}"#), 3);
    assert_eq!(harness.metric(r#"epp_handshakes_total{version="1.3"}"#), 6);
}

#[tokio::test]
async fn stranger_of_the_same_authority_is_greeted() {
    let harness = Harness::start().await;
    assert!(is_greeted(&harness, "stranger").await);
}

#[tokio::test]
async fn client_without_a_certificate_is_refused() {
    let harness = Harness::start().await;
    assert!(!is_greeted(&harness, "nobody").await);
    let failed = r#"epp_handshakes_failed_total{reason="no_certificate"}"#;
    harness.wait_for_metric(failed, 2).await;
}

#[tokio::test]
async fn expired_certificate_is_refused() {
    let harness = Harness::start().await;
    assert!(!is_greeted(&harness, "expired").await);
    let failed = r#"epp_handshakes_failed_total{reason="certificate_expired"}"#;
    harness.wait_for_metric(failed, 2).await;
}

#[tokio::test]
async fn certificate_of_another_authority_is_refused() {
    let harness = Harness::start().await;
    let elsewhere = tempfile::tempdir().unwrap();
    pki::provide(elsewhere.path(), now()).unwrap();
    for extension in ["pem", "key"] {
        std::fs::copy(
            elsewhere.path().join(format!("registrar-a.{extension}")),
            harness
                .directory
                .path()
                .join(format!("foreign.{extension}")),
        )
        .unwrap();
    }
    assert!(!is_greeted(&harness, "foreign").await);
}

#[tokio::test]
async fn certificate_for_servers_is_refused_from_a_client() {
    let harness = Harness::start().await;
    assert!(!is_greeted(&harness, "server").await);
    let failed = r#"epp_handshakes_failed_total{reason="certificate_bad"}"#;
    harness.wait_for_metric(failed, 2).await;
}

#[tokio::test]
async fn refused_client_learns_the_reason_by_alert() {
    let harness = Harness::start().await;
    let mut client = harness.try_client("expired", TLS13).await.unwrap();
    // A client that does not wait for the greeting: unread octets must not cost it the alert.
    client.send(&unit(&"hasty ".repeat(20_000))).await;
    let error = client.read_unit().await.unwrap_err();
    assert!(error.to_string().contains("CertificateExpired"), "{error}");
    assert!(harness.let_go_without_reset(&client).await);
}

#[tokio::test]
async fn reconnect_never_resumes() {
    let harness = Harness::start().await;
    for versions in [TLS12, TLS13] {
        let identity = identity(harness.directory.path(), "registrar-a");
        let authority = harness.directory.path().join("ca.pem");
        let mut config = client_config(&authority, identity, versions);
        config.enable_early_data = true;
        let config = Arc::new(config);
        for _ in 0..3 {
            let mut client = harness.connect(Arc::clone(&config)).await.unwrap();
            assert_eq!(client.read_unit().await.unwrap(), GREETING);
            assert_eq!(client.ask("x").await, "x");
            let (_, connection) = client.stream.get_ref();
            assert_eq!(connection.handshake_kind(), Some(HandshakeKind::Full));
            assert!(!connection.is_early_data_accepted());
        }
    }
}

#[tokio::test]
async fn connect_without_server_name_is_greeted() {
    let harness = Harness::start().await;
    let identity = identity(harness.directory.path(), "registrar-a");
    let authority = harness.directory.path().join("ca.pem");
    let mut config = client_config(&authority, identity, TLS13);
    config.enable_sni = false;
    let mut client = harness.connect(Arc::new(config)).await.unwrap();
    assert_eq!(client.read_unit().await.unwrap(), GREETING);
}

#[tokio::test]
async fn plain_text_on_the_tls_port_is_closed() {
    let harness = Harness::start().await;
    let http = b"GET / HTTP/1.0\r\n\r\n".to_vec();
    for octets in [http, unit("<epp/>"), b"<?xml version=\"1.0\"?>".to_vec()] {
        let mut tcp = harness.tcp().await;
        tcp.write_all(&octets).await.unwrap();
        let mut rest = Vec::new();
        let reading = tcp.read_to_end(&mut rest);
        timeout(PATIENCE, reading).await.unwrap().unwrap();
        assert!(rest.len() <= 7, "more than an alert: {rest:?}");
    }
    let failed = r#"epp_handshakes_failed_total{reason="not_tls"}"#;
    harness.wait_for_metric(failed, 3).await;
    assert!(is_greeted(&harness, "registrar-a").await);
}

#[tokio::test]
async fn chain_in_any_order_with_superfluous_certificates_is_greeted() {
    let (harness, certificates, key) = start_with_intermediates().await;
    let [leaf, lower, upper, root, foreign] = certificates;
    let chains = [
        vec![&leaf, &lower, &upper],
        vec![&leaf, &upper, &lower],
        vec![&leaf, &root, &upper, &foreign, &lower],
        vec![&leaf, &foreign, &leaf, &upper, &upper, &lower],
    ];
    for chain in chains {
        let chain: Vec<CertificateDer<'static>> = chain.into_iter().cloned().collect();
        let authority = harness.directory.path().join("ca.pem");
        let identity: Identity = Some((chain, key.clone_key()));
        for versions in [TLS12, TLS13] {
            let identity = identity.as_ref().map(|(c, k)| (c.clone(), k.clone_key()));
            let config = client_config(&authority, identity, versions);
            let mut client = harness.connect(Arc::new(config)).await.unwrap();
            assert_eq!(client.read_unit().await.unwrap(), GREETING);
        }
    }
}

#[tokio::test]
async fn chain_without_an_intermediate_is_refused() {
    let (harness, certificates, key) = start_with_intermediates().await;
    let [leaf, lower, ..] = certificates;
    let authority = harness.directory.path().join("ca.pem");
    let config = client_config(&authority, Some((vec![leaf, lower], key)), TLS13);
    let mut client = harness.connect(Arc::new(config)).await.unwrap();
    assert!(client.read_unit().await.is_err());
}

/// Starts a server whose clients have two intermediates above them; returns leaf, lower, upper, root, and
/// a certificate of another authority.
async fn start_with_intermediates() -> (
    Harness,
    [CertificateDer<'static>; 5],
    PrivateKeyDer<'static>,
) {
    let directory = tempfile::tempdir().unwrap();
    pki::provide(directory.path(), now()).unwrap();
    let root_key = std::fs::read_to_string(directory.path().join("ca.key")).unwrap();
    let root_pem = std::fs::read_to_string(directory.path().join("ca.pem")).unwrap();
    let root = Issuer::from_ca_cert_pem(&root_pem, KeyPair::from_pem(&root_key).unwrap()).unwrap();
    let upper = intermediate("upper", &root);
    let lower = intermediate("lower", &upper);
    let foreign = CertifiedIssuer::self_signed(authority("foreign"), KeyPair::generate().unwrap());
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let leaf = params.signed_by(&key, &lower).unwrap();
    let files: Files = files_in(directory.path());
    let harness = Harness::serve(directory, &files, uncapped()).await;
    let certificates = [
        leaf.der().clone(),
        lower.der().clone(),
        upper.der().clone(),
        identity(harness.directory.path(), "ca")
            .unwrap()
            .0
            .remove(0),
        foreign.unwrap().der().clone(),
    ];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (harness, certificates, key)
}

/// Describes an authority.
fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

/// Makes an authority below another.
fn intermediate<S: rcgen::SigningKey>(
    name: &str,
    above: &Issuer<'_, S>,
) -> CertifiedIssuer<'static, KeyPair> {
    CertifiedIssuer::signed_by(authority(name), KeyPair::generate().unwrap(), above).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn protocols_and_suites_outside_rfc_9325_are_refused() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("openssl is absent; old protocols were not tried");
        return;
    }
    let harness = Harness::start().await;
    let weak = "DEFAULT:@SECLEVEL=0";
    let cases: [(&[&str], bool); 8] = [
        (&["-tls1", "-cipher", weak], false),
        (&["-tls1_1", "-cipher", weak], false),
        (
            &["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"],
            false,
        ),
        (&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384"], false),
        (&["-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"], false),
        (
            &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"],
            true,
        ),
        (&["-tls1_2"], true),
        (&["-tls1_3"], true),
    ];
    for (options, expected) in cases {
        assert_eq!(
            openssl_is_greeted(&harness, options),
            expected,
            "{options:?}"
        );
    }
}

/// Connects with openssl's client and says whether the greeting came.
fn openssl_is_greeted(harness: &Harness, options: &[&str]) -> bool {
    let file = |name: &str| harness.directory.path().join(name);
    let output = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-connect"])
        .arg(harness.address.to_string())
        .arg("-CAfile")
        .arg(file("ca.pem"))
        .arg("-cert")
        .arg(file("registrar-a.pem"))
        .arg("-key")
        .arg(file("registrar-a.key"))
        .args(options)
        .stdin(LogoutInput::open())
        .output()
        .unwrap();
    let greeted = output.stdout.windows(GREETING.len()).any(|w| w == GREETING);
    assert!(
        greeted || !output.stderr.is_empty(),
        "neither a greeting nor an error"
    );
    greeted
}

/// Standard input that asks the server to close, so that the client ends by itself.
struct LogoutInput;

impl LogoutInput {
    /// Opens an anonymous file that holds one data unit.
    fn open() -> Stdio {
        use std::io::{Seek, Write};
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&unit("bye")).unwrap();
        file.rewind().unwrap();
        Stdio::from(file)
    }
}
