//! The queue of service messages through sessions (RFC 5730 section 2.9.2.3): checks 14 to 16.
//!
//! Automatic renewals fill it: one message for every domain and year.

use crate::support::client::{CHANGE_POLL, Login, RGP, UNHANDLED};
use crate::support::{Answer, Client, Registry, instant};

/// Asks for the first message.
async fn request(client: &mut Client) -> Answer {
    client.command("<poll op=\"req\"/>").await
}

/// Acknowledges a message.
async fn acknowledge(client: &mut Client, id: &str) -> Answer {
    client
        .command(&format!("<poll op=\"ack\" msgID=\"{id}\"/>"))
        .await
}

/// Returns an attribute of `<msgQ>`.
fn queue(answer: &Answer, attribute: &str) -> Option<String> {
    let text = answer.to_string();
    let (_, tail) = text.split_once("<msgQ ")?;
    let (attributes, _) = tail.split_once('>')?;
    let (_, value) = attributes.split_once(&format!("{attribute}=\""))?;
    value.split_once('"').map(|(value, _)| value.to_owned())
}

/// Returns how many messages an answer says wait; none when it says nothing.
fn count(answer: &Answer) -> usize {
    queue(answer, "count").map_or(0, |count| count.parse().unwrap())
}

/// Opens a registry in which the domains `names` of registrar-a were renewed automatically, in this order.
async fn renewed(names: &[&str]) -> (Registry, Client) {
    let registry = Registry::plain().await;
    let mut client = registry.login("registrar-a").await;
    let contact = "<contact:id>chan-1</contact:id><contact:postalInfo type=\"int\">\
        <contact:name>Chan Tai Man</contact:name><contact:addr><contact:city>Hong Kong</contact:city>\
        <contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>\
        <contact:email>a@mail.test</contact:email>\
        <contact:authInfo><contact:pw>Star.Ferry-2026+Pier7-c</contact:pw></contact:authInfo>";
    client.create("contact", contact).await;
    for (day, name) in names.iter().enumerate() {
        let at = format!("2027-04-{:02}T00:00:00Z", day + 1);
        registry.clock.advance_to(instant(&at));
        let content = format!(
            "<domain:name>{name}</domain:name><domain:registrant>chan-1</domain:registrant>\
             <domain:authInfo><domain:pw>Star.Ferry-2026+Pier7-d</domain:pw></domain:authInfo>"
        );
        let answer = client.create("domain", &content).await;
        assert!(!answer.has("msgQ"), "{answer}");
    }
    registry.clock.advance_to(instant("2028-05-01T00:00:00Z"));
    registry.service.settle_due().await.unwrap();
    (registry, client)
}

/// Check 15: first in, first out; the head stays until it is acknowledged, others may go before it.
#[tokio::test]
async fn messages_come_in_order_and_the_first_repeats_until_it_is_acknowledged() {
    // Neither the order of the names nor its reverse.
    let names = ["b.example", "c.example", "a.example"];
    let (_registry, mut client) = renewed(&names).await;
    for (index, name) in names.iter().enumerate() {
        let first = request(&mut client).await;
        let again = request(&mut client).await;
        let id = queue(&first, "id").unwrap();
        for answer in [&first, &again] {
            assert_eq!(answer.code(), 1301, "{answer}");
            assert_eq!(answer.text_of("domain:name"), Some(*name), "{answer}");
            assert_eq!(queue(answer, "id").as_ref(), Some(&id), "{answer}");
            assert_eq!(count(answer), names.len() - index, "{answer}");
        }
        let answer = acknowledge(&mut client, &id).await;
        assert_eq!(answer.code(), 1000, "{answer}");
        let left = names.len() - index - 1;
        assert_eq!((count(&answer), answer.has("msgQ")), (left, left > 0));
    }
    let answer = request(&mut client).await;
    assert_eq!(answer.code(), 1300, "{answer}");
    assert!(!answer.has("msgQ"), "{answer}");
}

