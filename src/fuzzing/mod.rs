//! What the fuzz targets call: each function takes any octets and holds an invariant by assertion.
//!
//! The targets are in `fuzz/`, a package of its own; `tests/fuzz_corpus.rs` replays their corpora.
//! The sequences of commands that `session` plays are those of the model test, `tests/model.rs`.

pub mod document;
pub mod draw;
pub mod invariants;
mod session;
pub mod step;
pub mod world;

pub use session::session;

use std::fmt::Debug;

use crate::base::limits;
use crate::model::host::HostId;
use crate::model::{self, Consent, Contact, DocumentRequest, Domain, Host, Registrar};
use crate::protocol::command::client_transaction;
use crate::protocol::ext::rgp::Mixed;
use crate::protocol::frame::{self, Unit};
use crate::protocol::response::{Fault, Response};
use crate::protocol::{self, Extension, Message, Request};
use crate::store::{decode_record, decode_record_unchecked, record};
use crate::xml::sequence::Shown;
use crate::xml::{self, Element, Namespace, Tree, Writer};

/// Cuts a stream into data units: no unit is longer than the limit, and a verdict once given stands.
pub fn frame(stream: &[u8]) {
    for limit in [limits::FRAME_DEFAULT, limits::FRAME_MAXIMUM] {
        let mut rest = stream;
        while let Some(length) = first_unit(rest, limit) {
            let (unit, behind) = rest.split_at(length);
            assert_written_alike(unit);
            rest = behind;
        }
    }
}

/// Reads a document: what is accepted, written with other prefixes, reads as the same document.
pub fn xml(document: &[u8]) {
    let Ok(text) = xml::decode(document) else {
        return;
    };
    let Ok(tree) = Tree::parse(&text) else {
        return;
    };
    let Some(root) = tree.root() else {
        return assert!(tree.root().is_some(), "a document without an element");
    };
    assert!(
        text.contains(root.source()),
        "the root is not in its source"
    );
    let mut written = String::new();
    write(root, &mut Vec::new(), &mut written);
    let again = Tree::parse(&written);
    let again_root = again.as_ref().ok().and_then(Tree::root);
    assert!(
        again_root.is_some_and(|again| is_same(root, again)),
        "reads back differently: {again:?}\n{written}"
    );
}

/// Decodes a command: what is accepted reads back equal, and what is refused gets an answer that can be read.
pub fn command(document: &[u8]) {
    let Ok(text) = xml::decode(document) else {
        return;
    };
    let Ok(tree) = Tree::parse(&text) else {
        return;
    };
    match Message::decode(&tree) {
        Ok(Message::Hello) => {}
        Ok(Message::Request(mut request)) => {
            flatten(&mut request);
            let written = request.encode(Writer::new(Vec::new()));
            let expected = Message::Request(request);
            assert_reads_back(&written, Message::decode, &expected);
        }
        Err(error) => {
            let answer = refusal(error, client_transaction(&tree));
            let written = answer.encode(Vec::new());
            assert_reads_back(&written, Response::decode, &answer);
        }
    }
}

/// Decodes a journal entry and stored entities: nothing panics, and what is accepted is stable when written again.
pub fn record(octets: &[u8]) {
    decode_record(octets);
    decode_record_unchecked(octets);
    assert_stable::<Consent>(octets);
    assert_stable::<Contact>(octets);
    assert_stable::<DocumentRequest>(octets);
    assert_stable::<Domain>(octets);
    assert_stable::<Host>(octets);
    assert_stable::<HostId>(octets);
    assert_stable::<model::Message>(octets);
    assert_stable::<Registrar>(octets);
}

