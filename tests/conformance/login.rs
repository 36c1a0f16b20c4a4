//! Who gets in: versions, services, passwords, certificates, budgets, caps (RFC 5730 section 2.9.1.1, RFC 8807).

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hkepp::base::clock::Clock;
use hkepp::base::secret::Secret;
use hkepp::model::registrar::{Pin, RegistrarState};
use hkepp::protocol::Namespace;
use hkepp::session::password;

use crate::support::client::{LOGIN_SEC, Login, OBJECTS, RGP, SEC_DNS, UNHANDLED, object_command};
use crate::support::{ADDRESS, Answer, PASSWORD, Registry, certificate};

/// Stands where the password of RFC 8807 does not.
const LITERAL: &str = "[LOGIN-SECURITY]";

/// Logs in on a new connection.
async fn try_login(registry: &Registry, login: &Login) -> Answer {
    registry.connect("registrar-a").send(login.xml()).await
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test]
async fn login_with_a_wrong_option_names_it_and_may_be_corrected() {
    let registry = Registry::plain().await;
    let good = Login::of("registrar-a");
    let unknown = "urn:ietf:params:xml:ns:epp:fee-1.0";
    let cases = [
        (good.clone().version("1.1"), 2100, "1.1"),
        (good.clone().version("2.0"), 2100, "2.0"),
        (good.clone().language("fr"), 2102, "fr"),
        // Matching is exact: the greeting lists en.
        (good.clone().language("en-GB"), 2102, "en-GB"),
        (good.clone().objects(&[OBJECTS[0], unknown]), 2307, unknown),
        (good.clone().objects(&[SEC_DNS]), 2307, SEC_DNS),
        (good.clone().extensions(&[SEC_DNS, unknown]), 2103, unknown),
        (good.clone().extensions(&[OBJECTS[0]]), 2103, OBJECTS[0]),
        // What is wrong is said whatever the password is, which is not looked at.
        (
            good.clone().password("wrong-one").language("fr"),
            2102,
            "fr",
        ),
    ];
    let mut client = registry.connect("registrar-a");
    for (login, code, named) in cases {
        let answer = client.send(login.xml()).await;
        assert_eq!(answer.code(), code, "{answer}");
        let value = answer.text_of("value").unwrap();
        assert!(value.contains(&format!(">{named}<")), "{answer}");
        assert_eq!(client.registrar(), None);
    }
    assert_eq!(client.send(good.xml()).await.code(), 1000);
}

#[tokio::test]
async fn login_may_name_any_part_of_the_greeting_in_any_order() {
    let registry = Registry::plain().await;
    for objects in [
        &OBJECTS[..1],
        &OBJECTS[1..],
        &[OBJECTS[2], OBJECTS[0], OBJECTS[0]],
    ] {
        for extensions in [&[][..], &[UNHANDLED, SEC_DNS], &[RGP, LOGIN_SEC, RGP]] {
            let login = Login::of("registrar-a")
                .objects(objects)
                .extensions(extensions);
            assert_eq!(try_login(&registry, &login).await.code(), 1000);
        }
    }
}

