//! `hkepp serve` and `hkepp config`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::process::{Server, hkepp, json, refusal, run};
use crate::session::Session;

/// Writes a configuration around the certificates a sandbox made.
fn configure(home: &Path) -> String {
    let sandbox = Server::sandbox(home, &[]);
    sandbox.stop();
    fs::rename(home.join("data"), home.join("sandbox-data")).unwrap();
    let text = "version = \"v1\"\ndir = \"data\"\nprofile = \"plain\"\n\
        [epp]\nlisten = [\"127.0.0.1:0\"]\nserver-name = \"registry.example\"\n\
        [http]\nlisten = \"127.0.0.1:0\"\n\
        [tls]\nca = \"certs/ca.pem\"\ncertificate = \"certs/server.pem\"\nkey = \"certs/server.key\"\n";
    let file = home.join("hkepp.toml");
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn start(home: &Path, file: &str) -> Server {
    let mut command = hkepp();
    command.args(["serve", "--config", file]);
    Server::start(command, home.join("data"), home.join("certs"))
}

#[test]
fn serve_begins_empty_and_takes_registrars() {
    let home = tempfile::tempdir().unwrap();
    let file = configure(home.path());
    let server = start(home.path(), &file);
    assert_eq!(server.ready["profile"], "plain");
    assert!(server.ready.get("certs").is_none());
    assert_eq!(
        server
            .admin_json(&["registrar", "list"])
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let greeting = server.epp_json("registrar-a", &["hello"]);
    assert_eq!(greeting["svID"], "registry.example");
    let password = home.path().join("password.txt");
    fs::write(&password, "Harbour-2026\n").unwrap();
    let certificate = server.certs.join("registrar-a.pem");
    let add = [
        "registrar",
        "add",
        "registrar-a",
        "--name",
        "Alpha",
        "--certificate",
        certificate.to_str().unwrap(),
    ];
    server.admin_json(&[&add[..], &["--password-file", password.to_str().unwrap()]].concat());
    server.epp_json("registrar-a", &["login"]);
    server.stop();
    let mode = fs::metadata(home.path().join("data"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn serve_with_a_key_others_can_read_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let file = configure(home.path());
    let key = home.path().join("certs/server.key");
    for mode in [0o644, 0o640] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let refused = run(&["serve", "--config", &file]);
        assert_eq!(refused.status.code(), Some(1));
        let message = String::from_utf8(refused.stderr).unwrap();
        assert!(message.contains("chmod 600"), "{message}");
    }
}

#[test]
fn hangup_reloads_what_is_good_and_keeps_what_is_bad() {
    let home = tempfile::tempdir().unwrap();
    let file = configure(home.path());
    let server = start(home.path(), &file);
    let mut session = Session::open(&server.epp_address(), &server.certs, "registrar-a");
    let certificate = server.certs.join("server.pem");
    let good = fs::read(&certificate).unwrap();
    fs::write(&certificate, "garbage").unwrap();
    server.signal("HUP");
    let refused = |server: &Server| {
        let (status, page) = server.get("/metrics");
        assert_eq!(status, 200);
        let line = page
            .lines()
            .find(|line| line.starts_with("epp_reloads_refused_total"))
            .unwrap();
        line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()
    };
    while refused(&server) == 0 {
        std::thread::yield_now();
    }
    Session::open(&server.epp_address(), &server.certs, "registrar-b");
    fs::write(&certificate, good).unwrap();
    server.signal("HUP");
    assert!(
        session
            .send("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>")
            .is_some()
    );
    let log = server.stop();
    assert!(log.contains("the reload is refused"), "{log}");
    assert!(log.contains("read again"), "{log}");
}

#[test]
fn hangup_puts_a_changed_policy_file_in_force() {
    let home = tempfile::tempdir().unwrap();
    let rules = home.path().join("rules.toml");
    let plain = include_str!("../../src/policy/profiles/plain.toml");
    fs::write(&rules, plain).unwrap();
    let file = configure(home.path());
    let configured = fs::read_to_string(&file).unwrap();
    let path = format!("profile = {:?}", rules.to_str().unwrap());
    fs::write(&file, configured.replace("profile = \"plain\"", &path)).unwrap();
    let server = start(home.path(), &file);
    let password = home.path().join("password.txt");
    fs::write(&password, "Harbour-2026\n").unwrap();
    let certificate = server.certs.join("registrar-a.pem");
    let certificate = certificate.to_str().unwrap();
    let password = password.to_str().unwrap();
    let names = ["registrar", "add", "registrar-a", "--name", "Alpha"];
    let secrets = ["--certificate", certificate, "--password-file", password];
    server.admin_json(&[&names[..], &secrets[..]].concat());
    let is_reserved = || {
        let answer = server.epp_json("registrar-a", &["check", "domain", "shop.example"]);
        answer.to_string().contains("Reserved")
    };
    assert!(!is_reserved());
    fs::write(
        &rules,
        plain.replace("reserved = []", "reserved = [\"shop\"]"),
    )
    .unwrap();
    server.signal("HUP");
    while !is_reserved() {
        std::thread::yield_now();
    }
    let log = server.stop();
    assert!(log.contains("policy file"), "{log}");
}

#[test]
fn pages_tell_figures_and_health() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    assert_eq!(server.get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(server.get("/readyz"), (200, "ok\n".to_owned()));
    server.epp_json("registrar-a", &["check", "domain", "my-shop.hk"]);
    assert_eq!(
        server
            .epp("registrar-a", &["--password", "Wrong-2026", "login"])
            .status
            .code(),
        Some(1)
    );
    let page = server.get("/metrics").1;
    for line in [
        "epp_commands_total{command=\"check\",object=\"domain\",code=\"1000\"} 1",
        "epp_commands_total{command=\"login\",object=\"none\",code=\"2200\"} 1",
        "epp_login_failures_total 1",
        "epp_store_read_only 0",
        "# EOF",
    ] {
        assert!(page.lines().any(|found| found == line), "{line}: {page}");
    }
    assert!(!page.contains("epp_journal_commits_total 0"), "{page}");
    assert_eq!(server.get("/elsewhere").0, 404);
}

#[test]
fn config_default_is_accepted_and_errors_have_a_place() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("hkepp.toml");
    let path = file.to_str().unwrap();
    fs::write(&file, run(&["config", "default"]).stdout).unwrap();
    assert_eq!(run(&["config", "check", path]).stdout, b"ok\n");
    assert_eq!(json(&run(&["config", "check", path, "--json"]))["ok"], true);
    fs::write(&file, "version = \"v1\"\n[epp]\nlistne = []\n").unwrap();
    let message = refusal(&run(&["config", "check", path]));
    assert_eq!(
        message,
        format!("hkepp: {path}:3:1: unknown key listne; did you mean listen?\n")
    );
    let serve = run(&["serve", "--config", path]);
    assert!(refusal(&serve).contains(":3:1: "));
}
