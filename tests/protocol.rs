//! The typed floor against a corpus of foreign EPP documents: what is valid decodes, what is not gets a listed code.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![allow(
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub
)]

// Written for several test programs, of which each uses a part.
#[allow(dead_code)]
#[path = "support/corpus.rs"]
mod corpus;

use hkepp::base::code::Code;
use hkepp::protocol::ext::{bundle, idn, login_sec, rgp, secdns};
use hkepp::protocol::offer::Offer;
use hkepp::protocol::{Error, Message, PendingData, contact, domain, host};
use hkepp::xml::{self, Element, Namespace, Tree, Writer};

use corpus::{Corpus, Listed, assert_all_right};

/// Objects this server serves; a document about another one is refused by 2307.
const OBJECTS: [&str; 3] = [
    "urn:ietf:params:xml:ns:domain-1.0",
    "urn:ietf:params:xml:ns:contact-1.0",
    "urn:ietf:params:xml:ns:host-1.0",
];

/// Extensions this server serves; a document with another one is refused by 2103.
const EXTENSIONS: [&str; 7] = [
    "urn:ietf:params:xml:ns:secDNS-1.1",
    "urn:ietf:params:xml:ns:rgp-1.0",
    "urn:ietf:params:xml:ns:epp:loginSec-1.0",
    "urn:ietf:params:xml:ns:changePoll-1.0",
    "urn:ietf:params:xml:ns:epp:b-dn",
    "urn:ietf:params:xml:ns:idn-1.0",
    "urn:hkepp:params:xml:ns:hk-1.0",
];

fn decode(octets: &[u8]) -> Result<Message, Error> {
    Message::decode(&Tree::parse(&xml::decode(octets)?)?)
}

fn encode(message: &Message) -> Vec<u8> {
    match message {
        Message::Request(request) => request.encode(Writer::new(Vec::new())),
        Message::Hello => {
            let mut writer = Writer::new(Vec::new());
            writer.start(Namespace::Epp, "epp");
            writer.leaf(Namespace::Epp, "hello", "");
            writer.end();
            writer.finish()
        }
    }
}

/// Says what is wrong with the outcome of a valid document.
fn judge_valid(outcome: &Result<Message, Error>, document: &Listed) -> Result<(), String> {
    let foreign_object = document.has_foreign_object(&OBJECTS);
    let foreign_extension = document.has_foreign_extension(&EXTENSIONS);
    match outcome {
        Err(error) if error.code == Code::UnimplementedObject && foreign_object => Ok(()),
        Err(error) if error.code == Code::UnimplementedExtension && foreign_extension => Ok(()),
        Err(error) => Err(format!("{error:?}")),
        Ok(_) if foreign_object || foreign_extension => Err("accepted".to_owned()),
        Ok(message) if decode(&encode(message)).as_ref() != Ok(message) => {
            Err(format!("reads back differently: {message:?}"))
        }
        Ok(_) => Ok(()),
    }
}

#[test]
fn decode_of_valid_commands_succeeds_or_names_what_is_not_served() {
    let Some(corpus) = Corpus::find() else { return };
    let mut wrong = Vec::new();
    let documents = corpus.requests();
    for document in &documents {
        if let Err(reason) = judge_valid(&decode(&document.octets), document) {
            wrong.push(format!("{}: {reason}", document.name));
        }
    }
    assert_all_right(&wrong, documents.len());
}

#[test]
fn decode_of_greetings_of_other_servers_succeeds() {
    let Some(corpus) = Corpus::find() else { return };
    let mut wrong = Vec::new();
    let documents = corpus.listed(&["valid"], &["greeting"]);
    assert!(documents.len() >= 8, "only {} greetings", documents.len());
    for document in &documents {
        let text = xml::decode(&document.octets).unwrap();
        if let Err(error) = Offer::decode(&Tree::parse(&text).unwrap()) {
            wrong.push(format!("{}: {error:?}", document.name));
        }
    }
    assert_all_right(&wrong, documents.len());
}

