//! Names held together: what a command on one does to the other, and what it must leave alone.

use chrono::TimeDelta;

use hkepp::admin::Order;
use hkepp::flow::domain::lock::{Closing, Opening};
use hkepp::model::DomainName;
use hkepp::model::case::Outcome;
use hkepp::model::lock::LockKind;

use super::extensions::{HK, create, log_in, messages, name, send, update};
use super::packages::{ascii, order};
use crate::support::{Answer, Client, Registry, instant};

const ENGLISH: &str = "harbour-shop.hk";
const CHINESE: &str = "海港店.香港";
const SECRET: &str = "Star.Ferry-2026+Pier7-x";

/// Returns a registry of .hk with sessions of two registrars.
async fn registry() -> (Registry, Client, Client) {
    let registry = Registry::of("hk").open().await;
    let sponsor = log_in(&registry, "registrar-a").await;
    let other = log_in(&registry, "registrar-b").await;
    (registry, sponsor, other)
}

/// Returns the extension of a create that holds the name together with another.
fn with(text: &str) -> String {
    let name = ascii(text);
    format!("<hk:create xmlns:hk=\"{HK}\"><hk:pair>{name}</hk:pair></hk:create>")
}

fn pw() -> String {
    format!("<domain:authInfo><domain:pw>{SECRET}</domain:pw></domain:authInfo>")
}

/// Sets the authorization information of a name.
async fn set_auth_info(client: &mut Client, text: &str) {
    let change = format!("{}<domain:chg>{}</domain:chg>", name(text), pw());
    send(client, "update", &change, "", 1000).await;
}

/// Does something about a transfer.
async fn transfer(client: &mut Client, text: &str, operation: &str, code: u16) {
    let auth_info = match operation {
        "request" => pw(),
        _ => String::new(),
    };
    let content = name(text) + &auth_info;
    let command = crate::support::client::object_command("transfer", "domain", &content).replacen(
        "<transfer>",
        &format!("<transfer op=\"{operation}\">"),
        1,
    );
    let answer = client.command(&command).await;
    assert_eq!(answer.code(), code, "{operation} {text}: {answer}");
}

/// Takes every message: the name it is about and the status of its transfer.
async fn transfers(client: &mut Client) -> Vec<(String, String)> {
    let told = |answer: &Answer| {
        let text = |element| answer.text_of(element).unwrap_or_default().to_owned();
        (text("domain:name"), text("domain:trStatus"))
    };
    messages(client).await.iter().map(told).collect()
}

#[tokio::test]
async fn a_renewal_leaves_the_partner_its_own_secret_and_past() {
    let (_registry, mut sponsor, mut other) = registry().await;
    create(&mut other, ENGLISH, "", 1000).await;
    set_auth_info(&mut other, ENGLISH).await;
    transfer(&mut sponsor, ENGLISH, "request", 1001).await;
    transfer(&mut other, ENGLISH, "approve", 1000).await;
    let english = sponsor.info("domain", &name(ENGLISH)).await;
    let registrant = english.text_of("domain:registrant").unwrap().to_owned();
    let content = super::domain(&ascii(CHINESE), &registrant);
    super::contact(&mut sponsor).await;
    send(&mut sponsor, "create", &content, &with(ENGLISH), 1000).await;
    set_auth_info(&mut sponsor, CHINESE).await;

    let renew = name(ENGLISH) + "<domain:curExpDate>2029-03-01</domain:curExpDate>";
    send(&mut sponsor, "renew", &renew, "", 1000).await;
    let chinese = sponsor.info("domain", &name(CHINESE)).await;
    assert!(!chinese.has("domain:trDate"), "{chinese}");
    transfer(&mut other, CHINESE, "request", 1001).await;
}

#[tokio::test]
async fn a_partner_that_must_not_be_updated_is_neither_parted_nor_given_a_registrant() {
    let (_registry, mut sponsor, mut other) = registry().await;
    create(&mut sponsor, ENGLISH, "", 1000).await;
    create(&mut sponsor, CHINESE, &with(ENGLISH), 1000).await;
    let second = super::contact(&mut other).await;
    let status = |part: &str| {
        format!(
            "{}<domain:{part}><domain:status s=\"clientUpdateProhibited\"/></domain:{part}>",
            name(CHINESE)
        )
    };
    send(&mut sponsor, "update", &status("add"), "", 1000).await;
    update(&mut sponsor, ENGLISH, "<hk:unpair/>", 2304).await;
    let registrant = format!(
        "{}<domain:chg><domain:registrant>{second}</domain:registrant></domain:chg>",
        name(ENGLISH)
    );
    send(&mut sponsor, "update", &registrant, "", 2304).await;
    send(&mut sponsor, "update", &status("rem"), "", 1000).await;
    send(&mut sponsor, "update", &registrant, "", 1000).await;
    let chinese = sponsor.info("domain", &name(CHINESE)).await;
    assert_eq!(chinese.text_of("domain:registrant"), Some(second.as_str()));
    update(&mut sponsor, ENGLISH, "<hk:unpair/>", 1000).await;
}

/// Returns a registry with an add grace in which an old name is held together with one of today.
async fn old_and_new() -> (Registry, Client, Client) {
    let rules = |profile: &mut hkepp::policy::Profile| profile.terms.add_grace = TimeDelta::days(5);
    let registry = Registry::of("hk").rules(rules).open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    let other = log_in(&registry, "registrar-b").await;
    create(&mut sponsor, ENGLISH, "", 1000).await;
    registry.clock.advance_to(instant("2027-06-01T00:00:00Z"));
    create(&mut sponsor, CHINESE, &with(ENGLISH), 1000).await;
    (registry, sponsor, other)
}

