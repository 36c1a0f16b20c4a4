//! Every command in every state of the session (RFC 5730 section 2), and what survives a failure.

use hkepp::base::clock::Clock;

use crate::support::client::{Login, OBJECTS, command, object_command};
use crate::support::{Client, Registry};

const AUTH: &str = "authInfo><domain:pw>Star.Ferry-2026+Pier7</domain:pw></domain:authInfo>";

/// One document of every command, with the code it gets in a fresh session that is logged in.
fn commands() -> Vec<(String, u16)> {
    let domain = |verb, content: &str| object_command(verb, "domain", content);
    let contact = |verb, content: &str| object_command(verb, "contact", content);
    let host = |verb, content: &str| object_command(verb, "host", content);
    let transfer = |xml: String| xml.replace("<transfer>", "<transfer op=\"query\">");
    let name = "<domain:name>shop.example</domain:name>";
    let id = "<contact:id>chan-1</contact:id>";
    let server = "<host:name>ns.provider.test</host:name>";
    let person = "<contact:postalInfo type=\"int\"><contact:name>Chan Tai Man</contact:name>\
                  <contact:addr><contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc>\
                  </contact:addr></contact:postalInfo><contact:email>a@mail.test</contact:email>\
                  <contact:authInfo><contact:pw/></contact:authInfo>";
    let commands = [
        (domain("check", name), 1000),
        (domain("info", name), 2303),
        (domain("create", &format!("{name}<domain:{AUTH}")), 2003),
        (domain("delete", name), 2303),
        (
            domain(
                "renew",
                &format!("{name}<domain:curExpDate>2028-03-01</domain:curExpDate>"),
            ),
            2303,
        ),
        (transfer(domain("transfer", name)), 2303),
        (domain("update", &format!("{name}<domain:add/>")), 2003),
        (contact("check", id), 1000),
        (contact("info", id), 2303),
        (contact("create", &format!("{id}{person}")), 1000),
        (contact("delete", id), 1000),
        (transfer(contact("transfer", id)), 2101),
        (
            contact(
                "update",
                &format!(
                    "{id}<contact:chg><contact:email>b@mail.test</contact:email></contact:chg>"
                ),
            ),
            2303,
        ),
        (host("check", server), 1000),
        (host("info", server), 2303),
        (host("create", server), 1000),
        (host("delete", server), 1000),
        (
            host(
                "update",
                &format!("{server}<host:chg><host:name>ns2.provider.test</host:name></host:chg>"),
            ),
            2303,
        ),
        (transfer(host("transfer", server)), 2101),
        ("<poll op=\"req\"/>".to_owned(), 1300),
        ("<frobnicate/>".to_owned(), 2000),
        ("<logout/>".to_owned(), 1500),
    ];
    commands.map(|(xml, code)| (command(&xml), code)).into()
}

const HELLO: &str = "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\"><hello/></epp>";

/// Expects a greeting of this moment.
async fn expect_greeting(registry: &Registry, client: &mut Client) {
    let greeting = client.send(HELLO).await;
    assert_eq!(greeting.result(), None, "{greeting}");
    let now = registry
        .clock
        .now()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    assert_eq!(greeting.text_of("svDate"), Some(now.as_str()));
}

#[tokio::test]
async fn command_before_login_is_a_use_error_and_the_connection_stays() {
    let registry = Registry::plain().await;
    let mut client = registry.connect("registrar-a");
    let before = registry.store.digest();
    for (document, logged_in) in commands() {
        let answer = client.send(&document).await;
        // What the parser refuses it refuses in any state.
        let unknown = matches!(logged_in, 2000) || document.contains("host:transfer");
        let expected = if unknown { logged_in } else { 2002 };
        assert_eq!(answer.code(), expected, "{document}: {answer}");
        assert!(!client.is_closed());
    }
    assert_eq!(registry.store.digest(), before);
    expect_greeting(&registry, &mut client).await;
    let answer = client.send(Login::of("registrar-a").xml()).await;
    assert_eq!(answer.code(), 1000);
}

#[tokio::test]
async fn command_in_a_session_gets_its_flow_and_logout_ends_it() {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    expect_greeting(&registry, &mut client).await;
    for (document, expected) in commands() {
        let answer = client.send(&document).await;
        assert_eq!(answer.code(), expected, "{document}: {answer}");
    }
    assert!(client.is_closed());
    assert_eq!(client.registrar(), None);
    assert_eq!(registry.service.sessions(), 0);
}

#[tokio::test]
async fn second_login_is_a_use_error_and_leaves_the_first_session_unharmed() {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    for login in [
        Login::of("registrar-a"),
        Login::of("registrar-b"),
        Login::of("registrar-a").password("wrong-one"),
        Login::of("registrar-a").objects(&OBJECTS[..1]),
    ] {
        let answer = client.send(login.xml()).await;
        assert_eq!(answer.code(), 2002, "{answer}");
        assert_eq!(client.registrar().as_deref(), Some("registrar-a"));
        assert_eq!(registry.service.sessions(), 1);
        let check = object_command("check", "host", "<host:name>ns.provider.test</host:name>");
        assert_eq!(client.command(&check).await.code(), 1000);
    }
}

#[tokio::test]
async fn command_about_an_object_not_named_at_login_is_refused() {
    let registry = Registry::plain().await;
    for (index, uri) in OBJECTS.iter().enumerate() {
        let named = Login::of("registrar-a").objects(&[uri]);
        let mut client = registry.login_with(named).await;
        let namespace = |other: usize| format!("\"{}\"", OBJECTS[other]);
        for (document, _) in commands() {
            let about = (0..3).find(|&object| document.contains(&namespace(object)));
            if about.is_none_or(|object| object == index) || document.contains("host:transfer") {
                continue;
            }
            let answer = client.send(&document).await;
            assert_eq!(answer.code(), 2307, "{document}: {answer}");
        }
    }
}