#[tokio::test]
async fn extension_only_some_registries_announce_is_refused_by_the_others() {
    const BUNDLE: &str = "urn:ietf:params:xml:ns:epp:b-dn";
    let create = "<create><domain:create xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\
        <domain:name>harbour.example</domain:name><domain:authInfo><domain:pw/></domain:authInfo>\
        </domain:create></create><extension><b-dn:create xmlns:b-dn=\"urn:ietf:params:xml:ns:epp:b-dn\">\
        <b-dn:rdn>harbour.example</b-dn:rdn></b-dn:create></extension>";
    let login = Login::of("registrar-a").extensions(&[UNHANDLED, BUNDLE]);
    let plain = Registry::plain().await;
    let mut client = plain.connect("registrar-a");
    assert!(!client.greeting().has(BUNDLE));
    assert_eq!(client.send(login.xml()).await.code(), 2103);
    let mut client = plain.login("registrar-a").await;
    assert_eq!(client.command(create).await.code(), 2103);

    let announcing = Registry::of("plain").announcing(&[Namespace::Bundle]);
    let registry = announcing.open().await;
    let mut client = registry.connect("registrar-a");
    assert!(client.greeting().has(BUNDLE));
    let hk = Login::of("registrar-a").extensions(&["urn:hkepp:params:xml:ns:hk-1.0"]);
    assert_eq!(client.send(hk.xml()).await.code(), 2103);
    assert_eq!(client.send(login.xml()).await.code(), 1000);
    let answer = client.command(create).await;
    assert_eq!(answer.code(), 2003, "the registrant is missing: {answer}");
    let mut client = registry.login("registrar-a").await;
    let answer = client.command(create).await;
    assert_eq!(answer.code(), 2103, "the login did not name it: {answer}");
}

#[tokio::test]
async fn new_password_counts_from_the_next_login_on() {
    let registry = Registry::plain().await;
    let login = Login::of("registrar-a");
    let mut client = registry.connect("registrar-a");
    let answer = client
        .send(login.clone().new_password("Harbour-2027").xml())
        .await;
    assert_eq!(answer.code(), 1000);
    assert_eq!(try_login(&registry, &login).await.code(), 2200);
    let new = login.password("Harbour-2027");
    assert_eq!(try_login(&registry, &new).await.code(), 1000);
    let still = object_command("check", "host", "<host:name>ns.provider.test</host:name>");
    assert_eq!(client.command(&still).await.code(), 1000);
    let other = Login::of("registrar-b");
    let answer = registry.connect("registrar-b").send(other.xml()).await;
    assert_eq!(answer.code(), 1000, "the password of another is untouched");
}

#[tokio::test]
async fn login_that_fails_leaves_the_old_password() {
    let registry = Registry::of("plain")
        .settings(|settings| settings.sessions_per_registrar = Some(1))
        .open()
        .await;
    let asks = Login::of("registrar-a").new_password("Harbour-2027");
    let failing = [
        (asks.clone().password("wrong-one"), 2200),
        (asks.clone().language("fr"), 2102),
        (asks.clone().objects(&["urn:example"]), 2307),
        (asks.clone().extensions(&["urn:example"]), 2103),
        (asks.clone().new_password(LITERAL), 2200),
        (asks.clone().new_password("short"), 2001),
        (asks.clone().new_password("much-longer-than-sixteen"), 2001),
    ];
    for (login, code) in failing {
        let answer = try_login(&registry, &login).await;
        assert_eq!(answer.code(), code, "{answer}");
    }
    let mut session = registry.login("registrar-a").await;
    assert_eq!(try_login(&registry, &asks).await.code(), 2502);
    session.command("<logout/>").await;

    registry.store.fail_commits(true);
    let mut client = registry.connect("registrar-a");
    assert_eq!(client.send(asks.xml()).await.code(), 2400);
    assert_eq!(client.registrar(), None);
    assert_eq!(registry.service.sessions(), 0);
    registry.store.fail_commits(false);
    let old = Login::of("registrar-a");
    assert_eq!(client.send(old.xml()).await.code(), 1000);
}

