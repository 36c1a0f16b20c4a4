//! Of thirty things that many servers get wrong, those about renewals, transfers and renames; the others are in
//! `checklist`, in `poll` and, where they are the transport's, in the wire tests.

use super::checklist::{domain, furnish, furnished, update};
use crate::support::client::RGP;
use crate::support::{Answer, Client, Registry, instant};

/// Authorization information of every domain of these tests.
const AUTH: &str =
    "<domain:authInfo><domain:pw>Star.Ferry-2026+Pier7-d</domain:pw></domain:authInfo>";
const NAME: &str = "<domain:name>harbour.example</domain:name>";

/// Sends a transfer command about the domain.
async fn transfer(client: &mut Client, operation: &str, more: &str) -> Answer {
    let command = format!(
        "<transfer op=\"{operation}\"><domain:transfer xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\
         {NAME}{more}</domain:transfer></transfer>"
    );
    client.command(&command).await
}

/// Returns a registry with a domain of registrar-a and a host below it, and sessions of both parties.
async fn with_domain() -> (Registry, Client, Client) {
    let (registry, mut a) = furnished().await;
    a.create("domain", &domain("harbour.example", "")).await;
    let host = "<host:name>ns1.harbour.example</host:name><host:addr>192.0.2.53</host:addr>";
    a.create("host", host).await;
    let b = registry.login("registrar-b").await;
    (registry, a, b)
}

// 19 and 26, RFC 5731 section 3.2.4 and RFC 5732 section 3.1.2.
#[tokio::test]
async fn subordinate_host_follows_its_domain_and_shows_the_date_of_the_transfer() {
    let (registry, mut a, mut b) = with_domain().await;
    let host = "<host:name>ns1.harbour.example</host:name>";
    let before = a.info("host", host).await;
    assert_eq!(before.text_of("host:trDate"), None, "{before}");
    assert_eq!(transfer(&mut b, "request", AUTH).await.code(), 1001);
    registry.clock.advance_to(instant("2027-03-02T00:00:00Z"));
    assert_eq!(transfer(&mut a, "approve", "").await.code(), 1000);
    let date = Some("2027-03-02T00:00:00.000Z");
    let after = b.info("host", host).await;
    assert_eq!(after.text_of("host:clID"), Some("registrar-b"), "{after}");
    assert_eq!(after.text_of("host:trDate"), date, "{after}");
    let after = b.info("domain", NAME).await;
    assert_eq!(after.text_of("domain:trDate"), date, "{after}");
    a.expect("delete", "host", host, 2201).await;
}

// 22, RFC 5731 section 2.3.
#[tokio::test]
async fn prohibition_and_the_pending_action_it_prohibits_never_meet() {
    let (_registry, mut a, mut b) = with_domain().await;
    assert_eq!(transfer(&mut b, "request", AUTH).await.code(), 1001);
    let lock = "<domain:add><domain:status s=\"clientTransferProhibited\"/></domain:add>";
    let answer = a.command(&update("harbour.example", lock)).await;
    assert_eq!(answer.code(), 2304, "{answer}");
    assert_eq!(transfer(&mut b, "cancel", "").await.code(), 1000);
    let answer = a.command(&update("harbour.example", lock)).await;
    assert_eq!(answer.code(), 1000, "{answer}");
    assert_eq!(transfer(&mut b, "request", AUTH).await.code(), 2304);
    let answer = a.info("domain", NAME).await;
    assert!(!answer.has("pendingTransfer"), "{answer}");
}

// 24, RFC 5731 section 3.2.3.
#[tokio::test]
async fn renewal_sent_twice_extends_once() {
    let (_registry, mut a, _b) = with_domain().await;
    let renew = |day: &str| format!("{NAME}<domain:curExpDate>{day}</domain:curExpDate>");
    a.expect("renew", "domain", &renew("2028-03-02"), 2004)
        .await;
    a.expect("renew", "domain", &renew("2028-03-01"), 1000)
        .await;
    a.expect("renew", "domain", &renew("2028-03-01"), 2004)
        .await;
    let answer = a.info("domain", NAME).await;
    let expires = answer.text_of("domain:exDate").unwrap();
    assert!(expires.starts_with("2029-03-01T"), "{answer}");
}

