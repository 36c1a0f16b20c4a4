//! Changes of registrant, which wait for documents in a category, and of the contact that a school's names share.

use hkepp::admin::message::NewDemand;
use hkepp::admin::{Order, Query, Reply, Ruling};
use hkepp::flow::domain::lock::Opening;
use hkepp::model::DomainName;
use hkepp::model::consent::Authority;
use hkepp::model::document::DocumentKind;
use hkepp::model::lock::LockKind;

use super::consents::grant;
use super::extensions::{HK, create, log_in, messages, name, send, update};
use super::packages::{approval, approve, ascii, ask, order, rule, try_order};
use crate::support::{Client, Registry, instant};

const SHOP: &str = "harbour-shop.com.hk";

/// Returns a registry of .hk with a company's name, its sponsor's session, and the handle of another contact.
async fn company() -> (Registry, Client, String) {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    let mut other = log_in(&registry, "registrar-b").await;
    let second = super::contact(&mut other).await;
    create(&mut sponsor, SHOP, "", 1001).await;
    approve(&registry).await;
    messages(&mut sponsor).await;
    (registry, sponsor, second)
}

/// Returns the content of an update that changes the registrant, with `parts` before it.
fn to(text: &str, registrant: &str, parts: &str) -> String {
    format!(
        "{}{parts}<domain:chg><domain:registrant>{registrant}</domain:registrant></domain:chg>",
        name(text)
    )
}

fn told(content: &str) -> String {
    format!("<hk:update xmlns:hk=\"{HK}\">{content}</hk:update>")
}

const COMPANY: &str = "<hk:registrant><hk:type>organisation</hk:type></hk:registrant>";

fn admin(part: &str, id: &str) -> String {
    format!("<domain:{part}><domain:contact type=\"admin\">{id}</domain:contact></domain:{part}>")
}

async fn shown(client: &mut Client, text: &str, element: &str) -> Vec<String> {
    let answer = client.info("domain", &name(text)).await;
    let texts = answer.texts_of(element).into_iter();
    texts.map(str::to_owned).collect()
}

/// Returns the numbers of the requests for documents that are open.
async fn open(registry: &Registry) -> Vec<u64> {
    let Reply::Documents(requests) = ask(registry, Query::DocumentList(())).await else {
        panic!("applications are listed");
    };
    let open = requests.iter().filter(|request| request.state == "open");
    open.map(|request| request.id.parse().unwrap()).collect()
}

/// Refuses every open request.
async fn reject(registry: &Registry) {
    for id in open(registry).await {
        let reply = rule(registry, Ruling::DocumentReject((id, None))).await;
        assert!(matches!(reply, Reply::Document(view) if view.state == "rejected"));
    }
}

#[tokio::test]
async fn a_registrant_in_a_category_changes_by_documents_only() {
    let (registry, mut sponsor, second) = company().await;
    let plain = send(&mut sponsor, "update", &to(SHOP, &second, ""), "", 2306).await;
    assert!(plain.reason().contains("hk:R2.6"), "{plain}");
    let waits = send(
        &mut sponsor,
        "update",
        &to(SHOP, &second, ""),
        &told(COMPANY),
        1001,
    )
    .await;
    assert_eq!(waits.texts_of("hk:wanted"), ["BR CROC", "TRANSFER_LETTER"]);
    assert!(
        waits.has("hk:updData") && waits.has("2027-03-15T"),
        "{waits}"
    );

    let info = sponsor.info("domain", &name(SHOP)).await;
    assert_eq!(info.text_of("domain:registrant"), Some("chana"));
    assert!(
        info.has("s=\"pendingUpdate\"") && info.has("hk:application"),
        "{info}"
    );
    let renew = name(SHOP) + "<domain:curExpDate>2028-03-01</domain:curExpDate>";
    for (verb, content) in [
        ("update", to(SHOP, &second, "")),
        ("renew", renew),
        ("delete", name(SHOP)),
    ] {
        let answer = send(&mut sponsor, verb, &content, "", 2304).await;
        assert!(answer.reason().contains("pendingUpdate"), "{answer}");
    }
    let mut other = registry.login("registrar-b").await;
    let contact = format!("<contact:id>{second}</contact:id>");
    other.expect("delete", "contact", &contact, 2305).await;

    approve(&registry).await;
    let info = sponsor.info("domain", &name(SHOP)).await;
    assert_eq!(info.text_of("domain:registrant"), Some(second.as_str()));
    assert!(
        !info.has("pendingUpdate") && !info.has("hk:application"),
        "{info}"
    );
    let [ended] = messages(&mut sponsor).await.try_into().unwrap();
    assert!(ended.has("paResult=\"1\""), "{ended}");
    let transaction = waits.server_transaction().unwrap();
    assert!(ended.has(transaction), "{ended}");
    other.expect("delete", "contact", &contact, 2305).await;
}

