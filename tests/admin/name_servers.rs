//! The registry's questions to name servers, and what follows when nobody answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::name_server::{Manner, NameServer, start_resolver};
use crate::process::Server;

/// How long may pass until questions are asked and answered: two rounds of servers that are waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a registry of profile `hk` that asks every second, and registers contact C-1.
fn registry(home: &Path, port: u16) -> Server {
    let file = home.join("overrides.toml");
    let resolver = start_resolver();
    let settings = format!(
        "version = \"v1\"\n[dns-check]\ninterval = 1\ntimeout = 1\nport = {port}\nresolver = \"{resolver}\"\n"
    );
    std::fs::write(&file, settings).unwrap();
    let config = ["--config", file.to_str().unwrap(), "--profile", "hk"];
    let clock = ["--clock", "manual", "--start-time", "2030-01-01T00:00:00Z"];
    let server = Server::sandbox(home, &[config, clock].concat());
    epp(
        &server,
        "create contact C-1 --name Chan --street 1 --city Central --cc HK --email c@harbour.test --voice +852.1",
    );
    server
}

fn epp(server: &Server, line: &str) -> Value {
    server.epp_json("registrar-a", &line.split(' ').collect::<Vec<_>>())
}

fn create(server: &Server, name: &str, name_servers: &[String]) {
    let mut line = format!("create domain {name} --registrant C-1 --admin C-1 --tech C-1");
    for name_server in name_servers {
        line.push_str(&format!(" --ns {name_server}"));
    }
    epp(server, &line);
}

/// Returns what `domain list --ns-failing` shows: state and notice by name.
fn failing(server: &Server) -> BTreeMap<String, (String, bool)> {
    let listed = server.admin_json(&["domain", "list", "--ns-failing"]);
    let row = |view: &Value| {
        let check = &view["delegation"];
        let state = check["state"].as_str().unwrap().to_owned();
        let told = check["sponsor-told"].as_bool().unwrap();
        (view["name"].as_str().unwrap().to_owned(), (state, told))
    };
    listed.as_array().unwrap().iter().map(row).collect()
}

/// Waits until `domain list --ns-failing` shows these names, all in one state. Each look is a process of its own, so that
/// it leaves the server time.
fn await_failing(server: &Server, names: &[&str], state: &str, told: bool) {
    let expected = names
        .iter()
        .map(|name| ((*name).to_owned(), (state.to_owned(), told)))
        .collect();
    let begun = Instant::now();
    while failing(server) != expected {
        let found = failing(server);
        assert!(
            begun.elapsed() < PATIENCE,
            "{found:?} instead of {expected:?}"
        );
    }
}

fn check(server: &Server, name: &str) -> Value {
    server.admin_json(&["domain", "show", name])["delegation"].clone()
}

fn await_operational(server: &Server, name: &str) {
    let begun = Instant::now();
    while check(server, name)["state"] != "operational" {
        assert!(begun.elapsed() < PATIENCE, "{}", check(server, name));
    }
}

/// Takes the messages out of the sponsor's queue: the text of each whole document.
fn messages(server: &Server) -> Vec<String> {
    let mut messages = Vec::new();
    loop {
        let answer = epp(server, "poll req");
        if answer["code"] == 1300 {
            return messages;
        }
        let xml = server.epp("registrar-a", &["--xml", "poll", "req"]);
        messages.push(String::from_utf8(xml.stdout).unwrap());
        let id = answer["queue"]["id"].as_str().unwrap();
        epp(server, &format!("poll ack {id}"));
    }
}

