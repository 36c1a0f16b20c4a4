//! epp-05, epp-11 to epp-13, and epp-23 to epp-27: hosts.

use super::play::{Play, Registrar, domain, domain_name, host, status};
use super::rows;

/// Writes `<host:addr>`.
fn address(family: &str, text: &str) -> String {
    format!("<host:addr ip=\"{family}\">{text}</host:addr>")
}

/// Writes `<host:chg>` to another name.
fn rename(to: &str) -> String {
    format!("<host:chg>{}</host:chg>", host(to))
}

/// Returns the name that stands directly below the zone in a host's name.
fn parent(name: &str) -> String {
    let labels: Vec<&str> = name.rsplit('.').take(2).collect();
    format!("{}.{}", labels[1], labels[0])
}

/// Creates a domain with a contact of its own.
fn create_domain(registrar: &mut Registrar, name: &str) {
    let id = format!("c-{}", &name[..8]);
    registrar.create_contact(&id);
    registrar.create_domain(name, "", &id);
}

#[test]
fn epp_05_host_check() {
    let mut play = Play::of("epp-05");
    let (there, free) = (play.name(".icann"), play.name(".icann"));
    let mut a = play.log_in("registrar-a");
    a.create_host(&there);
    for (name, availability) in [
        (there.as_str(), "avail=\"0\""),
        (&free, "avail=\"1\""),
        ("!.icann", "avail=\"0\""),
    ] {
        let answer = a.accepted("check", "host", &host(name));
        assert!(answer.has(availability), "{answer}");
    }
}

#[test]
fn epp_11_host_create() {
    let mut play = Play::of("epp-11");
    let mut a = play.log_in("registrar-a");
    let mut parents = Vec::new();
    for row in rows::of("epp-11-data") {
        let name = play.values.of(&row, "name", "").unwrap();
        if row.says("createParentFirst") && !parents.contains(&parent(&name)) {
            create_domain(&mut a, &parent(&name));
            parents.push(parent(&name));
        }
        let family = play.values.of(&row, "ip", "");
        let text = play.values.of(&row, "addr", "").unwrap_or_default();
        let address = family.map_or_else(String::new, |family| address(&family, &text));
        a.judged("create", "host", &(host(&name) + &address), row.passes());
        if row.passes() {
            let answer = a.accepted("info", "host", &host(&name));
            let shown = answer.text_of("host:name").unwrap();
            assert_eq!(shown, name.to_lowercase(), "{answer}");
            assert!(
                answer.has(&format!(">{text}<")) || text.is_empty(),
                "{answer}"
            );
        }
    }
}

#[test]
fn epp_11_addresses_of_no_host_are_refused_and_those_of_documentation_are_not() {
    let mut play = Play::of("addresses");
    let mut a = play.log_in("registrar-a");
    let parent = play.name(".example");
    create_domain(&mut a, &parent);
    for (number, (family, text, passes)) in [
        ("v4", "0.0.0.0", false),
        ("v4", "127.0.0.1", false),
        ("v4", "169.254.1.1", false),
        ("v4", "224.0.0.1", false),
        ("v4", "255.255.255.255", false),
        ("v6", "::", false),
        ("v6", "::1", false),
        ("v6", "fe80::1", false),
        ("v6", "ff02::1", false),
        ("v4", "192.0.2.1", true),
        ("v4", "198.51.100.1", true),
        ("v4", "203.0.113.1", true),
        ("v6", "2001:db8::1", true),
    ]
    .into_iter()
    .enumerate()
    {
        let name = host(&format!("ns{number}.{parent}"));
        a.judged("create", "host", &(name + &address(family, text)), passes);
    }
}

#[test]
fn epp_12_host_access() {
    let mut play = Play::of("epp-12");
    let name = play.name(".icann");
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    a.create_host(&name);
    let change = host(&name) + &status("host", "add", "clientUpdateProhibited");
    b.refused("update", "host", &change, 2201);
}

