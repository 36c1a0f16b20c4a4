//! epp-04 and epp-14 to epp-18, epp-21: domains.

use std::collections::BTreeSet;

use super::play::{Play, Registrar, contact_id, domain, domain_name, host, status};
use super::rows::{self, Row, Values};
use crate::support::client::SEC_DNS;

/// A contact that every domain of a case may refer to.
const HOLDER: &str = "Holder-1";

/// Returns a DS record, and the extension's content around it.
fn ds(values: &mut Values, row: &Row) -> String {
    let mut cell = |column: &str, auto: &str| values.of(row, column, auto).unwrap_or_default();
    format!(
        "<secDNS:dsData><secDNS:keyTag>{}</secDNS:keyTag><secDNS:alg>{}</secDNS:alg>\
         <secDNS:digestType>{}</secDNS:digestType><secDNS:digest>{}</secDNS:digest></secDNS:dsData>",
        cell("keyTag", "12345"),
        cell("dsDataAlg", ""),
        cell("digestType", ""),
        cell("digest", "")
    )
}

/// Returns a key, which this registry takes inside a DS record only.
fn key(values: &mut Values, row: &Row) -> String {
    let mut cell = |column: &str| values.of(row, column, "").unwrap_or_default();
    format!(
        "<secDNS:keyData><secDNS:flags>{}</secDNS:flags><secDNS:protocol>{}</secDNS:protocol>\
         <secDNS:alg>{}</secDNS:alg><secDNS:pubKey>{}</secDNS:pubKey></secDNS:keyData>",
        cell("flags"),
        cell("protocol"),
        cell("keyDataAlg"),
        cell("pubKey")
    )
}

/// Returns the DNSSEC data of a row: the registry is one of DS data, which "either" leaves to it.
fn dnssec(values: &mut Values, row: &Row) -> String {
    match row.cell("secDNSInterface") {
        "keyData" => key(values, row),
        _ => ds(values, row),
    }
}

/// Writes a command about a domain with an extension for DNSSEC.
fn with_dnssec(verb: &str, content: &str, data: &str) -> String {
    format!(
        "<{verb}><domain:{verb} xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">{content}\
         </domain:{verb}></{verb}><extension><secDNS:{verb} xmlns:secDNS=\"{SEC_DNS}\">{data}\
         </secDNS:{verb}></extension>"
    )
}

/// Writes `<domain:add>` or `<domain:rem>` with one name server.
fn name_server(action: &str, name: &str) -> String {
    format!(
        "<domain:{action}><domain:ns><domain:hostObj>{name}</domain:hostObj></domain:ns></domain:{action}>"
    )
}

/// Returns the day on which a registration ends.
fn expiry(registrar: &mut Registrar, name: &str) -> String {
    let answer = registrar.accepted("info", "domain", &domain_name(name));
    answer.text_of("domain:exDate").unwrap()[..10].to_owned()
}

/// Returns a day so many years later.
fn later(day: &str, years: u32) -> String {
    let year: u32 = day[..4].parse().unwrap();
    format!("{}{}", year + years, &day[4..])
}

#[test]
fn epp_04_domain_check() {
    let mut play = Play::of("epp-04");
    let (there, free) = (play.name(".example"), play.name(".example"));
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_domain(&there, "", HOLDER);
    for (name, availability) in [
        (there.as_str(), "avail=\"0\""),
        (&free, "avail=\"1\""),
        ("-bad-.example", "avail=\"0\""),
    ] {
        let answer = a.accepted("check", "domain", &domain_name(name));
        assert!(answer.has(availability), "{answer}");
    }
}

