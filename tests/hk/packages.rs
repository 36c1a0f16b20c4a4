//! A Chinese name and its variants are one package (R 5.1): registered, found, changed and deleted as one.

use std::path::Path;

use hkepp::admin::message::Approval;
use hkepp::admin::{Attachments, Desk, Order, Query, Reply, Ruling};
use hkepp::base::ident::TransactionIds;
use hkepp::flow::domain::lock::{Closing, Opening};
use hkepp::model::DomainName;
use hkepp::model::case::Outcome;
use hkepp::model::lock::LockKind;

use crate::support::{Client, Registry, Switched, instant};

/// Returns a name in A-form.
pub fn ascii(name: &str) -> String {
    let ascii = idna::domain_to_ascii(name).unwrap();
    DomainName::parse(&ascii).unwrap().to_string()
}

fn name(text: &str) -> String {
    format!("<domain:name>{}</domain:name>", ascii(text))
}

/// Asks whether a name can be registered; the reason when it cannot.
async fn refusal(client: &mut Client, text: &str) -> Option<String> {
    let answer = client.expect("check", "domain", &name(text), 1000).await;
    let reason = answer.text_of("domain:reason").map(str::to_owned);
    assert_eq!(answer.has("avail=\"1\""), reason.is_none(), "{answer}");
    reason
}

/// Returns a registry of .hk with sessions of two registrars.
async fn registry() -> (Registry, Client, Client) {
    let registry = Registry::of("hk").open().await;
    let sponsor = registry.login("registrar-a").await;
    let other = registry.login("registrar-b").await;
    (registry, sponsor, other)
}

#[tokio::test]
async fn no_variant_of_a_registered_name_can_be_registered() {
    let (_registry, mut sponsor, mut other) = registry().await;
    assert_eq!(refusal(&mut other, "国学.香港").await, None);
    super::create(&mut sponsor, &ascii("國学.香港"), 1000).await;
    for variant in ["國学.香港", "国学.香港", "國學.香港", "国學.香港"] {
        let reason = refusal(&mut other, variant).await;
        assert_eq!(reason.as_deref(), Some("In use (hk:R5.1a)"), "{variant}");
        let refused = super::create(&mut other, &ascii(variant), 2302).await;
        assert!(refused.reason().ends_with("(hk:R5.1a)"), "{refused}");
    }
    for free in ["國学.公司.香港", "學國.香港"] {
        assert_eq!(refusal(&mut other, free).await, None, "{free}");
    }
}

#[tokio::test]
async fn forms_in_use_lead_everybody_to_the_package_and_reserved_ones_its_sponsor() {
    let (_registry, mut sponsor, mut other) = registry().await;
    super::create(&mut sponsor, &ascii("國学.香港"), 1000).await;
    for used in ["國学.香港", "国学.香港", "國學.香港"] {
        let answer = other.info("domain", &name(used)).await;
        assert_eq!(
            answer.text_of("domain:name"),
            Some(ascii("國学.香港").as_str())
        );
    }
    let reserved = name("国學.香港");
    other.expect("info", "domain", &reserved, 2303).await;
    sponsor.expect("info", "domain", &reserved, 1000).await;
}

#[tokio::test]
async fn a_transform_of_any_form_acts_on_the_package() {
    let (registry, mut sponsor, mut other) = registry().await;
    super::create(&mut sponsor, &ascii("國学.香港"), 1000).await;
    let simplified = name("国学.香港");
    let renew = format!("{simplified}<domain:curExpDate>2028-03-01</domain:curExpDate>");
    let answer = sponsor.expect("renew", "domain", &renew, 1000).await;
    assert_eq!(
        answer.text_of("domain:name"),
        Some(ascii("國学.香港").as_str())
    );
    sponsor.expect("delete", "domain", &simplified, 1001).await;
    let shown = other.info("domain", &name("國學.香港")).await;
    assert!(shown.has("pendingDelete"), "{shown}");
    super::create(&mut other, &ascii("国學.香港"), 2302).await;

    registry.clock.advance_to(instant("2027-09-01T00:00:00Z"));
    registry.service.settle_due().await.unwrap();
    super::create(&mut other, &ascii("国學.香港"), 1000).await;
    let taken = refusal(&mut sponsor, "國学.香港").await;
    assert_eq!(taken.as_deref(), Some("In use (hk:R5.1a)"));
}

#[tokio::test]
async fn every_spelling_of_a_category_is_the_same_zone() {
    let (_registry, mut sponsor, mut other) = registry().await;
    let answer = super::create(&mut sponsor, &ascii("國学.个人.香港"), 1001).await;
    assert_eq!(
        answer.text_of("domain:name"),
        Some(ascii("國学.個人.香港").as_str())
    );
    super::create(&mut other, &ascii("國学.個人.香港"), 2302).await;
    super::create(&mut other, &ascii("国學.个人.香港"), 2302).await;
    other.info("domain", &name("国学.个人.香港")).await;
}

