//! What registrars meet of the operator's locks: every answer is judged by the schemas.

use std::path::Path;

use hkepp::admin::{Attachments, Desk, Order, Reply};
use hkepp::base::ident::TransactionIds;
use hkepp::flow::domain::lock::{Closing, Opening};
use hkepp::model::case::Outcome;
use hkepp::model::lock::LockKind;
use hkepp::model::{DomainName, RegistrarId};

use crate::support::client::{CHANGE_POLL, Login};
use crate::support::{Answer, Client, Registry};

const NAME: &str = "harbour.example";
const SECRET: &str = "Star.Ferry-2026+Pier7-x";

/// Opens a registry in which registrar-a sponsors a domain.
async fn registry() -> (Registry, Client) {
    let registry = Registry::plain().await;
    let mut sponsor = registry.login("registrar-a").await;
    let contact = format!(
        "<contact:id>chan-1</contact:id><contact:postalInfo type=\"int\"><contact:name>Chan</contact:name>\
         <contact:addr><contact:city>Central</contact:city><contact:cc>HK</contact:cc></contact:addr>\
         </contact:postalInfo><contact:email>a@mail.test</contact:email>\
         <contact:authInfo><contact:pw>{SECRET}</contact:pw></contact:authInfo>"
    );
    sponsor.create("contact", &contact).await;
    let domain = format!(
        "<domain:name>{NAME}</domain:name><domain:registrant>chan-1</domain:registrant>\
         <domain:authInfo><domain:pw>{SECRET}</domain:pw></domain:authInfo>"
    );
    sponsor.create("domain", &domain).await;
    (registry, sponsor)
}

/// Carries an order out, which succeeds.
async fn order(registry: &Registry, order: Order) {
    let desk = Desk {
        store: registry.store.clone(),
        clock: registry.clock.clone(),
        transactions: TransactionIds::new().unwrap(),
        attachments: Attachments::new(Path::new("/nonexistent"), 1024),
    };
    let (policy, numbers) = (registry.service.policy(), registry.service.numbers());
    let reply = desk.carry_out(order, &policy, numbers).await;
    assert!(!matches!(reply, Reply::Refused(_)), "{reply:?}");
}

fn open(case: &str, kind: LockKind) -> Order {
    let opening = Opening {
        case: case.to_owned(),
        kind,
        suspends: true,
        evidence: None,
    };
    Order::DisputeOpen((name(), opening))
}

fn close(case: &str, outcome: Outcome, receiver: Option<&str>) -> Order {
    let closing = Closing {
        case: case.to_owned(),
        outcome,
        receiver: receiver.map(|id| RegistrarId::parse(id).unwrap()),
        evidence: None,
    };
    Order::DisputeClose((name(), closing))
}

fn name() -> DomainName {
    DomainName::parse(NAME).unwrap()
}

/// Takes the first message out of the queue; everything in `parts` stands in it.
async fn told(client: &mut Client, parts: &[&str]) -> Answer {
    let answer = client.command("<poll op=\"req\"/>").await;
    assert_eq!(answer.code(), 1301, "{answer}");
    let text = answer.to_string();
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
    let (_, id) = text.split_once(" id=\"").unwrap();
    let id = id.split('"').next().unwrap();
    let ack = format!("<poll op=\"ack\" msgID=\"{id}\"/>");
    assert_eq!(client.command(&ack).await.code(), 1000);
    answer
}

#[tokio::test]
async fn messages_of_locks_are_those_of_the_schemas() {
    let (registry, mut sponsor) = registry().await;
    let mut receiver = registry.login("registrar-b").await;
    for (case, kind, shown) in [
        ("HKIAC-1", LockKind::Panel, "name=\"panel\">HKIAC-1<"),
        ("HCA 2/2027", LockKind::Court, "name=\"court\">HCA 2/2027<"),
    ] {
        order(&registry, open(case, kind)).await;
        told(&mut sponsor, &[shown, ">update<", "serverHold"]).await;
        let delete = format!("<domain:name>{NAME}</domain:name>");
        let answer = sponsor.expect("delete", "domain", &delete, 2304).await;
        let reason = "it stands because of a dispute before";
        assert!(answer.to_string().contains(reason), "{answer}");
    }
    order(&registry, Order::LockSet(name())).await;
    told(&mut sponsor, &["Registry lock set"]).await;
    order(&registry, Order::LockWindow((name(), 60))).await;
    told(&mut sponsor, &["Registry lock window opened"]).await;
    order(&registry, Order::LockRelease(name())).await;
    told(&mut sponsor, &["Registry lock released"]).await;
    let hold = |case: &str| Order::DomainHold((name(), case.to_owned()));
    order(&registry, hold("ABUSE-3")).await;
    told(&mut sponsor, &["name=\"hold\">ABUSE-3<", "Held for abuse"]).await;
    let unhold = Order::DomainUnhold((name(), "ABUSE-3".to_owned()));
    order(&registry, unhold).await;
    told(&mut sponsor, &["Hold for abuse lifted"]).await;
    let close_first = close("HKIAC-1", Outcome::PanelDecision, Some("registrar-b"));
    order(&registry, close_first).await;
    let before = ["state=\"before\"", "op=\"approve\">transfer<", "serverHold"];
    told(&mut sponsor, &before).await;
    let after = ["state=\"after\"", "op=\"approve\">transfer<", "serverHold"];
    told(&mut receiver, &after).await;
    // Within its add grace the domain is gone at once.
    let close_second = close("HCA 2/2027", Outcome::Relinquished, None);
    order(&registry, close_second).await;
    told(
        &mut receiver,
        &["HCA 2/2027", "Dispute closed: relinquished"],
    )
    .await;
}

#[tokio::test]
async fn refusal_names_the_dispute_before_the_registry_lock() {
    let (registry, mut sponsor) = registry().await;
    let delete = format!("<domain:name>{NAME}</domain:name>");
    order(&registry, Order::LockSet(name())).await;
    let answer = sponsor.expect("delete", "domain", &delete, 2304).await;
    assert!(answer.reason().contains("a registry lock"), "{answer}");
    order(&registry, open("HCA 1/2027", LockKind::Court)).await;
    let answer = sponsor.expect("delete", "domain", &delete, 2304).await;
    assert!(answer.reason().contains("a court"), "{answer}");
}

#[tokio::test]
async fn case_is_unhandled_for_who_did_not_name_change_poll() {
    let (registry, _) = registry().await;
    order(&registry, open("HKIAC-1", LockKind::Panel)).await;
    let login = Login::of("registrar-a").extensions(&[]);
    let mut plain = registry.login_with(login).await;
    let unhandled = format!("<reason>{CHANGE_POLL} not in login services</reason>");
    let parts = ["was updated: Dispute opened", "serverHold", &unhandled];
    let answer = told(&mut plain, &parts).await;
    assert!(!answer.to_string().contains("<extension>"), "{answer}");
}
