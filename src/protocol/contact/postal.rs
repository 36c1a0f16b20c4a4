//! `<contact:postalInfo>` and `<contact:addr>` (RFC 5733 sections 2.3 and 2.4).
//!
//! An optional line that is empty means the same as one that is absent and is read as `None`.

use crate::base::code::Code;
use crate::model::contact::{Address, PostalInfo, PostalKind};
use crate::protocol::Error;
use crate::protocol::text::{collapse, normalized, token};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Mismatch, Namespace, Sequence, Writer};

/// Returns the kind as it is written.
pub(super) const fn kind_text(kind: PostalKind) -> &'static str {
    match kind {
        PostalKind::International => "int",
        PostalKind::Local => "loc",
    }
}

/// Reads the attribute `type` of an element that has no other.
pub(super) fn decode_kind(element: Element<'_>) -> Result<PostalKind, Error> {
    let [kind] = attributes(element, ["type"])?;
    match kind.map(collapse).as_deref() {
        Some("int") => Ok(PostalKind::International),
        Some("loc") => Ok(PostalKind::Local),
        Some(_) | None => Err(Error::new(
            Code::Syntax,
            element,
            "type is required, one of int, loc",
        )),
    }
}

/// Reads a `<contact:postalInfo>` that is whole.
pub(super) fn decode(element: Element<'_>) -> Result<PostalInfo, Error> {
    let kind = decode_kind(element)?;
    let mut content = Sequence::content(element)?;
    let name = normalized(content.required(Namespace::Contact, "name")?, 1, 255)?;
    let org = optional_line(&mut content, "org")?;
    let address = decode_address(content.required(Namespace::Contact, "addr")?)?;
    content.end()?;
    Ok(PostalInfo {
        kind,
        name,
        org,
        address,
    })
}

/// Writes a `<contact:postalInfo>`.
pub(super) fn encode(postal: &PostalInfo, writer: &mut Writer) {
    writer.start(Namespace::Contact, "postalInfo");
    writer.attribute("type", kind_text(postal.kind));
    writer.leaf(Namespace::Contact, "name", &postal.name);
    encode_optional(writer, "org", postal.org.as_deref());
    encode_address(&postal.address, writer);
    writer.end();
}

/// Reads `<contact:addr>`.
pub(super) fn decode_address(element: Element<'_>) -> Result<Address, Error> {
    let mut content = Sequence::of(element)?;
    let street = content.many(Namespace::Contact, "street", 0, 3)?;
    let street = street.into_iter().map(|line| normalized(line, 0, 255));
    let street = street.collect::<Result<_, _>>()?;
    let city = normalized(content.required(Namespace::Contact, "city")?, 1, 255)?;
    let province = optional_line(&mut content, "sp")?;
    let postal_code = match content.optional(Namespace::Contact, "pc") {
        Some(element) => Some(token(element, 0, 16)?).filter(|code| !code.is_empty()),
        None => None,
    };
    let country = token(content.required(Namespace::Contact, "cc")?, 2, 2)?;
    content.end()?;
    Ok(Address {
        street,
        city,
        province,
        postal_code,
        country,
    })
}

/// Writes `<contact:addr>`.
pub(super) fn encode_address(address: &Address, writer: &mut Writer) {
    writer.start(Namespace::Contact, "addr");
    for line in &address.street {
        writer.leaf(Namespace::Contact, "street", line);
    }
    writer.leaf(Namespace::Contact, "city", &address.city);
    encode_optional(writer, "sp", address.province.as_deref());
    encode_optional(writer, "pc", address.postal_code.as_deref());
    writer.leaf(Namespace::Contact, "cc", &address.country);
    writer.end();
}

fn optional_line(content: &mut Sequence<'_>, name: &str) -> Result<Option<String>, Mismatch> {
    match content.optional(Namespace::Contact, name) {
        Some(element) => Ok(Some(normalized(element, 0, 255)?).filter(|line| !line.is_empty())),
        None => Ok(None),
    }
}

fn encode_optional(writer: &mut Writer, name: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        writer.leaf(Namespace::Contact, name, text);
    }
}

/// Strategies of the tests of this mapping.
#[cfg(test)]
pub(super) mod testing {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{line, token};

