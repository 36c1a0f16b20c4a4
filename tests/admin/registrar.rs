//! `hkepp registrar`.

use std::fs;

use crate::process::{Server, hkepp, refusal};
use crate::session::Session;

const HELLO: &str = "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>";

#[test]
fn added_registrar_logs_in_with_the_password_that_was_made() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    for file in ["pem", "key"] {
        let from = server.certs.join(format!("stranger.{file}"));
        fs::copy(from, server.certs.join(format!("registrar-d.{file}"))).unwrap();
    }
    let certificate = server.certs.join("registrar-d.pem");
    let certificate = certificate.to_str().unwrap();
    let add = [
        "registrar",
        "add",
        "registrar-d",
        "--name",
        "Delta Limited",
        "--certificate",
        certificate,
    ];
    let added = server.admin_json(&add);
    assert_eq!(added["state"], "active");
    assert_eq!(added["kind"], "registrar");
    let password = added["password"].as_str().unwrap();
    server.epp_json("registrar-d", &["--password", password, "login"]);
    assert!(refusal(&server.admin(&add)).contains("exists already"));
    let shown = server.admin(&["registrar", "show", "registrar-d"]);
    assert!(!String::from_utf8(shown.stdout).unwrap().contains(password));
}

#[test]
fn set_password_from_standard_input_replaces_the_old_one() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let file = home.path().join("new.txt");
    let long = "a passphrase that EPP alone could not carry";
    fs::write(&file, format!("{long}\n")).unwrap();
    let mut command = hkepp();
    command
        .arg("--dir")
        .arg(&server.dir)
        .args(["registrar", "set-password", "registrar-a"]);
    command
        .args(["--password-file", "-"])
        .stdin(fs::File::open(&file).unwrap());
    assert!(command.output().unwrap().status.success());
    assert!(refusal(&server.epp("registrar-a", &["login"])).contains("2200"));
    server.epp_json("registrar-a", &["--password", long, "login"]);
}

#[test]
fn login_can_set_a_new_password() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let file = home.path().join("new.txt");
    fs::write(&file, "Harbour-2027\n").unwrap();
    server.epp_json(
        "registrar-a",
        &["login", "--new-password-file", file.to_str().unwrap()],
    );
    server.epp_json("registrar-a", &["--password", "Harbour-2027", "login"]);
    assert!(refusal(&server.epp("registrar-a", &["login"])).contains("2200"));
}

#[test]
fn suspend_ends_sessions_and_refuses_logins_until_resumed() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let mut suspended = Session::open(&server.epp_address(), &server.certs, "registrar-a");
    suspended.log_in("registrar-a");
    let mut other = Session::open(&server.epp_address(), &server.certs, "registrar-b");
    other.log_in("registrar-b");
    assert_eq!(
        server.admin_json(&["registrar", "suspend", "registrar-a"])["state"],
        "suspended"
    );
    assert_eq!(suspended.receive(), None);
    assert!(other.send(HELLO).is_some());
    assert!(refusal(&server.epp("registrar-a", &["login"])).contains("2200"));
    assert_eq!(
        server.admin_json(&["registrar", "resume", "registrar-a"])["state"],
        "active"
    );
    server.epp_json("registrar-a", &["login"]);
}

#[test]
fn certificate_is_rotated_without_a_gap() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let old = server.certs.join("registrar-a.pem");
    let new = server.certs.join("stranger.pem");
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let pinned = server.admin_json(&["registrar", "pin-cert", "registrar-a", new]);
    let pins = pinned["pins"].as_array().unwrap();
    assert_eq!(pins.len(), 2);
    let mut with_old = Session::open(&server.epp_address(), &server.certs, "registrar-a");
    with_old.log_in("registrar-a");
    let mut with_new = Session::open(&server.epp_address(), &server.certs, "stranger");
    with_new.log_in("registrar-a");
    server.admin_json(&["registrar", "unpin-cert", "registrar-a", old]);
    assert_eq!(with_old.receive(), None);
    assert!(with_new.send(HELLO).is_some());
    let fingerprint = pins[1].as_str().unwrap();
    server.admin_json(&["registrar", "unpin-cert", "registrar-a", fingerprint]);
    assert_eq!(with_new.receive(), None);
    let again = server.admin(&["registrar", "unpin-cert", "registrar-a", fingerprint]);
    assert!(refusal(&again).contains("not pinned"));
}

