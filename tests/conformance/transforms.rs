//! Of thirty things that many servers get wrong, those about renewals, transfers and renames; the others are in
//! `checklist`, in `poll` and, where they are the transport's, in the wire tests.

use super::checklist::{CONTACT, HOST, domain, furnished, name_servers, statuses, update};
use crate::support::client::{RGP, object_command};
use crate::support::{Answer, Client, Registry, instant};

/// The authorization information of every domain of these tests.
const SECRET: &str = "Star.Ferry-2026+Pier7-d";
const A: &str = "<domain:name>a.example</domain:name>";
const B: &str = "<domain:name>b.example</domain:name>";
/// The glue of a host.
const ADDRESS: &str = "<host:addr ip=\"v4\">203.0.113.9</host:addr>";

/// Returns the content of a transfer of a.example with this secret and, if not empty, this period.
fn content(years: &str, secret: Option<&str>) -> String {
    let mut content = A.to_owned();
    if !years.is_empty() {
        content += &format!("<domain:period unit=\"y\">{years}</domain:period>");
    }
    if let Some(secret) = secret {
        content += &format!("<domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>");
    }
    content
}

/// Sends a transfer command, asserts the code of the answer, and returns the answer.
async fn transfer(client: &mut Client, operation: &str, content: &str, code: u16) -> Answer {
    let command = object_command("transfer", "domain", content);
    let command = command.replacen("<transfer>", &format!("<transfer op=\"{operation}\">"), 1);
    let answer = client.command(&command).await;
    assert_eq!(answer.code(), code, "{command}: {answer}");
    answer
}

/// Sends a domain update of a.example, and asserts the code of the answer.
async fn change(client: &mut Client, parts: &str, code: u16) {
    let answer = client.command(&update("a.example", parts)).await;
    assert_eq!(answer.code(), code, "{parts}: {answer}");
}

/// Returns the part of an update that adds or removes a status.
fn status(part: &str, status: &str) -> String {
    format!("<domain:{part}><domain:status s=\"{status}\"/></domain:{part}>")
}

/// Returns a registry with a.example of registrar-a, and sessions of registrar-a and registrar-b.
async fn registered() -> (Registry, Client, Client) {
    let (registry, mut sponsor) = furnished().await;
    let other = registry.login("registrar-b").await;
    sponsor.create("domain", &domain("a.example", "")).await;
    (registry, sponsor, other)
}

/// Check 22 (RFC 5731 section 2.3): a prohibition and the matching pending status exclude each other, whichever is first.
#[tokio::test]
async fn prohibited_and_its_pending_never_stand_together() {
    let (registry, mut sponsor, mut other) = registered().await;
    let request = content("", Some(SECRET));
    let lock = "clientTransferProhibited";
    change(&mut sponsor, &status("add", lock), 1000).await;
    transfer(&mut other, "request", &request, 2304).await;
    let shown = statuses(&mut sponsor, "domain", A).await;
    assert_eq!(shown, [lock, "inactive"]);
    change(&mut sponsor, &status("rem", lock), 1000).await;
    transfer(&mut other, "request", &request, 1001).await;
    change(&mut sponsor, &status("add", lock), 2304).await;
    let mut shown = statuses(&mut sponsor, "domain", A).await;
    shown.sort();
    assert_eq!(shown, ["inactive", "pendingTransfer"]);
    transfer(&mut sponsor, "reject", A, 1000).await;

    registry.clock.advance_to(instant("2027-03-20T00:00:00Z"));
    let lock = "clientDeleteProhibited";
    change(&mut sponsor, &status("add", lock), 1000).await;
    sponsor.expect("delete", "domain", A, 2304).await;
    let shown = statuses(&mut sponsor, "domain", A).await;
    assert_eq!(shown, [lock, "inactive"]);
    change(&mut sponsor, &status("rem", lock), 1000).await;
    sponsor.expect("delete", "domain", A, 1001).await;
    change(&mut sponsor, &status("add", lock), 2304).await;
    let mut shown = statuses(&mut sponsor, "domain", A).await;
    shown.sort();
    assert_eq!(shown, ["inactive", "pendingDelete"]);
}

