//! `<greeting>` as a client reads it, whichever server sent it (RFC 5730 section 2.4).

use chrono::{DateTime, Utc};

use super::Error;
use super::login::{VERSION, decode_uris, decode_uris_of_extensions};
use super::text::{collapse, date_time, normalized, token};
use super::values::{empty, instant, is_duration, language};
use crate::base::code::Code;
use crate::xml::sequence::leaf;
use crate::xml::{Element, Mismatch, Namespace, Sequence, Tree};

/// What a server offers; the data collection policy is checked, not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Name of the server, 3 to 64 characters.
    pub server: String,
    /// The server's time.
    pub now: DateTime<Utc>,
    /// Languages of its answers, at least one.
    pub languages: Vec<String>,
    /// URIs of its objects, at least one.
    pub objects: Vec<String>,
    /// URIs of its extensions.
    pub extensions: Vec<String>,
}

impl Offer {
    /// Reads a greeting.
    ///
    /// # Errors
    /// When the document is none, or offers no version this crate speaks.
    pub fn decode(tree: &Tree<'_>) -> Result<Self, Error> {
        let missing = || Error {
            code: Code::Syntax,
            element: None,
            reason: "the document is empty".to_owned(),
        };
        let mut envelope = Sequence::of(tree.root().ok_or_else(missing)?)?;
        let greeting = envelope.required(Namespace::Epp, "greeting")?;
        envelope.end()?;
        let mut content = Sequence::of(greeting)?;
        let server = normalized(content.required(Namespace::Epp, "svID")?, 3, 64)?;
        let now = instant(content.required(Namespace::Epp, "svDate")?)?;
        let menu = content.required(Namespace::Epp, "svcMenu")?;
        check_policy(content.required(Namespace::Epp, "dcp")?)?;
        content.end()?;
        let mut menu = Sequence::of(menu)?;
        for version in menu.many(Namespace::Epp, "version", 1, usize::MAX)? {
            if collapse(leaf(version)?) != VERSION {
                let reason = "this client speaks version 1.0";
                return Err(Error::new(Code::Version, version, reason));
            }
        }
        let mut languages = Vec::new();
        for lang in menu.many(Namespace::Epp, "lang", 1, usize::MAX)? {
            let reason = "expected a language tag such as en";
            let tag = language(leaf(lang)?);
            languages.push(tag.ok_or_else(|| Error::new(Code::Syntax, lang, reason))?);
        }
        let objects = decode_uris(&mut menu, "objURI")?;
        let extensions = decode_uris_of_extensions(&mut menu)?;
        menu.end()?;
        Ok(Self {
            server,
            now,
            languages,
            objects,
            extensions,
        })
    }
}

/// Checks the data collection policy.
fn check_policy(element: Element<'_>) -> Result<(), Error> {
    let mut content = Sequence::of(element)?;
    let access = [
        "all",
        "none",
        "null",
        "other",
        "personal",
        "personalAndOther",
    ];
    check_choice(content.required(Namespace::Epp, "access")?, &access)?;
    for statement in content.many(Namespace::Epp, "statement", 1, usize::MAX)? {
        let mut parts = Sequence::of(statement)?;
        let mut purpose = Sequence::of(parts.required(Namespace::Epp, "purpose")?)?;
        check_options(&mut purpose, &["admin", "contact", "other", "prov"])?;
        purpose.end()?;
        let mut recipient = Sequence::of(parts.required(Namespace::Epp, "recipient")?)?;
        check_options(&mut recipient, &["other"])?;
        for ours in recipient.many(Namespace::Epp, "ours", 0, usize::MAX)? {
            let mut ours = Sequence::of(ours)?;
            let description = ours.optional(Namespace::Epp, "recDesc");
            description.map(|text| token(text, 1, 255)).transpose()?;
            ours.end()?;
        }
        check_options(&mut recipient, &["public", "same", "unrelated"])?;
        recipient.end()?;
        let retention = ["business", "indefinite", "legal", "none", "stated"];
        check_choice(parts.required(Namespace::Epp, "retention")?, &retention)?;
        parts.end()?;
    }
    if let Some(expiry) = content.optional(Namespace::Epp, "expiry") {
        check_expiry(expiry)?;
    }
    Ok(content.end()?)
}