#[test]
fn decode_of_invalid_commands_gives_a_listed_code() {
    let Some(corpus) = Corpus::find() else { return };
    let mut wrong = Vec::new();
    let documents = corpus.invalid();
    for document in &documents {
        let name = &document.name;
        let error = match decode(&document.octets) {
            Err(error) => error,
            Ok(_) if document.class == "schema-valid" => continue,
            Ok(message) => {
                wrong.push(format!("{name}: accepted as {message:?}"));
                continue;
            }
        };
        if !document.allows(error.code.number()) && !blames_what_is_not_served(&error) {
            wrong.push(format!("{name}: {error:?}, not {}", document.codes));
        }
    }
    assert_all_right(&wrong, documents.len());
}

/// Says whether an extension was refused as a whole, so that nobody looked what is wrong inside it.
fn blames_what_is_not_served(error: &Error) -> bool {
    let foreign = |uri: &str| !uri.is_empty() && !EXTENSIONS.contains(&uri);
    error.code == Code::UnimplementedExtension
        && error
            .element
            .as_ref()
            .is_some_and(|element| foreign(&element.uri))
}

/// Asserts that answer data reads, prints, and reads back as the same.
macro_rules! same_again {
    ($type:ty, $element:expr) => {{
        let data = <$type>::decode($element).map_err(|error| format!("{error:?}"))?;
        let mut writer = Writer::new(Vec::new());
        data.encode(&mut writer);
        let text = String::from_utf8(writer.finish()).unwrap();
        let tree = Tree::parse(&text).unwrap();
        let again = <$type>::decode(tree.root().unwrap()).map_err(|error| format!("{error:?}"))?;
        if again != data {
            return Err(format!("reads back differently: {data:?}"));
        }
        Ok(true)
    }};
}

/// Reads answer data of ours; `false` for that of others.
fn read_answer(element: Element<'_>) -> Result<bool, String> {
    match (element.namespace(), element.name()) {
        (Namespace::Domain, "chkData") => same_again!(domain::CheckData, element),
        (Namespace::Domain, "creData") => same_again!(domain::CreateData, element),
        (Namespace::Domain, "infData") => same_again!(domain::InfoData, element),
        (Namespace::Domain, "renData") => same_again!(domain::RenewData, element),
        (Namespace::Domain, "trnData") => same_again!(domain::TransferData, element),
        (Namespace::Contact, "chkData") => same_again!(contact::CheckData, element),
        (Namespace::Contact, "creData") => same_again!(contact::CreateData, element),
        (Namespace::Contact, "infData") => same_again!(contact::InfoData, element),
        (Namespace::Contact, "trnData") => same_again!(contact::TransferData, element),
        (Namespace::Host, "chkData") => same_again!(host::CheckData, element),
        (Namespace::Host, "creData") => same_again!(host::CreateData, element),
        (Namespace::Host, "infData") => same_again!(host::InfoData, element),
        (Namespace::Domain | Namespace::Contact | Namespace::Host, "panData") => {
            same_again!(PendingData, element)
        }
        (Namespace::SecDns, "infData") => same_again!(secdns::InfoData, element),
        (Namespace::Rgp, "infData") => same_again!(rgp::InfoData, element),
        (Namespace::Rgp, "upData") => same_again!(rgp::UpdateData, element),
        (Namespace::LoginSec, "loginSecData") => same_again!(login_sec::LoginSecData, element),
        (Namespace::Bundle, _) => same_again!(bundle::BundleData, element),
        (Namespace::Idn, _) => same_again!(idn::Data, element),
        _ => Ok(false),
    }
}

#[test]
fn decode_of_foreign_answers_reads_back_what_was_printed() {
    let Some(corpus) = Corpus::find() else { return };
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in corpus.listed(&["valid"], &["response"]) {
        let text = xml::decode(&document.octets).unwrap();
        let tree = Tree::parse(&text).unwrap();
        let response = tree.root().unwrap().children().next().unwrap();
        let holders = response
            .children()
            .filter(|c| matches!(c.name(), "resData" | "extension"));
        for element in holders.flat_map(Element::children) {
            match read_answer(element) {
                Ok(ours) => seen += usize::from(ours),
                Err(reason) => wrong.push(format!("{}: {reason}", document.name)),
            }
        }
    }
    assert!(seen > 250, "only {seen} answers");
    assert_all_right(&wrong, seen);
}
