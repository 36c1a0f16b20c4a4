//! Wrong tries of a domain's authorization information, under rules that bear five in an hour and under rules that bear
//! any number.

use hkepp::model::DomainName;
use hkepp::store::{Store, keys};

use crate::support::{Answer, Client, Registry, instant};

const RIGHT: &str = "Star.Ferry-2026+Pier7-x";
const WRONG: &str = "Star.Ferry-2026+Pier7-y";
const NEW: &str = "Star.Ferry-2026+Pier7-z";

/// Opens a registry of `profile` in which registrar-a sponsors `names`.
async fn registry(profile: &'static str, names: &[&str]) -> (Registry, Client) {
    let registry = Registry::of(profile).open().await;
    let mut sponsor = registry.login("registrar-a").await;
    let contact = format!(
        "<contact:id>chan-1</contact:id><contact:postalInfo type=\"int\"><contact:name>Chan</contact:name>\
         <contact:addr><contact:city>Central</contact:city><contact:cc>HK</contact:cc></contact:addr>\
         </contact:postalInfo><contact:email>a@mail.test</contact:email>\
         <contact:authInfo><contact:pw>{RIGHT}</contact:pw></contact:authInfo>"
    );
    sponsor.create("contact", &contact).await;
    for name in names {
        let domain = format!(
            "<domain:name>{name}</domain:name><domain:registrant>chan-1</domain:registrant>\
             <domain:contact type=\"admin\">chan-1</domain:contact>\
             <domain:contact type=\"tech\">chan-1</domain:contact>\
             <domain:authInfo><domain:pw>{RIGHT}</domain:pw></domain:authInfo>"
        );
        sponsor.create("domain", &domain).await;
    }
    (registry, sponsor)
}

/// Gives authorization information with an info.
async fn info(client: &mut Client, name: &str, secret: &str) -> Answer {
    let content = given(name, secret);
    client
        .command(&format!(
            "<info><domain:info xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">{content}</domain:info></info>"
        ))
        .await
}

/// Gives authorization information with a transfer.
async fn transfer(client: &mut Client, operation: &str, name: &str, secret: &str) -> Answer {
    let content = given(name, secret);
    client
        .command(&format!(
            "<transfer op=\"{operation}\"><domain:transfer xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\
             {content}</domain:transfer></transfer>"
        ))
        .await
}

fn given(name: &str, secret: &str) -> String {
    format!(
        "<domain:name>{name}</domain:name><domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>"
    )
}

/// Asserts that a try is refused; says whether it is because of the lock.
fn is_locked(answer: &Answer) -> bool {
    assert_eq!(answer.code(), 2202, "{answer}");
    answer.to_string().contains("after wrong tries (hk:R9b)")
}

/// Takes the messages out of a queue.
async fn messages(client: &mut Client) -> Vec<String> {
    let mut messages = Vec::new();
    loop {
        let answer = client.command("<poll op=\"req\"/>").await;
        if answer.code() == 1300 {
            return messages;
        }
        let text = answer.to_string();
        let (_, id) = text.split_once(" id=\"").unwrap();
        let id = id.split('"').next().unwrap().to_owned();
        messages.push(text);
        let ack = format!("<poll op=\"ack\" msgID=\"{id}\"/>");
        assert_eq!(client.command(&ack).await.code(), 1000);
    }
}

#[tokio::test]
async fn five_wrong_tries_in_an_hour_lock_the_auth_info_of_a_name() {
    let names = ["harbour-one.hk", "harbour-two.hk"];
    let (registry, mut sponsor) = registry("hk", &names).await;
    let mut other = registry.login("registrar-b").await;
    let mut third = registry.login("registrar-c").await;
    assert!(!is_locked(&info(&mut other, names[0], WRONG).await));
    assert!(!is_locked(
        &transfer(&mut third, "query", names[0], WRONG).await
    ));
    assert!(!is_locked(
        &transfer(&mut other, "request", names[0], WRONG).await
    ));
    assert!(!is_locked(&info(&mut sponsor, names[0], WRONG).await));
    assert_eq!(info(&mut other, names[0], RIGHT).await.code(), 1000);
    assert_eq!(messages(&mut sponsor).await.len(), 0);
    assert!(!is_locked(&info(&mut other, names[0], WRONG).await));
    for secret in [RIGHT, WRONG] {
        assert!(is_locked(
            &transfer(&mut third, "request", names[0], secret).await
        ));
        assert!(is_locked(&info(&mut sponsor, names[0], secret).await));
    }
    assert_eq!(
        info(&mut other, names[1], RIGHT).await.code(),
        1000,
        "another name"
    );
    let told = messages(&mut sponsor).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("authInfo locked: wrong tries"),
        "{}",
        told[0]
    );
    assert!(
        told[0].contains("op=\"authInfoLocked\">custom<"),
        "{}",
        told[0]
    );
    for registrar in ["registrar-b", "registrar-c"] {
        assert!(!told[0].contains(registrar), "{}", told[0]);
    }
    // The lock began with the fifth try and is over an hour later.
    registry
        .clock
        .advance_to(instant("2027-03-01T05:05:06.788Z"));
    assert!(is_locked(&info(&mut other, names[0], RIGHT).await));
    registry
        .clock
        .advance_to(instant("2027-03-01T05:05:06.789Z"));
    assert_eq!(info(&mut other, names[0], RIGHT).await.code(), 1000);
    for _ in 0..5 {
        assert!(!is_locked(&info(&mut other, names[0], WRONG).await));
    }
    assert!(is_locked(&info(&mut other, names[0], RIGHT).await));
    assert_eq!(messages(&mut sponsor).await.len(), 1);
    let change = format!(
        "<domain:name>{}</domain:name><domain:chg><domain:authInfo><domain:pw>{NEW}</domain:pw></domain:authInfo>\
         </domain:chg>",
        names[0]
    );
    sponsor.expect("update", "domain", &change, 1000).await;
    assert!(!is_locked(&info(&mut other, names[0], RIGHT).await));
    let request = transfer(&mut other, "request", names[0], NEW).await;
    assert_eq!(request.code(), 1001, "{request}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_tries_at_the_same_time_are_all_counted() {
    let names: Vec<String> = (0..20)
        .map(|number| format!("harbour-{number}x.hk"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (registry, mut sponsor) = registry("hk", &names).await;
    for name in &names {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let mut client = registry.login("registrar-b").await;
            let name = (*name).to_owned();
            tasks.spawn(async move { info(&mut client, &name, WRONG).await.code() });
        }
        while let Some(code) = tasks.join_next().await {
            assert_eq!(code.unwrap(), 2202);
        }
        assert!(is_locked(&info(&mut sponsor, name, RIGHT).await), "{name}");
    }
    assert_eq!(messages(&mut sponsor).await.len(), names.len());
}

#[tokio::test]
async fn rules_without_a_limit_note_no_try() {
    let name = "harbour.example";
    let (registry, mut sponsor) = registry("plain", &[name]).await;
    let mut other = registry.login("registrar-b").await;
    for _ in 0..10 {
        assert!(!is_locked(&info(&mut other, name, WRONG).await));
    }
    assert_eq!(info(&mut other, name, RIGHT).await.code(), 1000);
    let key = keys::auth_tries(&DomainName::parse(name).unwrap());
    assert!(!registry.store.contains(&key).await.unwrap());
    assert_eq!(messages(&mut sponsor).await.len(), 0);
}