#[tokio::test]
async fn a_name_in_its_first_days_takes_no_old_one_with_it_at_once() {
    for deleted in [ENGLISH, CHINESE] {
        let (_registry, mut sponsor, mut other) = old_and_new().await;
        let second = super::contact(&mut other).await;
        let registrant = format!(
            "{}<domain:chg><domain:registrant>{second}</domain:registrant></domain:chg>",
            name(CHINESE)
        );
        send(&mut sponsor, "update", &registrant, "", 1000).await;
        send(&mut sponsor, "delete", &name(deleted), "", 1001).await;
        for text in [ENGLISH, CHINESE] {
            let shown = sponsor.info("domain", &name(text)).await;
            assert!(shown.has("pendingDelete"), "{shown}");
        }
    }
}

#[tokio::test]
async fn two_names_in_their_first_days_go_at_once() {
    let rules = |profile: &mut hkepp::policy::Profile| profile.terms.add_grace = TimeDelta::days(5);
    let registry = Registry::of("hk").rules(rules).open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    create(&mut sponsor, ENGLISH, "", 1000).await;
    create(&mut sponsor, CHINESE, &with(ENGLISH), 1000).await;
    send(&mut sponsor, "delete", &name(ENGLISH), "", 1000).await;
    for text in [ENGLISH, CHINESE] {
        sponsor.expect("info", "domain", &name(text), 2303).await;
    }
}

#[tokio::test]
async fn relinquishing_a_pair_leaves_none_without_the_other() {
    let (registry, mut sponsor, _other) = old_and_new().await;
    let form = || DomainName::parse(ENGLISH).unwrap();
    let opening = Opening {
        case: "HKIAC-1".to_owned(),
        kind: LockKind::Panel,
        suspends: false,
        evidence: None,
    };
    order(&registry, Order::DisputeOpen((form(), opening))).await;
    let closing = Closing {
        case: "HKIAC-1".to_owned(),
        outcome: Outcome::Relinquished,
        receiver: None,
        evidence: None,
    };
    order(&registry, Order::DisputeClose((form(), closing))).await;
    for text in [ENGLISH, CHINESE] {
        let shown = sponsor.info("domain", &name(text)).await;
        assert!(shown.has("pendingDelete"), "{shown}");
    }
}

#[tokio::test]
async fn a_name_that_time_gave_to_its_new_sponsor_tells_both_before_it_is_paired() {
    let (registry, mut sponsor, mut other) = registry().await;
    create(&mut other, ENGLISH, "", 1000).await;
    set_auth_info(&mut other, ENGLISH).await;
    transfer(&mut sponsor, ENGLISH, "request", 1001).await;
    let english = other.info("domain", &name(ENGLISH)).await;
    let registrant = english.text_of("domain:registrant").unwrap().to_owned();
    super::contact(&mut sponsor).await;
    registry.clock.advance_to(instant("2027-04-01T00:00:00Z"));
    let content = super::domain(&ascii(CHINESE), &registrant);
    send(&mut sponsor, "create", &content, &with(ENGLISH), 1000).await;
    for client in [&mut sponsor, &mut other] {
        let approved = (ENGLISH.to_owned(), "serverApproved".to_owned());
        let messages = transfers(client).await;
        assert!(messages.contains(&approved), "{messages:?}");
    }
}

#[tokio::test]
async fn messages_tell_of_the_transfer_of_both_names() {
    let (_registry, mut sponsor, mut other) = registry().await;
    create(&mut sponsor, ENGLISH, "", 1000).await;
    create(&mut sponsor, CHINESE, &with(ENGLISH), 1000).await;
    set_auth_info(&mut sponsor, CHINESE).await;
    let both = |status: &str| {
        let names = [ascii(CHINESE), ENGLISH.to_owned()];
        names.map(|name| (name, status.to_owned()))
    };
    transfer(&mut other, CHINESE, "request", 1001).await;
    assert_eq!(transfers(&mut sponsor).await, both("pending"));
    transfer(&mut sponsor, ENGLISH, "reject", 1000).await;
    for client in [&mut sponsor, &mut other] {
        let mut messages = transfers(client).await;
        messages.sort();
        let mut expected = both("clientRejected");
        expected.sort();
        assert_eq!(messages, expected);
    }
}

#[tokio::test]
async fn a_pair_comes_to_a_registrant_only_with_one_administrative_contact() {
    let (registry, mut sponsor, mut other) = registry().await;
    let (first, second) = (
        super::contact(&mut sponsor).await,
        super::contact(&mut other).await,
    );
    let (english, chinese) = ("harbour-school.edu.hk", "海港.教育.香港");
    create(&mut sponsor, english, "", 1001).await;
    create(&mut sponsor, chinese, "", 1001).await;
    super::packages::approve(&registry).await;
    let pair = format!("<hk:pair>{}</hk:pair>", ascii(chinese));
    update(&mut sponsor, english, &pair, 1000).await;
    let change = |admin: &str| {
        format!(
            "{}{admin}<domain:chg><domain:registrant>{second}</domain:registrant></domain:chg>",
            name(english)
        )
    };
    let part = |part: &str, id: &str| {
        format!(
            "<domain:{part}><domain:contact type=\"admin\">{id}</domain:contact></domain:{part}>"
        )
    };
    let both = part("add", &second) + &part("rem", &first);
    let school = format!(
        "<hk:update xmlns:hk=\"{HK}\"><hk:registrant><hk:type>organisation</hk:type></hk:registrant></hk:update>"
    );
    send(&mut sponsor, "update", &change(&both), &school, 2308).await;
    send(&mut sponsor, "update", &change(""), &school, 1001).await;
    super::packages::approve(&registry).await;
    let chinese = sponsor.info("domain", &name(chinese)).await;
    assert_eq!(chinese.text_of("domain:registrant"), Some(second.as_str()));
}