#[tokio::test]
async fn login_security_password_stands_where_the_literal_points() {
    let registry = Registry::plain().await;
    let good = Login::of("registrar-a");
    let pw = format!("<loginSec:pw>{PASSWORD}</loginSec:pw>");
    let agent = "<loginSec:userAgent><loginSec:app>Pier 4</loginSec:app></loginSec:userAgent>";
    let literal = good.clone().password(LITERAL);
    let accepted = [
        good.clone().security(agent),
        literal.clone().security(&pw),
        literal.clone().security(&format!("{agent}{pw}")),
        // White space of tokens collapses.
        literal
            .clone()
            .security(&pw.replace(PASSWORD, &format!("\n  {PASSWORD} "))),
        good.clone()
            .password(&format!(" {LITERAL}\n"))
            .security(&pw),
    ];
    for login in accepted {
        let answer = try_login(&registry, &login).await;
        assert_eq!(answer.code(), 1000, "{}: {answer}", login.xml());
        assert!(!answer.has("loginSec"), "no event, no extension: {answer}");
    }
    let literal_inside = pw.replace(PASSWORD, LITERAL);
    let refused = [
        // The literal without the element it points to.
        literal.clone(),
        literal.clone().security(agent),
        // The element although the login does not point to it.
        good.clone().security(&pw),
        good.clone().password("wrong-one").security(&pw),
        // The literal is never a password itself.
        literal.clone().security(&literal_inside),
        literal.clone().security(&pw.replace(PASSWORD, "wrong-one")),
        good.clone()
            .security("<loginSec:newPW>a new and long password</loginSec:newPW>"),
    ];
    for login in refused {
        let answer = try_login(&registry, &login).await;
        assert_eq!(answer.code(), 2200, "{}: {answer}", login.xml());
    }
    let not_announced = literal.security(&pw).extensions(&[SEC_DNS]);
    assert_eq!(try_login(&registry, &not_announced).await.code(), 2103);
}

#[tokio::test]
async fn login_security_sets_a_long_password_which_rfc_5730_has_no_room_for() {
    let registry = Registry::plain().await;
    let long = "a ferry every ten minutes, night and day, from Central to Tsim Sha Tsui";
    let new = format!("<loginSec:newPW>{long}</loginSec:newPW>");
    let short_old = Login::of("registrar-a")
        .new_password(LITERAL)
        .security(&new);
    assert_eq!(try_login(&registry, &short_old).await.code(), 1000);

    let pw = format!("<loginSec:pw>{long}</loginSec:pw>");
    let long_old = Login::of("registrar-a").password(LITERAL);
    assert_eq!(
        try_login(&registry, &long_old.clone().security(&pw))
            .await
            .code(),
        1000
    );
    let cut = pw.replace(long, &long[..16]);
    assert_eq!(
        try_login(&registry, &long_old.clone().security(&cut))
            .await
            .code(),
        2200
    );

    // Back to a short one; the literal as the new password is refused in either place.
    let literal = format!("{pw}<loginSec:newPW>{LITERAL}</loginSec:newPW>");
    for (new_password, content) in [(LITERAL, &literal), (LITERAL, &pw)] {
        let login = long_old
            .clone()
            .new_password(new_password)
            .security(content);
        assert_eq!(try_login(&registry, &login).await.code(), 2200);
    }
    let back = long_old.clone().new_password(PASSWORD).security(&pw);
    assert_eq!(try_login(&registry, &back).await.code(), 1000);
    assert_eq!(
        try_login(&registry, &Login::of("registrar-a")).await.code(),
        1000
    );
    assert_eq!(
        try_login(&registry, &long_old.security(&pw)).await.code(),
        2200
    );
}

#[tokio::test]
async fn certificate_that_ends_soon_is_an_event_for_those_that_announced_login_security() {
    let registry = Registry::plain().await;
    let mut ending = certificate("registrar-a");
    ending.not_after = Clock::System.wall() + chrono::TimeDelta::days(10);
    let all = Login::of("registrar-a");
    let quiet = all.clone().extensions(&[SEC_DNS, RGP]);
    let unhandled = all.clone().extensions(&[UNHANDLED]);

    let mut client = registry.connect_as(ADDRESS, Some(ending.clone()));
    let answer = client.send(all.xml()).await;
    assert_eq!(answer.code(), 1000);
    assert!(answer.has("<extension><loginSec:loginSecData"), "{answer}");
    assert!(
        answer.has("type=\"certificate\" level=\"warning\" exDate=\"20"),
        "{answer}"
    );

    let mut client = registry.connect_as(ADDRESS, Some(ending.clone()));
    let answer = client.send(quiet.xml()).await;
    assert!(!answer.has("loginSec"), "{answer}");

    let mut client = registry.connect_as(ADDRESS, Some(ending));
    let answer = client.send(unhandled.xml()).await;
    assert!(
        answer.has("<extValue><value><loginSec:loginSecData"),
        "{answer}"
    );
    assert_eq!(
        answer.reason(),
        format!("{LOGIN_SEC} not in login services")
    );
}

