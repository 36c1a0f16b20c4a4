//! `hkepp domain`, `contact` and `host`.

use serde_json::Value;

use crate::process::{Server, refusal};

/// Authorization information of domain and contact.
const SECRET: &str = "Kx7-pQ2vR9-mZ4wL8-tB6nD3-fG5h";
/// A DS record.
const DS: &str = "12345 13 2 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

/// Starts a registry with one contact, two hosts and three domains.
fn registry(home: &std::path::Path) -> Server {
    let server = Server::sandbox(
        home,
        &[
            "--profile",
            "plain",
            "--clock",
            "manual",
            "--start-time",
            "2030-01-01T00:00:00Z",
        ],
    );
    let a = |arguments: &[&str]| server.epp_json("registrar-a", arguments);
    #[rustfmt::skip]
    a(&[
        "create", "contact", "C-1", "--name", "Chan Tai Man", "--street", "1 Queen's Road", "--city", "Central",
        "--cc", "HK", "--email", "chan@harbour.test", "--voice", "+852.23456789", "--auth-info", SECRET,
    ]);
    a(&["create", "host", "ns1.elsewhere.test"]);
    #[rustfmt::skip]
    a(&[
        "create", "domain", "bay.example", "--registrant", "C-1", "--admin", "C-1", "--ns", "ns1.elsewhere.test",
        "--ds", DS, "--auth-info", SECRET, "--cltrid", "MAKE-BAY",
    ]);
    a(&["create", "host", "ns1.bay.example", "--addr", "203.119.1.1"]);
    a(&["create", "domain", "cape.example", "--registrant", "C-1"]);
    let dune = ["create", "domain", "dune.example", "--registrant", "C-1"];
    server.epp_json("registrar-b", &dune);
    server
}

fn names(listed: &Value) -> Vec<&str> {
    let views = listed.as_array().unwrap();
    views
        .iter()
        .map(|view| view["name"].as_str().unwrap())
        .collect()
}