/// Check 15: only a message of one's own queue can be acknowledged, and once.
#[tokio::test]
async fn acknowledgement_of_what_is_not_in_the_queue_is_2303_and_changes_nothing() {
    let (registry, mut client) = renewed(&["a.example", "b.example"]).await;
    let mut other = registry.login("registrar-b").await;
    let id = queue(&request(&mut client).await, "id").unwrap();
    let answer = acknowledge(&mut other, &id).await;
    assert_eq!(
        (answer.code(), answer.has("msgQ")),
        (2303, false),
        "{answer}"
    );
    for unknown in ["0", "99999", "18446744073709551616", "-1", "first"] {
        let answer = acknowledge(&mut client, unknown).await;
        assert_eq!(answer.code(), 2303, "{answer}");
        assert_eq!(count(&answer), 2, "{answer}");
    }
    assert_eq!(acknowledge(&mut client, &id).await.code(), 1000);
    let answer = acknowledge(&mut client, &id).await;
    assert_eq!(answer.code(), 2303, "{answer}");
    assert_eq!(count(&answer), 1, "{answer}");
    let next = request(&mut client).await;
    assert_eq!(next.text_of("domain:name"), Some("b.example"), "{next}");
}

/// Check 15: an acknowledgement needs the identifier.
#[tokio::test]
async fn acknowledgement_without_identifier_is_2003_and_the_message_stays() {
    let (_registry, mut client) = renewed(&["a.example"]).await;
    for poll in ["<poll op=\"ack\"/>", "<poll op=\"ack\" msgID=\" \"/>"] {
        let answer = client.command(poll).await;
        assert_eq!(answer.code(), 2003, "{answer}");
    }
    assert_eq!(request(&mut client).await.code(), 1301);
}

/// Check 14 (RFC 5730 section 2.6): every answer of a session counts what waits; date and text are a request's only.
#[tokio::test]
async fn queue_is_counted_in_every_answer_and_described_in_those_to_requests_only() {
    let (registry, mut client) = renewed(&["a.example", "b.example"]).await;
    let id = queue(&request(&mut client).await, "id").unwrap();
    let check = "<check><domain:check xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\
        <domain:name>c.example</domain:name></domain:check></check>";
    let unknown = check.replace("check", "info");
    for (content, code, described) in [
        ("<poll op=\"req\"/>", 1301, true),
        (check, 1000, false),
        (&unknown, 2303, false),
        ("<poll op=\"ack\" msgID=\"0\"/>", 2303, false),
        ("<poll op=\"req\"/>", 1301, true),
    ] {
        let answer = client.command(content).await;
        assert_eq!(answer.code(), code, "{answer}");
        assert_eq!(count(&answer), 2, "{answer}");
        assert_eq!(queue(&answer, "id").as_ref(), Some(&id), "{answer}");
        assert_eq!(answer.has("<qDate>"), described, "{answer}");
        assert_eq!(answer.texts_of("msg").len(), 1 + usize::from(described));
    }
    let acknowledged = acknowledge(&mut client, &id).await;
    assert_eq!(count(&acknowledged), 1, "{acknowledged}");
    assert!(!acknowledged.has("<qDate>"), "{acknowledged}");
    let mut other = registry.login("registrar-b").await;
    assert!(!other.command(check).await.has("msgQ"));
}

/// Check 16 (RFC 9038 section 6): what was not named at login is owed, named or not that extension, and stays 1301.
#[tokio::test]
async fn message_in_namespaces_not_named_at_login_keeps_all_its_parts() {
    let (registry, _) = renewed(&["a.example"]).await;
    let domain = "urn:ietf:params:xml:ns:domain-1.0";
    let host = "urn:ietf:params:xml:ns:host-1.0";
    for (object, extensions) in [
        (domain, &[CHANGE_POLL, RGP][..]),
        (domain, &[RGP]),
        (domain, &[CHANGE_POLL, UNHANDLED]),
        (domain, &[]),
        (host, &[CHANGE_POLL]),
        (host, &[UNHANDLED]),
    ] {
        let login = Login::of("registrar-a").objects(&[object]);
        let mut client = registry.login_with(login.extensions(extensions)).await;
        let answer = request(&mut client).await;
        assert_eq!(answer.code(), 1301, "{answer}");
        assert_eq!(count(&answer), 1, "{answer}");
        for (uri, element, outside) in [
            (domain, "<domain:infData", "<resData><domain:infData"),
            (
                CHANGE_POLL,
                "<changePoll:changeData",
                "<extension><changePoll:",
            ),
            (RGP, "<rgp:infData", "<rgp:infData"),
        ] {
            let named = object == uri || extensions.contains(&uri);
            assert_eq!(answer.to_string().matches(element).count(), 1, "{answer}");
            assert_eq!(
                answer.has(&format!("<extValue><value>{element}")),
                !named,
                "{answer}"
            );
            let reason = format!("<reason>{uri} not in login services</reason>");
            assert_eq!(answer.has(&reason), !named, "{answer}");
            assert!(!named || answer.has(outside), "{answer}");
        }
    }
}
