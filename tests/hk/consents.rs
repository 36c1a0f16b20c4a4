//! Consents of authorities: for one registrant each, shown by documents, asked for again by approvals (R 6.6, R 6.7).

use hkepp::admin::message::NewConsent;
use hkepp::admin::view::{ConsentView, DocumentView};
use hkepp::admin::{Query, Reply, Ruling};
use hkepp::model::consent::Authority;
use hkepp::model::{ContactId, DomainName};

use super::extensions::{HK, log_in, name};
use super::packages::{approval, ascii, ask, rule};
use crate::support::{Client, Registry, instant};

/// Returns a registry of .hk with sessions of two registrars, whose contacts are there.
async fn registry() -> (Registry, Client, Client) {
    let registry = Registry::of("hk").open().await;
    let mut first = log_in(&registry, "registrar-a").await;
    let mut second = log_in(&registry, "registrar-b").await;
    super::contact(&mut first).await;
    super::contact(&mut second).await;
    (registry, first, second)
}

fn domain(text: &str) -> DomainName {
    DomainName::parse(&ascii(text)).unwrap()
}

pub async fn grant(
    registry: &Registry,
    text: &str,
    authority: Authority,
    registrant: Option<&str>,
) {
    let consent = NewConsent {
        name: domain(text),
        authority,
        reference: "B1/15C".to_owned(),
        expires: None,
        registrant: registrant.map(|id| ContactId::parse(id).unwrap()),
    };
    let reply = rule(registry, Ruling::ConsentGrant(consent)).await;
    assert!(matches!(reply, Reply::Consents(_)), "{reply:?}");
}

async fn revoke(registry: &Registry, text: &str) {
    let revoked = (domain(text), Authority::Monetary, "B1/15C".to_owned());
    let reply = rule(registry, Ruling::ConsentRevoke(revoked)).await;
    assert!(matches!(reply, Reply::Consents(_)), "{reply:?}");
}

/// Returns the only consent to a name.
async fn shown(registry: &Registry, text: &str) -> ConsentView {
    let reply = ask(registry, Query::ConsentShow(domain(text))).await;
    let Reply::Consents(mut views) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(views.len(), 1);
    views.remove(0)
}

/// Returns the only application.
async fn application(registry: &Registry) -> DocumentView {
    let reply = ask(registry, Query::DocumentList(())).await;
    let Reply::Documents(mut views) = reply else {
        panic!("{reply:?}");
    };
    assert_eq!(views.len(), 1);
    views.remove(0)
}

/// Creates a domain and tells of a document of this kind.
async fn create_with(client: &mut Client, text: &str, kind: &str, code: u16) {
    let extension = format!(
        "<hk:create xmlns:hk=\"{HK}\"><hk:document><hk:type>{kind}</hk:type>\
         <hk:number>B1/15C</hk:number><hk:country>HK</hk:country></hk:document></hk:create>"
    );
    super::extensions::create(client, text, &extension, code).await;
}

async fn is_held(client: &mut Client, text: &str) -> bool {
    let answer = client.info("domain", &name(text)).await;
    answer.has("serverHold")
}

#[tokio::test]
async fn consent_is_of_the_registrant_who_first_relies_on_it() {
    let (registry, mut first, mut second) = registry().await;
    grant(&registry, "滙豐銀行.香港", Authority::Monetary, None).await;
    let open = shown(&registry, "滙豐銀行.香港").await;
    assert_eq!([open.holder, open.registrant], [None, None]);
    super::create(&mut first, &ascii("滙豐銀行.香港"), 1000).await;
    let bound = shown(&registry, "滙丰银行.香港").await;
    assert!(bound.holder.is_some());
    assert_eq!(bound.registrant.as_deref(), Some("chana"));

    first
        .expect("delete", "domain", &name("滙豐銀行.香港"), 1001)
        .await;
    registry.clock.advance_to(instant("2027-09-01T00:00:00Z"));
    registry.service.settle_due().await.unwrap();
    // A check knows no registrant.
    let check = second
        .expect("check", "domain", &name("滙豐銀行.香港"), 1000)
        .await;
    assert!(check.has("avail=\"1\""), "{check}");
    let refused = super::create(&mut second, &ascii("滙丰银行.香港"), 2306).await;
    let reason = refused.text_of("reason").unwrap();
    assert!(
        reason.contains("another registrant's") && reason.contains("hk:R6.6"),
        "{reason}"
    );
    super::create(&mut first, &ascii("滙丰银行.香港"), 1000).await;
}