#[test]
fn allow_ip_admits_only_the_networks_of_the_list() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let allowed = server.admin_json(&["registrar", "allow-ip", "registrar-a", "192.0.2.0/24"]);
    assert_eq!(allowed["networks"][0], "192.0.2.0/24");
    assert!(refusal(&server.epp("registrar-a", &["login"])).contains("2200"));
    server.admin_json(&["registrar", "allow-ip", "registrar-a", "127.0.0.1"]);
    server.epp_json("registrar-a", &["login"]);
    let both = [
        "registrar",
        "allow-ip",
        "registrar-a",
        "--remove",
        "192.0.2.0/24",
        "127.0.0.1/32",
    ];
    assert_eq!(
        server.admin_json(&both)["networks"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn registrar_without_a_server_says_so() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().to_str().unwrap();
    let listed = crate::process::run(&["registrar", "list", "--dir", dir]);
    assert!(refusal(&listed).contains("no server runs"));
}

#[test]
fn changes_by_the_operator_stand_in_the_audit_trail() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    server.admin_json(&["registrar", "suspend", "registrar-c"]);
    let trail = server.admin_json(&["audit", "tail", "--lines", "1"]);
    assert_eq!(trail[0]["actor"], "operator");
    assert_eq!(trail[0]["command"], "registrar:suspend");
    assert_eq!(trail[0]["object"], "registrar-c");
}

/// Returns the categories of a registrar beside those open to all.
fn categories(server: &Server, id: &str) -> serde_json::Value {
    server.admin_json(&["registrar", "show", id])["categories"].take()
}

/// Returns why a registrar is told that a department's name cannot be had; `None` when it can.
fn obstacle(server: &Server, registrar: &str) -> Option<String> {
    let verdicts = server.epp_json(registrar, &["check", "domain", "lands.gov.hk"]);
    verdicts["data"][0]["reason"].as_str().map(str::to_owned)
}

#[test]
fn sandbox_permits_its_first_registrars_every_category_and_no_other_ones() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    for id in ["registrar-a", "registrar-b", "registrar-c"] {
        assert_eq!(categories(&server, id), serde_json::json!(["gov"]), "{id}");
        assert_eq!(obstacle(&server, id), None, "{id}");
    }
    let added = server.admin_json(&["registrar", "add", "registrar-d", "--name", "Delta"]);
    assert_eq!(added["categories"], serde_json::json!([]));
    let forbid = ["registrar", "forbid", "registrar-b", "--category", "政府"];
    assert_eq!(
        server.admin_json(&forbid)["categories"],
        serde_json::json!([])
    );
    server.stop();
    let server = Server::sandbox(home.path(), &[]);
    assert_eq!(categories(&server, "registrar-b"), serde_json::json!([]));
    let told = "Not for this registrar (hk:R2.9)";
    assert_eq!(obstacle(&server, "registrar-b").as_deref(), Some(told));
    assert_eq!(obstacle(&server, "registrar-a"), None);
}

#[test]
fn permission_is_given_and_taken_back_with_an_audit_line_and_shown() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &[]);
    let of = |verb, category| ["registrar", verb, "registrar-b", "--category", category];
    for (verb, is_permitted) in [("forbid", false), ("permit", true)] {
        server.admin_json(&of(verb, "gov"));
        let trail = server.admin_json(&["audit", "tail", "--lines", "1"]);
        assert_eq!(trail[0]["command"], format!("registrar:{verb}"));
        assert_eq!(trail[0]["object"], "registrar-b");
        let listed = server.admin(&["registrar", "list"]);
        let listed = String::from_utf8(listed.stdout).unwrap();
        let mut rows = listed.lines();
        let row = rows.find(|row| row.contains("registrar-b")).unwrap();
        assert_eq!(row.contains("gov"), is_permitted, "{listed}");
        let record = server.admin(&["registrar", "show", "registrar-b"]);
        let record = String::from_utf8(record.stdout).unwrap();
        assert_eq!(record.contains("gov"), is_permitted, "{record}");
    }
    let unknown = refusal(&server.admin(&of("permit", "com")));
    assert!(unknown.contains("those that do: gov"), "{unknown}");
}
