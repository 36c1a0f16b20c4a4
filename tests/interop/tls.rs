//! The handshake as OpenSSL sees it.

use std::time::Duration;

use assert_cmd::Command;

use crate::process::Server;
use crate::report_absence;

/// Longest time OpenSSL's client may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What every greeting holds.
const GREETING: &str = "<greeting>";

#[test]
fn openssl_is_greeted_over_tls_12_and_13_alone() {
    if Command::new("openssl").arg("version").output().is_err() {
        return report_absence("openssl");
    }
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    // Security level 0, or OpenSSL itself would refuse to offer the old protocols.
    let old = ["-cipher", "DEFAULT:@SECLEVEL=0"];
    for (version, greeted) in [
        ("-tls1", false),
        ("-tls1_1", false),
        ("-tls1_2", true),
        ("-tls1_3", true),
    ] {
        let more: &[&str] = if greeted { &[] } else { &old };
        let output = connect(&server, "registrar-a", &[&[version], more].concat());
        assert_eq!(output.contains(GREETING), greeted, "{version}: {output}");
        if !greeted {
            assert!(output.contains("alert"), "{version}: {output}");
        }
    }
    for (certificate, greeted) in [("stranger", true), ("expired", false)] {
        let output = connect(&server, certificate, &["-noservername"]);
        assert_eq!(
            output.contains(GREETING),
            greeted,
            "{certificate}: {output}"
        );
    }
}

/// Connects, sends a frame that ends the connection, and returns all that was printed.
fn connect(server: &Server, certificate: &str, options: &[&str]) -> String {
    let file = |suffix: &str| server.certs.join(format!("{certificate}.{suffix}"));
    let output = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-connect"])
        .arg(server.epp_address())
        .arg("-CAfile")
        .arg(server.certs.join("ca.pem"))
        .arg("-cert")
        .arg(file("pem"))
        .arg("-key")
        .arg(file("key"))
        .args(options)
        // A length below four octets: the server closes after its greeting.
        .write_stdin([0; 4])
        .timeout(LIMIT)
        .output()
        .unwrap();
    let streams = [output.stdout, output.stderr];
    String::from_utf8_lossy(&streams.concat()).into_owned()
}