#[tokio::test]
async fn consent_for_a_registrant_is_nobody_elses() {
    let (registry, mut first, mut second) = registry().await;
    let name = "re-insurance.hk";
    grant(&registry, name, Authority::Insurance, Some("chanb")).await;
    let refused = super::create(&mut first, name, 2306).await;
    assert!(refused.has("hk:R6.7"), "{refused}");
    let unknown = NewConsent {
        name: domain(name),
        authority: Authority::Insurance,
        reference: "X".to_owned(),
        expires: None,
        registrant: ContactId::parse("nobody"),
    };
    let reply = rule(&registry, Ruling::ConsentGrant(unknown)).await;
    assert!(
        matches!(&reply, Reply::Refused(why) if why.contains("no such registrant")),
        "{reply:?}"
    );
    super::create(&mut second, name, 1000).await;
}

#[tokio::test]
async fn document_of_a_consent_waits_until_the_consent_is_entered() {
    let (registry, mut first, _) = registry().await;
    create_with(&mut first, "mybank.hk", "IA_S56A", 2306).await;
    create_with(&mut first, "mybank.hk", "MA_S97", 1001).await;
    let waiting = application(&registry).await;
    assert_eq!(waiting.review, ["hk:R6.6"]);
    assert_eq!(waiting.wanted, [["MA_S97"]]);
    let approve = || approval(waiting.id.parse().unwrap());
    let Reply::Refused(why) = rule(&registry, approve()).await else {
        panic!("nothing lifts the word yet");
    };
    for told in ["hk:R6.6", "hkepp consent grant", "reject"] {
        assert!(why.contains(told), "{why}");
    }
    grant(&registry, "mybank.hk", Authority::Monetary, Some("chanb")).await;
    let Reply::Refused(why) = rule(&registry, approve()).await else {
        panic!("the consent is another's");
    };
    assert!(why.contains("another registrant's"), "{why}");

    grant(&registry, "mybank.hk", Authority::Monetary, None).await;
    assert_eq!(shown(&registry, "mybank.hk").await.holder, None);
    let reply = rule(&registry, approve()).await;
    assert!(
        matches!(&reply, Reply::Document(view) if view.state == "approved"),
        "{reply:?}"
    );
    let bound = shown(&registry, "mybank.hk").await;
    assert_eq!(bound.registrant.as_deref(), Some("chana"));
    let info = first.info("domain", &name("mybank.hk")).await;
    assert!(!info.has("pendingCreate"), "{info}");
}

#[tokio::test]
async fn document_of_a_consent_stands_beside_those_of_the_category() {
    let (registry, mut first, _) = registry().await;
    create_with(&mut first, "保險業.公司.香港", "IA_S56A", 1001).await;
    let waiting = application(&registry).await;
    assert_eq!(waiting.review, ["hk:R6.7"]);
    assert_eq!(waiting.wanted, [vec!["BR", "CROC"], vec!["IA_S56A"]]);
}

#[tokio::test]
async fn consent_stays_open_until_an_application_is_approved() {
    let (registry, mut first, mut second) = registry().await;
    grant(&registry, "mybank.com.hk", Authority::Monetary, None).await;
    super::create(&mut first, "mybank.com.hk", 1001).await;
    let id = application(&registry).await.id.parse().unwrap();
    rule(&registry, Ruling::DocumentReject((id, None))).await;
    assert_eq!(shown(&registry, "mybank.com.hk").await.holder, None);
    super::create(&mut second, "mybank.com.hk", 1001).await;
    revoke(&registry, "mybank.com.hk").await;
    let reply = ask(&registry, Query::DocumentList(())).await;
    let Reply::Documents(views) = reply else {
        panic!("{reply:?}");
    };
    let open = views.iter().find(|view| view.state == "open").unwrap();
    let approve = approval(open.id.parse().unwrap());
    let reply = rule(&registry, approve).await;
    assert!(
        matches!(&reply, Reply::Refused(why) if why.contains("hk:R6.6")),
        "{reply:?}"
    );
}

#[tokio::test]
async fn only_the_consent_of_the_present_registrant_holds_a_name_and_lifts_the_hold() {
    let (registry, mut first, _) = registry().await;
    let (name, authority) = ("mybank.hk", Authority::Monetary);
    grant(&registry, name, authority, None).await;
    super::create(&mut first, name, 1000).await;
    grant(&registry, name, authority, Some("chanb")).await;
    revoke(&registry, name).await;
    assert!(!is_held(&mut first, name).await, "another's has ended");

    grant(&registry, name, authority, None).await;
    let present = shown(&registry, name).await;
    assert_eq!(present.registrant.as_deref(), Some("chana"));
    revoke(&registry, name).await;
    assert!(is_held(&mut first, name).await);
    grant(&registry, name, authority, Some("chanb")).await;
    assert!(is_held(&mut first, name).await, "another's lifts nothing");
    grant(&registry, name, authority, Some("chana")).await;
    assert!(!is_held(&mut first, name).await);
}
