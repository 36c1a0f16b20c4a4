//! What create and info share: postal forms, telephones, e-mail (RFC 5733 sections 2.3 to 2.6).

use super::postal;
use crate::base::code::Code;
use crate::model::contact::{Details, Phone};
use crate::protocol::Error;
use crate::protocol::text::{collapse, token, token_content};
use crate::xml::sequence::attributes;
use crate::xml::{Namespace, Sequence, Writer};

/// Reads `<postalInfo>` to `<email>` where `content` stands; `<disclose>` comes later and is read apart.
pub(super) fn decode(content: &mut Sequence<'_>) -> Result<Details, Error> {
    let forms = content.many(Namespace::Contact, "postalInfo", 1, 2)?;
    let postal = forms
        .into_iter()
        .map(postal::decode)
        .collect::<Result<_, _>>()?;
    let voice = decode_phone(content, "voice")?.flatten();
    let fax = decode_phone(content, "fax")?.flatten();
    let email = token(
        content.required(Namespace::Contact, "email")?,
        1,
        usize::MAX,
    )?;
    Ok(Details {
        postal,
        voice,
        fax,
        email,
        disclose: None,
    })
}

/// Writes `<postalInfo>` to `<email>`.
pub(super) fn encode(details: &Details, writer: &mut Writer) {
    for form in &details.postal {
        postal::encode(form, writer);
    }
    if let Some(phone) = &details.voice {
        encode_phone(writer, "voice", Some(phone));
    }
    if let Some(phone) = &details.fax {
        encode_phone(writer, "fax", Some(phone));
    }
    writer.leaf(Namespace::Contact, "email", &details.email);
}

/// Reads the telephone `name` if it stands there: `Some(None)` is an empty one, which means "none".
pub(super) fn decode_phone(
    content: &mut Sequence<'_>,
    name: &str,
) -> Result<Option<Option<Phone>>, Error> {
    let Some(element) = content.optional(Namespace::Contact, name) else {
        return Ok(None);
    };
    let [extension] = attributes(element, ["x"])?;
    let number = token_content(element, 0, 17)?;
    if number.is_empty() {
        return Ok(Some(None));
    }
    if !is_e164(&number) {
        let reason = "a telephone number is written +CC.number: 1 to 3 and 1 to 14 digits";
        return Err(Error::new(Code::Syntax, element, reason));
    }
    let extension = extension.map(|text| collapse(text).into_owned());
    Ok(Some(Some(Phone {
        number,
        extension: extension.filter(|text| !text.is_empty()),
    })))
}

/// Writes the telephone `name`; `None` removes it.
pub(super) fn encode_phone(writer: &mut Writer, name: &'static str, phone: Option<&Phone>) {
    writer.start(Namespace::Contact, name);
    if let Some(phone) = phone {
        if let Some(extension) = &phone.extension {
            writer.attribute("x", extension);
        }
        writer.text(&phone.number);
    }
    writer.end();
}

fn is_e164(number: &str) -> bool {
    let digits = |text: &str, maximum: usize| {
        (1..=maximum).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let parts = number
        .strip_prefix('+')
        .and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(country, rest)| digits(country, 3) && digits(rest, 14))
}
