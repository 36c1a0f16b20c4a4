//! epp-02 and epp-03: the greeting and the login. epp-01, the port's address, certificate and ciphers, is a matter of
//! the place where the server runs; its TLS is tested with OpenSSL.

use chrono::{DateTime, TimeDelta, Utc};
use hkepp::base::clock::Clock;

use super::play::Play;
use crate::session::Session;
use crate::support::client::{EXTENSIONS, Login, OBJECTS};

/// Extensions that IANA registers, of those that a registry of ours could announce.
const REGISTERED: [&str; 7] = [
    "urn:ietf:params:xml:ns:secDNS-1.1",
    "urn:ietf:params:xml:ns:rgp-1.0",
    "urn:ietf:params:xml:ns:epp:loginSec-1.0",
    "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0",
    "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0",
    "urn:ietf:params:xml:ns:changePoll-1.0",
    "urn:ietf:params:xml:ns:epp:fee-1.0",
];

/// Returns the texts of all elements of a name.
fn texts<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let parts = document.split(&start).skip(1);
    parts.map(|part| part.split_once(&end).unwrap().0).collect()
}

#[test]
fn epp_02_greeting() {
    let play = Play::of("epp-02");
    let address = play.server.epp_address();
    let connected = Session::connect(&address, &play.server.certs, Some("registrar-a"));
    let (_, greeting) = connected.unwrap();
    let date: DateTime<Utc> = texts(&greeting, "svDate")[0].parse().unwrap();
    let apart = Clock::System.now().signed_duration_since(date);
    assert!(apart.abs() < TimeDelta::seconds(30), "{date}");
    assert!((3..=64).contains(&texts(&greeting, "svID")[0].len()));
    assert_eq!(texts(&greeting, "version"), ["1.0"]);
    assert!(texts(&greeting, "lang").contains(&"en"));
    assert_eq!(texts(&greeting, "objURI"), OBJECTS);
    let announced = texts(&greeting, "extURI");
    assert_eq!(announced, EXTENSIONS);
    for uri in announced {
        assert!(REGISTERED.contains(&uri), "{uri}");
    }
    for required in &REGISTERED[..6] {
        assert!(greeting.contains(required), "{required}");
    }
}

#[test]
fn epp_03_login() {
    let play = Play::of("epp-03");
    let address = play.server.epp_address();
    let right = Login::of("registrar-a");
    for (certificate, login) in [
        ("registrar-a", Login::of("registrar-z")),
        ("registrar-a", right.clone().password("Harbour-2025")),
        ("stranger", right.clone()),
        ("registrar-b", right),
    ] {
        let mut session = Session::open(&address, &play.server.certs, certificate);
        let answer = session.send(&login.xml()).unwrap();
        assert!(answer.contains("code=\"2200\""), "{certificate}: {answer}");
    }
    let nobody = Session::connect(&address, &play.server.certs, None);
    assert!(nobody.is_none(), "a client without certificate is greeted");
    play.log_in("registrar-a");
}