#[tokio::test]
async fn a_refused_or_lapsed_change_leaves_the_registrant() {
    let (registry, mut sponsor, second) = company().await;
    for lapses in [false, true] {
        send(
            &mut sponsor,
            "update",
            &to(SHOP, &second, ""),
            &told(COMPANY),
            1001,
        )
        .await;
        if lapses {
            registry.clock.advance_to(instant("2027-03-15T04:05:07Z"));
        } else {
            reject(&registry).await;
        }
        let info = sponsor.info("domain", &name(SHOP)).await;
        assert_eq!(info.text_of("domain:registrant"), Some("chana"), "{info}");
        assert!(!info.has("pendingUpdate"), "{info}");
        // The next transform makes permanent what the clock did.
        let hold =
            name(SHOP) + "<domain:chg><domain:authInfo><domain:pw/></domain:authInfo></domain:chg>";
        send(&mut sponsor, "update", &hold, "", 1000).await;
        let [ended] = messages(&mut sponsor).await.try_into().unwrap();
        assert!(ended.has("paResult=\"0\""), "{ended}");
    }
}

#[tokio::test]
async fn a_change_that_waits_comes_alone_or_with_contacts() {
    let (_registry, mut sponsor, second) = company().await;
    let hold = "<domain:add><domain:status s=\"clientHold\"/></domain:add>";
    let with_hold = to(SHOP, &second, hold);
    send(&mut sponsor, "update", &with_hold, &told(COMPANY), 2306).await;
    let contacts = admin("add", &second) + &admin("rem", "chana");
    let with_contacts = to(SHOP, &second, &contacts);
    send(&mut sponsor, "update", &with_contacts, &told(COMPANY), 1001).await;
    assert_eq!(
        shown(&mut sponsor, SHOP, "domain:contact").await,
        ["chana", "chana"]
    );
}

#[tokio::test]
async fn what_is_said_of_a_new_registrant_is_judged() {
    let (_registry, mut sponsor, second) = company().await;
    let person = "<hk:registrant><hk:type>individual</hk:type></hk:registrant>";
    let refused = send(
        &mut sponsor,
        "update",
        &to(SHOP, &second, ""),
        &told(person),
        2306,
    )
    .await;
    assert!(refused.reason().contains("hk:R2.6"), "{refused}");
    create(&mut sponsor, "harbour-pier.hk", "", 1000).await;
    let change = to("harbour-pier.hk", &second, "");
    let child = "<hk:registrant><hk:type>individual</hk:type><hk:birthDate>2020-01-01</hk:birthDate></hk:registrant>";
    let refused = send(&mut sponsor, "update", &change, &told(child), 2306).await;
    assert!(refused.reason().contains("hk:R2.2"), "{refused}");
    let minor = child.replace("2020", "2013");
    let refused = send(&mut sponsor, "update", &change, &told(&minor), 2306).await;
    assert!(refused.reason().contains("hk:R2.1"), "{refused}");
    let alone = minor.clone() + "<hk:guardian>nobody</hk:guardian>";
    let refused = send(&mut sponsor, "update", &change, &told(&alone), 2303).await;
    assert!(refused.has("hk:guardian"), "{refused}");
    let guarded = minor + "<hk:guardian>chana</hk:guardian>";
    send(&mut sponsor, "update", &change, &told(&guarded), 1000).await;
    send(
        &mut sponsor,
        "update",
        &to("harbour-pier.hk", "chana", ""),
        "",
        1000,
    )
    .await;
}

#[tokio::test]
async fn a_dispute_ends_a_change_that_waits_and_a_registry_lock_waits_for_it() {
    let (registry, mut sponsor, second) = company().await;
    send(
        &mut sponsor,
        "update",
        &to(SHOP, &second, ""),
        &told(COMPANY),
        1001,
    )
    .await;
    let shop = || DomainName::parse(SHOP).unwrap();
    let refused = try_order(&registry, Order::LockSet(shop())).await;
    assert!(matches!(refused, Reply::Refused(_)), "{refused:?}");
    let opening = Opening {
        case: "HKIAC-1".to_owned(),
        kind: LockKind::Panel,
        suspends: false,
        evidence: None,
    };
    order(&registry, Order::DisputeOpen((shop(), opening))).await;
    let info = sponsor.info("domain", &name(SHOP)).await;
    assert!(
        info.has("serverUpdateProhibited") && !info.has("pendingUpdate"),
        "{info}"
    );
    let told = messages(&mut sponsor).await;
    assert!(
        told.iter().any(|message| message.has("paResult=\"0\"")),
        "{told:?}"
    );
    assert_eq!(open(&registry).await, [0; 0]);
}

