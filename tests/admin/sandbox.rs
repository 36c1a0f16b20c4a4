//! `hkepp sandbox` and the built-in client.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::process::{Server, finish, hkepp, refusal};

/// Creates the contact that domains of these tests refer to.
fn create_contact(server: &Server) {
    let fields = [
        "--name",
        "Chan Tai Man",
        "--city",
        "Central",
        "--cc",
        "HK",
        "--email",
        "a@b.example",
    ];
    server.epp_json(
        "registrar-a",
        &[&["create", "contact", "C-1"], &fields[..]].concat(),
    );
}

/// Registers a domain.
fn create_domain(server: &Server, name: &str) -> serde_json::Value {
    let roles = [
        "--registrant",
        "C-1",
        "--admin",
        "C-1",
        "--tech",
        "C-1",
        "--billing",
        "C-1",
    ];
    let word = ["--auth-info", "Secret-Word-2026.Pier+7"];
    server.epp_json(
        "registrar-a",
        &[&["create", "domain", name], &roles[..], &word].concat(),
    )
}

#[test]
fn sandbox_serves_the_first_commands_of_a_registrar() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    assert_eq!(server.ready["profile"], "hk");
    assert_eq!(server.ready["ready"], true);
    let greeting = server.epp_json("registrar-a", &["hello"]);
    assert_eq!(greeting["svcMenu"]["lang"][0], "en");
    let verdicts = server.epp_json("registrar-a", &["check", "domain", "my-shop.hk", "com.hk"]);
    assert_eq!(
        verdicts["data"][0],
        json!({ "name": "my-shop.hk", "available": true, "reason": null })
    );
    assert_eq!(verdicts["data"][1]["available"], false);
    create_contact(&server);
    let created = create_domain(&server, "my-shop.hk");
    assert_eq!(created["data"]["name"], "my-shop.hk");
    for host in ["ns1.my-shop.hk", "ns2.my-shop.hk"] {
        server.epp_json(
            "registrar-a",
            &["create", "host", host, "--addr", "192.0.2.1", "2001:db8::1"],
        );
    }
    let host = server.epp_json("registrar-b", &["info", "host", "ns1.my-shop.hk"]);
    assert_eq!(host["data"]["addr"].as_array().unwrap().len(), 2);
    let domain = server.epp_json("registrar-a", &["info", "domain", "my-shop.hk"]);
    assert_eq!(domain["data"]["registrant"], "C-1");
    let again = server.epp(
        "registrar-b",
        &["create", "domain", "my-shop.hk", "--registrant", "C-1"],
    );
    assert!(refusal(&again).starts_with("hkepp: 2"), "{again:?}");
    server.stop();
}

#[test]
fn epp_shows_tables_and_documents_as_asked() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let table = server.epp("registrar-a", &["check", "domain", "shop.example"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("shop.example") && table.contains("yes"),
        "{table}"
    );
    let documents = server.epp(
        "registrar-a",
        &[
            "--xml",
            "--cltrid",
            "ABC-17",
            "check",
            "domain",
            "shop.example",
        ],
    );
    let documents = String::from_utf8(documents.stdout).unwrap();
    assert_eq!(
        documents.matches("<clTRID>ABC-17</clTRID>").count(),
        2,
        "{documents}"
    );
    let refused = server.epp(
        "registrar-a",
        &["--json", "info", "domain", "nobody.example"],
    );
    assert_eq!(refused.status.code(), Some(1));
    let shown: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(shown["code"], 2303);
    assert!(
        shown["reason"]
            .as_str()
            .is_some_and(|reason| !reason.is_empty())
    );
}

#[test]
fn epp_with_the_certificate_of_another_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    for file in ["pem", "key"] {
        let from = server.certs.join(format!("stranger.{file}"));
        std::fs::copy(from, server.certs.join(format!("registrar-x.{file}"))).unwrap();
    }
    let refused = refusal(&server.epp("registrar-x", &["login"]));
    assert!(refused.contains("2200"), "{refused}");
    let wrong = server.epp("registrar-a", &["--password", "Wrong-2026", "login"]);
    assert!(refusal(&wrong).contains("2200"));
    let expired = server.epp("expired", &["hello"]);
    assert_eq!(expired.status.code(), Some(1));
}

