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
