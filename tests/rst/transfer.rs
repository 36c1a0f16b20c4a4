//! epp-19 and epp-20: transfers that are approved and rejected.

use super::play::{Play, Registrar, STRONG, domain_name};

/// A contact that the domain refers to.
const HOLDER: &str = "Holder-1";

/// Sends a transfer command with further content after the name.
fn transfer(registrar: &mut Registrar, operation: &str, name: &str, more: &str) -> u16 {
    let content = format!(
        "<transfer op=\"{operation}\"><domain:transfer xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">{}{more}\
         </domain:transfer></transfer>",
        domain_name(name)
    );
    registrar.command(&content).code()
}

fn auth_info(secret: &str) -> String {
    format!("<domain:authInfo><domain:pw>{secret}</domain:pw></domain:authInfo>")
}

/// Starts a case with a domain of registrar-a, whose transfer registrar-b has asked for.
fn requested(case: &str) -> (Play, [Registrar; 2], String, String) {
    let mut play = Play::of(case);
    let name = play.name(".example");
    let (mut a, mut b) = (play.log_in("registrar-a"), play.log_in("registrar-b"));
    a.create_contact(HOLDER);
    let content = format!(
        "{}<domain:registrant>{HOLDER}</domain:registrant>{}",
        domain_name(&name),
        auth_info("")
    );
    a.accepted("create", "domain", &content);
    let change = |secret: &str| {
        format!(
            "{}<domain:chg>{}</domain:chg>",
            domain_name(&name),
            auth_info(secret)
        )
    };
    a.refused("update", "domain", &change("Lantau-2026"), 2202);
    a.accepted("update", "domain", &change(STRONG));
    let expires = a.accepted("info", "domain", &domain_name(&name));
    let expires = expires.text_of("domain:exDate").unwrap().to_owned();
    assert_eq!(
        transfer(
            &mut b,
            "request",
            &name,
            &auth_info("Lantau.Peak-2026+Ferry8")
        ),
        2202
    );
    let years = |years: u32| format!("<domain:period unit=\"y\">{years}</domain:period>");
    let too_long = transfer(&mut b, "request", &name, &(years(10) + &auth_info(STRONG)));
    assert!(too_long >= 2000, "{too_long}");
    let code = transfer(&mut b, "request", &name, &(years(1) + &auth_info(STRONG)));
    assert_eq!(code, 1001);
    let answer = a.accepted("info", "domain", &domain_name(&name));
    assert!(answer.has("s=\"pendingTransfer\""), "{answer}");
    (play, [a, b], name, expires)
}

#[test]
fn epp_19_transfer_approved() {
    let (_play, [mut a, mut b], name, expires) = requested("epp-19");
    assert_eq!(transfer(&mut a, "approve", &name, ""), 1000);
    let answer = b.accepted("info", "domain", &domain_name(&name));
    assert_eq!(
        answer.text_of("domain:clID"),
        Some("registrar-b"),
        "{answer}"
    );
    assert!(!answer.has("domain:authInfo"), "{answer}");
    assert!(
        answer.has("s=\"transferPeriod\"") && !answer.has("pendingTransfer"),
        "{answer}"
    );
    let year: u32 = expires[..4].parse().unwrap();
    let later = format!("{}{}", year + 1, &expires[4..]);
    assert_eq!(
        answer.text_of("domain:exDate"),
        Some(later.as_str()),
        "{answer}"
    );
}

#[test]
fn epp_20_transfer_rejected() {
    let (_play, [mut a, _b], name, expires) = requested("epp-20");
    assert_eq!(transfer(&mut a, "reject", &name, ""), 1000);
    let answer = a.accepted("info", "domain", &domain_name(&name));
    assert_eq!(
        answer.text_of("domain:clID"),
        Some("registrar-a"),
        "{answer}"
    );
    assert!(!answer.has("pendingTransfer"), "{answer}");
    assert_eq!(
        answer.text_of("domain:exDate"),
        Some(expires.as_str()),
        "{answer}"
    );
}