#[tokio::test]
async fn hosts_below_any_form_in_use_are_subordinate_to_the_package() {
    let (_registry, mut sponsor, _other) = registry().await;
    super::create(&mut sponsor, &ascii("國学.香港"), 1000).await;
    let host = |text: &str| {
        format!(
            "<host:name>ns1.{}</host:name><host:addr ip=\"v4\">203.0.113.9</host:addr>",
            ascii(text)
        )
    };
    sponsor.create("host", &host("国学.香港")).await;
    let shown = sponsor.info("domain", &name("國学.香港")).await;
    assert_eq!(
        shown.text_of("domain:host"),
        Some(format!("ns1.{}", ascii("国学.香港")).as_str())
    );
    sponsor
        .expect("delete", "domain", &name("國學.香港"), 2305)
        .await;
}

#[tokio::test]
async fn a_form_with_hosts_below_it_stays_in_use() {
    let (registry, ..) = registry().await;
    let mut sponsor = super::extensions::log_in(&registry, "registrar-a").await;
    super::create(&mut sponsor, &ascii("头发.香港"), 1000).await;
    let form = ascii("頭髮.香港");
    let change = |part: &str| format!("<hk:variant><hk:{part}>{form}</hk:{part}></hk:variant>");
    super::extensions::update(&mut sponsor, "头发.香港", &change("add"), 1000).await;
    let host = format!("<host:name>ns1.{form}</host:name>");
    sponsor.create("host", &host).await;
    let answer = super::extensions::update(&mut sponsor, "头发.香港", &change("rem"), 2306).await;
    assert!(answer.reason().contains("hosts lie below"), "{answer}");
    // The other way round it is in use all the time.
    let both = format!(
        "<hk:variant><hk:traditional>{form}</hk:traditional><hk:rem>{form}</hk:rem></hk:variant>"
    );
    super::extensions::update(&mut sponsor, "头发.香港", &both, 1000).await;
    let back = format!(
        "<hk:variant><hk:traditional>{}</hk:traditional></hk:variant>",
        ascii("頭發.香港")
    );
    super::extensions::update(&mut sponsor, "头发.香港", &back, 2306).await;
    sponsor.expect("delete", "host", &host, 1000).await;
    super::extensions::update(&mut sponsor, "头发.香港", &back, 1000).await;
}

/// Returns the operator's desk.
pub fn desk(registry: &Registry) -> Desk<Switched> {
    Desk {
        store: registry.store.clone(),
        clock: registry.clock.clone(),
        transactions: TransactionIds::new().unwrap(),
        attachments: Attachments::new(Path::new("/nonexistent"), 1024),
    }
}

/// Asks a question as the operator.
pub async fn ask(registry: &Registry, query: Query) -> Reply {
    let policy = registry.service.policy();
    desk(registry).answer(query, &policy).await
}

/// Has the operator decide.
pub async fn rule(registry: &Registry, ruling: Ruling) -> Reply {
    let (policy, numbers) = (registry.service.policy(), registry.service.numbers());
    desk(registry).rule(ruling, &policy, numbers).await
}

/// Returns the approval of a request for documents.
pub fn approval(id: u64) -> Ruling {
    Ruling::DocumentApprove((id, Approval::default()))
}

/// Approves every request for documents that is open.
pub async fn approve(registry: &Registry) {
    let Reply::Documents(requests) = ask(registry, Query::DocumentList(())).await else {
        panic!("applications are listed");
    };
    for request in requests.iter().filter(|request| request.state == "open") {
        let id = request.id.parse().unwrap();
        let reply = rule(registry, approval(id)).await;
        assert!(matches!(reply, Reply::Document(view) if view.state == "approved"));
    }
}

/// Carries an order of the operator out.
pub async fn try_order(registry: &Registry, order: Order) -> Reply {
    let desk = desk(registry);
    let (policy, numbers) = (registry.service.policy(), registry.service.numbers());
    desk.carry_out(order, &policy, numbers).await
}

/// Carries an order of the operator out, which succeeds.
pub async fn order(registry: &Registry, order: Order) {
    let reply = try_order(registry, order).await;
    assert!(!matches!(reply, Reply::Refused(_)), "{reply:?}");
}

#[tokio::test]
async fn a_dispute_covers_every_form_of_a_package() {
    let (registry, mut sponsor, _other) = registry().await;
    super::create(&mut sponsor, &ascii("國学.香港"), 1000).await;
    let form = |text: &str| DomainName::parse(&ascii(text)).unwrap();
    let opening = Opening {
        case: "HKIAC-1".to_owned(),
        kind: LockKind::Panel,
        suspends: false,
        evidence: None,
    };
    order(&registry, Order::DisputeOpen((form("国学.香港"), opening))).await;
    for text in ["國学.香港", "国学.香港", "國學.香港", "国學.香港"] {
        let answer = sponsor.expect("delete", "domain", &name(text), 2304).await;
        assert!(answer.reason().contains("panel (hk:R16.5)"), "{answer}");
    }
    let closing = Closing {
        case: "HKIAC-1".to_owned(),
        outcome: Outcome::Settled,
        receiver: None,
        evidence: None,
    };
    order(&registry, Order::DisputeClose((form("國學.香港"), closing))).await;
    sponsor
        .expect("delete", "domain", &name("國学.香港"), 1001)
        .await;
}