/// Check 24 (RFC 5731 section 3.2.3): the date that the client believes in must be right, so a replay renews nothing.
#[tokio::test]
async fn renew_needs_the_right_date_and_a_replay_renews_nothing() {
    let (_registry, mut sponsor, _other) = registered().await;
    let renew = |date: &str| format!("{A}<domain:curExpDate>{date}</domain:curExpDate>");
    for wrong in ["2028-02-29", "2028-03-02", "2029-03-01"] {
        sponsor.expect("renew", "domain", &renew(wrong), 2004).await;
    }
    let right = renew("2028-03-01");
    let answer = sponsor.expect("renew", "domain", &right, 1000).await;
    let renewed = Some("2029-03-01T04:05:06.789Z");
    assert_eq!(answer.text_of("domain:exDate"), renewed);
    sponsor.expect("renew", "domain", &right, 2004).await;
    let seen = sponsor.info("domain", A).await;
    assert_eq!(seen.text_of("domain:exDate"), renewed);
}

/// Check 25 (RFC 5731 sections 3.1.3 and 3.2.4): the request alone says for how long; acID and acDate first say who must act
/// until when, then who acted when.
#[tokio::test]
async fn transfer_period_is_the_requests_and_the_acting_client_changes_its_meaning() {
    let (registry, mut sponsor, mut other) = registered().await;
    let [first, second] = ["2027-03-01T04:05:06.789Z", "2027-03-02T00:00:00.000Z"];
    let until = "2027-03-07T00:00:00.000Z";
    let longer = Some("2030-03-01T04:05:06.789Z");
    let request = content("2", Some(SECRET));
    let ignored = content("10", None);
    let seen = |answer: &Answer, status: &str, acting: [&str; 2], expires: Option<&str>| {
        assert_eq!(answer.text_of("domain:trStatus"), Some(status), "{answer}");
        assert_eq!(answer.text_of("domain:reID"), Some("registrar-b"));
        assert_eq!(answer.text_of("domain:acID"), Some(acting[0]), "{answer}");
        assert_eq!(answer.text_of("domain:acDate"), Some(acting[1]), "{answer}");
        assert_eq!(answer.text_of("domain:exDate"), expires, "{answer}");
    };
    let answer = transfer(&mut other, "request", &request, 1001).await;
    let due = ["registrar-a", "2027-03-06T04:05:06.789Z"];
    seen(&answer, "pending", due, longer);
    assert_eq!(answer.text_of("domain:reDate"), Some(first));
    let answer = transfer(&mut sponsor, "query", &ignored, 1000).await;
    seen(&answer, "pending", due, longer);
    registry.clock.advance_to(instant(second));
    let answer = transfer(&mut other, "cancel", &ignored, 1000).await;
    let acted = ["registrar-b", second];
    seen(&answer, "clientCancelled", acted, None);
    let answer = transfer(&mut other, "request", &request, 1001).await;
    seen(&answer, "pending", ["registrar-a", until], longer);
    let answer = transfer(&mut sponsor, "reject", &ignored, 1000).await;
    let acted = ["registrar-a", second];
    seen(&answer, "clientRejected", acted, None);
    transfer(&mut other, "request", &request, 1001).await;
    let answer = transfer(&mut sponsor, "approve", &ignored, 1000).await;
    seen(&answer, "clientApproved", acted, longer);
    let answer = other.info("domain", A).await;
    assert_eq!(answer.text_of("domain:exDate"), longer);
}