/// Returns the length of the first whole unit; asserts that the verdict agrees with that on every prefix.
fn first_unit(stream: &[u8], limit: usize) -> Option<usize> {
    let whole = frame::first(stream, limit);
    // The header decides; prefixes beyond it differ in nothing but how much is missing.
    for cut in 0..=stream.len().min(frame::HEADER + 1) {
        let (begin, _) = stream.split_at(cut);
        match frame::first(begin, limit) {
            Ok(Unit::NoHeader) => assert!(cut < frame::HEADER),
            Ok(Unit::Partial(length)) => {
                assert!(length > cut && length <= limit);
                assert!(matches!(whole, Ok(Unit::Complete(l) | Unit::Partial(l)) if l == length));
            }
            Ok(Unit::Complete(length)) => assert!(length <= cut),
            Err(_) => assert!(whole.is_err(), "a refused stream is accepted later"),
        }
    }
    match whole {
        Ok(Unit::Complete(length)) => {
            assert!((frame::HEADER..=limit.min(stream.len())).contains(&length));
            Some(length)
        }
        Ok(Unit::Partial(_) | Unit::NoHeader) | Err(_) => None,
    }
}

/// Asserts that the unit's document would be framed as it came; an empty one is never sent.
fn assert_written_alike(unit: &[u8]) {
    let (_, document) = unit.split_at(frame::HEADER);
    let mut out = Vec::new();
    let start = frame::begin(&mut out);
    out.extend_from_slice(document);
    frame::finish(&mut out, start);
    assert!(out == unit || (document.is_empty() && out.is_empty()));
}

/// Turns the markup in a restore report into the text that it becomes when it is written again.
fn flatten(request: &mut Request) {
    let reports = request.extensions.iter_mut().filter_map(|extension| {
        if let Extension::RgpUpdate(update) = extension {
            update.report.as_mut()
        } else {
            None
        }
    });
    for report in reports {
        let texts = report.statements.iter_mut().chain([&mut report.reason]);
        let parts = [&mut report.before, &mut report.after];
        let contents = texts.map(|text| &mut text.content).chain(parts);
        for content in contents.chain(report.other.as_mut()) {
            *content = Mixed::Text(content.as_str().to_owned());
        }
    }
}

/// Makes the answer the session gives to a document that could not be decoded.
fn refusal(error: protocol::Error, client_transaction: Option<String>) -> Response {
    let element = error.element;
    let fault = Fault {
        element: element.unwrap_or_else(|| Shown::new(Namespace::Epp, "epp", "")),
        reason: error.reason,
    };
    Response {
        fault: Some(fault),
        client_transaction,
        ..Response::new(error.code, "HKEPP-0".to_owned())
    }
}