#[tokio::test]
async fn the_partner_of_a_name_follows_when_its_registrant_is_approved() {
    let (registry, mut sponsor, second) = company().await;
    let chinese = "海港店.公司.香港";
    create(&mut sponsor, chinese, "", 1001).await;
    approve(&registry).await;
    let pair = format!("<hk:pair>{}</hk:pair>", ascii(chinese));
    update(&mut sponsor, SHOP, &pair, 1000).await;
    send(
        &mut sponsor,
        "update",
        &to(SHOP, &second, ""),
        &told(COMPANY),
        1001,
    )
    .await;
    update(&mut sponsor, chinese, "<hk:unpair/>", 2304).await;
    approve(&registry).await;
    for text in [SHOP, chinese] {
        let registrant = shown(&mut sponsor, text, "domain:registrant").await;
        assert_eq!(registrant, [second.as_str()], "{text}");
    }
}

#[tokio::test]
async fn the_contact_that_a_school_s_names_share_changes_for_all_of_them() {
    let (registry, mut sponsor, second) = company().await;
    let schools = [
        "harbour-school.edu.hk",
        "海港.教育.香港",
        "harbour-college.edu.hk",
    ];
    for text in schools {
        create(&mut sponsor, text, "", 1001).await;
    }
    approve(&registry).await;
    let [school, ..] = schools;
    let change = name(school) + &admin("add", &second) + &admin("rem", "chana");
    let alone = send(&mut sponsor, "update", &change, "", 2308).await;
    assert!(alone.reason().contains("hk:R2.11"), "{alone}");
    send(
        &mut sponsor,
        "update",
        &change,
        &told("<hk:applyToAll/>"),
        1000,
    )
    .await;
    for text in schools {
        let contacts = shown(&mut sponsor, text, "domain:contact").await;
        assert!(contacts.contains(&second), "{text}: {contacts:?}");
    }
    for (text, parts) in [
        (school, String::new()),
        (SHOP, admin("add", &second) + &admin("rem", "chana")),
    ] {
        let content = name(text) + &parts;
        let refused = send(
            &mut sponsor,
            "update",
            &content,
            &told("<hk:applyToAll/>"),
            2306,
        )
        .await;
        assert!(refused.has("hk:applyToAll"), "{refused}");
    }
    // One of them forbids it, so that none changes.
    let lock = name("harbour-college.edu.hk")
        + "<domain:add><domain:status s=\"clientUpdateProhibited\"/></domain:add>";
    send(&mut sponsor, "update", &lock, "", 1000).await;
    let back = name(school) + &admin("add", "chana") + &admin("rem", &second);
    let refused = send(
        &mut sponsor,
        "update",
        &back,
        &told("<hk:applyToAll/>"),
        2304,
    )
    .await;
    assert!(refused.has("harbour-college.edu.hk"), "{refused}");
    let contacts = shown(&mut sponsor, "海港.教育.香港", "domain:contact").await;
    assert!(contacts.contains(&second), "{contacts:?}");
}

#[tokio::test]
async fn a_consent_goes_to_no_other_registrant_with_the_name() {
    let (registry, mut sponsor, second) = company().await;
    let bank = "harbour-bank.hk";
    grant(&registry, bank, Authority::Monetary, None).await;
    create(&mut sponsor, bank, "", 1000).await;
    let refused = send(&mut sponsor, "update", &to(bank, &second, ""), "", 2306).await;
    assert!(refused.reason().contains("hk:R6.6"), "{refused}");
    grant(&registry, bank, Authority::Monetary, Some(&second)).await;
    send(&mut sponsor, "update", &to(bank, &second, ""), "", 1000).await;

    // In a category the document that shows it lets the change wait, and the approval wants the consent.
    let company_bank = "harbour-bank.com.hk";
    let ma = "<hk:document><hk:type>MA_S97</hk:type><hk:number>B1/15C</hk:number><hk:country>HK</hk:country></hk:document>";
    let with_consent = format!("<hk:create xmlns:hk=\"{HK}\">{ma}</hk:create>");
    create(&mut sponsor, company_bank, &with_consent, 1001).await;
    let [id] = open(&registry).await.try_into().unwrap();
    let refused = rule(&registry, approval(id)).await;
    assert!(matches!(refused, Reply::Refused(_)), "{refused:?}");
    grant(&registry, company_bank, Authority::Monetary, None).await;
    approve(&registry).await;
    let change = to(company_bank, &second, "");
    send(&mut sponsor, "update", &change, &told(COMPANY), 2306).await;
    let shown = format!("{COMPANY}{ma}");
    let waits = send(&mut sponsor, "update", &change, &told(&shown), 1001).await;
    assert_eq!(
        waits.texts_of("hk:wanted"),
        ["BR CROC", "TRANSFER_LETTER", "MA_S97"]
    );
    let [id] = open(&registry).await.try_into().unwrap();
    let refused = rule(&registry, approval(id)).await;
    assert!(matches!(refused, Reply::Refused(_)), "{refused:?}");
    grant(&registry, company_bank, Authority::Monetary, Some(&second)).await;
    approve(&registry).await;
    let registrant = self::shown(&mut sponsor, company_bank, "domain:registrant").await;
    assert_eq!(registrant, [second.as_str()]);
}