/// Checks an element that holds one of some empty elements.
fn check_choice(element: Element<'_>, names: &[&str]) -> Result<(), Mismatch> {
    let mut content = Sequence::of(element)?;
    match content.take() {
        Some(child) if names.iter().any(|name| child.is(Namespace::Epp, name)) => empty(child)?,
        Some(child) => return Err(Mismatch::new(child, "the element does not belong here")),
        None => return Err(Mismatch::new(element, "an element is missing")),
    }
    content.end()
}

/// Checks empty elements that may be left out, in this order.
fn check_options(content: &mut Sequence<'_>, names: &[&str]) -> Result<(), Mismatch> {
    let mut names = names.iter();
    names.try_for_each(|name| content.optional(Namespace::Epp, name).map_or(Ok(()), empty))
}

/// Checks how long the policy lasts.
fn check_expiry(element: Element<'_>) -> Result<(), Error> {
    let mut content = Sequence::of(element)?;
    let lasts = match content.optional(Namespace::Epp, "absolute") {
        Some(time) => date_time(leaf(time)?).is_some(),
        None => is_duration(&collapse(leaf(
            content.required(Namespace::Epp, "relative")?,
        )?)),
    };
    if !lasts {
        let reason = "expected a date and time, or a duration";
        return Err(Error::new(Code::Syntax, element, reason));
    }
    Ok(content.end()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ext;
    use crate::protocol::greeting::{Greeting, LANGUAGES, OBJECTS};

    fn decode(document: &str) -> Result<Offer, Error> {
        Offer::decode(&Tree::parse(document).unwrap())
    }

    fn ours() -> String {
        let now = "2027-04-03T22:00:00.5Z".parse().unwrap();
        let server = "hkepp & co";
        let extensions = &[Namespace::Idn][..];
        let greeting = Greeting {
            server,
            now,
            extensions,
        };
        String::from_utf8(greeting.encode(Vec::new())).unwrap()
    }

    #[test]
    fn decode_reads_what_our_server_writes() {
        let offer = decode(&ours()).unwrap();
        assert_eq!(offer.server, "hkepp & co");
        assert_eq!(offer.now.timestamp_subsec_millis(), 500);
        assert_eq!(offer.languages, LANGUAGES);
        assert_eq!(offer.objects, OBJECTS.map(Namespace::uri));
        let announced = ext::ANNOUNCED.iter().chain(&[Namespace::Idn]);
        let extensions: Vec<_> = announced.map(|ns| ns.uri()).collect();
        assert_eq!(offer.extensions, extensions);
    }

    #[test]
    fn decode_reads_what_other_servers_write() {
        let policy = "<access><personalAndOther/></access><statement><purpose><contact/>\
            </purpose><recipient><other/><ours><recDesc>us</recDesc></ours><ours/><unrelated/>\
            </recipient><retention><legal/></retention></statement><expiry><relative>P1Y</relative>\
            </expiry>";
        let (before, rest) = ours().split_once("<access>").map(owned).unwrap();
        let (_, after) = rest.split_once("</dcp>").unwrap();
        let document = format!("{before}{policy}</dcp>{after}");
        assert!(decode(&document).is_ok(), "{:?}", decode(&document));
        for (from, to) in [
            ("P1Y", "1 year"),
            ("<legal/>", ""),
            ("<legal/>", "<legal/><none/>"),
            ("<personalAndOther/>", "<ours/>"),
            ("<ours/><unrelated/>", "<unrelated/><ours/>"),
            ("<contact/>", "<contact> </contact>"),
            ("<lang>en</lang>", ""),
            ("<version>1.0</version>", "<version>1.1</version>"),
            ("greeting>", "response>"),
        ] {
            let changed = document.replace(from, to);
            assert_ne!(changed, document);
            assert!(decode(&changed).is_err(), "{from} {to}");
        }
    }

    fn owned((left, right): (&str, &str)) -> (String, String) {
        (left.to_owned(), right.to_owned())
    }
}