#[test]
fn a_name_is_served_by_two_servers_that_answer_with_authority_over_udp_and_tcp() {
    let home = tempfile::tempdir().unwrap();
    let manners = [
        Manner::Operational,
        Manner::Lame,
        Manner::Parent,
        Manner::Refusing,
        Manner::OnlyUdp,
        Manner::OnlyTcp,
        Manner::Silent,
    ];
    let (port, _servers) = NameServer::start(&manners);
    let server = registry(home.path(), port);
    for number in 0..=manners.len() {
        for label in ["ns1", "ns2"] {
            epp(&server, &format!("create host {label}.{number}.test"));
        }
    }
    let both = |number: usize| ["ns1", "ns2"].map(|label| format!("{label}.{number}.test"));
    create(&server, "quay0.hk", &both(0));
    let mut expected = Vec::new();
    for number in 1..manners.len() {
        let name = format!("quay{number}.hk");
        create(&server, &name, &both(number));
        expected.push(name);
    }
    // Nothing listens at its address.
    create(&server, "quay8.hk", &both(7));
    expected.push("quay8.hk".to_owned());
    // One of two, and two of three.
    let mixed = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    create(&server, "quay9.hk", &mixed(&["ns1.0.test", "ns1.1.test"]));
    expected.push("quay9.hk".to_owned());
    let three = ["ns1.1.test", "ns1.0.test", "ns2.0.test"];
    create(&server, "wharf.hk", &mixed(&three));
    // Served by the registry, and not in the zone.
    create(&server, "parked.hk", &[]);
    create(&server, "held.hk", &[]);
    epp(&server, "update domain held.hk --add-status clientHold");
    epp(
        &server,
        "update domain held.hk --add-ns ns1.1.test --add-ns ns2.1.test",
    );
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    for name in ["quay0.hk", "wharf.hk"] {
        await_operational(&server, name);
    }
    await_failing(&server, &expected, "failing", false);
    assert_eq!(check(&server, "parked.hk"), Value::Null);
}

#[test]
fn servers_that_fail_are_told_after_20_days_and_overdue_after_30() {
    let home = tempfile::tempdir().unwrap();
    let (port, servers) = NameServer::start(&[Manner::Operational, Manner::Lame]);
    let server = registry(home.path(), port);
    for number in [0, 1] {
        epp(&server, &format!("create host ns1.{number}.test"));
        epp(&server, &format!("create host ns2.{number}.test"));
    }
    let both = |number: usize| ["ns1", "ns2"].map(|label| format!("{label}.{number}.test"));
    create(&server, "bay.hk", &both(0));
    create(&server, "cape.hk", &both(1));
    create(&server, "dune.hk", &[]);
    await_operational(&server, "bay.hk");
    await_failing(&server, &["cape.hk"], "failing", false);
    assert_eq!(
        check(&server, "cape.hk"),
        json!({
            "state": "failing",
            "operational-since": null,
            "failing-since": "2030-01-01T00:00:00Z",
            "sponsor-told": false,
        })
    );
    server.admin_json(&["sandbox", "advance", "20d"]);
    await_failing(&server, &["cape.hk"], "failing", true);
    let told = messages(&server);
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        ">cape.hk<",
        "op=\"nameServersFail\">custom<",
        ">hk:R8.2 name servers fail<",
        "<changePoll:who>server<",
    ] {
        assert!(told[0].contains(part), "{part} in {}", told[0]);
    }
    server.admin_json(&["sandbox", "advance", "10d"]);
    await_failing(&server, &["cape.hk"], "overdue", true);
    // One that answered once is judged alike, and each failure by itself.
    servers[1].become_like(Manner::Operational);
    servers[0].become_like(Manner::Lame);
    await_operational(&server, "cape.hk");
    await_failing(&server, &["bay.hk"], "failing", false);
    server.admin_json(&["sandbox", "advance", "30d"]);
    await_failing(&server, &["bay.hk"], "overdue", true);
    let told = messages(&server);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(">bay.hk<"), "{}", told[0]);
    assert_eq!(
        check(&server, "bay.hk"),
        json!({
            "state": "overdue",
            "operational-since": "2030-01-01T00:00:00Z",
            "failing-since": "2030-01-31T00:00:00Z",
            "sponsor-told": true,
        })
    );
    let shown = server.admin(&["domain", "show", "bay.hk"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("failing since 2030-01-31"), "{shown}");
    // What was known of a name ends with it.
    epp(&server, "delete domain bay.hk");
    server.admin_json(&["sandbox", "advance", "40d"]);
    create(&server, "bay.hk", &[]);
    assert_eq!(check(&server, "bay.hk"), Value::Null);
    assert_eq!(check(&server, "dune.hk"), Value::Null);
}
