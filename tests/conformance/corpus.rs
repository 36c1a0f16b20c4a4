//! A corpus of foreign EPP documents through whole sessions: the valid ones are never a matter of syntax, the invalid
//! ones get a listed code. `tests/protocol.rs` holds the parser alone against the same documents.

use crate::corpus::{Corpus, Listed, assert_all_right};
use crate::support::client::{EXTENSIONS, Login, OBJECTS};
use crate::support::{Answer, Registry};

/// RFC 5730 section 3: a command extension that the server does not implement is 2103; nobody looks inside it.
const NOT_IMPLEMENTED: &str = "RFC 5730 section 3, 2103";

/// Documents whose answer differs from what the corpus lists: the code, and the sentence that says why.
const EXCEPTIONS: &[(&str, u16, &str)] = &[
    ("schema/alloctoken-empty.xml", 2103, NOT_IMPLEMENTED),
    ("schema/fee-check-command-case.xml", 2103, NOT_IMPLEMENTED),
    ("schema/fee-credit-positive.xml", 2103, NOT_IMPLEMENTED),
    ("schema/fee-currency-blank.xml", 2103, NOT_IMPLEMENTED),
    ("schema/fee-exponent.xml", 2103, NOT_IMPLEMENTED),
    ("schema/ttl-too-big.xml", 2103, NOT_IMPLEMENTED),
    ("semantic/launch-nothing.xml", 2103, NOT_IMPLEMENTED),
    (
        "wild/nomulus-domain-domain_check_fee_invalid_command_stdv1.xml",
        2103,
        NOT_IMPLEMENTED,
    ),
];

/// Opens a registry that lets foreign registrars fail to log in as often as they like.
async fn registry() -> Registry {
    Registry::of("plain")
        .settings(|settings| settings.failures_per_minute = usize::MAX)
        .open()
        .await
}

/// Sends one document in a session of its own, a login before there is one.
async fn send(registry: &Registry, document: &[u8]) -> Answer {
    let mut client = registry.connect("registrar-a");
    if !String::from_utf8_lossy(document).contains("login>") {
        let answer = client.send(Login::of("registrar-a").xml()).await;
        assert_eq!(answer.code(), 1000);
    }
    client.send(document).await
}

/// Says what is wrong with the answer to a valid document.
fn judge_valid(answer: &Answer, document: &Listed) -> Result<(), &'static str> {
    let Some(code) = answer.result() else {
        return Ok(());
    };
    let foreign_object = document.has_foreign_object(&OBJECTS);
    let foreign_extension = document.has_foreign_extension(&EXTENSIONS);
    let is_policy =
        answer.reason().ends_with("(contact:required)") || answer.has("<domain:contact");
    match code {
        2000 | 2001 => Err("a matter of syntax"),
        2003 if !is_policy => Err("a matter of syntax"),
        2307 if foreign_object => Ok(()),
        2103 if foreign_extension => Ok(()),
        _ if foreign_object || foreign_extension => Err("something unknown was accepted"),
        2101 | 2103 | 2307 => Err("something known was refused"),
        _ => Ok(()),
    }
}

/// Says what is wrong with the answer to a login of somebody else's registry.
fn judge_login(answer: &Answer) -> Result<(), &'static str> {
    let is_known = |uri: &str| answer.has(&format!(">{uri}<"));
    match answer.code() {
        2103 if EXTENSIONS.into_iter().any(is_known) => Err("a known extension was refused"),
        2307 if OBJECTS.into_iter().any(is_known) => Err("a known object was refused"),
        2102 if answer.text_of("value").unwrap().contains(">en<") => Err("en was refused"),
        // Nobody of these is a registrar here.
        2102 | 2103 | 2200 | 2307 => Ok(()),
        _ => Err("neither unknown nor not offered"),
    }
}

#[tokio::test]
async fn valid_documents_of_the_corpus_are_never_a_matter_of_syntax() {
    let Some(corpus) = Corpus::find() else { return };
    let registry = registry().await;
    let mut wrong = Vec::new();
    let documents = corpus.requests();
    for document in &documents {
        let answer = send(&registry, &document.octets).await;
        let verdict = match document.verb.as_str() {
            "login" => judge_login(&answer),
            _ => judge_valid(&answer, document),
        };
        if let Err(reason) = verdict {
            wrong.push(format!("{}: {reason}: {answer}", document.name));
        }
    }
    assert_all_right(&wrong, documents.len());
}

#[tokio::test]
async fn invalid_documents_of_the_corpus_get_a_listed_code() {
    let Some(corpus) = Corpus::find() else { return };
    let registry = registry().await;
    let (mut wrong, mut exceptions) = (Vec::new(), 0);
    let documents = corpus.invalid();
    for document in &documents {
        let (name, codes) = (&document.name, &document.codes);
        let answer = send(&registry, &document.octets).await;
        let Some(code) = answer.result() else {
            wrong.push(format!("{name}: a greeting, not {codes}"));
            continue;
        };
        let exception = EXCEPTIONS.iter().find(|(exception, ..)| exception == name);
        if let Some((_, expected, why)) = exception {
            exceptions += 1;
            assert_eq!(code, *expected, "{name}: {why}: {answer}");
        } else if !document.allows(code) {
            wrong.push(format!("{name}: not {codes}: {answer}"));
        }
    }
    assert_eq!(exceptions, EXCEPTIONS.len(), "an exception of no document");
    assert_all_right(&wrong, documents.len());
}