#[test]
fn sandbox_keeps_its_data_when_it_is_killed() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    create_contact(&server);
    create_domain(&server, "kept.hk");
    server.kill();
    assert!(home.path().join("data/control.sock").exists());
    let server = Server::sandbox(home.path(), &[]);
    let domain = server.epp_json("registrar-a", &["info", "domain", "kept.hk"]);
    assert_eq!(domain["data"]["clID"], "registrar-a");
    assert_eq!(
        server
            .admin_json(&["registrar", "list"])
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn sandbox_of_another_profile_or_in_use_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    let start = |arguments: &[&str]| {
        let mut command = hkepp();
        command.args([
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
            "--dir",
        ]);
        command
            .arg(home.path().join("data"))
            .arg("--certs-dir")
            .arg(home.path().join("certs"));
        finish(command.args(arguments))
    };
    let second = start(&[]);
    let message = String::from_utf8(second.stderr).unwrap();
    assert!(message.contains("in use by another process"), "{message}");
    server.stop();
    let other = start(&["--profile", "hk"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(
        String::from_utf8(other.stderr)
            .unwrap()
            .contains("was made with profile plain")
    );
    let server = Server::sandbox(home.path(), &[]);
    assert_eq!(server.ready["profile"], "plain");
}

#[test]
fn sandbox_clock_stands_moves_and_resumes() {
    let home = tempfile::tempdir().unwrap();
    let start = ["--clock", "manual", "--start-time", "2030-01-01T00:00:00Z"];
    let server = Server::sandbox(home.path(), &start);
    let date = |server: &Server| {
        let greeting = server.epp_json("registrar-a", &["hello"]);
        greeting["svDate"].as_str().unwrap()[..19].to_owned()
    };
    assert_eq!(date(&server), "2030-01-01T00:00:00");
    let moved = server.admin_json(&["sandbox", "advance", "45d"]);
    assert_eq!(moved["now"], "2030-02-15T00:00:00.000Z");
    assert_eq!(date(&server), "2030-02-15T00:00:00");
    let back = server.admin(&["sandbox", "advance", "2029-01-01T00:00:00Z"]);
    assert!(refusal(&back).contains("never goes back"));
    server.kill();
    let server = Server::sandbox(home.path(), &start);
    assert_eq!(date(&server), "2030-02-15T00:00:00");
    server.stop();
    let server = Server::sandbox(home.path(), &[]);
    assert_eq!(date(&server), "2030-02-15T00:00:00");
    server.stop();
    let later = ["--clock", "manual", "--start-time", "2031-01-01T00:00:00Z"];
    let server = Server::sandbox(home.path(), &later);
    assert_eq!(date(&server), "2031-01-01T00:00:00");
}

#[test]
fn sandbox_clock_runs_from_the_start_time_and_never_falls_back() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--start-time", "2040-06-01T12:00:00Z"]);
    let date = |server: &Server| {
        let greeting = server.epp_json("registrar-a", &["hello"]);
        greeting["svDate"].as_str().unwrap()[..13].to_owned()
    };
    assert_eq!(date(&server), "2040-06-01T12");
    assert!(refusal(&server.admin(&["sandbox", "advance", "1d"])).contains("--clock manual"));
    server.stop();
    let server = Server::sandbox(home.path(), &["--start-time", "2035-06-01T12:00:00Z"]);
    assert_eq!(date(&server), "2040-06-01T12");
}

#[test]
fn advance_of_a_real_clock_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    assert!(refusal(&server.admin(&["sandbox", "advance", "1d"])).contains("--clock manual"));
}