// 25, RFC 5731 sections 3.1.3 and 3.2.4.
#[tokio::test]
async fn period_counts_in_requests_only_and_the_actor_changes_with_the_end() {
    let (registry, mut a, mut b) = with_domain().await;
    let years = "<domain:period unit=\"y\">9</domain:period>";
    let asked = transfer(&mut b, "request", AUTH).await;
    assert_eq!(asked.text_of("domain:acID"), Some("registrar-a"), "{asked}");
    let due = asked.text_of("domain:acDate");
    assert_eq!(due, Some("2027-03-06T04:05:06.789Z"), "{asked}");
    let seen = transfer(&mut b, "query", years).await;
    assert_eq!(
        seen.text_of("domain:exDate"),
        asked.text_of("domain:exDate"),
        "{seen}"
    );
    registry.clock.advance_to(instant("2027-03-03T00:00:00Z"));
    let done = transfer(&mut a, "approve", years).await;
    assert_eq!(
        done.text_of("domain:exDate"),
        asked.text_of("domain:exDate"),
        "{done}"
    );
    assert_eq!(done.text_of("domain:acID"), Some("registrar-a"), "{done}");
    let acted = done.text_of("domain:acDate");
    assert_eq!(acted, Some("2027-03-03T00:00:00.000Z"), "{done}");
}

// 27, RFC 5732 section 3.2.5.
#[tokio::test]
async fn renamed_host_keeps_its_links_and_one_that_others_use_is_not_renamed() {
    let (_registry, mut a, mut b) = with_domain().await;
    let rename = |from: &str, to: &str| {
        format!("<host:name>{from}</host:name><host:chg><host:name>{to}</host:name></host:chg>")
    };
    let delegation = "<domain:add><domain:ns><domain:hostObj>ns1.harbour.example</domain:hostObj></domain:ns></domain:add>";
    let answer = a.command(&update("harbour.example", delegation)).await;
    assert_eq!(answer.code(), 1000, "{answer}");
    let moved = rename("ns1.harbour.example", "ns2.harbour.example");
    a.expect("update", "host", &moved, 1000).await;
    let answer = a.info("domain", NAME).await;
    assert_eq!(
        answer.text_of("domain:hostObj"),
        Some("ns2.harbour.example"),
        "{answer}"
    );
    assert_eq!(
        answer.text_of("domain:host"),
        Some("ns2.harbour.example"),
        "{answer}"
    );
    // To a name outside without its addresses: glue has no place there.
    let outside = rename("ns2.harbour.example", "ns2.provider.test");
    a.expect("update", "host", &outside, 2306).await;
    let servers = "<domain:ns><domain:hostObj>ns.provider.test</domain:hostObj></domain:ns>";
    b.create("domain", &domain("pier.example", servers)).await;
    let shared = rename("ns.provider.test", "ns9.provider.test");
    a.expect("update", "host", &shared, 2305).await;
}

// Also: RFC 3915 section 4.2.5.
#[tokio::test]
async fn restore_that_changes_something_else_is_refused() {
    let (registry, mut a) = furnished().await;
    a.create("domain", &domain("harbour.example", "")).await;
    registry.clock.advance_to(instant("2027-03-20T00:00:00Z"));
    a.expect("delete", "domain", NAME, 1001).await;
    let restore = |change: &str| {
        format!(
            "{}<extension><rgp:update xmlns:rgp=\"{RGP}\"><rgp:restore op=\"request\"/></rgp:update></extension>",
            update("harbour.example", change)
        )
    };
    let hold = "<domain:add><domain:status s=\"clientHold\"/></domain:add>";
    let answer = a.command(&restore(hold)).await;
    assert_eq!(answer.code(), 2002, "{answer}");
    let answer = a.command(&restore("<domain:chg/>")).await;
    assert_eq!(answer.code(), 1000, "{answer}");
    assert!(answer.has("s=\"pendingRestore\""), "{answer}");
}

// Also: RFC 5733 section 2.9.
#[tokio::test]
async fn disclosure_wish_that_names_nothing_is_refused() {
    let registry = Registry::plain().await;
    let mut a = registry.login("registrar-a").await;
    furnish(&mut a).await;
    let wish =
        "<contact:id>chan-1</contact:id><contact:chg><contact:disclose flag=\"1\"/></contact:chg>";
    a.expect("update", "contact", wish, 2308).await;
}