#[tokio::test]
async fn third_failure_on_a_connection_closes_it() {
    let registry = Registry::plain().await;
    let wrong = Login::of("registrar-a").password("wrong-one");
    let unknown = Login::of("registrar-x");
    let mut client = registry.connect("registrar-a");
    for (login, code) in [
        (&wrong, 2200),
        // What is no failed authentication does not count.
        (&wrong.clone().language("fr"), 2102),
        (&unknown, 2200),
        (&wrong.clone().password("no"), 2001),
        (&wrong, 2501),
    ] {
        assert!(!client.is_closed());
        let answer = client.send(login.xml()).await;
        assert_eq!(answer.code(), code, "{answer}");
    }
    assert!(client.is_closed());
}

#[tokio::test]
async fn failed_login_says_the_same_whatever_was_wrong() {
    let registry = Registry::plain().await;
    let said = |answer: &Answer| answer.pretty();
    let mut answers = Vec::new();
    for login in [
        Login::of("registrar-a").password("wrong-one"),
        Login::of("registrar-x"),
        Login::of("registrar-b"),
        Login::of("registrar-a").password(LITERAL),
    ] {
        answers.push(said(&try_login(&registry, &login).await));
    }
    registry
        .change("registrar-a", |r| r.state = RegistrarState::Suspended)
        .await;
    answers.push(said(&try_login(&registry, &Login::of("registrar-a")).await));
    assert!(answers[0].contains("code=\"2200\""), "{}", answers[0]);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn failure_budget_closes_without_looking_at_the_password() {
    let registry = Registry::plain().await;
    let wrong = Login::of("registrar-a").password("wrong-one");
    let mut failures = 0;
    while failures < 10 {
        let mut client = registry.connect("registrar-a");
        while !client.is_closed() && failures < 10 {
            let answer = client.send(wrong.xml()).await;
            failures += 1;
            assert!(matches!(answer.code(), 2200 | 2501), "{answer}");
        }
    }
    // Spent: even the right password is not looked at, and the store need not work for that.
    registry.store.fail_reads(true);
    let mut client = registry.connect("registrar-a");
    let answer = client.send(Login::of("registrar-a").xml()).await;
    assert_eq!(answer.code(), 2501, "{answer}");
    assert!(client.is_closed());
    registry.store.fail_reads(false);
    // Other accounts from this address, and this account from other addresses, are untouched.
    let other = registry
        .connect("registrar-b")
        .send(Login::of("registrar-b").xml())
        .await;
    assert_eq!(other.code(), 1000);
    let elsewhere = address("198.51.100.4");
    let mut client = registry.connect_as(elsewhere, Some(certificate("registrar-a")));
    assert_eq!(
        client.send(Login::of("registrar-a").xml()).await.code(),
        1000
    );
}

#[tokio::test]
async fn outsider_cannot_spend_the_budget_of_a_registrar() {
    let registry = Registry::plain().await;
    let outsider = address("203.0.113.66");
    let guess = Login::of("registrar-a").password("guess-work");
    for _ in 0..20 {
        let mut client = registry.connect_as(outsider, Some(certificate("registrar-c")));
        client.send(guess.xml()).await;
    }
    assert_eq!(
        try_login(&registry, &Login::of("registrar-a")).await.code(),
        1000
    );
}

#[tokio::test]
async fn successful_logins_cost_nothing_of_the_budget() {
    let registry = Registry::plain().await;
    for _ in 0..40 {
        assert_eq!(
            try_login(&registry, &Login::of("registrar-a")).await.code(),
            1000
        );
    }
}

#[tokio::test]
async fn logins_in_flight_together_do_not_outrun_the_budget() {
    let registry = Registry::plain().await;
    let wrong = Login::of("registrar-a").password("wrong-one").xml();
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let mut client = registry.connect("registrar-a");
        let wrong = wrong.clone();
        waiting.spawn(async move { client.send(wrong).await.code() });
    }
    let codes = waiting.join_all().await;
    let looked_at = codes.iter().filter(|code| **code == 2200).count();
    // Those that hold a worker when the last failure is counted may still be judged.
    assert!((10..=12).contains(&looked_at), "{looked_at} of {codes:?}");
}

