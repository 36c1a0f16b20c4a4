//! Of thirty things that many servers get wrong, those about commands served; each test gives its number and the RFC's
//! clause. 1 and 2 are the transport's, 15 and 16 the poll queue's; 22, 24, 25 and 27 are in `transforms`.

use std::fmt::Write as _;

use crate::support::client::{Login, SEC_DNS, UNHANDLED, command, object_command};
use crate::support::{Client, Registry, instant};

const EPP: &str = "urn:ietf:params:xml:ns:epp-1.0";

/// The contact that the domains of these tests refer to.
pub(super) const CONTACT: &str = "<contact:id>chan-1</contact:id>";
/// The external host that they are delegated to.
pub(super) const HOST: &str = "<host:name>ns.provider.test</host:name>";

/// Returns a registry, and a connection to it.
async fn connected() -> (Registry, Client) {
    let registry = Registry::plain().await;
    let client = registry.connect("registrar-a");
    (registry, client)
}

/// Returns a registry, and a session of registrar-a in it.
async fn logged_in() -> (Registry, Client) {
    let registry = Registry::plain().await;
    let client = registry.login("registrar-a").await;
    (registry, client)
}

/// Returns the same with a contact and a host of registrar-a, for domains to refer to.
pub(super) async fn furnished() -> (Registry, Client) {
    let (registry, mut client) = logged_in().await;
    furnish(&mut client).await;
    (registry, client)
}

/// Creates the contact and the host.
pub(super) async fn furnish(client: &mut Client) {
    let contact = format!(
        "{CONTACT}<contact:postalInfo type=\"int\">\
         <contact:name>Chan Tai Man</contact:name><contact:addr>\
         <contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc></contact:addr>\
         </contact:postalInfo><contact:email>a@mail.test</contact:email>\
         <contact:authInfo><contact:pw>Star.Ferry-2026+Pier7-c</contact:pw></contact:authInfo>"
    );
    client.create("contact", &contact).await;
    client.create("host", HOST).await;
}

/// Returns the content of a domain create with `before` between name and registrant.
pub(super) fn domain(name: &str, before: &str) -> String {
    format!(
        "<domain:name>{name}</domain:name>{before}<domain:registrant>chan-1</domain:registrant>\
         <domain:authInfo><domain:pw>Star.Ferry-2026+Pier7-d</domain:pw></domain:authInfo>"
    )
}

/// Returns a domain update that asks for `parts`.
pub(super) fn update(name: &str, parts: &str) -> String {
    object_command(
        "update",
        "domain",
        &format!("<domain:name>{name}</domain:name>{parts}"),
    )
}

/// Returns the extension that makes `changes` to DS data.
fn sec_dns_update(attributes: &str, changes: &str) -> String {
    format!(
        "<extension><secDNS:update xmlns:secDNS=\"{SEC_DNS}\"{attributes}>{changes}</secDNS:update>\
         </extension>"
    )
}

/// Returns a DS record with this key tag.
fn ds_record(key_tag: u16) -> String {
    let digest = "AB".repeat(32);
    format!(
        "<secDNS:dsData><secDNS:keyTag>{key_tag}</secDNS:keyTag><secDNS:alg>13</secDNS:alg>\
         <secDNS:digestType>2</secDNS:digestType><secDNS:digest>{digest}</secDNS:digest></secDNS:dsData>"
    )
}

/// Returns the name servers of a domain create.
pub(super) fn name_servers(names: &[&str]) -> String {
    let mut xml = String::from("<domain:ns>");
    for name in names {
        write!(xml, "<domain:hostObj>{name}</domain:hostObj>").unwrap();
    }
    xml + "</domain:ns>"
}