#[test]
fn advance_runs_what_fell_due() {
    let home = tempfile::tempdir().unwrap();
    let options = [
        "--profile",
        "plain",
        "--clock",
        "manual",
        "--start-time",
        "2027-03-01T00:00:00Z",
    ];
    let server = Server::sandbox(home.path(), &options);
    let epp = |code: u16, registrar: &str, arguments: &[&str]| {
        let output = server.epp(registrar, &[&["--json"], arguments].concat());
        let mut answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["code"], code, "{arguments:?}: {answer}");
        answer["data"].take()
    };
    #[rustfmt::skip]
    let contact = [
        "create", "contact", "chan-1", "--name", "Chan Tai Man", "--city", "Central", "--cc", "HK", "--email", "a@b.test",
    ];
    epp(1000, "registrar-a", &contact);
    for name in ["moved.example", "gone.example"] {
        let create = [
            "create",
            "domain",
            name,
            "--registrant",
            "chan-1",
            "--auth-info",
            "Quay-Side-2026.Pier+7",
        ];
        epp(1000, "registrar-a", &create);
    }
    let advance = |to: &str| assert!(server.admin(&["sandbox", "advance", to]).status.success());
    advance("10d");
    #[rustfmt::skip]
    let transfer = ["transfer", "domain", "request", "moved.example", "--auth-info", "Quay-Side-2026.Pier+7"];
    epp(1001, "registrar-b", &transfer);
    epp(1001, "registrar-a", &["delete", "domain", "gone.example"]);
    advance("4d");
    epp(
        2304,
        "registrar-a",
        &[
            "renew",
            "domain",
            "moved.example",
            "--current-expiry",
            "2028-03-01",
        ],
    );
    advance("1d");
    let data = epp(1000, "registrar-b", &["info", "domain", "moved.example"]);
    assert_eq!(data["clID"], "registrar-b");
    epp(1301, "registrar-b", &["poll", "req"]);
    advance("35d");
    epp(2303, "registrar-a", &["info", "domain", "gone.example"]);
    epp(
        1000,
        "registrar-b",
        &["create", "domain", "gone.example", "--registrant", "chan-1"],
    );
    let trail = server.admin_json(&["audit", "tail", "--lines", "100"]);
    let settled = trail.as_array().unwrap().iter();
    let settled: Vec<_> = settled
        .filter(|line| line["command"] == "domain:settle")
        .collect();
    let objects: Vec<_> = settled
        .iter()
        .map(|line| line["object"].as_str().unwrap())
        .collect();
    assert_eq!(
        objects,
        ["moved.example", "gone.example", "gone.example"],
        "{trail}"
    );
    assert!(settled.iter().all(|line| line["actor"] == "server"));
    // Two years on, what is left was renewed twice.
    advance("800d");
    let data = epp(1000, "registrar-b", &["info", "domain", "moved.example"]);
    assert!(
        data["exDate"].as_str().unwrap().starts_with("2030-03-01"),
        "{data}"
    );
    server.stop();
}

#[test]
fn sandbox_stops_in_time_with_an_idle_session() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let mut session =
        crate::session::Session::open(&server.epp_address(), &server.certs, "registrar-a");
    session.log_in("registrar-a");
    let began = Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(session.receive(), None);
    assert!(!home.path().join("data/control.sock").exists());
}

#[test]
fn sandbox_stops_in_time_although_a_page_is_half_asked_for() {
    use std::io::Write;
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let mut slow = std::net::TcpStream::connect(server.ready["http"].as_str().unwrap()).unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHost: ").unwrap();
    server.get("/healthz");
    let began = Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn sandbox_takes_certificates_copied_with_loose_modes() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let key = server.certs.join("server.key");
    server.stop();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = Server::sandbox(home.path(), &[]);
    server.epp_json("registrar-a", &["login"]);
}

#[test]
fn sandbox_overrides_its_defaults_from_a_file() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("overrides.toml");
    std::fs::write(
        &file,
        "version = \"v1\"\n[limits]\nsessions-per-registrar = 1\n",
    )
    .unwrap();
    let server = Server::sandbox(home.path(), &["--config", file.to_str().unwrap()]);
    let mut session =
        crate::session::Session::open(&server.epp_address(), &server.certs, "registrar-a");
    session.log_in("registrar-a");
    assert!(refusal(&server.epp("registrar-a", &["login"])).contains("2502"));
    server.epp_json("registrar-b", &["login"]);
}

#[test]
fn logs_hold_no_password_and_no_control_character() {
    let home = tempfile::tempdir().unwrap();
    let (dir, certs) = (home.path().join("data"), home.path().join("certs"));
    let mut command = hkepp();
    command.env("HKEPP_LOG", "trace").args([
        "sandbox",
        "--listen",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
    ]);
    command
        .arg("--dir")
        .arg(&dir)
        .arg("--certs-dir")
        .arg(&certs);
    let server = Server::start(command, dir, certs);
    server.epp("registrar-a", &["--password", "Wrong-2026", "login"]);
    let evil = "evil\u{202e}\u{9b}31m";
    server.epp(
        "registrar-a",
        &["--cltrid", evil, "check", "domain", "a\u{9b}.hk"],
    );
    create_contact(&server);
    create_domain(&server, "logged.hk");
    let log = server.stop();
    for secret in ["Harbour-2026", "Wrong-2026", "Secret-Word-2026.Pier+7"] {
        assert!(!log.contains(secret), "{secret}");
    }
    let harmful = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!log.contains(harmful));
    assert!(log.lines().count() > 5);
}