#[tokio::test]
async fn failing_store_is_answered_2400_and_keeps_the_session() {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    registry.store.fail_reads(true);
    for (document, working) in commands() {
        // An update that asks for nothing is refused before anything is read.
        let empty = document.contains("<domain:add/>");
        let served = matches!(working, 1000 | 1300 | 2003 | 2303) && !empty;
        let expected = if served { 2400 } else { working };
        if working == 1500 {
            continue;
        }
        let answer = client.send(&document).await;
        assert_eq!(answer.code(), expected, "{document}: {answer}");
        assert_eq!(answer.text_of("reason").is_some(), !served, "{answer}");
    }
    registry.store.fail_reads(false);
    registry.store.fail_commits(true);
    let create = object_command("create", "host", "<host:name>ns.provider.test</host:name>");
    let before = registry.store.digest();
    assert_eq!(client.command(&create).await.code(), 2400);
    assert_eq!(registry.store.digest(), before);
    registry.store.fail_commits(false);
    assert_eq!(client.command(&create).await.code(), 1000);
}

#[tokio::test]
async fn login_while_the_store_fails_is_answered_2400_and_may_be_tried_again() {
    let registry = Registry::plain().await;
    let mut client = registry.connect("registrar-a");
    registry.store.fail_reads(true);
    for _ in 0..4 {
        let answer = client.send(Login::of("registrar-a").xml()).await;
        assert_eq!(answer.code(), 2400, "{answer}");
    }
    registry.store.fail_reads(false);
    let answer = client.send(Login::of("registrar-a").xml()).await;
    assert_eq!(answer.code(), 1000, "{answer}");
}

#[tokio::test]
async fn client_transaction_identifier_is_echoed_exactly_or_absent() {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    let longest = "\u{6e2f}".repeat(64);
    let identifiers = [
        ("ABC", "ABC"),
        ("a&lt;b&gt;&amp;\"'", "a&lt;b&gt;&amp;"),
        ("<![CDATA[<x>&]]>", "&lt;x&gt;&amp;"),
        ("  #:.-\n two  words ", "#:.- two words"),
        ("&#x6e2f;&#28207;&#x4f60;", "\u{6e2f}\u{6e2f}\u{4f60}"),
        (longest.as_str(), longest.as_str()),
    ];
    for (sent, echoed) in identifiers {
        let content = object_command("check", "host", "<host:name>ns.provider.test</host:name>");
        let answer = client
            .command(&format!("{content}<clTRID>{sent}</clTRID>"))
            .await;
        assert_eq!(answer.code(), 1000);
        let echo = answer.client_transaction().unwrap();
        assert!(echo.starts_with(echoed), "{sent} was echoed as {echo}");
    }
    let answer = client.command("<poll op=\"req\"/>").await;
    assert_eq!(answer.client_transaction(), None);
}

#[tokio::test]
async fn client_transaction_identifier_is_echoed_in_2001_when_it_can_be_read() {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    let wrong = [
        // Breaks the schema before it, after it, and at the object.
        ("<check/><clTRID>READ-1</clTRID>", Some("READ-1"), 2001),
        (
            "<logout/><clTRID>READ-2</clTRID><check/>",
            Some("READ-2"),
            2001,
        ),
        ("<poll op=\"req\"/><clTRID>no</clTRID>", None, 2001),
        (
            "<poll op=\"req\"/><clTRID>READ-3</clTRID><clTRID>READ-4</clTRID>",
            None,
            2001,
        ),
        ("<poll op=\"req\"/><clTRID>READ<b/></clTRID>", None, 2001),
        ("<frobnicate/><clTRID>READ-5</clTRID>", Some("READ-5"), 2000),
    ];
    for (content, echoed, code) in wrong {
        let answer = client.command(content).await;
        assert_eq!(answer.code(), code, "{content}: {answer}");
        assert_eq!(answer.client_transaction(), echoed, "{content}: {answer}");
    }
    for document in [
        "",
        "<epp",
        "<epp xmlns='urn:x'><command><clTRID>READ-6</clTRID></command></epp>",
    ] {
        let answer = client.send(document).await;
        assert_eq!(answer.code(), 2001, "{document}: {answer}");
        assert_eq!(answer.client_transaction(), None, "{document}: {answer}");
    }
    assert!(!client.is_closed());
}

#[tokio::test]
async fn server_transaction_identifiers_of_two_processes_differ() {
    // The clients of a registry check that none repeats within it.
    let check = object_command("check", "host", "<host:name>ns.provider.test</host:name>");
    let mut identifiers = Vec::new();
    for _ in 0..2 {
        let registry = Registry::plain().await;
        let mut client = registry.login("registrar-a").await;
        let answer = client.command(&check).await;
        identifiers.push(answer.text_of("svTRID").unwrap().to_owned());
    }
    assert_ne!(identifiers[0], identifiers[1]);
}

#[tokio::test]
async fn greeting_gives_the_time_of_a_real_clock_in_utc() {
    let registry = Registry::plain().await;
    let clock = Clock::System;
    registry.clock.advance_to(clock.now());
    let mut client = registry.connect("registrar-a");
    let greeting = client.greeting();
    let date = greeting.text_of("svDate").unwrap();
    assert!(date.ends_with('Z'), "{date}");
    let age = clock.now() - crate::support::instant(date);
    assert!(age.num_seconds() < 30, "{age}");
}