/// Checks 19 and 26 (RFC 5731 section 3.2.4, RFC 5732 section 3.1.2): subordinate hosts follow their domain and have its
/// date of transfer; the hosts it is delegated to besides stay.
#[tokio::test]
async fn subordinate_hosts_follow_their_domain_and_others_do_not() {
    let (registry, mut sponsor, mut other) = registered().await;
    let inside = "<host:name>ns1.a.example</host:name>";
    sponsor.create("host", &format!("{inside}{ADDRESS}")).await;
    let servers = name_servers(&["ns1.a.example", "ns.provider.test"]);
    let delegate = format!("<domain:add>{servers}</domain:add>");
    change(&mut sponsor, &delegate, 1000).await;
    let request = content("", Some(SECRET));
    transfer(&mut other, "request", &request, 1001).await;
    for name in [inside, HOST] {
        let seen = sponsor.info("host", name).await;
        assert_eq!(seen.text_of("host:trDate"), None, "{seen}");
    }
    let seen = sponsor.info("domain", A).await;
    assert_eq!(seen.text_of("domain:trDate"), None, "{seen}");
    let at = "2027-03-03T00:00:00.000Z";
    registry.clock.advance_to(instant(at));
    transfer(&mut sponsor, "approve", A, 1000).await;
    let seen = other.info("domain", A).await;
    assert_eq!(seen.text_of("domain:trDate"), Some(at), "{seen}");
    let seen = other.info("host", inside).await;
    assert_eq!(seen.text_of("host:clID"), Some("registrar-b"), "{seen}");
    assert_eq!(seen.text_of("host:crID"), Some("registrar-a"), "{seen}");
    assert_eq!(seen.text_of("host:trDate"), Some(at), "{seen}");
    let seen = other.info("host", HOST).await;
    assert_eq!(seen.text_of("host:clID"), Some("registrar-a"), "{seen}");
    assert_eq!(seen.text_of("host:trDate"), None, "{seen}");
    let more = format!(
        "{inside}<host:add>{}</host:add>",
        ADDRESS.replace(".9<", ".10<")
    );
    sponsor.expect("update", "host", &more, 2201).await;
    other.expect("update", "host", &more, 1000).await;
}

/// Check 27 (RFC 5732 section 3.2.5): a renamed host is the same host; what it hangs on and whether it needs glue is
/// judged anew, and nobody moves the name servers of another's domains.
#[tokio::test]
async fn renamed_host_keeps_its_links_and_glue_is_judged_anew() {
    let (_registry, mut sponsor, mut other) = registered().await;
    let servers = name_servers(&["ns.provider.test"]);
    let delegate = format!("<domain:add>{servers}</domain:add>");
    change(&mut sponsor, &delegate, 1000).await;
    other.create("domain", &domain("b.example", &servers)).await;
    let rename = |from: &str, addresses: &str, to: &str| {
        format!("{from}{addresses}<host:chg><host:name>{to}</host:name></host:chg>")
    };
    let away = rename(HOST, "", "ns.elsewhere.test");
    sponsor.expect("update", "host", &away, 2305).await;
    other.expect("update", "host", &away, 2201).await;
    let withdraw = update("b.example", &format!("<domain:rem>{servers}</domain:rem>"));
    assert_eq!(other.command(&withdraw).await.code(), 1000);
    let roid = sponsor.info("host", HOST).await;
    let roid = roid.text_of("host:roid").unwrap().to_owned();

    // Below a domain of ours it needs an address, outside it may have none.
    let inside = "<host:name>ns1.a.example</host:name>";
    let bare = rename(HOST, "", "ns1.a.example");
    sponsor.expect("update", "host", &bare, 2305).await;
    let glue = rename(
        HOST,
        &format!("<host:add>{ADDRESS}</host:add>"),
        "ns1.a.example",
    );
    sponsor.expect("update", "host", &glue, 1000).await;
    sponsor.expect("info", "host", HOST, 2303).await;
    let seen = sponsor.info("host", inside).await;
    assert!(seen.has(ADDRESS), "{seen}");
    assert_eq!(seen.text_of("host:roid"), Some(roid.as_str()), "{seen}");
    assert_eq!(
        statuses(&mut sponsor, "host", inside).await,
        ["linked", "ok"]
    );
    let seen = sponsor.info("domain", A).await;
    assert_eq!(seen.texts_of("domain:hostObj"), ["ns1.a.example"]);
    assert_eq!(seen.texts_of("domain:host"), ["ns1.a.example"]);

    // From one name below the domain to another and back, with its address.
    for (from, to) in [
        ("ns1.a.example", "ns2.a.example"),
        ("ns2.a.example", "ns1.a.example"),
    ] {
        let moved = rename(&format!("<host:name>{from}</host:name>"), "", to);
        sponsor.expect("update", "host", &moved, 1000).await;
        let seen = sponsor.info("domain", A).await;
        assert_eq!(seen.texts_of("domain:hostObj"), [to]);
    }

    let kept = rename(inside, "", "ns.provider.test");
    sponsor.expect("update", "host", &kept, 2306).await;
    let out = rename(
        inside,
        &format!("<host:rem>{ADDRESS}</host:rem>"),
        "ns.provider.test",
    );
    sponsor.expect("update", "host", &out, 1000).await;
    let seen = sponsor.info("host", HOST).await;
    assert!(!seen.has("<host:addr"), "{seen}");
    assert_eq!(seen.text_of("host:roid"), Some(roid.as_str()), "{seen}");
    let seen = sponsor.info("domain", A).await;
    assert_eq!(seen.texts_of("domain:hostObj"), ["ns.provider.test"]);
    assert!(!seen.has("<domain:host>"), "{seen}");
    // The other's domain was never touched.
    assert!(!other.info("domain", B).await.has("hostObj"));
}

