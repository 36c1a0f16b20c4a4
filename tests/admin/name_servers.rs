//! The registry's questions to name servers, and what follows when nobody answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::name_server::{Manner, NameServer, start_resolver};
use crate::process::Server;
use crate::session::Session;

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

/// Waits until something holds. Each look asks the server, so that it is left time.
fn await_that(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
    }
}

/// Returns what failed of a name: server, form, transport and reason.
fn failures(server: &Server, name: &str) -> Vec<[String; 4]> {
    let check = check(server, name);
    let failures = check["failures"].as_array().cloned().unwrap_or_default();
    let word = |failure: &Value, key: &str| failure[key].as_str().unwrap_or("-").to_owned();
    let row = |f: &Value| ["server", "form", "transport", "reason"].map(|key| word(f, key));
    failures.iter().map(row).collect()
}

/// Returns a figure of `/metrics`; none that is not there yet.
fn figure(server: &Server, name: &str) -> Option<f64> {
    let page = server.get("/metrics").1;
    let value = page.lines().find_map(|line| line.strip_prefix(name));
    value.map(|value| value.trim().parse().unwrap())
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

/// Returns the state, when the servers first answered, since when they do and fail, and whether that was told.
fn standing(server: &Server, name: &str) -> Value {
    let check = check(server, name);
    let keys = [
        "state",
        "first-answered",
        "operational-since",
        "failing-since",
        "sponsor-told",
    ];
    keys.map(|key| check[key].clone()).into_iter().collect()
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
        Manner::OneByOne,
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
    for number in 1..7 {
        let name = format!("quay{number}.hk");
        create(&server, &name, &both(number));
        expected.push(name);
    }
    // Nothing listens at its address.
    create(&server, "quay8.hk", &both(8));
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
    create(&server, "quay7.hk", &both(7));
    // Without an address.
    epp(&server, "create host ns1.elsewhere.test");
    create(
        &server,
        "quay10.hk",
        &mixed(&["ns1.0.test", "ns1.elsewhere.test"]),
    );
    expected.push("quay10.hk".to_owned());
    // Served by the registry, and not in the zone.
    create(&server, "parked.hk", &[]);
    create(&server, "held.hk", &[]);
    epp(&server, "update domain held.hk --add-status clientHold");
    epp(
        &server,
        "update domain held.hk --add-ns ns1.1.test --add-ns ns2.1.test",
    );
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    for name in ["quay0.hk", "wharf.hk", "quay7.hk"] {
        await_operational(&server, name);
    }
    await_failing(&server, &expected, "failing", false);
    assert_eq!(check(&server, "parked.hk"), Value::Null);
    for (name, host, reasons) in [
        ("quay1.hk", "ns1.1.test", ["lame", "lame"]),
        ("quay2.hk", "ns1.2.test", ["no_soa", "no_soa"]),
        ("quay3.hk", "ns1.3.test", ["refused", "refused"]),
        ("quay4.hk", "ns1.4.test", ["", "closed"]),
        ("quay5.hk", "ns1.5.test", ["silent", ""]),
        ("quay6.hk", "ns1.6.test", ["silent", "silent"]),
        // Named though the name is served.
        ("wharf.hk", "ns1.1.test", ["lame", "lame"]),
    ] {
        let expected: Vec<_> = ["udp", "tcp"]
            .into_iter()
            .zip(reasons)
            .filter(|(_, reason)| !reason.is_empty())
            .map(|(over, reason)| [host, name, over, reason].map(str::to_owned))
            .collect();
        let mut found = failures(&server, name);
        found.retain(|failure| failure[0] == host);
        assert_eq!(found, expected, "{name}");
    }
    // Whether UDP is heard to be refused depends on the system.
    let unreachable = ["ns1.8.test", "quay8.hk", "tcp", "unreachable"].map(str::to_owned);
    assert_eq!(failures(&server, "quay8.hk")[1], unreachable);
    let nowhere = ["ns1.elsewhere.test", "quay10.hk", "-", "no_address"].map(str::to_owned);
    assert_eq!(failures(&server, "quay10.hk"), [nowhere]);
    let listed = server.admin(&["domain", "list", "--ns-failing"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("tcp: closed"), "{listed}");
    for (transport, outcome) in [("udp", "answered"), ("tcp", "closed"), ("udp", "silent")] {
        let labels = format!("transport=\"{transport}\",outcome=\"{outcome}\"");
        let name = format!("epp_name_server_queries_total{{{labels}}}");
        assert!(figure(&server, &name).unwrap() > 0.0, "{name}");
    }
}

/// Updates a domain through hk-1.0.
fn update_variants(server: &Server, name: &str, change: &str) {
    const HK: &str = "urn:hkepp:params:xml:ns:hk-1.0";
    let mut session = Session::open(&server.epp_address(), &server.certs, "registrar-a");
    let domain = "urn:ietf:params:xml:ns:domain-1.0";
    let login = format!(
        "<login><clID>registrar-a</clID><pw>Harbour-2026</pw><options><version>1.0</version>\
         <lang>en</lang></options><svcs><objURI>{domain}</objURI>\
         <svcExtension><extURI>{HK}</extURI></svcExtension></svcs></login>"
    );
    let update = format!(
        "<update><update xmlns='{domain}'><name>{name}</name></update></update><extension>\
         <update xmlns='{HK}'><variant>{change}</variant></update></extension>"
    );
    for command in [login, update] {
        let document = format!(
            "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command>{command}</command></epp>"
        );
        let answer = session.send(&document).unwrap();
        assert!(answer.contains("code=\"1000\""), "{answer}");
    }
}

#[test]
fn a_name_answers_when_two_servers_do_for_each_of_its_active_forms() {
    // 國学.香港, its simplified and traditional forms, and one more that the holder activates.
    let name = "xn--9cs44h.xn--j6w193g";
    let forms = ["xn--vcso6h.xn--j6w193g", "xn--9csw6h.xn--j6w193g"];
    let further = "xn--vcs27h.xn--j6w193g";
    let home = tempfile::tempdir().unwrap();
    let manners = [
        Manner::Operational,
        Manner::Without("xn--vcs27h.xn--j6w193g"),
        Manner::OneByOne,
    ];
    let (port, servers) = NameServer::start(&manners);
    let server = registry(home.path(), port);
    for number in [0, 1, 2] {
        epp(&server, &format!("create host ns1.{number}.test"));
    }
    create(
        &server,
        name,
        &["ns1.0.test", "ns1.1.test"].map(str::to_owned),
    );
    await_operational(&server, name);
    for one in &servers[..2] {
        for transport in ["udp", "tcp"] {
            let of = |form: &&str| one.asked().contains(&(transport, (*form).to_owned()));
            assert!([&[name], &forms[..]].concat().iter().all(of), "{transport}");
            assert!(!of(&further), "it is not active");
        }
    }
    update_variants(&server, name, &format!("<add>{further}</add>"));
    await_failing(&server, &[name], "failing", false);
    let refused = |over: &str| ["ns1.1.test", further, over, "refused"].map(str::to_owned);
    assert_eq!(failures(&server, name), [refused("udp"), refused("tcp")]);
    let shown = server.admin(&["domain", "show", name]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    let line = format!("ns1.1.test at 127.0.0.3: {further} over tcp: refused");
    assert!(shown.contains(&line), "{shown}");
    // Two of three serve every form; what the third refuses is told all the same.
    epp(
        &server,
        &format!("update domain {name} --add-ns ns1.2.test"),
    );
    await_operational(&server, name);
    assert_eq!(failures(&server, name), [refused("udp"), refused("tcp")]);
    servers[2].become_like(Manner::Refusing);
    await_failing(&server, &[name], "failing", false);
    assert_eq!(failures(&server, name).len(), 10);
    update_variants(&server, name, &format!("<rem>{further}</rem>"));
    await_operational(&server, name);
}

#[test]
fn names_out_of_the_zone_are_not_asked_and_their_clock_stands() {
    let home = tempfile::tempdir().unwrap();
    let (port, _servers) = NameServer::start(&[Manner::Lame]);
    let server = registry(home.path(), port);
    for label in ["ns1", "ns2"] {
        epp(&server, &format!("create host {label}.0.test"));
    }
    let both = ["ns1.0.test", "ns2.0.test"].map(str::to_owned);
    for name in ["held.hk", "locked.hk", "gone.hk", "bare.hk", "asked.com.hk"] {
        create(&server, name, &both);
    }
    let names = ["bare.hk", "gone.hk", "held.hk", "locked.hk"];
    await_failing(&server, &names, "failing", false);
    assert_eq!(check(&server, "asked.com.hk"), Value::Null);
    server.admin_json(&["sandbox", "advance", "10d"]);
    server.admin_json(&["domain", "hold", "held.hk", "--case", "ABUSE-1"]);
    server.admin_json(&["dispute", "open", "locked.hk", "--case", "CASE-1"]);
    epp(&server, "delete domain gone.hk");
    let none = both.each_ref().map(|host| format!(" --remove-ns {host}"));
    epp(&server, &format!("update domain bare.hk{}", none.concat()));
    let listed = server.admin_json(&["document", "list", "--state", "open"]);
    let application = listed[0]["id"].as_str().unwrap().to_owned();
    server.admin_json(&["document", "approve", &application]);
    messages(&server);
    await_failing(&server, &["asked.com.hk", "locked.hk"], "failing", false);
    for name in ["bare.hk", "gone.hk", "held.hk"] {
        await_that(name, || {
            check(&server, name)["not-asked-since"] == "2030-01-11T00:00:00Z"
        });
    }
    // Activated with its approval, ten days after it was asked for.
    assert_eq!(
        check(&server, "asked.com.hk")["failing-since"],
        "2030-01-11T00:00:00Z"
    );
    server.admin_json(&["sandbox", "advance", "25d"]);
    let standing = |name: &str| {
        let shown = failing(&server).remove(name);
        shown.map(|(state, told)| format!("{state} {told}"))
    };
    await_that("both are told", || {
        standing("locked.hk").as_deref() == Some("overdue true")
            && standing("asked.com.hk").as_deref() == Some("failing true")
    });
    assert_eq!(failing(&server).len(), 2);
    let told = messages(&server);
    assert_eq!(told.len(), 2, "{told:?}");
    for name in ["held.hk", "gone.hk", "bare.hk"] {
        let check = check(&server, name);
        assert_eq!(
            (&check["state"], &check["sponsor-told"]),
            (&json!("failing"), &json!(false)),
            "{name}"
        );
    }
    server.admin_json(&["domain", "unhold", "held.hk", "--case", "ABUSE-1"]);
    await_that("held.hk is asked again", || {
        check(&server, "held.hk")["not-asked-since"].is_null()
    });
    let back = check(&server, "held.hk");
    assert_eq!(back["failing-since"], "2030-01-26T00:00:00Z");
    let figures = || {
        ["", "_told", "_overdue"].map(|which| {
            let name = format!("epp_names_failing{which} ");
            figure(&server, &name).unwrap()
        })
    };
    await_that("three fail, two are told, one is overdue", || {
        figures() == [3.0, 2.0, 1.0]
    });
    assert!(figure(&server, "epp_name_server_round_seconds ").unwrap() > 0.0);
    let checks = figure(
        &server,
        "epp_name_server_checks_total{outcome=\"failing\"} ",
    );
    assert!(checks.unwrap() >= 8.0);
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
        standing(&server, "cape.hk"),
        json!(["failing", null, null, "2030-01-01T00:00:00Z", false])
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
    let (worked, failed) = ("2030-01-01T00:00:00Z", "2030-01-31T00:00:00Z");
    assert_eq!(
        standing(&server, "bay.hk"),
        json!(["overdue", worked, worked, failed, true])
    );
    let rounds = || check(&server, "bay.hk")["rounds-failed"].as_u64().unwrap();
    let before = rounds();
    await_that("each round that fails counts", || rounds() > before);
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
