//! Categories in which only permitted registrars register (R 2.9): what each of the registrars is told, and when.

use hkepp::admin::{Order, Reply, Ruling};
use hkepp::flow::domain::lock::{Closing, Opening};
use hkepp::model::case::Outcome;
use hkepp::model::lock::LockKind;
use hkepp::model::{DomainName, RegistrarId};

use super::packages::{approve, ascii, order, rule, try_order};
use crate::support::{Answer, Client, Registry};

const ENGLISH: &str = "lands.gov.hk";
const CHINESE: &str = "地政總署.政府.香港";
const SHORT: &str = "Not for this registrar (hk:R2.9)";
const SECRET: &str = "Star.Ferry-2026+Pier7-x";

/// Permits a registrar a category.
async fn permit(registry: &Registry, id: &str, category: &str) -> Reply {
    let id = RegistrarId::parse(id).unwrap();
    rule(registry, Ruling::RegistrarPermit((id, category.to_owned()))).await
}

/// Takes the permission back.
async fn forbid(registry: &Registry, id: &str, category: &str) -> Reply {
    let id = RegistrarId::parse(id).unwrap();
    rule(registry, Ruling::RegistrarForbid((id, category.to_owned()))).await
}

fn categories(reply: Reply) -> Vec<String> {
    let Reply::Registrar(view) = reply else {
        panic!("{reply:?}");
    };
    view.categories
}

fn refused(reply: Reply) -> String {
    let Reply::Refused(reason) = reply else {
        panic!("{reply:?}");
    };
    reason
}

fn name(text: &str) -> String {
    format!("<domain:name>{}</domain:name>", ascii(text))
}

/// Asks whether names can be registered; the reasons of those that cannot.
async fn check(client: &mut Client, names: &[&str]) -> Vec<String> {
    let names: String = names.iter().map(|text| name(text)).collect();
    let answer = client.expect("check", "domain", &names, 1000).await;
    let reasons = answer.texts_of("domain:reason");
    reasons.into_iter().map(str::to_owned).collect()
}

/// Asks for a transfer.
async fn request(client: &mut Client, text: &str, secret: &str) -> Answer {
    let auth_info = format!("<domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>");
    let content = name(text) + &auth_info;
    let command = crate::support::client::object_command("transfer", "domain", &content);
    let command = command.replacen("<transfer>", "<transfer op=\"request\">", 1);
    client.command(&command).await
}

/// Returns a registry in which registrar-a, alone permitted, sponsors a department's name.
async fn registered() -> (Registry, Client, Client) {
    let registry = Registry::of("hk").open().await;
    permit(&registry, "registrar-a", "gov").await;
    let mut sponsor = registry.login("registrar-a").await;
    super::create(&mut sponsor, ENGLISH, 1001).await;
    approve(&registry).await;
    let secret = format!("<domain:authInfo><domain:pw>{SECRET}</domain:pw></domain:authInfo>");
    let change = format!("{}<domain:chg>{secret}</domain:chg>", name(ENGLISH));
    sponsor.expect("update", "domain", &change, 1000).await;
    let other = registry.login("registrar-b").await;
    (registry, sponsor, other)
}

#[tokio::test]
async fn names_of_departments_are_for_permitted_registrars_from_their_next_command_on() {
    let registry = Registry::of("hk").open().await;
    let mut client = registry.login("registrar-a").await;
    let names = [ENGLISH, CHINESE, "地政總署.政府.hk"];
    for text in names {
        assert_eq!(check(&mut client, &[text]).await, [SHORT], "{text}");
        let answer = super::create(&mut client, &ascii(text), 2201).await;
        assert!(answer.reason().ends_with("(hk:R2.9)"), "{answer}");
    }
    // What holds for every registrar is told first, and other names ask for no permission.
    let mixed = ["com.hk", "a.gov.hk", "lands.hk", ENGLISH];
    let expected = ["Category (hk:R1e)", "Too short (hk:R6.2a)", SHORT];
    assert_eq!(check(&mut client, &mixed).await, expected);
    super::create(&mut client, "a.gov.hk", 2306).await;
    super::create(&mut client, "lands.hk", 1000).await;

    let permitted = permit(&registry, "registrar-a", "政府").await;
    assert_eq!(categories(permitted), ["gov"]);
    assert_eq!(check(&mut client, &names).await, Vec::<String>::new());
    super::create(&mut client, ENGLISH, 1001).await;
    super::create(&mut client, &ascii(CHINESE), 1001).await;

    let mut other = registry.login("registrar-b").await;
    super::create(&mut other, ENGLISH, 2201).await;
    assert_eq!(check(&mut other, &[ENGLISH]).await, ["In use"]);
    let forbidden = forbid(&registry, "registrar-a", "gov").await;
    assert_eq!(categories(forbidden), Vec::<String>::new());
    super::create(&mut client, "buildings.gov.hk", 2201).await;
    client.info("domain", &name(ENGLISH)).await;
}