#[test]
fn epp_13_host_update() {
    let mut play = Play::of("epp-13");
    let parent = play.name(".example");
    let name = format!("NS1.{parent}");
    let mut a = play.log_in("registrar-a");
    create_domain(&mut a, &parent);
    a.create_host(&name);
    let mut added = Vec::new();
    for row in rows::of("epp-13-addr-data") {
        let action = row.cell("action");
        let family = play.values.of(&row, "ip", "").unwrap_or_default();
        let text = play.values.of(&row, "addr", "").unwrap_or_default();
        let part = format!("<host:{action}>{}</host:{action}>", address(&family, &text));
        a.judged("update", "host", &(host(&name) + &part), row.passes());
        if row.passes() {
            added.push(text);
        }
    }
    let answer = a.accepted("info", "host", &host(&name));
    assert_eq!(answer.texts_of("host:addr"), added, "{answer}");
    for row in rows::of("epp-13-status-data") {
        let part = status("host", row.cell("action"), row.cell("status"));
        a.judged("update", "host", &(host(&name) + &part), row.passes());
    }
}

#[test]
fn epp_23_host_rename() {
    let mut play = Play::of("epp-23");
    let theirs = play.name(".example");
    play.values.names.insert("RESERVEDNAME", theirs.clone());
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    create_domain(&mut b, &theirs);
    let mut current = play.name(".icann");
    a.create_host(&current);
    for row in rows::of("epp-23-data") {
        let name = play.values.of(&row, "name", "").unwrap();
        if row.says("createParentFirst") {
            create_domain(&mut a, &parent(&name));
        }
        a.judged(
            "update",
            "host",
            &(host(&current) + &rename(&name)),
            row.passes(),
        );
        if row.passes() {
            a.accepted("info", "host", &host(&name));
            a.gone("host", &host(&current));
            current = name;
        }
    }
    let shared = play.name(".icann");
    a.create_host(&shared);
    let delegation = format!(
        "{}<domain:add><domain:ns><domain:hostObj>{shared}</domain:hostObj></domain:ns></domain:add>",
        domain_name(&theirs)
    );
    b.accepted("update", "domain", &delegation);
    let elsewhere = play.name(".icann");
    a.refused(
        "update",
        "host",
        &(host(&shared) + &rename(&elsewhere)),
        2305,
    );
}

#[test]
fn epp_24_host_delete() {
    let mut play = Play::of("epp-24");
    let name = play.name(".icann");
    let mut a = play.log_in("registrar-a");
    a.create_host(&name);
    assert_eq!(a.accepted("delete", "host", &host(&name)).code(), 1000);
    a.gone("host", &host(&name));
}

#[test]
fn epp_25_and_epp_26_subordinate_host_of_another() {
    let mut play = Play::of("epp-25");
    let theirs = play.name(".example");
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    create_domain(&mut b, &theirs);
    let name = host(&format!("ns1.{theirs}"));
    a.refused(
        "create",
        "host",
        &(name.clone() + &address("v4", "208.77.190.192")),
        2201,
    );
    // The answer tells no more of another's domain than this.
    a.refused("create", "host", &name, 2201);
}

#[test]
fn epp_27_delegation_to_a_host_without_address() {
    let mut play = Play::of("epp-27");
    let parent = play.name(".example");
    let name = format!("ns1.{parent}");
    let mut a = play.log_in("registrar-a");
    create_domain(&mut a, &parent);
    a.create_host(&name);
    let delegation = format!("<domain:ns><domain:hostObj>{name}</domain:hostObj></domain:ns>");
    let id = format!("c-{}", &parent[..8]);
    let another = domain(&play.name(".example"), &delegation, &id);
    a.judged("create", "domain", &another, false);
    let update = format!(
        "{}<domain:add>{delegation}</domain:add>",
        domain_name(&parent)
    );
    a.judged("update", "domain", &update, false);
}
