//! Documents asked of a registered name's registrant (R 2.4, R 3.3), as registrars see them.

use chrono::TimeDelta;
use hkepp::admin::message::NewDemand;
use hkepp::admin::view::DocumentView;
use hkepp::admin::{Query, Reply, Ruling};
use hkepp::model::DomainName;
use hkepp::model::document::DocumentKind;

use super::extensions::{HK, create, log_in, name, send, update};
use super::packages::{approval, approve, desk, rule};
use crate::support::client::Login;
use crate::support::{Registry, instant};

/// Asks for an identity card or passport of the registrant of `text`.
async fn ask(registry: &Registry, text: &str) -> DocumentView {
    let demand = NewDemand {
        name: DomainName::parse(text).unwrap(),
        wanted: vec![vec![DocumentKind::IdentityCard, DocumentKind::Passport]],
        days: None,
        reason: Some("The address is wrong".to_owned()),
    };
    let reply = rule(registry, Ruling::DocumentRequest(demand)).await;
    let Reply::Document(view) = reply else {
        panic!("{reply:?}");
    };
    *view
}

#[tokio::test]
async fn the_sponsor_is_told_of_a_demand_and_sees_it_until_it_ends() {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    let mut other = log_in(&registry, "registrar-b").await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    let before = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(!before.has("<hk:documents"), "{before}");
    let asked = ask(&registry, "harbour-shop.hk").await;
    let element = format!(
        "<hk:documents id=\"{}\" due=\"2027-03-15T04:05:06.789Z\"/>",
        asked.id
    );
    let shown = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(shown.has(&element), "{shown}");
    assert!(shown.has("s=\"ok\""), "{shown}");
    let foreign = other.info("domain", &name("harbour-shop.hk")).await;
    assert!(!foreign.has("documents"), "{foreign}");

    let told = sponsor.command("<poll op=\"req\"/>").await;
    assert!(told.has(&element), "{told}");
    let case = format!("documents {}", asked.id);
    assert_eq!(told.text_of("changePoll:caseId"), Some(case.as_str()));
    assert_eq!(
        told.text_of("changePoll:reason"),
        Some("Documents wanted by 2027-03-15:")
    );
    let text = "harbour-shop.hk was updated: Documents wanted by 2027-03-15: HKID or PASSNO. \
                The address is wrong";
    assert!(told.has(text), "{told}");
    let mut without = registry
        .login_with(Login::of("registrar-a").extensions(&[]))
        .await;
    let told = without.command("<poll op=\"req\"/>").await;
    assert!(
        told.has(text) && told.has("changePoll-1.0 not in login"),
        "{told}"
    );

    let renew = name("harbour-shop.hk") + "<domain:curExpDate>2028-03-01</domain:curExpDate>";
    send(&mut sponsor, "renew", &renew, "", 1000).await;
    let id = asked.id.parse().unwrap();
    let approve = approval(id);
    assert!(matches!(rule(&registry, approve).await, Reply::Document(_)));
    let after = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(!after.has("<hk:documents"), "{after}");
}

#[tokio::test]
async fn a_name_whose_documents_are_overdue_is_held_and_its_partner_is_not() {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    let pair =
        format!("<hk:create xmlns:hk=\"{HK}\"><hk:pair>harbour-shop.hk</hk:pair></hk:create>");
    create(&mut sponsor, "海港店.香港", &pair, 1000).await;
    let asked = ask(&registry, "harbour-shop.hk").await;
    registry
        .clock
        .advance_to(instant("2027-03-15T04:05:06.789Z"));
    let shown = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(shown.has("s=\"serverHold\""), "{shown}");
    let lock = format!("<hk:lock kind=\"hold\" case=\"documents {}\"/>", asked.id);
    assert!(shown.has(&lock) && !shown.has("<hk:documents"), "{shown}");
    let partner = sponsor.info("domain", &name("海港店.香港")).await;
    assert!(partner.has("s=\"ok\"") && !partner.has("hold"), "{partner}");
}