/// Checks 20 and 30 (RFC 9154 section 5.3, RFC 5730 section 2.6): what matches nothing transfers nothing, and a refused
/// request leaves neither a trace nor a message.
#[tokio::test]
async fn refused_transfer_request_leaves_nothing_behind() {
    let (registry, mut sponsor, mut other) = registered().await;
    let poll = "<poll op=\"req\"/>";
    for set in [true, false] {
        if !set {
            let unset = "<domain:chg><domain:authInfo><domain:pw/></domain:authInfo></domain:chg>";
            change(&mut sponsor, unset, 1000).await;
        }
        let before = registry.store.digest();
        for secret in ["", " ", "Star.Ferry-2026+Pier7-e"] {
            let request = content("", Some(secret));
            transfer(&mut other, "request", &request, 2202).await;
        }
        let (request, code) = match set {
            true => (content("10", Some(SECRET)), 2306),
            false => (content("", Some(SECRET)), 2202),
        };
        transfer(&mut other, "request", &request, code).await;
        assert_eq!(registry.store.digest(), before);
        for client in [&mut sponsor, &mut other] {
            assert_eq!(client.command(poll).await.code(), 1300);
        }
    }
}

/// RFC 5733 section 2.9: a wish about disclosure names something; both wishes can be kept, and are shown as they were given.
#[tokio::test]
async fn disclosure_wish_names_something_and_is_kept() {
    let (registry, mut client) = furnished().await;
    let wish = |flag: u8, elements: &str| {
        let disclose = format!("<contact:disclose flag=\"{flag}\">{elements}</contact:disclose>");
        format!("{CONTACT}<contact:chg>{disclose}</contact:chg>")
    };
    let before = registry.store.digest();
    for flag in [0, 1] {
        client
            .expect("update", "contact", &wish(flag, ""), 2308)
            .await;
    }
    assert_eq!(registry.store.digest(), before);
    for flag in [0, 1] {
        let given = wish(flag, "<contact:voice/><contact:email/>");
        client.expect("update", "contact", &given, 1000).await;
        let seen = client.info("contact", CONTACT).await;
        let shown = format!("<contact:disclose flag=\"{flag}\"><contact:voice/><contact:email/>");
        assert!(seen.has(&shown), "{seen}");
    }
}

/// RFC 3915 section 4.2.5: a restore that changes something else is refused as a whole, and can be repeated alone.
#[tokio::test]
async fn restore_with_changes_of_the_domain_is_refused() {
    let (registry, mut sponsor, _other) = registered().await;
    registry.clock.advance_to(instant("2027-03-20T00:00:00Z"));
    sponsor.expect("delete", "domain", A, 1001).await;
    let restore = format!(
        "<extension><rgp:update xmlns:rgp=\"{RGP}\"><rgp:restore op=\"request\"/></rgp:update></extension>"
    );
    let before = registry.store.digest();
    for parts in [
        status("add", "clientHold"),
        "<domain:chg><domain:registrant>chan-1</domain:registrant></domain:chg>".to_owned(),
    ] {
        let answer = sponsor
            .command(&(update("a.example", &parts) + &restore))
            .await;
        assert_eq!(answer.code(), 2002, "{answer}");
        assert_eq!(registry.store.digest(), before);
    }
    let seen = sponsor.info("domain", A).await;
    assert!(seen.has("<rgp:rgpStatus s=\"redemptionPeriod\""), "{seen}");
    let alone = update("a.example", "<domain:chg/>") + &restore;
    assert_eq!(sponsor.command(&alone).await.code(), 1000);
    let seen = sponsor.info("domain", A).await;
    assert!(seen.has("<rgp:rgpStatus s=\"pendingRestore\""), "{seen}");
}
