//! What the cases ask for in passing and servers get wrong, each under a name of its own.

use super::play::{Play, Registrar, contact_id, domain_name, host, status};

/// A contact that domains refer to.
const HOLDER: &str = "Holder-1";

/// Starts a sandbox in which registrar-a has a contact and a domain without name servers.
fn furnished(case: &str) -> (Play, Registrar, String) {
    let mut play = Play::of(case);
    let name = play.name(".example");
    let mut a = play.log_in("registrar-a");
    a.create_contact(HOLDER);
    a.create_domain(&name, "", HOLDER);
    (play, a, name)
}

/// Writes a part of a domain's update with a name server.
fn delegation(action: &str, server: &str) -> String {
    format!(
        "<domain:{action}><domain:ns><domain:hostObj>{server}</domain:hostObj></domain:ns></domain:{action}>"
    )
}

/// Writes a part of a host's update with an address.
fn address(action: &str, text: &str) -> String {
    format!("<host:{action}><host:addr ip=\"v4\">{text}</host:addr></host:{action}>")
}

/// Writes the content of a contact's create with a country and a telephone number.
fn person(id: &str, country: &str, voice: &str) -> String {
    format!(
        "{}<contact:postalInfo type=\"int\"><contact:name>Chan Tai Man</contact:name><contact:addr>\
         <contact:city>Hong Kong</contact:city><contact:cc>{country}</contact:cc></contact:addr>\
         </contact:postalInfo><contact:voice>{voice}</contact:voice>\
         <contact:email>chan@mail.icann</contact:email><contact:authInfo><contact:pw/></contact:authInfo>",
        contact_id(id)
    )
}

#[test]
fn hosts_below_icann_are_accepted_although_no_such_zone_exists() {
    let (mut play, mut a, name) = furnished("icann");
    let server = play.name(".icann");
    a.create_host(&server);
    let content = domain_name(&name) + &delegation("add", &server);
    a.accepted("update", "domain", &content);
}

#[test]
fn empty_voice_is_refused_in_a_create_and_takes_the_number_away_in_an_update() {
    let play = Play::of("voice");
    let mut a = play.log_in("registrar-a");
    a.judged("create", "contact", &person("Chan-1", "HK", ""), false);
    let content = person("Chan-1", "HK", "+852.23456789");
    a.judged("create", "contact", &content, true);
    let change = contact_id("Chan-1") + "<contact:chg><contact:voice/></contact:chg>";
    a.judged("update", "contact", &change, true);
    let answer = a.accepted("info", "contact", &contact_id("Chan-1"));
    assert!(!answer.has("contact:voice"), "{answer}");
}

#[test]
fn country_that_iso_3166_does_not_know_is_refused() {
    let play = Play::of("country");
    let mut a = play.log_in("registrar-a");
    for (country, passes) in [("XX", false), ("ZZ", false), ("UK", false), ("GB", true)] {
        let content = person("Chan-1", country, "+852.23456789");
        a.judged("create", "contact", &content, passes);
    }
}

#[test]
fn what_is_there_is_not_added_again_and_what_is_not_is_not_removed() {
    let (mut play, mut a, name) = furnished("again");
    let (server, below) = (play.name(".icann"), format!("ns1.{name}"));
    a.create_host(&server);
    a.create_host(&below);
    let prohibited = "clientUpdateProhibited";
    let updates: [(&str, String, [String; 2]); 4] = [
        (
            "contact",
            contact_id(HOLDER),
            ["add", "rem"].map(|action| status("contact", action, prohibited)),
        ),
        (
            "host",
            host(&below),
            ["add", "rem"].map(|action| address(action, "208.77.190.192")),
        ),
        (
            "host",
            host(&below),
            ["add", "rem"].map(|action| status("host", action, "clientDeleteProhibited")),
        ),
        (
            "domain",
            domain_name(&name),
            ["add", "rem"].map(|action| delegation(action, &server)),
        ),
    ];
    for (object, id, [add, remove]) in updates {
        for (part, passes) in [
            (&remove, false),
            (&add, true),
            (&add, false),
            (&remove, true),
            (&remove, false),
        ] {
            a.judged("update", object, &(id.clone() + part), passes);
        }
    }
}

#[test]
fn updates_by_another_registrar_are_2201() {
    let (mut play, mut a, name) = furnished("2201");
    let server = play.name(".icann");
    a.create_host(&server);
    let mut b = play.log_in("registrar-b");
    for (object, id) in [
        ("contact", contact_id(HOLDER)),
        ("host", host(&server)),
        ("domain", domain_name(&name)),
    ] {
        let change = id + &status(object, "add", "clientDeleteProhibited");
        b.refused("update", object, &change, 2201);
    }
}

#[test]
fn renames_and_deletes_of_what_others_use_are_2305() {
    let (mut play, mut a, name) = furnished("2305");
    let (server, elsewhere) = (play.name(".icann"), play.name(".icann"));
    let mut b = play.log_in("registrar-b");
    b.create_host(&server);
    a.accepted(
        "update",
        "domain",
        &(domain_name(&name) + &delegation("add", &server)),
    );
    let rename = format!("<host:chg>{}</host:chg>", host(&elsewhere));
    b.refused("update", "host", &(host(&server) + &rename), 2305);
    b.refused("delete", "host", &host(&server), 2305);
    a.refused("delete", "contact", &contact_id(HOLDER), 2305);
}

#[test]
fn updates_are_1000_and_never_1001() {
    let (mut play, mut a, name) = furnished("1000");
    let server = play.name(".icann");
    a.create_host(&server);
    for (object, id) in [
        ("contact", contact_id(HOLDER)),
        ("host", host(&server)),
        ("domain", domain_name(&name)),
    ] {
        for action in ["add", "rem"] {
            let change = id.clone() + &status(object, action, "clientUpdateProhibited");
            let answer = a.accepted("update", object, &change);
            assert_eq!(answer.code(), 1000, "{answer}");
        }
    }
}
