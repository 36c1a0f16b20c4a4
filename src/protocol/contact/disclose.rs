//! `<contact:disclose>` (RFC 5733 section 2.9).

use super::postal::{decode_kind, kind_text};
use crate::model::contact::{Disclose, Disclosed, PostalKind};
use crate::protocol::values::{empty, flag};
use crate::protocol::{Error, any};
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
        if let Some(wish) = content.optional(Namespace::Contact, name) {
            elements.push(disclosed);
            any::lax(wish)?;
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

/// Strategies of the tests of this mapping.
#[cfg(test)]
pub(super) mod testing {
    use proptest::prelude::*;

    use super::*;

    /// Generates wishes whose elements stand in schema order.
    pub(in crate::protocol::contact) fn disclose() -> impl Strategy<Value = Disclose> {
        let kinds = [PostalKind::International, PostalKind::Local];
        let wishes = BY_KIND.iter().flat_map(move |(_, of)| kinds.map(of));
        let all: Vec<Disclosed> = wishes.chain(PLAIN.map(|(_, plain)| plain)).collect();
        let chosen = prop::sample::subsequence(all, 0..=9);
        (any::<bool>(), chosen).prop_map(|(flag, elements)| Disclose { flag, elements })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{assert_refused, read};

    #[test]
    fn decode_reads_wishes_in_schema_order() {
        let text = "<contact:disclose flag=' 0 '><contact:name type='loc'/>\
                    <contact:name type='loc'></contact:name><contact:addr type='int'/>\
                    <contact:voice any='1'>anything<contact:at-all/></contact:voice>\
                    <contact:email/></contact:disclose>";
        let elements = vec![
            Disclosed::Name(PostalKind::Local),
            Disclosed::Name(PostalKind::Local),
            Disclosed::Address(PostalKind::International),
            Disclosed::Voice,
            Disclosed::Email,
        ];
        assert_eq!(
            read(text, decode),
            Ok(Disclose {
                flag: false,
                elements
            })
        );
        let nothing = Disclose {
            flag: true,
            elements: Vec::new(),
        };
        assert_eq!(read("<contact:disclose flag='true'/>", decode), Ok(nothing));
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            "<contact:disclose/>",
            "<contact:disclose flag='yes'/>",
            "<contact:disclose flag='1'><contact:name/></contact:disclose>",
            "<contact:disclose flag='1'><contact:name type='int'> </contact:name></contact:disclose>",
            "<contact:disclose flag='1'><contact:org type='int'/><contact:name type='int'/>\
             </contact:disclose>",
            "<contact:disclose flag='1'><contact:fax/><contact:voice/></contact:disclose>",
            "<contact:disclose flag='1'><contact:voice/><contact:voice/></contact:disclose>",
            "<contact:disclose flag='1'><contact:org type='int'/><contact:org type='loc'/>\
             <contact:org type='int'/></contact:disclose>",
            "<contact:disclose flag='1'><contact:voice><contact:check/></contact:voice>\
             </contact:disclose>",
        ];
        assert_refused(&refused, decode);
    }
}
