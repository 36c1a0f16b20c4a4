//! `<contact:disclose>` (RFC 5733 section 2.9).

use super::postal::{decode_kind, kind_text};
use crate::model::contact::{Disclose, Disclosed, PostalKind};
use crate::protocol::Error;
use crate::protocol::values::{empty, flag};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Makes the wish of one kind of address.
type OfKind = fn(PostalKind) -> Disclosed;

/// Wishes that are made for each kind of address, in schema order.
const BY_KIND: [(&str, OfKind); 3] = [
    ("name", Disclosed::Name),
    ("org", Disclosed::Org),
    ("addr", Disclosed::Address),
];

/// Wishes that are made once, in schema order. Their elements may hold anything (`xs:anyType`).
const PLAIN: [(&str, Disclosed); 3] = [
    ("voice", Disclosed::Voice),
    ("fax", Disclosed::Fax),
    ("email", Disclosed::Email),
];

/// Reads `<contact:disclose>`; that it names something is the RFC's rule, not the schema's.
pub(super) fn decode(element: Element<'_>) -> Result<Disclose, Error> {
    let flag = flag(element, "flag")?;
    let mut content = Sequence::content(element)?;
    let mut elements = Vec::new();
    for (name, disclosed) in BY_KIND {
        for wish in content.many(Namespace::Contact, name, 0, 2)? {
            elements.push(disclosed(decode_kind(wish)?));
            empty(wish)?;
        }
    }
    for (name, disclosed) in PLAIN {
        if content.optional(Namespace::Contact, name).is_some() {
            elements.push(disclosed);
        }
    }
    content.end()?;
    Ok(Disclose { flag, elements })
}

/// Writes `<contact:disclose>`.
pub(super) fn encode(disclose: &Disclose, writer: &mut Writer) {
    writer.start(Namespace::Contact, "disclose");
    writer.attribute("flag", if disclose.flag { "1" } else { "0" });
    for element in &disclose.elements {
        let (name, kind) = match *element {
            Disclosed::Name(kind) => ("name", Some(kind)),
            Disclosed::Org(kind) => ("org", Some(kind)),
            Disclosed::Address(kind) => ("addr", Some(kind)),
            Disclosed::Voice => ("voice", None),
            Disclosed::Fax => ("fax", None),
            Disclosed::Email => ("email", None),
        };
        writer.start(Namespace::Contact, name);
        if let Some(kind) = kind {
            writer.attribute("type", kind_text(kind));
        }
        writer.end();
    }
    writer.end();
}