#[tokio::test]
async fn department_goes_to_no_registrar_without_permission() {
    let (registry, _sponsor, mut other) = registered().await;
    for secret in [SECRET, "wrong"] {
        let answer = request(&mut other, ENGLISH, secret).await;
        assert_eq!(answer.code(), 2201, "{answer}");
        assert!(answer.reason().ends_with("(hk:R2.9)"), "{answer}");
    }
    permit(&registry, "registrar-b", "gov").await;
    let answer = request(&mut other, ENGLISH, "wrong").await;
    assert_eq!(answer.code(), 2202, "{answer}");
    let answer = request(&mut other, ENGLISH, SECRET).await;
    assert_eq!(answer.code(), 1001, "{answer}");
}

#[tokio::test]
async fn registrar_without_permission_does_not_lock_a_name_by_wrong_tries() {
    let (registry, _sponsor, mut other) = registered().await;
    for _ in 0..6 {
        let answer = request(&mut other, ENGLISH, "wrong").await;
        assert_eq!(answer.code(), 2201, "{answer}");
    }
    permit(&registry, "registrar-b", "gov").await;
    let answer = request(&mut other, ENGLISH, SECRET).await;
    assert_eq!(answer.code(), 1001, "{answer}");
}

#[tokio::test]
async fn dispute_gives_a_department_to_no_registrar_without_permission() {
    let (registry, mut sponsor, mut other) = registered().await;
    let domain = DomainName::parse(ENGLISH).unwrap();
    let opening = Opening {
        case: "HKIAC-1".to_owned(),
        kind: LockKind::Panel,
        suspends: false,
        evidence: None,
    };
    order(&registry, Order::DisputeOpen((domain.clone(), opening))).await;
    let closing = Closing {
        case: "HKIAC-1".to_owned(),
        outcome: Outcome::PanelDecision,
        receiver: RegistrarId::parse("registrar-b"),
        evidence: None,
    };
    let close = Order::DisputeClose((domain, closing));
    let reason = refused(try_order(&registry, close.clone()).await);
    assert!(
        reason.starts_with("registrar-b has no permission for the category of lands.gov.hk"),
        "{reason}"
    );
    sponsor
        .expect("delete", "domain", &name(ENGLISH), 2304)
        .await;
    permit(&registry, "registrar-b", "gov").await;
    order(&registry, close).await;
    let shown = other.info("domain", &name(ENGLISH)).await;
    assert_eq!(shown.text_of("domain:clID"), Some("registrar-b"));
}

#[tokio::test]
async fn permission_is_given_once_and_taken_back_once_in_whatever_spelling() {
    let registry = Registry::of("hk").open().await;
    for spelling in ["gov", "政府", "GOV"] {
        let permitted = permit(&registry, "registrar-a", spelling).await;
        assert_eq!(categories(permitted), ["gov"], "{spelling}");
    }
    let forbidden = forbid(&registry, "registrar-a", "xn--mxtq1m").await;
    assert_eq!(categories(forbidden), Vec::<String>::new());
    let reason = refused(forbid(&registry, "registrar-a", "gov").await);
    assert!(reason.contains("has no permission for gov"), "{reason}");
    for unknown in ["com", "government", ""] {
        for reply in [
            permit(&registry, "registrar-a", unknown).await,
            forbid(&registry, "registrar-a", unknown).await,
        ] {
            let reason = refused(reply);
            assert!(reason.ends_with("those that do: gov"), "{reason}");
        }
    }
    let reason = refused(permit(&registry, "registrar-x", "gov").await);
    assert!(reason.contains("there is no registrar"), "{reason}");
    let plain = Registry::plain().await;
    let reason = refused(permit(&plain, "registrar-a", "gov").await);
    assert!(reason.contains("leave no category"), "{reason}");
}