/// Checks that nothing an operator is shown tells a secret or what was made of it.
fn assert_discreet(shown: &str) {
    for hidden in [SECRET, "hash", "salt"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn show_tells_everything_but_secrets() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let domain = server.admin_json(&["domain", "show", "BAY.example"]);
    assert_eq!(domain["name"], "bay.example");
    assert_eq!([&domain["kind"], &domain["state"]], ["domain", "ok"]);
    assert_eq!(domain["statuses"], serde_json::json!(["ok"]));
    assert_eq!(domain["rgp-statuses"], serde_json::json!(["addPeriod"]));
    assert_eq!(
        [&domain["sponsor"], &domain["registrant"]],
        ["registrar-a", "C-1"]
    );
    assert_eq!(
        domain["contacts"][0],
        serde_json::json!({ "role": "admin", "id": "C-1" })
    );
    assert_eq!(
        domain["name-servers"],
        serde_json::json!(["ns1.elsewhere.test"])
    );
    assert_eq!(domain["hosts"], serde_json::json!(["ns1.bay.example"]));
    assert_eq!(domain["ds"], serde_json::json!([DS]));
    assert_eq!(domain["auth-info-set"], true);
    assert_eq!(domain["due"]["at"], domain["expires"]);
    assert_eq!(domain["due"]["change"], "is renewed");
    assert_eq!(domain["created"], "2030-01-01T00:00:00Z");
    let contact = server.admin_json(&["contact", "show", "c-1"]);
    assert_eq!([&contact["id"], &contact["state"]], ["C-1", "linked"]);
    assert_eq!(contact["links"], 4);
    assert_eq!(contact["postal"][0]["city"], "Central");
    let glue = server.admin_json(&["host", "show", "ns1.bay.example"]);
    assert_eq!(
        [&glue["superordinate"], &glue["sponsor"]],
        ["bay.example", "registrar-a"]
    );
    assert_eq!(glue["addresses"], serde_json::json!(["203.119.1.1"]));
    let linked = server.admin_json(&["host", "show", "ns1.elsewhere.test"]);
    assert_eq!(
        [&linked["state"], &linked["superordinate"]],
        [&Value::from("linked"), &Value::Null]
    );
    for arguments in [
        ["domain", "show", "bay.example"],
        ["contact", "show", "C-1"],
        ["host", "show", "ns1.bay.example"],
    ] {
        assert_discreet(&server.admin_json(&arguments).to_string());
        let output = server.admin(&arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_discreet(&text);
        assert!(
            text.contains(arguments[2]) && text.contains("2030-01-01"),
            "{text}"
        );
    }
}

#[test]
fn show_of_what_is_not_there_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    for (arguments, told) in [
        (["domain", "show", "none.example"], "no domain none.example"),
        (
            ["domain", "history", "none.example"],
            "no domain none.example",
        ),
        (["contact", "show", "C-9"], "no contact C-9"),
        (
            ["host", "show", "ns9.bay.example"],
            "no host ns9.bay.example",
        ),
    ] {
        assert!(refusal(&server.admin(&arguments)).contains(told), "{told}");
    }
    for arguments in [
        &["domain", "show", "a..b"][..],
        &["contact", "show", "x"],
        &["domain", "list", "--status", "clientHalt"],
        &["domain", "list", "--limit", "0"],
    ] {
        assert_eq!(
            server.admin(arguments).status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}

#[test]
fn list_filters_and_turns_pages() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let list = |options: &[&str]| server.admin_json(&[&["domain", "list"], options].concat());
    let all = list(&[]);
    assert_eq!(names(&all), ["bay.example", "cape.example", "dune.example"]);
    assert_eq!([&all[1]["kind"], &all[1]["state"]], ["domain", "inactive"]);
    assert_eq!(
        names(&list(&["--sponsor", "registrar-b"])),
        ["dune.example"]
    );
    assert_eq!(names(&list(&["--status", "ok"])), ["bay.example"]);
    assert_eq!(names(&list(&["--status", "redemptionPeriod"])), [""; 0]);
    let first = list(&["--limit", "2"]);
    assert_eq!(names(&first), ["bay.example", "cape.example"]);
    let second = list(&["--limit", "2", "--after", "cape.example"]);
    assert_eq!(names(&second), ["dune.example"]);
    server.admin_json(&["sandbox", "advance", "6d"]);
    server.epp_json("registrar-b", &["delete", "domain", "dune.example"]);
    let deleted = list(&["--status", "redemptionPeriod"]);
    assert_eq!(names(&deleted), ["dune.example"]);
    assert_eq!(deleted[0]["state"], "redemptionPeriod");
    server.admin_json(&["sandbox", "advance", "30d"]);
    assert_eq!(
        names(&list(&["--status", "pendingDelete"])),
        ["dune.example"]
    );
    server.admin_json(&["sandbox", "advance", "5d"]);
    assert_eq!(names(&list(&[])), ["bay.example", "cape.example"]);
    let text = String::from_utf8(server.admin(&["domain", "list"]).stdout).unwrap();
    let header = text.lines().next().unwrap();
    assert!(
        header.contains("NAME") && header.contains("EXPIRES"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn history_names_every_change_with_the_server_and_without() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    let update = [
        "update",
        "domain",
        "Bay.Example",
        "--add-status",
        "clientHold",
        "--cltrid",
        "HOLD-BAY",
    ];
    let answer = server.epp_json("registrar-a", &update);
    let request = [
        "transfer",
        "domain",
        "request",
        "bay.example",
        "--auth-info",
        SECRET,
    ];
    server.epp_json("registrar-b", &request);
    server.admin_json(&["sandbox", "advance", "5d"]);
    let history = server.admin_json(&["domain", "history", "bay.example"]);
    let column = |name: &str| -> Vec<Value> {
        history
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line[name].clone())
            .collect()
    };
    let commands = [
        "domain:create",
        "domain:update",
        "domain:transfer",
        "domain:settle",
    ];
    assert_eq!(column("command"), commands);
    assert_eq!(
        column("actor"),
        ["registrar-a", "registrar-a", "registrar-b", "server"]
    );
    assert_eq!(column("client-transaction")[..2], ["MAKE-BAY", "HOLD-BAY"]);
    assert_eq!(
        column("server-transaction")[1],
        answer["server-transaction"]
    );
    assert_eq!(column("at")[3], "2030-01-06T00:00:00Z");
    let latest = server.admin_json(&["domain", "history", "bay.example", "-n", "1"]);
    assert_eq!(latest.as_array().unwrap().len(), 1);
    assert_eq!(latest[0]["command"], "domain:settle");
    assert!(!history.to_string().contains(SECRET));
    let dir = server.dir.clone();
    server.stop();
    let dir = dir.to_str().unwrap();
    let offline =
        crate::process::run(&["--json", "--dir", dir, "domain", "history", "bay.example"]);
    assert_eq!(crate::process::json(&offline), history);
    let unknown = crate::process::run(&["--dir", dir, "domain", "history", "none.example"]);
    assert!(refusal(&unknown).contains("no domain none.example"));
    let needs_server = crate::process::run(&["--dir", dir, "domain", "show", "bay.example"]);
    assert!(refusal(&needs_server).contains("no server runs"));
}

#[test]
fn history_of_a_purged_domain_remains() {
    let home = tempfile::tempdir().unwrap();
    let server = registry(home.path());
    server.epp_json("registrar-b", &["delete", "domain", "dune.example"]);
    assert!(refusal(&server.admin(&["domain", "show", "dune.example"])).contains("no domain"));
    let history = server.admin_json(&["domain", "history", "dune.example"]);
    assert_eq!(history[1]["command"], "domain:delete");
}