#[test]
fn epp_14_domain_create() {
    let mut play = Play::of("epp-14");
    let mut registrars = [play.log_in("registrar-a"), play.log_in("registrar-b")];
    registrars[0].create_contact(HOLDER);
    for name in ["ns1.epp-14.rst.icann", "ns2.epp-14.rst.icann"] {
        registrars[0].create_host(name);
    }
    let mut skipped = 0;
    for (number, row) in rows::of("epp-14-data").into_iter().enumerate() {
        // Rows about name server attributes; later ones say so too, but are about keys.
        let attributes = row.cell("hostModel") == "attributes";
        if attributes && row.cell("secDNSInterface") == "either" {
            skipped += 1;
            continue;
        }
        let sponsor = ["registrar-a", "registrar-b"][number % 2];
        let registrar = &mut registrars[number % 2];
        let name = play.values.of(&row, "name", "").unwrap();
        let (period, unit) = (row.cell("period"), row.cell("periodUnit"));
        let registrant = play
            .values
            .of(&row, "registrant", HOLDER)
            .unwrap_or_default();
        let servers = if attributes {
            String::new()
        } else {
            let servers = ["ns1", "ns2"]
                .map(|column| format!("<domain:hostObj>{}</domain:hostObj>", row.cell(column)));
            format!("<domain:ns>{}</domain:ns>", servers.concat())
        };
        let before = format!("<domain:period unit=\"{unit}\">{period}</domain:period>{servers}");
        let data = dnssec(&mut play.values, &row);
        let answer = registrar.command(&with_dnssec(
            "create",
            &domain(&name, &before, &registrant),
            &data,
        ));
        assert_eq!(
            answer.code() < 2000,
            row.passes(),
            "{name} {data}: {answer}"
        );
        if row.passes() {
            let answer = registrar.accepted("info", "domain", &domain_name(&name));
            let shown = |element: &str| answer.text_of(element).unwrap().to_owned();
            let (created, expires) = (shown("domain:crDate"), shown("domain:exDate"));
            assert_eq!(expires, later(&created, period.parse().unwrap()));
            assert_eq!(shown("domain:clID"), sponsor);
            assert_eq!(shown("domain:crID"), sponsor);
            let (local, repository) = shown("domain:roid")
                .split_once('-')
                .map(|(l, r)| (l.len(), r.len()))
                .unwrap();
            assert!(
                (1..=80).contains(&local) && (1..=8).contains(&repository),
                "{answer}"
            );
            let digest = data.split("<secDNS:digest>").nth(1).unwrap();
            assert!(answer.has(&digest[..64]), "{answer}");
        }
    }
    assert!(
        [0, 13].contains(&skipped),
        "docs/conformance.md tells of 13 rows, not of {skipped}"
    );
}

#[test]
fn epp_14_auth_info_is_empty_or_strong() {
    let mut play = Play::of("epp-14-auth");
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    for (secret, passes) in [
        ("", true),
        ("Lantau.Peak-2026+Ferry7", true),
        ("Lantau-2026", false),
    ] {
        let content = format!(
            "{}<domain:registrant>{HOLDER}</domain:registrant><domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>",
            domain_name(&play.name(".example"))
        );
        a.judged("create", "domain", &content, passes);
    }
}

#[test]
fn epp_14_host_attributes_and_a_missing_registrant_are_refused() {
    let mut play = Play::of("epp-14-model");
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    let attributes = "<domain:ns><domain:hostAttr><domain:hostName>ns1.rst.icann</domain:hostName></domain:hostAttr></domain:ns>";
    a.judged(
        "create",
        "domain",
        &domain(&play.name(".example"), attributes, HOLDER),
        false,
    );
    let content =
        domain_name(&play.name(".example")) + "<domain:authInfo><domain:pw/></domain:authInfo>";
    a.judged("create", "domain", &content, false);
}

#[test]
fn epp_15_integrity() {
    let mut play = Play::of("epp-15");
    let (name, server) = (play.name(".example"), play.name(".icann"));
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_host(&server);
    let servers = format!("<domain:ns><domain:hostObj>{server}</domain:hostObj></domain:ns>");
    a.create_domain(&name, &servers, HOLDER);
    a.refused("delete", "contact", &contact_id(HOLDER), 2305);
    a.refused("delete", "host", &host(&server), 2305);
}