#[tokio::test]
async fn a_name_of_a_person_follows_to_whom_it_names_only() {
    let registry = Registry::of("hk").open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    let mut other = log_in(&registry, "registrar-b").await;
    let second = super::contact(&mut other).await;
    let (english, chinese) = ("au-yeung-ho.idv.hk", "歐陽好.個人.香港");
    create(&mut sponsor, english, "", 1001).await;
    create(&mut sponsor, chinese, "", 1001).await;
    approve(&registry).await;
    let pair = format!("<hk:pair>{}</hk:pair>", ascii(chinese));
    update(&mut sponsor, english, &pair, 1000).await;
    let person = |name: &str| {
        told(&format!(
            "<hk:registrant><hk:type>individual</hk:type><hk:legalName>{name}</hk:legalName></hk:registrant>"
        ))
    };
    let change = to(english, &second, "");
    let refused = send(&mut sponsor, "update", &change, &person("陳大文"), 2306).await;
    assert!(refused.reason().contains("hk:R2.5a"), "{refused}");
    send(&mut sponsor, "update", &change, &person("欧阳好"), 1001).await;
}

#[tokio::test]
async fn a_demand_turns_to_the_new_registrant_without_what_the_last_one_said() {
    let (registry, mut sponsor, second) = company().await;
    let pier = "harbour-pier.hk";
    create(&mut sponsor, pier, "", 1000).await;
    let wanted = vec![vec![DocumentKind::Passport]];
    let demand = NewDemand {
        name: DomainName::parse(pier).unwrap(),
        wanted,
        days: None,
        reason: None,
    };
    let reply = rule(&registry, Ruling::DocumentRequest(demand)).await;
    assert!(matches!(reply, Reply::Document(_)), "{reply:?}");
    let minor = "<hk:registrant><hk:type>individual</hk:type><hk:over18>false</hk:over18></hk:registrant><hk:guardian>chana</hk:guardian>";
    update(&mut sponsor, pier, minor, 1000).await;
    send(
        &mut sponsor,
        "update",
        &to(pier, &second, ""),
        &told(COMPANY),
        1000,
    )
    .await;
    let paper = "<hk:document><hk:type>PASSNO</hk:type><hk:number>K1</hk:number><hk:country>MO</hk:country></hk:document>";
    update(&mut sponsor, pier, paper, 1000).await;
    let [id] = open(&registry).await.try_into().unwrap();
    let shown = ask(&registry, Query::DocumentShow(id)).await;
    let Reply::Document(view) = shown else {
        panic!("{shown:?}");
    };
    let applicant = format!("{view:?}");
    assert!(
        !applicant.contains("chana") && applicant.contains("K1"),
        "{applicant}"
    );
}

#[tokio::test]
async fn a_closed_window_keeps_a_name_from_following_the_others() {
    let (registry, mut sponsor, second) = company().await;
    let schools = ["harbour-school.edu.hk", "harbour-college.edu.hk"];
    for text in schools {
        create(&mut sponsor, text, "", 1001).await;
    }
    approve(&registry).await;
    let [school, college] = schools;
    let locked = || DomainName::parse(college).unwrap();
    order(&registry, Order::LockSet(locked())).await;
    order(&registry, Order::LockWindow((locked(), 3600))).await;
    registry.clock.advance_to(instant("2027-03-01T06:00:00Z"));
    let change = name(school) + &admin("add", &second) + &admin("rem", "chana");
    let refused = send(
        &mut sponsor,
        "update",
        &change,
        &told("<hk:applyToAll/>"),
        2304,
    )
    .await;
    assert!(refused.has(college), "{refused}");
}