    /// Generates kinds.
    pub(in crate::protocol::contact) fn kind() -> impl Strategy<Value = PostalKind> {
        prop::sample::select(&[PostalKind::International, PostalKind::Local][..])
    }

    /// Generates addresses without empty optional lines.
    pub(in crate::protocol::contact) fn address() -> impl Strategy<Value = Address> {
        let street = prop::collection::vec(line(0..=60), 0..=3);
        let (province, code) = (
            prop::option::of(line(1..=30)),
            prop::option::of(token(1..=16)),
        );
        (street, line(1..=30), province, code, token(2..=2)).prop_map(
            |(street, city, province, postal_code, country)| Address {
                street,
                city,
                province,
                postal_code,
                country,
            },
        )
    }

    /// Generates whole postal forms.
    pub(in crate::protocol::contact) fn postal() -> impl Strategy<Value = PostalInfo> {
        (
            kind(),
            line(1..=80),
            prop::option::of(line(1..=80)),
            address(),
        )
            .prop_map(|(kind, name, org, address)| PostalInfo {
                kind,
                name,
                org,
                address,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{assert_refused, read};

    const ADDRESS: &str = "<contact:addr><contact:city>c</contact:city><contact:cc>HK</contact:cc>\
                           </contact:addr>";

    fn form(attributes: &str, content: &str) -> String {
        format!("<contact:postalInfo {attributes}>{content}</contact:postalInfo>")
    }

    #[test]
    fn decode_keeps_blanks_of_lines_and_collapses_codes() {
        let text = form(
            "type=' loc '",
            "<contact:name> A\nB </contact:name><contact:org/><contact:addr>\
             <contact:street/><contact:street>2</contact:street><contact:city> </contact:city>\
             <contact:sp></contact:sp><contact:pc> 99  9 </contact:pc><contact:cc> HK </contact:cc>\
             </contact:addr>",
        );
        let address = Address {
            street: vec![String::new(), "2".to_owned()],
            city: " ".to_owned(),
            province: None,
            postal_code: Some("99 9".to_owned()),
            country: "HK".to_owned(),
        };
        let (kind, name) = (PostalKind::Local, " A B ".to_owned());
        let expected = PostalInfo {
            kind,
            name,
            org: None,
            address,
        };
        assert_eq!(read(&text, decode), Ok(expected));
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let name = "<contact:name>n</contact:name>";
        let long = format!("<contact:name>{}</contact:name>", "n".repeat(256));
        let org = "<contact:org>o</contact:org>";
        let refused = [
            form("", &[name, ADDRESS].concat()),
            form("type='INT'", &[name, ADDRESS].concat()),
            form("type='int' lang='en'", &[name, ADDRESS].concat()),
            form("type='int'", ADDRESS),
            form("type='int'", name),
            form("type='int'", &["<contact:name/>", ADDRESS].concat()),
            form("type='int'", &[&long, ADDRESS].concat()),
            form("type='int'", &[name, ADDRESS, org].concat()),
            form("type='int'", &[name, org, org, ADDRESS].concat()),
            form("type='int'", &[name, ADDRESS, ADDRESS].concat()),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), decode);
    }

    #[test]
    fn decode_address_refuses_what_the_schema_refuses() {
        let address = |content: &str| format!("<contact:addr>{content}</contact:addr>");
        let (city, cc) = (
            "<contact:city>c</contact:city>",
            "<contact:cc>HK</contact:cc>",
        );
        let street = "<contact:street>s</contact:street>";
        let code = "<contact:pc>12345678901234567</contact:pc>";
        let refused = [
            address(cc),
            address(city),
            address(&[cc, city].concat()),
            address(&["<contact:city/>", cc].concat()),
            address(&[city, "<contact:cc>HKG</contact:cc>"].concat()),
            address(&[city, "<contact:cc> H </contact:cc>"].concat()),
            address(&[street, street, street, street, city, cc].concat()),
            address(&[city, street, cc].concat()),
            address(&[city, code, cc].concat()),
            address(
                &[
                    city,
                    "<contact:pc>1</contact:pc><contact:sp>x</contact:sp>",
                    cc,
                ]
                .concat(),
            ),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), decode_address);
    }
}