#[test]
fn epp_16_domain_update() {
    let mut play = Play::of("epp-16");
    let name = play.name(".example");
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    a.create_contact(HOLDER);
    a.create_contact("Holder-2");
    a.create_domain(&name, "", HOLDER);
    let mut set = BTreeSet::new();
    for row in rows::of("epp-16-status-data") {
        let part = status("domain", row.cell("action"), row.cell("status"));
        let answer = a.judged(
            "update",
            "domain",
            &(domain_name(&name) + &part),
            row.passes(),
        );
        assert!(!row.passes() || answer.code() == 1000, "{answer}");
        let answer = a.accepted("info", "domain", &domain_name(&name));
        match (row.passes(), row.cell("action")) {
            (true, "add") => drop(set.insert(row.cell("status").to_owned())),
            (true, _) => drop(set.remove(row.cell("status"))),
            (false, _) => {}
        }
        for status in &set {
            assert!(answer.has(&format!("s=\"{status}\"")), "{answer}");
        }
        // Nothing but what was set; inactive is the server's.
        let shown = answer.to_string().matches("<domain:status").count();
        assert_eq!(shown, set.len() + 1, "{answer}");
    }
    let mut skipped = 0;
    for row in rows::of("epp-16-ns-data") {
        if row.cell("hostModel") == "attributes" {
            skipped += 1;
            continue;
        }
        let server = play.values.of(&row, "hostname", "").unwrap();
        if row.says("createIfNeeded") && a.ask("info", "host", &host(&server)).code() == 2303 {
            a.create_host(&server);
        }
        let part = name_server(row.cell("action"), &server);
        a.judged(
            "update",
            "domain",
            &(domain_name(&name) + &part),
            row.passes(),
        );
        let answer = a.accepted("info", "domain", &domain_name(&name));
        let stands = answer.has(&server.to_lowercase());
        assert!(
            stands == (row.cell("action") == "add") || !row.passes(),
            "{answer}"
        );
    }
    assert!(
        [0, 22].contains(&skipped),
        "docs/conformance.md tells of 22 rows, not of {skipped}"
    );
    for row in rows::of("epp-16-dnssec-data") {
        let (action, data) = (row.cell("action"), dnssec(&mut play.values, &row));
        let part = format!("<secDNS:{action}>{data}</secDNS:{action}>");
        let answer = a.command(&with_dnssec("update", &domain_name(&name), &part));
        assert_eq!(answer.code() < 2000, row.passes(), "{data}: {answer}");
        let answer = a.accepted("info", "domain", &domain_name(&name));
        let stands = answer.has("<secDNS:dsData>");
        assert!(stands == (action == "add") || !row.passes(), "{answer}");
    }
    let holder = |id: &str| {
        format!(
            "{}<domain:chg><domain:registrant>{id}</domain:registrant></domain:chg>",
            domain_name(&name)
        )
    };
    a.accepted("update", "domain", &holder("Holder-2"));
    let answer = a.accepted("info", "domain", &domain_name(&name));
    assert_eq!(
        answer.text_of("domain:registrant"),
        Some("Holder-2"),
        "{answer}"
    );
    a.refused("update", "domain", &holder("Holder-3"), 2303);
    b.refused("update", "domain", &holder(HOLDER), 2201);
    let attribute = "<domain:add><domain:ns><domain:hostAttr><domain:hostName>ns1.rst.icann</domain:hostName></domain:hostAttr></domain:ns></domain:add>";
    a.judged("update", "domain", &(domain_name(&name) + attribute), false);
}

#[test]
fn epp_17_every_port_says_the_same() {
    let mut play = Play::of("epp-17");
    let name = play.name(".example");
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_domain(&name, "", HOLDER);
    let mut another = play.log_in("registrar-a");
    let [one, other] = [&mut a, &mut another].map(|session| {
        let answer = session.accepted("info", "domain", &domain_name(&name));
        answer.text_of("resData").unwrap().to_owned()
    });
    assert_eq!(one, other);
}

#[test]
fn epp_18_domain_renew() {
    let mut play = Play::of("epp-18");
    let name = play.name(".example");
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_domain(&name, "", HOLDER);
    let day = expiry(&mut a, &name);
    let renew = |day: &str, years: u32| {
        format!(
            "{}<domain:curExpDate>{day}</domain:curExpDate><domain:period unit=\"y\">{years}</domain:period>",
            domain_name(&name)
        )
    };
    a.judged("renew", "domain", &renew(&later(&day, 1), 1), false);
    a.judged("renew", "domain", &renew(&day, 10), false);
    a.accepted("renew", "domain", &renew(&day, 2));
    assert_eq!(expiry(&mut a, &name), later(&day, 2));
    let answer = a.accepted("info", "domain", &domain_name(&name));
    assert!(answer.has("s=\"renewPeriod\""), "{answer}");
    // What is sent twice is not done twice.
    a.judged("renew", "domain", &renew(&day, 2), false);
}

#[test]
fn epp_21_domain_delete() {
    let mut play = Play::of("epp-21");
    let (name, server) = (play.name(".example"), play.name(".icann"));
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_host(&server);
    let servers = format!("<domain:ns><domain:hostObj>{server}</domain:hostObj></domain:ns>");
    a.create_domain(&name, &servers, HOLDER);
    // It was created just now: within the add grace period it goes at once, and its objects after it.
    assert_eq!(
        a.accepted("delete", "domain", &domain_name(&name)).code(),
        1000
    );
    a.gone("domain", &domain_name(&name));
    for (object, content) in [("host", host(&server)), ("contact", contact_id(HOLDER))] {
        a.accepted("delete", object, &content);
        a.gone(object, &content);
    }
}

#[test]
fn epp_14_names_hosts_and_handles_are_the_same_in_any_case() {
    let mut play = Play::of("epp-14-case");
    let (name, server) = (play.name(".Example"), play.name(".ICANN"));
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_host(&server);
    a.create_domain(&name, "", HOLDER);
    let folded = [name.to_uppercase(), name.to_lowercase()];
    for name in &folded {
        a.accepted("info", "domain", &domain_name(name));
        a.refused("create", "domain", &domain(name, "", HOLDER), 2302);
    }
    for server in [server.to_uppercase(), server.to_lowercase()] {
        a.accepted("info", "host", &host(&server));
        a.refused("create", "host", &host(&server), 2302);
    }
    let answer = a.accepted("info", "contact", &contact_id(&HOLDER.to_uppercase()));
    assert_eq!(answer.text_of("contact:id"), Some(HOLDER), "{answer}");
}