/// Asserts that a document we wrote decodes to `expected`.
fn assert_reads_back<T: PartialEq + Debug>(
    written: &[u8],
    decode: impl Fn(&Tree<'_>) -> Result<T, protocol::Error>,
    expected: &T,
) {
    let again = xml::decode(written)
        .and_then(|text| Tree::parse(&text).map(|tree| decode(&tree)))
        .unwrap_or_else(|error| Err(error.into()));
    assert!(
        again.as_ref() == Ok(expected),
        "reads back differently: {again:?}\n{expected:?}\n{}",
        String::from_utf8_lossy(written)
    );
}

/// Asserts that an entity, if these octets are one, is written and read again without a change, and that no more
/// octets are one.
fn assert_stable<T: record::Entity>(octets: &[u8]) {
    let Ok(entity) = record::decode::<T>(octets) else {
        return;
    };
    let first = record::encode(&entity);
    let again = first
        .clone()
        .and_then(|octets| record::decode::<T>(&octets));
    let second = again.and_then(|entity| record::encode(&entity));
    assert!(first.is_ok() && first == second, "{first:?}\n{second:?}");
    let longer = [octets, &[0]].concat();
    assert!(record::decode::<T>(&longer).is_err(), "a tail is let pass");
}

/// Says whether two elements are the same to a reader of XML: names, attributes, text, children.
fn is_same(left: Element<'_>, right: Element<'_>) -> bool {
    left.uri() == right.uri()
        && left.name() == right.name()
        && left.text() == right.text()
        && attributes(left) == attributes(right)
        && left.children().count() == right.children().count()
        && left
            .children()
            .zip(right.children())
            .all(|(left, right)| is_same(left, right))
}

/// Returns the attributes of an element, each with the namespace, as far as this server knows it, name and value.
fn attributes(element: Element<'_>) -> Vec<(Option<Namespace>, &str, &str)> {
    let known = |namespace| (!matches!(namespace, Namespace::Other(_))).then_some(namespace);
    let attributes = element.attributes();
    attributes
        .map(|attribute| (known(attribute.namespace), attribute.name, attribute.value))
        .collect()
}

/// Writes an element with prefixes of our own; `scope` holds the URIs declared so far, each prefix its place.
fn write(element: Element<'_>, scope: &mut Vec<String>, out: &mut String) {
    let outer = scope.len();
    let name = qualify(element.uri(), element.name(), scope);
    *out += &format!("<{name}");
    for attribute in element.attributes() {
        // The tree has no URI for the attribute of an unknown namespace; any other will do.
        let uri = if let Namespace::Other(number) = attribute.namespace {
            format!("urn:unknown:{number}")
        } else {
            attribute.namespace.uri().to_owned()
        };
        let name = qualify(&uri, attribute.name, scope);
        *out += &format!(" {name}=\"{}\"", escape(attribute.value));
    }
    for (place, uri) in scope.iter().enumerate().skip(outer) {
        *out += &format!(" xmlns:n{place}=\"{}\"", escape(uri));
    }
    *out += &format!(">{}", escape(element.text()));
    for child in element.children() {
        write(child, scope, out);
    }
    *out += &format!("</{name}>");
    scope.truncate(outer);
}

/// Returns a name with its prefix, which it declares in `scope` when that has none for the URI yet.
fn qualify(uri: &str, name: &str, scope: &mut Vec<String>) -> String {
    if uri.is_empty() {
        return name.to_owned();
    }
    if uri == Namespace::Xml.uri() {
        return format!("xml:{name}");
    }
    let known = scope.iter().position(|known| known == uri);
    let place = known.unwrap_or_else(|| {
        scope.push(uri.to_owned());
        scope.len() - 1
    });
    format!("n{place}:{name}")
}

/// Escapes text so that it stands in an element and in an attribute without a change.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' | '<' | '>' | '"' | '\t' | '\n' | '\r' => {
                escaped += &format!("&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_of_a_document_with_every_kind_of_name_reads_as_the_same() {
        xml(
            b"<a xmlns:p='u:1' xml:lang='en' p:b='1&#10;&lt;' b='2'><p:c xmlns='u:2'>\
              x&amp;<d xmlns:p='u:3' p:b='3'/>]]&gt;</p:c><xml:e/></a>",
        );
    }

    #[test]
    #[should_panic(expected = "reads back differently")]
    fn assert_reads_back_of_another_message_panics() {
        let written =
            b"<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><logout/></command></epp>";
        assert_reads_back(written, Message::decode, &Message::Hello);
    }

    #[test]
    fn is_same_tells_documents_apart() {
        let differing = [
            "<a/>",
            "<b/>",
            "<a xmlns='u'/>",
            "<a>t</a>",
            "<a b='1'/>",
            "<a b='2'/>",
            "<a xmlns:p='u' p:b='1'/>",
            "<a><c/></a>",
            "<a><c/><c/></a>",
            "<a><c>t</c></a>",
        ];
        for (left, one) in differing.iter().enumerate() {
            for (right, other) in differing.iter().enumerate() {
                let (one, other) = (Tree::parse(one).unwrap(), Tree::parse(other).unwrap());
                let same = is_same(one.root().unwrap(), other.root().unwrap());
                assert_eq!(same, left == right, "{one:?} {other:?}");
            }
        }
    }
}
