//! What extensions tell of a Chinese name, and what they change of it: RFC 9095, idn-1.0 and our own hk-1.0.

use std::sync::Arc;

use hkepp::policy::hk::Table;
use hkepp::policy::hk::table::Row;

use super::packages::ascii;
use crate::support::client::{EXTENSIONS, Login};
use crate::support::{Answer, Client, Registry, instant};

pub const BUNDLE: &str = "urn:ietf:params:xml:ns:epp:b-dn";
pub const IDN: &str = "urn:ietf:params:xml:ns:idn-1.0";
pub const HK: &str = "urn:hkepp:params:xml:ns:hk-1.0";

/// Returns a registry of .hk with sessions that name every extension.
async fn registry() -> (Registry, Client, Client) {
    let registry = Registry::of("hk").open().await;
    let sponsor = log_in(&registry, "registrar-a").await;
    let other = log_in(&registry, "registrar-b").await;
    (registry, sponsor, other)
}

pub async fn log_in(registry: &Registry, registrar: &str) -> Client {
    let mut client = registry.connect(registrar);
    let extensions = [&EXTENSIONS[..], &[BUNDLE, IDN, HK]].concat();
    let login = Login::of(registrar).extensions(&extensions);
    assert_eq!(client.send(login.xml()).await.code(), 1000);
    client
}

pub fn name(text: &str) -> String {
    format!("<domain:name>{}</domain:name>", ascii(text))
}

/// Sends a domain command with an extension, and asserts the code of the answer.
pub async fn send(
    client: &mut Client,
    verb: &str,
    content: &str,
    extension: &str,
    code: u16,
) -> Answer {
    let command = crate::support::client::object_command(verb, "domain", content);
    let extension = match extension {
        "" => String::new(),
        _ => format!("<extension>{extension}</extension>"),
    };
    let answer = client.command(&(command + &extension)).await;
    assert_eq!(
        answer.code(),
        code,
        "{verb} {content} {extension}: {answer}"
    );
    answer
}

/// Creates a domain with an extension.
pub async fn create(client: &mut Client, text: &str, extension: &str, code: u16) -> Answer {
    let id = super::contact(client).await;
    send(
        client,
        "create",
        &super::domain(&ascii(text), &id),
        extension,
        code,
    )
    .await
}

pub async fn update(client: &mut Client, text: &str, content: &str, code: u16) -> Answer {
    let extension = format!("<hk:update xmlns:hk=\"{HK}\">{content}</hk:update>");
    send(client, "update", &name(text), &extension, code).await
}

/// Takes every message.
pub async fn messages(client: &mut Client) -> Vec<Answer> {
    let mut all = Vec::new();
    loop {
        let answer = client.command("<poll op=\"req\"/>").await;
        if answer.code() == 1300 {
            return all;
        }
        let shown = answer.to_string();
        let id = shown.split("msgQ").nth(1).unwrap();
        let id = id.split("id=\"").nth(1).unwrap().split('"').next().unwrap();
        let ack = format!("<poll op=\"ack\" msgID=\"{id}\"/>");
        assert_eq!(client.command(&ack).await.code(), 1000);
        all.push(answer);
    }
}

