//! Changes of contacts and name servers (R 10): effective at once, and refused while a lock or dispute stands.

use hkepp::admin::Order;
use hkepp::flow::domain::lock::{Closing, Opening};
use hkepp::model::DomainName;
use hkepp::model::case::Outcome;
use hkepp::model::lock::LockKind;

use super::packages::order;
use crate::support::{Client, Registry};

const NAME: &str = "harbour-shop.hk";

/// Returns a registry of .hk in which registrar-a sponsors a domain.
async fn registry() -> (Registry, Client) {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = registry.login("registrar-a").await;
    super::create(&mut sponsor, NAME, 1000).await;
    (registry, sponsor)
}

fn name() -> String {
    format!("<domain:name>{NAME}</domain:name>")
}

/// Returns the content of an update that names other name servers.
fn delegation(add: &[&str], remove: &[&str]) -> String {
    let part = |verb: &str, hosts: &[&str]| {
        if hosts.is_empty() {
            return String::new();
        }
        let hosts: String = hosts
            .iter()
            .map(|host| format!("<domain:hostObj>{host}</domain:hostObj>"))
            .collect();
        format!("<domain:{verb}><domain:ns>{hosts}</domain:ns></domain:{verb}>")
    };
    name() + &part("add", add) + &part("rem", remove)
}

/// Returns the name servers of the domain.
async fn name_servers(client: &mut Client) -> Vec<String> {
    let shown = client.info("domain", &name()).await;
    let hosts = shown.texts_of("domain:hostObj");
    hosts.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_change_of_contacts_is_effective_at_once() {
    let (_registry, mut sponsor) = registry().await;
    let contact = "<contact:id>wong1</contact:id><contact:postalInfo type=\"int\">\
         <contact:name>Wong Siu Ming</contact:name><contact:addr>\
         <contact:city>Kowloon</contact:city><contact:cc>HK</contact:cc></contact:addr>\
         </contact:postalInfo><contact:email>old@mail.test</contact:email>\
         <contact:authInfo><contact:pw/></contact:authInfo>";
    sponsor.create("contact", contact).await;
    let of = |id: &str| {
        format!(
            "<domain:contact type=\"admin\">{id}</domain:contact>\
             <domain:contact type=\"tech\">{id}</domain:contact>"
        )
    };
    let change = format!(
        "{}<domain:add>{}</domain:add><domain:rem>{}</domain:rem>",
        name(),
        of("wong1"),
        of("chana")
    );
    sponsor.expect("update", "domain", &change, 1000).await;
    let shown = sponsor.info("domain", &name()).await;
    assert_eq!(shown.texts_of("domain:contact"), ["wong1", "wong1"]);
    let moved = "<contact:id>wong1</contact:id><contact:chg>\
         <contact:email>new@mail.test</contact:email></contact:chg>";
    sponsor.expect("update", "contact", moved, 1000).await;
    let shown = sponsor
        .info("contact", "<contact:id>wong1</contact:id>")
        .await;
    assert_eq!(shown.text_of("contact:email"), Some("new@mail.test"));
}

#[tokio::test]
async fn a_change_of_name_servers_is_effective_at_once_and_refused_under_lock_and_dispute() {
    let (registry, mut sponsor) = registry().await;
    let hosts = ["ns1.pier.test", "ns2.pier.test", "ns3.pier.test"];
    for host in hosts {
        let content = format!("<host:name>{host}</host:name>");
        sponsor.create("host", &content).await;
    }
    let [first, second, third] = hosts;
    let delegate = delegation(&[first, second], &[]);
    sponsor.expect("update", "domain", &delegate, 1000).await;
    assert_eq!(name_servers(&mut sponsor).await, [first, second]);

    let domain = DomainName::parse(NAME).unwrap();
    let opening = Opening {
        case: "CASE-1".to_owned(),
        kind: LockKind::Panel,
        suspends: false,
        evidence: None,
    };
    let dispute = Order::DisputeOpen((domain.clone(), opening));
    let closing = Closing {
        case: "CASE-1".to_owned(),
        outcome: Outcome::Settled,
        receiver: None,
        evidence: None,
    };
    let settled = Order::DisputeClose((domain.clone(), closing));
    let (set, release) = (
        Order::LockSet(domain.clone()),
        Order::LockRelease(domain.clone()),
    );
    for (lock, end) in [(dispute, settled), (set, release)] {
        let change = delegation(&[third], &[second]);
        order(&registry, lock).await;
        let answer = sponsor.expect("update", "domain", &change, 2304).await;
        assert!(
            answer.reason().contains("serverUpdateProhibited"),
            "{answer}"
        );
        assert_eq!(name_servers(&mut sponsor).await, [first, second]);
        order(&registry, end).await;
        sponsor.expect("update", "domain", &change, 1000).await;
        assert_eq!(name_servers(&mut sponsor).await, [first, third]);
        let back = delegation(&[second], &[third]);
        sponsor.expect("update", "domain", &back, 1000).await;
    }
}