/// Asks for an object and returns its statuses.
pub(super) async fn statuses(client: &mut Client, object: &str, content: &str) -> Vec<String> {
    let answer = client.info(object, content).await;
    let mark = format!("<{object}:status s=\"");
    let found = answer.pretty();
    let found = found
        .lines()
        .filter_map(|line| line.trim().strip_prefix(&mark));
    found
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// Check 3 (RFC 5730 section 2): a byte order mark, in either UTF.
#[tokio::test]
async fn byte_order_mark_is_accepted_in_utf_8_and_utf_16() {
    let (_, mut client) = logged_in().await;
    let check = object_command("check", "host", HOST);
    let text = command(&format!("{check}<clTRID>\u{6e2f}-003</clTRID>"));
    let utf_8 = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let units = || std::iter::once(0xfeff).chain(text.encode_utf16());
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    for document in [utf_8, little, big] {
        let answer = client.send(&document).await;
        assert_eq!(answer.code(), 1000, "{answer}");
        assert_eq!(answer.client_transaction(), Some("\u{6e2f}-003"));
    }
}

/// Check 4 (RFC 5730 section 2): prefixes mean nothing.
#[tokio::test]
async fn prefixes_are_the_clients_choice() {
    let (_, mut client) = logged_in().await;
    let uri = "urn:ietf:params:xml:ns:domain-1.0";
    let name = "shop.example";
    let forms = [
        format!(
            "<x:epp xmlns:x=\"{EPP}\"><x:command><x:check><contact:check xmlns:contact=\"{uri}\">\
             <contact:name>{name}</contact:name></contact:check></x:check></x:command></x:epp>"
        ),
        command(&format!(
            "<check><check xmlns=\"{uri}\"><name>{name}</name></check></check>"
        )),
        format!(
            "<epp xmlns=\"{EPP}\" xmlns:d=\"{uri}\" xmlns:unused=\"urn:example\"><command><check>\
             <d:check><d:name>{name}</d:name></d:check></check></command></epp>"
        ),
        format!(
            "<ns0:epp xmlns:ns0=\"{EPP}\"><ns0:command><ns0:check><ns0:check xmlns:ns0=\"{uri}\">\
             <ns0:name>{name}</ns0:name></ns0:check></ns0:check></ns0:command></ns0:epp>"
        ),
    ];
    for document in forms {
        let answer = client.send(&document).await;
        assert_eq!(answer.code(), 1000, "{document}: {answer}");
        assert!(
            answer.has("<domain:name avail=\"1\">shop.example<"),
            "{answer}"
        );
    }
}

/// Check 5 (RFC 5730 section 2.3): hello gives the greeting of the moment, in any state.
#[tokio::test]
async fn hello_is_a_greeting_of_the_moment_without_transaction_identifiers() {
    let registry = Registry::plain().await;
    let hello = format!("<epp xmlns=\"{EPP}\"><hello/></epp>");
    let mut client = registry.connect("registrar-a");
    assert_eq!(client.greeting(), client.send(&hello).await);
    client.send(Login::of("registrar-a").xml()).await;
    let later = instant("2027-03-02T00:00:00Z");
    registry.clock.advance_to(later);
    // That there is no trID is judged of every greeting.
    let greeting = client.send(&hello).await;
    assert_eq!(greeting.text_of("svDate"), Some("2027-03-02T00:00:00.000Z"));
    assert_eq!(client.registrar().as_deref(), Some("registrar-a"));
}

/// Check 6 (RFC 5730 section 2.6): a fresh svTRID on every answer is judged of every answer; here those to garbage.
#[tokio::test]
async fn garbage_has_an_answer_with_a_transaction_identifier() {
    let (_, mut client) = connected().await;
    for garbage in [
        &b""[..],
        b"\0",
        b"<",
        b"\xff\xfe",
        b"<?xml version='1.1'?><a/>",
        b"{}",
        b"<epp/>",
    ] {
        let answer = client.send(garbage).await;
        assert_eq!(answer.code(), 2001, "{answer}");
        assert_eq!(answer.client_transaction(), None);
        assert!(!client.is_closed());
    }
}

/// Check 7 (RFC 5730 section 2.9.1.1): out of sequence is 2002 and harms nothing; see also the tests of sessions.
#[tokio::test]
async fn use_error_keeps_connection_and_session() {
    let (_, mut client) = connected().await;
    assert_eq!(client.command("<logout/>").await.code(), 2002);
    assert_eq!(
        client.send(Login::of("registrar-a").xml()).await.code(),
        1000
    );
    assert_eq!(
        client.send(Login::of("registrar-b").xml()).await.code(),
        2002
    );
    assert_eq!(client.registrar().as_deref(), Some("registrar-a"));
}

/// Check 8 (RFC 5730 section 3): another version is 2100, not a schema's 2001.
#[tokio::test]
async fn other_version_is_2100() {
    let (_, mut client) = connected().await;
    let login = Login::of("registrar-a").version("1.1");
    assert_eq!(client.send(login.xml()).await.code(), 2100);
}

/// Check 9 (RFC 5730 section 3): 2400 keeps the session, x5xx ends it; that the two go together is judged of every answer.
#[tokio::test]
async fn failure_of_the_server_keeps_the_session() {
    let (registry, mut client) = logged_in().await;
    registry.store.fail_reads(true);
    client.expect("info", "host", HOST, 2400).await;
    registry.store.fail_reads(false);
    client.expect("info", "host", HOST, 2303).await;
}

/// Check 10 (RFC 5730 section 3): what is unknown has a code of its own, and nothing is executed.
#[tokio::test]
async fn unknown_extension_object_and_verb_are_told_apart() {
    let (registry, mut client) = logged_in().await;
    let before = registry.store.digest();
    let create = object_command("create", "host", HOST);
    let fee =
        "<extension><fee:create xmlns:fee=\"urn:ietf:params:xml:ns:epp:fee-1.0\"/></extension>";
    for (content, code) in [
        (format!("{create}{fee}"), 2103),
        (
            object_command("create", "keyrelay", "<keyrelay:name>a</keyrelay:name>"),
            2307,
        ),
        (create.replace("create", "conjure"), 2000),
        (String::from("<x:check xmlns:x=\"urn:example\"/>"), 2000),
    ] {
        let answer = client.command(&content).await;
        assert_eq!(answer.code(), code, "{content}: {answer}");
    }
    assert_eq!(registry.store.digest(), before);
}

/// Check 11 (RFC 5730 section 2.7): the verb holds an element of its own name.
#[tokio::test]
async fn verb_around_another_verb_is_a_syntax_error() {
    let (_, mut client) = logged_in().await;
    for (inner, outer) in [("info", "create"), ("delete", "info"), ("create", "check")] {
        let content = object_command(inner, "domain", "<domain:name>shop.example</domain:name>")
            .replace(&format!("<{inner}>"), &format!("<{outer}>"))
            .replace(&format!("</{inner}>"), &format!("</{outer}>"));
        let answer = client.command(&content).await;
        assert_eq!(answer.code(), 2001, "{content}: {answer}");
    }
}

/// Check 12 (XML Schema part 1 section 2.6): no attribute but those declared and `xsi:*`.
#[tokio::test]
async fn unknown_attribute_is_a_syntax_error_and_schema_location_is_not() {
    let (_, mut client) = logged_in().await;
    let plain = command(&object_command(
        "check",
        "host",
        "<host:name>a.test</host:name>",
    ));
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
               xsi:schemaLocation=\"urn:ietf:params:xml:ns:host-1.0 host-1.0.xsd\"";
    for (attribute, code) in [
        (xsi, 1000),
        ("lang=\"en\"", 2001),
        ("xml:lang=\"en\"", 2001),
    ] {
        for start in ["<epp ", "<host:check "] {
            let document = plain.replace(start, &format!("{start}{attribute} "));
            assert_eq!(client.send(&document).await.code(), code, "{document}");
        }
    }
}

/// Check 13 (RFC 5730 section 4.1): `<value>` holds one element, whatever the client wrote.
#[tokio::test]
async fn value_of_a_refusal_holds_one_element() {
    let (_, mut client) = logged_in().await;
    let hostile = "a&lt;b&gt;]]&gt;\u{6e2f}&amp;";
    let long = "x".repeat(255);
    for content in [
        object_command(
            "info",
            "domain",
            &format!("<domain:name>{hostile}</domain:name>"),
        ),
        object_command(
            "info",
            "domain",
            &format!("<domain:name>{long}</domain:name>"),
        ),
        format!("<{}/>", "y".repeat(300)),
        String::from("<\u{6e2f}/>"),
        String::from("<x:y xmlns:x=\"a&amp;b&lt;&quot;\">text</x:y>"),
        String::from("<y xmlns=\"\"/>"),
    ] {
        let answer = client.command(&content).await;
        assert!(answer.code() >= 2000, "{content}: {answer}");
        let value = answer.text_of("value").unwrap();
        assert!(value.starts_with('<') && value.ends_with('>'), "{answer}");
        assert!(value.chars().count() < 600, "{answer}");
    }
}

/// Check 14 (RFC 5730 section 2.6): without messages there is no msgQ.
#[tokio::test]
async fn empty_queue_is_not_mentioned() {
    let (_, mut client) = furnished().await;
    let answer = client.create("domain", &domain("a.example", "")).await;
    assert!(!answer.has("msgQ"), "{answer}");
}

/// Check 17 (RFC 5910 section 2): extensions for those that announced them; RFC 9038 section 6 says where the others go.
#[tokio::test]
async fn extension_is_sent_to_those_that_announced_it_only() {
    let (registry, mut client) = furnished().await;
    client.create("domain", &domain("a.example", "")).await;
    let info = "<domain:name>a.example</domain:name>";
    for (announced, inline, unhandled) in [
        (&["urn:ietf:params:xml:ns:rgp-1.0"][..], true, false),
        (&[], false, false),
        (&[SEC_DNS], false, false),
        (&[UNHANDLED], false, true),
        (&[UNHANDLED, "urn:ietf:params:xml:ns:rgp-1.0"], true, false),
    ] {
        let login = Login::of("registrar-a").extensions(announced);
        let mut client = registry.login_with(login).await;
        let answer = client.info("domain", info).await;
        assert_eq!(answer.has("<extension><rgp:infData"), inline, "{answer}");
        assert_eq!(
            answer.has("<extValue><value><rgp:infData"),
            unhandled,
            "{answer}"
        );
        let reason = "<reason>urn:ietf:params:xml:ns:rgp-1.0 not in login services</reason>";
        assert_eq!(answer.has(reason), unhandled, "{answer}");
        assert!(!answer.has("<extension></extension>") && !answer.has("<extension/>"));
    }
}

/// Check 18 (RFC 5731 section 3.1.2): the hosts filter.
#[tokio::test]
async fn hosts_filter_chooses_name_servers_and_subordinate_hosts() {
    let (_, mut client) = furnished().await;
    let create = domain("a.example", &name_servers(&["ns.provider.test"]));
    client.create("domain", &create).await;
    client
        .create("host", "<host:name>ns1.a.example</host:name>")
        .await;
    for (filter, delegated, subordinate) in [
        ("", true, true),
        (" hosts=\"all\"", true, true),
        (" hosts=\" del \"", true, false),
        (" hosts=\"sub\"", false, true),
        (" hosts=\"none\"", false, false),
    ] {
        let info = format!("<domain:name{filter}>a.example</domain:name>");
        let answer = client.info("domain", &info).await;
        assert_eq!(
            answer.texts_of("domain:hostObj").len(),
            usize::from(delegated)
        );
        assert_eq!(answer.has("<domain:ns>"), delegated, "{answer}");
        assert_eq!(
            answer.text_of("domain:host").is_some(),
            subordinate,
            "{answer}"
        );
    }
    let info = "<domain:name hosts=\"some\">a.example</domain:name>";
    client.expect("info", "domain", info, 2001).await;
}

/// Check 19 (RFC 5731 section 3.1.2): what has not happened has no date.
#[tokio::test]
async fn new_objects_have_no_update_and_no_transfer() {
    let (registry, mut client) = furnished().await;
    client.create("domain", &domain("a.example", "")).await;
    registry.clock.advance_to(instant("2027-09-01T00:00:00Z"));
    for (object, content) in [
        ("domain", "<domain:name>a.example</domain:name>"),
        ("contact", CONTACT),
        ("host", HOST),
    ] {
        let answer = client.info(object, content).await;
        for absent in ["upID", "upDate", "trDate"] {
            assert_eq!(
                answer.text_of(&format!("{object}:{absent}")),
                None,
                "{answer}"
            );
        }
        let created = answer.text_of(&format!("{object}:crDate"));
        assert_eq!(created, Some("2027-03-01T04:05:06.789Z"));
    }
}

/// Check 20 (RFC 9154 sections 4.4 and 5.3): authorization information is shown to nobody; set and unset look alike to others.
#[tokio::test]
async fn authorization_information_is_shown_to_nobody() {
    let (registry, mut sponsor) = furnished().await;
    let mut other = registry.login("registrar-b").await;
    let unset = domain("unset.example", "").replace("Star.Ferry-2026+Pier7-d", "");
    sponsor.create("domain", &unset).await;
    sponsor.create("domain", &domain("set.example", "")).await;
    let info = |name: &str, pw: Option<&str>| {
        let given = pw.map_or_else(String::new, |pw| {
            format!("<domain:authInfo><domain:pw>{pw}</domain:pw></domain:authInfo>")
        });
        format!("<domain:name>{name}.example</domain:name>{given}")
    };
    for (name, set) in [("unset", false), ("set", true)] {
        let seen = sponsor.info("domain", &info(name, None)).await;
        // Set is an empty element, unset is none; no value either way.
        assert_eq!(
            seen.has("<domain:authInfo><domain:pw/></domain:authInfo>"),
            set,
            "{seen}"
        );
        assert_eq!(seen.has("authInfo"), set, "{seen}");
        let seen = other.info("domain", &info(name, None)).await;
        assert!(!seen.has("authInfo"), "{seen}");
        let mut wrong = Vec::new();
        for pw in ["", " ", "wrong"] {
            let answer = other
                .expect("info", "domain", &info(name, Some(pw)), 2202)
                .await;
            wrong.push(answer.pretty());
            sponsor
                .expect("info", "domain", &info(name, Some(pw)), 2202)
                .await;
        }
        wrong.dedup();
        assert_eq!(wrong.len(), 1);
        let code = if set { 1000 } else { 2202 };
        let answer = other
            .expect(
                "info",
                "domain",
                &info(name, Some("Star.Ferry-2026+Pier7-d")),
                code,
            )
            .await;
        assert!(!answer.has("<domain:pw"), "{answer}");
    }
}

/// Check 21 (RFC 5731, 5732 and 5733 section 2): ok stands alone on domains, with linked on hosts and contacts.
#[tokio::test]
pub(super) async fn statuses_are_ok_linked_and_inactive_as_the_rfcs_combine_them() {
    let (_, mut client) = furnished().await;
    assert_eq!(statuses(&mut client, "contact", CONTACT).await, ["ok"]);
    assert_eq!(statuses(&mut client, "host", HOST).await, ["ok"]);
    client.create("domain", &domain("a.example", "")).await;
    let create = domain("b.example", &name_servers(&["ns.provider.test"]));
    client.create("domain", &create).await;
    let info = |name: &str| format!("<domain:name>{name}.example</domain:name>");
    assert_eq!(
        statuses(&mut client, "domain", &info("a")).await,
        ["inactive"]
    );
    assert_eq!(statuses(&mut client, "domain", &info("b")).await, ["ok"]);
    let mut linked = statuses(&mut client, "contact", CONTACT).await;
    linked.sort();
    assert_eq!(linked, ["linked", "ok"]);
    let mut linked = statuses(&mut client, "host", HOST).await;
    linked.sort();
    assert_eq!(linked, ["linked", "ok"]);
}

/// Check 26 (RFC 5732 section 2.1): a subordinate host is its domain's sponsor's.
#[tokio::test]
async fn subordinate_host_belongs_to_the_sponsor_of_its_domain() {
    let (registry, mut sponsor) = furnished().await;
    let mut other = registry.login("registrar-b").await;
    sponsor.create("domain", &domain("a.example", "")).await;
    for name in ["ns1.a.example", "a.b.a.example", "a.example"] {
        let content = format!("<host:name>{name}</host:name>");
        other.expect("create", "host", &content, 2201).await;
        sponsor.create("host", &content).await;
        let seen = other.info("host", &content).await;
        assert_eq!(seen.text_of("host:clID"), Some("registrar-a"));
    }
}

/// Check 28 (RFC 5731 section 1.1, RFC 5732 section 2.5): host objects only; an address without family is v4.
#[tokio::test]
async fn host_attributes_are_refused_and_addresses_default_to_v4() {
    let (_, mut client) = furnished().await;
    let attributes = "<domain:ns><domain:hostAttr><domain:hostName>ns.provider.test</domain:hostName>\
                      </domain:hostAttr></domain:ns>";
    client
        .expect("create", "domain", &domain("a.example", attributes), 2102)
        .await;
    client.create("domain", &domain("a.example", "")).await;
    let host = "<host:name>ns1.a.example</host:name><host:addr>203.0.113.9</host:addr>";
    client.create("host", host).await;
    let v6 = "<host:name>ns2.a.example</host:name><host:addr>2001:db8::9</host:addr>";
    client.expect("create", "host", v6, 2005).await;
    let info = "<host:name>ns1.a.example</host:name>";
    let seen = client.info("host", info).await;
    assert!(
        seen.has("<host:addr ip=\"v4\">203.0.113.9</host:addr>"),
        "{seen}"
    );
}

/// Check 23 (RFC 5731 section 2.3): while clientUpdateProhibited stands only the update that removes it works.
#[tokio::test]
async fn update_prohibition_lets_only_its_own_removal_through() {
    let (_, mut client) = furnished().await;
    client.create("domain", &domain("a.example", "")).await;
    let status = |part: &str, status: &str| {
        let parts = format!("<domain:{part}><domain:status s=\"{status}\"/></domain:{part}>");
        update("a.example", &parts)
    };
    let lock = "clientUpdateProhibited";
    for (command, code) in [
        (status("add", lock), 1000),
        (status("add", "clientHold"), 2304),
        (status("add", lock), 2304),
        (status("rem", "clientHold"), 2304),
        (
            update(
                "a.example",
                "<domain:chg><domain:registrant>chan-1</domain:registrant></domain:chg>",
            ),
            2304,
        ),
        (
            update("a.example", "")
                + &sec_dns_update("", &format!("<secDNS:add>{}</secDNS:add>", ds_record(1))),
            2304,
        ),
        (status("rem", lock), 1000),
        (status("add", "clientHold"), 1000),
        // The server's own prohibition is nothing a client removes.
        (status("rem", "serverUpdateProhibited"), 2306),
    ] {
        let answer = client.command(&command).await;
        assert_eq!(answer.code(), code, "{command}: {answer}");
    }
    let name = "<domain:name>a.example</domain:name>";
    let shown = statuses(&mut client, "domain", name).await;
    assert_eq!(shown, ["clientHold", "inactive"]);
}

/// Check 29 (RFC 5910 section 5.2.5): removal comes before addition, whatever stands in them; urgent is 2102.
#[tokio::test]
async fn dnssec_update_removes_before_it_adds() {
    let (_, mut client) = furnished().await;
    client.create("domain", &domain("a.example", "")).await;
    let add = |tag: u16| format!("<secDNS:add>{}</secDNS:add>", ds_record(tag));
    let remove = |tag: u16| format!("<secDNS:rem>{}</secDNS:rem>", ds_record(tag));
    let all = "<secDNS:rem><secDNS:all>true</secDNS:all></secDNS:rem>";
    for (attributes, changes, code, left) in [
        ("", add(1), 1000, vec!["1"]),
        (" urgent=\"true\"", add(2), 2102, vec!["1"]),
        (" urgent=\"0\"", add(2), 1000, vec!["1", "2"]),
        ("", add(2), 2306, vec!["1", "2"]),
        ("", remove(2) + &add(2), 1000, vec!["1", "2"]),
        ("", remove(3) + &add(3), 2306, vec!["1", "2"]),
        ("", all.to_owned() + &add(1), 1000, vec!["1"]),
        ("", add(2) + all, 2001, vec!["1"]),
        ("", all.to_owned(), 1000, vec![]),
        ("", remove(1), 2306, vec![]),
    ] {
        let command = update("a.example", "") + &sec_dns_update(attributes, &changes);
        let answer = client.command(&command).await;
        assert_eq!(answer.code(), code, "{changes}: {answer}");
        let name = "<domain:name>a.example</domain:name>";
        let info = client.info("domain", name).await;
        assert_eq!(info.texts_of("secDNS:keyTag"), left, "{changes}");
    }
}

/// Check 29 (RFC 5910 sections 4 and 5.2.1): the wrong interface is 2306; half a record is no record.
#[tokio::test]
async fn dnssec_data_of_the_wrong_interface_or_half_a_record_is_refused() {
    let (_, mut client) = furnished().await;
    let key = "<secDNS:keyData><secDNS:flags>257</secDNS:flags><secDNS:protocol>3</secDNS:protocol>\
               <secDNS:alg>13</secDNS:alg><secDNS:pubKey>AQPJ</secDNS:pubKey></secDNS:keyData>";
    let half = "<secDNS:dsData><secDNS:keyTag>12345</secDNS:keyTag></secDNS:dsData>";
    let create = object_command("create", "domain", &domain("a.example", ""));
    for (verb, content, code) in [
        ("create", key, 2306),
        ("create", half, 2001),
        ("create", "", 2001),
    ] {
        let extension = format!(
            "<extension><secDNS:{verb} xmlns:secDNS=\"{SEC_DNS}\">{content}</secDNS:{verb}></extension>"
        );
        let answer = client.command(&format!("{create}{extension}")).await;
        assert_eq!(answer.code(), code, "{content}: {answer}");
    }
    let update = update("a.example", "");
    let removal = format!(
        "<extension><secDNS:update xmlns:secDNS=\"{SEC_DNS}\"><secDNS:rem><secDNS:keyTag>1</secDNS:keyTag>\
         </secDNS:rem></secDNS:update></extension>"
    );
    let answer = client.command(&format!("{update}{removal}")).await;
    assert_eq!(answer.code(), 2001, "{answer}");
}

/// Check 30 (RFC 5730 section 2.6): one bad part leaves nothing of the others.
#[tokio::test]
async fn create_with_one_bad_part_leaves_nothing_behind() {
    let (registry, mut client) = furnished().await;
    let before = registry.store.digest();
    let unknown_host = domain(
        "a.example",
        &name_servers(&["ns.provider.test", "no.provider.test"]),
    );
    client.expect("create", "domain", &unknown_host, 2303).await;
    let good = domain("a.example", &name_servers(&["ns.provider.test"]));
    let unknown_contact = good.replace(
        "</domain:registrant>",
        "</domain:registrant><domain:contact type=\"tech\">nobody</domain:contact>",
    );
    client
        .expect("create", "domain", &unknown_contact, 2303)
        .await;
    assert_eq!(registry.store.digest(), before);
    // Neither links: both are as free as before.
    assert_eq!(statuses(&mut client, "host", HOST).await, ["ok"]);
    client.create("domain", &good).await;
}

/// Check 30 (RFC 5730 section 2.6): the same of an update; what it moves is linked where it went, and there only.
#[tokio::test]
async fn update_with_one_bad_part_leaves_nothing_behind() {
    let (registry, mut client) = furnished().await;
    client.create("domain", &domain("a.example", "")).await;
    let servers = name_servers(&["ns.provider.test"]);
    let good = format!("<domain:add>{servers}<domain:status s=\"clientHold\"/></domain:add>");
    let missing_ds = sec_dns_update("", &format!("<secDNS:rem>{}</secDNS:rem>", ds_record(1)));
    let nobody = "<domain:chg><domain:registrant>nobody</domain:registrant></domain:chg>";
    let before = registry.store.digest();
    for (command, code) in [
        (update("a.example", &good) + &missing_ds, 2306),
        (update("a.example", &(good.clone() + nobody)), 2303),
    ] {
        let answer = client.command(&command).await;
        assert_eq!(answer.code(), code, "{answer}");
        assert_eq!(registry.store.digest(), before);
    }
    assert_eq!(statuses(&mut client, "host", HOST).await, ["ok"]);
    assert_eq!(
        client.command(&update("a.example", &good)).await.code(),
        1000
    );
    assert_eq!(statuses(&mut client, "host", HOST).await, ["linked", "ok"]);
    let back = update("a.example", &format!("<domain:rem>{servers}</domain:rem>"));
    assert_eq!(client.command(&back).await.code(), 1000);
    assert_eq!(statuses(&mut client, "host", HOST).await, ["ok"]);
    assert_eq!(
        statuses(&mut client, "contact", CONTACT).await,
        ["linked", "ok"]
    );
}

/// RFC 5730 section 4.2 (`reasonBaseType`): the reason of a check has at most 32 characters, and avail=0 has one.
#[tokio::test]
async fn reason_of_a_check_is_short_and_never_missing() {
    let (_, mut client) = furnished().await;
    let names = [
        "ns.provider.test",
        "-",
        "a..example",
        "b.a.example",
        "xn--a.example",
        "test",
        "xn--j6w193g.example",
    ];
    let list = |object: &str| -> String {
        let entry = |name: &&str| format!("<{object}:name>{name}</{object}:name>");
        names.iter().map(entry).collect()
    };
    for (object, content) in [
        ("domain", list("domain")),
        ("host", list("host")),
        (
            "contact",
            "<contact:id>CHAN-1</contact:id><contact:id>free</contact:id>".to_owned(),
        ),
    ] {
        let answer = client.expect("check", object, &content, 1000).await;
        for verdict in answer.texts_of(&format!("{object}:cd")) {
            let reason = verdict.split_once(&format!("<{object}:reason>"));
            assert_eq!(
                reason.is_some(),
                verdict.contains("avail=\"0\""),
                "{verdict}"
            );
            let length = reason.map_or(1, |(_, rest)| {
                rest.split('<').next().unwrap().chars().count()
            });
            assert!((1..=32).contains(&length), "{verdict}");
        }
    }
}

/// RFC 5731 section 2.4: every time ends in Z, and dates a year on meet the leap day's end of February.
#[tokio::test]
async fn times_are_utc_and_a_leap_day_expires_on_the_28th() {
    let registry = Registry::plain().await;
    registry
        .clock
        .advance_to(instant("2028-02-29T23:59:59.999Z"));
    let mut client = registry.login("registrar-a").await;
    furnish(&mut client).await;
    let answer = client.create("domain", &domain("leap.example", "")).await;
    assert_eq!(
        answer.text_of("domain:crDate"),
        Some("2028-02-29T23:59:59.999Z")
    );
    assert_eq!(
        answer.text_of("domain:exDate"),
        Some("2029-02-28T23:59:59.999Z")
    );
    let four = domain(
        "four.example",
        "<domain:period unit=\"y\">4</domain:period>",
    );
    let answer = client.create("domain", &four).await;
    assert_eq!(
        answer.text_of("domain:exDate"),
        Some("2032-02-29T23:59:59.999Z")
    );
}