#[tokio::test]
async fn session_beyond_the_cap_is_closed_and_a_place_is_given_back() {
    let registry = Registry::of("plain")
        .settings(|settings| settings.sessions_per_registrar = Some(2))
        .open()
        .await;
    let login = Login::of("registrar-a");
    let mut first = registry.login("registrar-a").await;
    let second = registry.login("registrar-a").await;
    let mut third = registry.connect("registrar-a");
    assert_eq!(third.send(login.xml()).await.code(), 2502);
    assert!(third.is_closed());
    let other = registry.login("registrar-b").await;
    assert_eq!(registry.service.sessions(), 3);

    // By logout.
    assert_eq!(first.command("<logout/>").await.code(), 1500);
    let fourth = registry.login("registrar-a").await;
    assert_eq!(try_login(&registry, &login).await.code(), 2502);
    // By a connection that is lost.
    drop(second);
    let fifth = registry.login("registrar-a").await;
    assert_eq!(try_login(&registry, &login).await.code(), 2502);
    // A wrong password tells nothing about sessions.
    let wrong = login.password("wrong-one");
    assert_eq!(try_login(&registry, &wrong).await.code(), 2200);
    drop((fourth, fifth, other));
    assert_eq!(registry.service.sessions(), 0);
}

#[tokio::test]
async fn suspended_registrar_is_kept_out_until_it_is_resumed() {
    let registry = Registry::plain().await;
    // Logged in once, so that its password is remembered.
    registry.login("registrar-a").await;
    registry
        .change("registrar-a", |r| r.state = RegistrarState::Suspended)
        .await;
    assert_eq!(
        try_login(&registry, &Login::of("registrar-a")).await.code(),
        2200
    );
    registry
        .change("registrar-a", |r| r.state = RegistrarState::Active)
        .await;
    assert_eq!(
        try_login(&registry, &Login::of("registrar-a")).await.code(),
        1000
    );
}

#[tokio::test]
async fn login_with_a_certificate_that_is_not_the_registrars_fails() {
    let registry = Registry::plain().await;
    let own = certificate("registrar-a");
    let now = Clock::System.wall();
    let day = chrono::TimeDelta::days(1);
    let mut expired = own.clone();
    expired.not_after = now - day;
    let mut future = own.clone();
    future.not_before = now + day;
    let login = Login::of("registrar-a").xml();
    let refused = [
        None,
        Some(certificate("registrar-b")),
        Some(certificate("stranger")),
        Some(expired),
        Some(future),
    ];
    for (index, wrong) in refused.into_iter().enumerate() {
        let from = address(&format!("192.0.2.{}", index + 100));
        let mut client = registry.connect_as(from, wrong.clone());
        assert_eq!(client.send(&login).await.code(), 2200, "{wrong:?}");
        assert_eq!(client.registrar(), None);
    }
    let mut client = registry.connect_as(ADDRESS, Some(own.clone()));
    assert_eq!(client.send(&login).await.code(), 1000);

    registry.trust.revoke(&own);
    let mut client = registry.connect_as(ADDRESS, Some(own));
    assert_eq!(client.send(&login).await.code(), 2200);
}