#[tokio::test]
async fn a_name_that_ends_at_once_leaves_no_open_request() {
    let builder = Registry::of("hk").rules(|profile| profile.terms.add_grace = TimeDelta::days(5));
    let registry = builder.open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    let asked = ask(&registry, "harbour-shop.hk").await;
    send(&mut sponsor, "delete", &name("harbour-shop.hk"), "", 1000).await;
    let approve = approval(asked.id.parse().unwrap());
    let reply = rule(&registry, approve.clone()).await;
    let Reply::Refused(reason) = reply else {
        panic!("{reply:?}");
    };
    assert!(reason.contains("lapsed already"), "{reason}");
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    assert!(matches!(rule(&registry, approve).await, Reply::Refused(_)));
    assert_eq!(ask(&registry, "harbour-shop.hk").await.state, "open");
}

async fn look(registry: &Registry, query: Query) -> Reply {
    let policy = registry.service.policy();
    desk(registry).answer(query, &policy).await
}

#[tokio::test]
async fn documents_told_by_an_update_are_those_of_the_open_request() {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    let told = "<hk:registrant><hk:type>individual</hk:type><hk:birthDate>1990-01-01</hk:birthDate>\
                <hk:legalName>Chan Tai Man</hk:legalName></hk:registrant>\
                <hk:document><hk:type>PASSNO</hk:type><hk:number>K1</hk:number>\
                <hk:country>HK</hk:country></hk:document>";
    update(&mut sponsor, "harbour-shop.hk", told, 2306).await;
    let asked = ask(&registry, "harbour-shop.hk").await;
    update(&mut sponsor, "harbour-shop.hk", told, 1000).await;
    let id = asked.id.parse().unwrap();
    let Reply::Document(view) = look(&registry, Query::DocumentShow(id)).await else {
        panic!("the request is shown");
    };
    assert_eq!(view.subject, "registered");
    assert_eq!(view.given[0].number, "K1");
    assert_eq!(view.applicant.party.as_deref(), Some("person"));
    assert_eq!(view.applicant.born, "1990-01-01".parse().ok());
    assert_eq!(view.applicant.legal_name.as_deref(), Some("Chan Tai Man"));
    approve(&registry).await;
    update(&mut sponsor, "harbour-shop.hk", told, 2306).await;
}

#[tokio::test]
async fn a_change_of_registrant_is_shown_with_whom_it_is_for() {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    let mut other = log_in(&registry, "registrar-b").await;
    let second = super::contact(&mut other).await;
    create(&mut sponsor, "harbour-shop.com.hk", "", 1001).await;
    approve(&registry).await;
    let change = format!(
        "{}<domain:chg><domain:registrant>{second}</domain:registrant></domain:chg>",
        name("harbour-shop.com.hk")
    );
    let told = format!(
        "<hk:update xmlns:hk=\"{HK}\"><hk:registrant><hk:type>organisation</hk:type></hk:registrant>\
         <hk:branch/></hk:update>"
    );
    send(&mut sponsor, "update", &change, &told, 1001).await;
    let Reply::Documents(views) = look(&registry, Query::DocumentList(())).await else {
        panic!("requests are listed");
    };
    let view = views.iter().find(|view| view.state == "open").unwrap();
    let shown = (view.subject.as_str(), view.registrant.as_deref());
    assert_eq!(shown, ("registrant", Some(second.as_str())));
    assert_eq!(view.applicant.party.as_deref(), Some("organisation"));
    assert!(view.applicant.branch);
    let domain = DomainName::parse("harbour-shop.com.hk").unwrap();
    let Reply::Domain(shown) = look(&registry, Query::DomainShow(domain)).await else {
        panic!("the domain is shown");
    };
    let holder = shown.holder.unwrap();
    assert_eq!((&holder.id, &holder.registrant), (&view.id, &second));
    assert_eq!(shown.registrant.as_deref(), Some("chana"));
}
