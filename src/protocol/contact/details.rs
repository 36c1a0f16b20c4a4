//! What create and info share: postal forms, telephones, e-mail (RFC 5733 sections 2.3 to 2.6).

use super::postal;
use crate::base::code::Code;
use crate::model::contact::{Details, Phone};
use crate::protocol::Error;
use crate::protocol::text::{collapse, token, token_content};
use crate::xml::sequence::attributes;
use crate::xml::{Namespace, Sequence, Writer};

/// Reads `<postalInfo>` to `<email>` where `content` stands, and says whether an empty `<voice>` is among them;
/// `<disclose>` comes later and is read apart.
pub(super) fn decode(content: &mut Sequence<'_>) -> Result<(Details, bool), Error> {
    let forms = content.many(Namespace::Contact, "postalInfo", 1, 2)?;
    let postal = forms
        .into_iter()
        .map(postal::decode)
        .collect::<Result<_, _>>()?;
    let voice = decode_phone(content, "voice")?;
    let empty_voice = voice == Some(None);
    let fax = decode_phone(content, "fax")?.flatten();
    let email = token(
        content.required(Namespace::Contact, "email")?,
        1,
        usize::MAX,
    )?;
    let details = Details {
        postal,
        voice: voice.flatten(),
        fax,
        email,
        disclose: None,
    };
    Ok((details, empty_voice))
}

/// Writes `<postalInfo>` to `<email>`; where there is no telephone, an empty `<voice>` if that is asked for.
pub(super) fn encode(details: &Details, empty_voice: bool, writer: &mut Writer) {
    for form in &details.postal {
        postal::encode(form, writer);
    }
    if details.voice.is_some() || empty_voice {
        encode_phone(writer, "voice", details.voice.as_ref());
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

/// Strategies of the tests of this mapping.
#[cfg(test)]
pub(super) mod testing {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::contact::disclose::testing::disclose;
    use crate::protocol::contact::postal::testing::postal;
    use crate::protocol::testing::token;

    /// Generates telephones.
    pub(in crate::protocol::contact) fn phone() -> impl Strategy<Value = Phone> {
        // Longer country codes would push the longest number beyond 17 characters.
        let number = r"\+[0-9]{1,3}\.[0-9]{1,12}";
        (number, prop::option::of(token(1..=6)))
            .prop_map(|(number, extension)| Phone { number, extension })
    }

    /// Generates details.
    pub(in crate::protocol::contact) fn details() -> impl Strategy<Value = Details> {
        let forms = prop::collection::vec(postal(), 1..=2);
        let (voice, fax) = (prop::option::of(phone()), prop::option::of(phone()));
        (
            forms,
            voice,
            fax,
            token(1..=40),
            prop::option::of(disclose()),
        )
            .prop_map(|(postal, voice, fax, email, disclose)| Details {
                postal,
                voice,
                fax,
                email,
                disclose,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{assert_refused, read};
    use crate::xml::Element;

    fn voice(element: Element<'_>) -> Result<Option<Option<Phone>>, Error> {
        let mut content = Sequence::of(element)?;
        let phone = decode_phone(&mut content, "voice")?;
        content.end()?;
        Ok(phone)
    }

    #[test]
    fn decode_phone_tells_absent_empty_and_given_apart() {
        assert_eq!(read("<a/>", voice), Ok(None));
        for empty in [
            "<a><contact:voice/></a>",
            "<a><contact:voice x='1'> </contact:voice></a>",
        ] {
            assert_eq!(read(empty, voice), Ok(Some(None)), "{empty}");
        }
        let text = "<a><contact:voice x=' 1  2 '> +852.12345678901234\n</contact:voice></a>";
        assert_eq!(read(text, voice).unwrap_err().code, Code::Syntax);
        let text = "<a><contact:voice x=' 1  2 '> +852.123456789012\n</contact:voice></a>";
        let (number, extension) = ("+852.123456789012".to_owned(), Some("1 2".to_owned()));
        assert_eq!(
            read(text, voice),
            Ok(Some(Some(Phone { number, extension })))
        );
    }

    #[test]
    fn decode_phone_refuses_what_the_schema_refuses() {
        let numbers = [
            "852.1",
            "+852",
            "+.1",
            "+852.",
            "+8521.1",
            "+852.1a",
            "+85.123456789012345",
        ];
        for number in numbers {
            let text = format!("<a><contact:voice>{number}</contact:voice></a>");
            assert_refused(&[&text], voice);
        }
        assert_refused(
            &["<a><contact:voice ext='1'>+1.1</contact:voice></a>"],
            voice,
        );
    }
}