#[tokio::test]
async fn answers_list_the_forms_in_use_for_who_named_the_extension() {
    let (registry, mut sponsor, mut other) = registry().await;
    let extension = format!(
        "<idn:data xmlns:idn=\"{IDN}\"><idn:table>zh-HK</idn:table><idn:uname>國学.香港</idn:uname></idn:data>\
         <b-dn:create xmlns:b-dn=\"{BUNDLE}\"><b-dn:rdn uLabel=\"國学.香港\">{}</b-dn:rdn></b-dn:create>",
        ascii("國学.香港")
    );
    let created = create(&mut sponsor, "國学.香港", &extension, 1000).await;
    assert_eq!(
        created.text_of("b-dn:rdn"),
        Some(ascii("國学.香港").as_str())
    );
    let forms = [ascii("国学.香港"), ascii("國學.香港")];
    assert_eq!(created.texts_of("b-dn:bdn"), forms);
    assert!(created.has("uLabel=\"国学.香港\""), "{created}");
    assert_eq!(created.text_of("idn:table"), Some("zh-HK"));
    let shown = sponsor.info("domain", &name("国学.香港")).await;
    assert_eq!(shown.texts_of("b-dn:bdn"), forms);
    assert_eq!(shown.text_of("idn:uname"), Some("國学.香港"));
    let table = Table::shipped();
    assert_eq!(shown.text_of("hk:table"), Some(table.version()));
    let shown = other.info("domain", &name("国学.香港")).await;
    assert!(!shown.has("b-dn:") && !shown.has("hk:infData"), "{shown}");
    let renew = name("國学.香港") + "<domain:curExpDate>2028-03-01</domain:curExpDate>";
    let renewed = send(&mut sponsor, "renew", &renew, "", 1000).await;
    assert!(renewed.has("b-dn:renData"), "{renewed}");

    let mut without = registry.connect("registrar-a");
    let login = Login::of("registrar-a").extensions(&[]);
    without.send(login.xml()).await;
    let shown = without.info("domain", &name("國学.香港")).await;
    assert!(
        !shown.has("b-dn") && !shown.has("hk-1.0") && !shown.has("idn"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_check_answers_for_the_forms_too_when_the_client_speaks_of_bundles() {
    let (registry, mut sponsor, mut other) = registry().await;
    let content = name("國学.香港");
    let free = sponsor.expect("check", "domain", &content, 1000).await;
    let all = ["國学.香港", "国学.香港", "國學.香港"].map(ascii);
    assert_eq!(free.texts_of("domain:name"), all);
    assert_eq!(
        free.texts_of("domain:reason"),
        ["Form of a name asked for"; 2]
    );
    assert_eq!(free.to_string().matches("avail=\"1\"").count(), 3);
    let both = name("國学.香港") + &name("国学.香港") + &name("my-shop.hk");
    let asked = sponsor.expect("check", "domain", &both, 1000).await;
    assert_eq!(asked.texts_of("domain:name").len(), 4);
    create(&mut sponsor, "國学.香港", "", 1000).await;
    let taken = other
        .expect("check", "domain", &name("国学.香港"), 1000)
        .await;
    assert!(
        !taken.has("avail=\"1\"") && taken.has("hk:R5.1a"),
        "{taken}"
    );

    let mut without = registry.connect("registrar-a");
    let login = Login::of("registrar-a").extensions(&[]);
    without.send(login.xml()).await;
    let plain = without.expect("check", "domain", &content, 1000).await;
    assert_eq!(plain.texts_of("domain:name").len(), 1);
}

#[tokio::test]
async fn what_a_create_says_of_its_name_must_be_true() {
    let (_registry, mut sponsor, _other) = registry().await;
    let bundle = |label: &str, text: &str| {
        format!(
            "<b-dn:create xmlns:b-dn=\"{BUNDLE}\"><b-dn:rdn uLabel=\"{label}\">{}</b-dn:rdn></b-dn:create>",
            ascii(text)
        )
    };
    let idn = |table: &str, text: &str| {
        format!(
            "<idn:data xmlns:idn=\"{IDN}\"><idn:table>{table}</idn:table><idn:uname>{text}</idn:uname></idn:data>"
        )
    };
    for (extension, code) in [
        (bundle("國学.香港", "國學.香港"), 2306),
        (bundle("國學.香港", "國学.香港"), 2005),
        (idn("zh-CN", "國学.香港"), 2306),
        (idn("zh-HK", "国学.香港"), 2005),
    ] {
        create(&mut sponsor, "國学.香港", &extension, code).await;
    }
    let own = Table::shipped().version().to_owned();
    create(&mut sponsor, "國学.香港", &idn(&own, "國学.香港"), 1000).await;
    let tag = idn("ZH-hk", "漁灣.香港");
    let created = create(&mut sponsor, "漁灣.香港", &tag, 1000).await;
    assert_eq!(created.text_of("idn:table"), Some("zh-HK"));
    create(
        &mut sponsor,
        "harbour-shop.hk",
        &idn("zh-HK", "harbour-shop.hk"),
        2306,
    )
    .await;
}

#[tokio::test]
async fn holders_choose_and_activate_forms_of_their_package() {
    let (_registry, mut sponsor, mut other) = registry().await;
    create(&mut sponsor, "國学.香港", "", 1000).await;
    let further = ascii("国學.香港");
    let add = format!("<hk:variant><hk:add>{further}</hk:add></hk:variant>");
    other
        .expect("info", "domain", &name("国學.香港"), 2303)
        .await;
    let updated = update(&mut sponsor, "國学.香港", &add, 1000).await;
    assert!(
        updated.texts_of("b-dn:bdn").contains(&further.as_str()),
        "{updated}"
    );
    other.info("domain", &name("国學.香港")).await;
    update(&mut sponsor, "國学.香港", &add, 2306).await;
    let remove = format!("<hk:variant><hk:rem>{further}</hk:rem></hk:variant>");
    update(&mut sponsor, "國学.香港", &remove, 1000).await;
    update(&mut sponsor, "國学.香港", &remove, 2306).await;
    other
        .expect("info", "domain", &name("国學.香港"), 2303)
        .await;
    for foreign in ["国学.公司.香港", "国文.香港", "harbour.hk"] {
        let add = format!(
            "<hk:variant><hk:add>{}</hk:add></hk:variant>",
            ascii(foreign)
        );
        update(&mut sponsor, "國学.香港", &add, 2306).await;
    }
    let simplified = |text: &str| {
        format!(
            "<hk:variant><hk:simplified>{}</hk:simplified></hk:variant>",
            ascii(text)
        )
    };
    update(&mut sponsor, "國学.香港", &simplified("國學.香港"), 2306).await;
    update(&mut sponsor, "國学.香港", &simplified("国学.香港"), 1000).await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    update(&mut sponsor, "harbour-shop.hk", &add, 2306).await;
}

#[tokio::test]
async fn a_name_has_a_limit_of_forms() {
    let mut set: Vec<char> = "甲乙丙丁戊己庚辛".chars().collect();
    set.sort_unstable();
    let row = |character: char| Row {
        simplified: vec![character],
        traditional: vec![character],
        set: set.clone(),
    };
    let rows = set.iter().map(|character| (*character, row(*character)));
    let table = Table::new("test".to_owned(), rows.collect());
    let registry = Registry::of("hk").table(Arc::new(table)).open().await;
    let mut sponsor = log_in(&registry, "registrar-a").await;
    create(&mut sponsor, "甲甲.香港", "", 1000).await;
    let pairs = set
        .iter()
        .flat_map(|one| set.iter().map(move |other| (*one, *other)));
    let pairs = pairs.filter(|pair| *pair != ('甲', '甲'));
    let forms: Vec<String> = pairs
        .map(|(one, other)| {
            let form = ascii(&format!("{one}{other}.香港"));
            format!("<hk:add>{form}</hk:add>")
        })
        .collect();
    let variant = |forms: &[String]| format!("<hk:variant>{}</hk:variant>", forms.concat());
    update(&mut sponsor, "甲甲.香港", &variant(&forms[..33]), 2306).await;
    update(&mut sponsor, "甲甲.香港", &variant(&forms[..32]), 1000).await;
    update(&mut sponsor, "甲甲.香港", &variant(&forms[32..33]), 2306).await;
}

#[tokio::test]
async fn an_application_is_not_activated() {
    let (_registry, mut sponsor, _other) = registry().await;
    create(&mut sponsor, "egovernmentx.hk", "", 1001).await;
    let pending = sponsor.info("domain", &name("egovernmentx.hk")).await;
    assert!(
        pending.has("hk:application") && !pending.has("hk:activated"),
        "{pending}"
    );
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    let shown = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(shown.has("hk:activated"), "{shown}");
}

#[tokio::test]
async fn a_pair_lives_and_moves_together_until_it_is_parted() {
    let (registry, mut sponsor, mut other) = registry().await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    registry.clock.advance_to(instant("2027-06-01T00:00:00Z"));
    let pair = |text: &str| format!("<hk:pair>{}</hk:pair>", ascii(text));
    let with = format!(
        "<hk:create xmlns:hk=\"{HK}\">{}</hk:create>",
        pair("harbour-shop.hk")
    );
    create(&mut sponsor, "海港店.香港", &with, 1000).await;
    let expiry = |answer: &Answer| answer.text_of("domain:exDate").unwrap().to_owned();
    let english = sponsor.info("domain", &name("harbour-shop.hk")).await;
    let chinese = sponsor.info("domain", &name("海港店.香港")).await;
    assert_eq!(
        english.text_of("hk:pair"),
        Some(ascii("海港店.香港").as_str())
    );
    assert_eq!(chinese.text_of("hk:pair"), Some("harbour-shop.hk"));
    assert_eq!(expiry(&english), expiry(&chinese));
    assert!(expiry(&english).starts_with("2028-06-01"), "{english}");

    let renew = name("harbour-shop.hk") + "<domain:curExpDate>2028-06-01</domain:curExpDate>";
    send(&mut sponsor, "renew", &renew, "", 1000).await;
    let chinese = sponsor.info("domain", &name("海港店.香港")).await;
    assert!(expiry(&chinese).starts_with("2029-06-01"), "{chinese}");

    let secret = "Star.Ferry-2026+Pier7-x";
    let change = format!(
        "<domain:chg><domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo></domain:chg>"
    );
    send(
        &mut sponsor,
        "update",
        &(name("海港店.香港") + &change),
        "",
        1000,
    )
    .await;
    let request = format!(
        "{}<domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>",
        name("海港店.香港")
    );
    let command = crate::support::client::object_command("transfer", "domain", &request).replacen(
        "<transfer>",
        "<transfer op=\"request\">",
        1,
    );
    assert_eq!(other.command(&command).await.code(), 1001);
    let english = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(english.has("pendingTransfer"), "{english}");
    registry.clock.advance_to(instant("2027-06-07T00:00:00Z"));
    registry.service.settle_due().await.unwrap();
    for text in ["harbour-shop.hk", "海港店.香港"] {
        let moved = other.info("domain", &name(text)).await;
        assert_eq!(moved.text_of("domain:clID"), Some("registrar-b"), "{text}");
    }

    update(&mut other, "harbour-shop.hk", "<hk:unpair/>", 1000).await;
    update(&mut other, "harbour-shop.hk", "<hk:unpair/>", 2306).await;
    other
        .expect("delete", "domain", &name("harbour-shop.hk"), 1001)
        .await;
    let chinese = other.info("domain", &name("海港店.香港")).await;
    assert!(
        !chinese.has("pendingDelete") && !chinese.has("hk:pair"),
        "{chinese}"
    );
}

#[tokio::test]
async fn only_equals_are_held_together() {
    let (_registry, mut sponsor, mut other) = registry().await;
    create(&mut sponsor, "harbour-shop.hk", "", 1000).await;
    create(&mut sponsor, "bay-shop.hk", "", 1000).await;
    create(&mut other, "海港店.香港", "", 1000).await;
    create(&mut sponsor, "海灣店.香港", "", 1000).await;
    let pair = |text: &str| format!("<hk:pair>{}</hk:pair>", ascii(text));
    for (with, code) in [
        ("海港店.香港", 2201),
        ("bay-shop.hk", 2306),
        ("無此名.香港", 2303),
    ] {
        update(&mut sponsor, "harbour-shop.hk", &pair(with), code).await;
    }
    let with = |text: &str| format!("<hk:create xmlns:hk=\"{HK}\">{}</hk:create>", pair(text));
    create(&mut other, "灣仔店.香港", &with("harbour-shop.hk"), 2201).await;
    update(&mut sponsor, "harbour-shop.hk", &pair("海灣店.香港"), 1000).await;
    update(&mut sponsor, "bay-shop.hk", &pair("海灣店.香港"), 2306).await;
    // Deleting one deletes both.
    sponsor
        .expect("delete", "domain", &name("海灣店.香港"), 1001)
        .await;
    let english = sponsor.info("domain", &name("harbour-shop.hk")).await;
    assert!(english.has("pendingDelete"), "{english}");
}

#[tokio::test]
async fn an_extension_the_profile_does_not_announce_is_an_unknown_one_whatever_it_holds() {
    let registry = Registry::plain().await;
    let mut client = registry.connect("registrar-a");
    assert!(!client.greeting().has(IDN));
    let login = Login::of("registrar-a").extensions(&[IDN]);
    assert_eq!(client.send(login.xml()).await.code(), 2103);
    let mut client = registry.login("registrar-a").await;
    for content in ["<idn:table>zh-HK</idn:table>", "<idn:uname/>", ""] {
        let extension = format!("<idn:data xmlns:idn=\"{IDN}\">{content}</idn:data>");
        let domain = super::domain("harbour.example", "chan-1");
        send(&mut client, "create", &domain, &extension, 2103).await;
    }
}