#[tokio::test]
async fn pins_of_two_certificates_let_either_in_while_one_replaces_the_other() {
    let registry = Registry::plain().await;
    let next = certificate("registrar-a-2028");
    let login = Login::of("registrar-a").xml();
    let by = async |certificate| {
        let mut client = registry.connect_as(ADDRESS, Some(certificate));
        client.send(&login).await.code()
    };
    assert_eq!(by(next.clone()).await, 2200);
    registry
        .change("registrar-a", |r| r.pins.push(Pin(next.sha256)))
        .await;
    assert_eq!(by(certificate("registrar-a")).await, 1000);
    assert_eq!(by(next.clone()).await, 1000);
    registry
        .change("registrar-a", |r| r.pins = vec![Pin(next.sha256)])
        .await;
    assert_eq!(by(certificate("registrar-a")).await, 2200);
    assert_eq!(by(next).await, 1000);
    registry.change("registrar-a", |r| r.pins.clear()).await;
    assert_eq!(
        by(certificate("registrar-a")).await,
        2200,
        "no pin lets nobody in"
    );
}

#[tokio::test]
async fn address_allow_list_lets_its_networks_in_only() {
    let registry = Registry::plain().await;
    let networks = ["192.0.2.0/28", "2001:db8:a::/48"].map(|text| text.parse().unwrap());
    registry
        .change("registrar-a", |r| r.networks = networks.to_vec())
        .await;
    let login = Login::of("registrar-a").xml();
    for (from, code) in [
        ("192.0.2.10", 1000),
        ("::ffff:192.0.2.10", 1000),
        ("192.0.2.16", 2200),
        ("2001:db8:a:1::5", 1000),
        ("2001:db8:b::5", 2200),
    ] {
        let mut client = registry.connect_as(address(from), Some(certificate("registrar-a")));
        assert_eq!(client.send(&login).await.code(), code, "{from}");
    }
}

/// Rough by nature, so it runs when it is asked for: whatever is wrong costs what a wrong password does.
#[tokio::test]
#[ignore = "measures time"]
async fn failed_login_costs_the_same_whatever_was_wrong() {
    let registry = Registry::of("plain")
        .settings(|settings| {
            settings.failures_per_minute = usize::MAX;
            settings.failures_per_connection = u32::MAX;
        })
        .open()
        .await;
    let costly = password::hash(&Secret::new(PASSWORD.to_owned())).unwrap();
    registry
        .change("registrar-a", |r| r.password_hash = costly)
        .await;
    // The password is remembered from here on; a guess that is right must not be known by its speed.
    registry.login("registrar-a").await;
    let right = Login::of("registrar-a");
    let wrong = right.clone().password("wrong-one");
    let cases = [
        ("wrong password", "registrar-a", wrong),
        ("unknown registrar", "registrar-a", Login::of("registrar-x")),
        ("certificate of another", "registrar-c", right),
    ];
    let mut times = [const { Vec::new() }; 3];
    // In turn, so that whatever else runs slows all of them.
    for _ in 0..21 {
        for (times, (_, certificate, login)) in times.iter_mut().zip(&cases) {
            let mut client = registry.connect(certificate);
            let start = Instant::now();
            assert_eq!(client.send(login.xml()).await.code(), 2200);
            times.push(start.elapsed());
        }
    }
    let medians = times.map(|mut times| {
        times.sort();
        times[10]
    });
    for (median, (what, ..)) in medians.iter().zip(&cases) {
        println!("{what}: {median:?}");
    }
    for median in &medians {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        assert!((0.8..1.25).contains(&ratio), "{medians:?}");
        assert!(*median > Duration::from_millis(5), "nothing was hashed");
    }
}
