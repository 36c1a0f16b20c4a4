//! `<login>` (RFC 5730 section 2.9.1.1).

use super::Error;
use super::text::{collapse, token};
use super::uri::is_reference;
use super::values::{language, registrar_id};
use crate::base::code::Code;
use crate::base::secret::Secret;
use crate::model::RegistrarId;
use crate::xml::sequence::leaf;
use crate::xml::{Element, Mismatch, Namespace, Sequence, Writer};

/// The one protocol version there is.
pub const VERSION: &str = "1.0";

/// Opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Registrar.
    pub id: RegistrarId,
    /// Password, or the literal of RFC 8807 when it stands in the extension.
    pub password: Secret,
    /// New password.
    pub new_password: Option<Secret>,
    /// Language the client wants answers in.
    pub language: String,
    /// URIs of the objects the session is about, as sent.
    pub objects: Vec<String>,
    /// URIs of the extensions the client understands, as sent.
    pub extensions: Vec<String>,
}

impl Login {
    /// Reads `<login>`; any version but 1.0 is refused here.
    ///
    /// # Errors
    /// 2001 when the element breaks its schema, 2100 for another version.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let id = registrar_id(content.required(Namespace::Epp, "clID")?)?;
        let password = decode_password(content.required(Namespace::Epp, "pw")?)?;
        let new_password = content.optional(Namespace::Epp, "newPW");
        let new_password = new_password.map(decode_password).transpose()?;
        let language = decode_options(content.required(Namespace::Epp, "options")?)?;
        let services = content.required(Namespace::Epp, "svcs")?;
        content.end()?;
        let (objects, extensions) = decode_services(services)?;
        Ok(Self {
            id,
            password,
            new_password,
            language,
            objects,
            extensions,
        })
    }

    /// Writes `<login>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Epp, "login");
        writer.leaf(Namespace::Epp, "clID", self.id.as_str());
        writer.leaf(Namespace::Epp, "pw", self.password.expose());
        if let Some(password) = &self.new_password {
            writer.leaf(Namespace::Epp, "newPW", password.expose());
        }
        writer.start(Namespace::Epp, "options");
        writer.leaf(Namespace::Epp, "version", VERSION);
        writer.leaf(Namespace::Epp, "lang", &self.language);
        writer.end();
        writer.start(Namespace::Epp, "svcs");
        for uri in &self.objects {
            writer.leaf(Namespace::Epp, "objURI", uri);
        }
        encode_extensions(writer, self.extensions.iter().map(String::as_str));
        writer.end();
        writer.end();
    }
}

/// Writes `<svcExtension>`, which is left out when there is no extension.
pub(super) fn encode_extensions<'u>(writer: &mut Writer, uris: impl IntoIterator<Item = &'u str>) {
    let mut uris = uris.into_iter().peekable();
    if uris.peek().is_none() {
        return;
    }
    writer.start(Namespace::Epp, "svcExtension");
    for uri in uris {
        writer.leaf(Namespace::Epp, "extURI", uri);
    }
    writer.end();
}

fn decode_password(element: Element<'_>) -> Result<Secret, Mismatch> {
    token(element, 6, 16).map(Secret::new)
}

fn decode_options(element: Element<'_>) -> Result<String, Error> {
    let mut content = Sequence::of(element)?;
    let version = content.required(Namespace::Epp, "version")?;
    if collapse(leaf(version)?) != VERSION {
        return Err(Error::new(
            Code::Version,
            version,
            "this server speaks version 1.0",
        ));
    }
    let lang = content.required(Namespace::Epp, "lang")?;
    let language = language(leaf(lang)?)
        .ok_or_else(|| Error::new(Code::Syntax, lang, "expected a language tag such as en"))?;
    content.end()?;
    Ok(language)
}

fn decode_services(element: Element<'_>) -> Result<(Vec<String>, Vec<String>), Error> {
    let mut content = Sequence::of(element)?;
    let objects = decode_uris(&mut content, "objURI")?;
    let extensions = decode_uris_of_extensions(&mut content)?;
    content.end()?;
    Ok((objects, extensions))
}

/// Reads `<svcExtension>`, which may be left out.
pub(super) fn decode_uris_of_extensions(content: &mut Sequence<'_>) -> Result<Vec<String>, Error> {
    let Some(element) = content.optional(Namespace::Epp, "svcExtension") else {
        return Ok(Vec::new());
    };
    let mut content = Sequence::of(element)?;
    let uris = decode_uris(&mut content, "extURI")?;
    content.end()?;
    Ok(uris)
}

/// Reads one or more elements `name` that hold a URI.
pub(super) fn decode_uris(content: &mut Sequence<'_>, name: &str) -> Result<Vec<String>, Error> {
    let mut uris = Vec::new();
    for element in content.many(Namespace::Epp, name, 1, usize::MAX)? {
        let uri = collapse(leaf(element)?);
        if !is_reference(&uri) {
            return Err(Error::new(
                Code::Syntax,
                element,
                "expected a URI of the greeting",
            ));
        }
        uris.push(uri.into_owned());
    }
    Ok(uris)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::testing::{again, assert_refused, read, registrar_id, token};

    const HEAD: &str = "<clID>abc</clID><pw>foo-BAR2</pw>";
    const OPTIONS: &str = "<options><version>1.0</version><lang>en</lang></options>";
    const SERVICES: &str = "<svcs><objURI>urn:a</objURI></svcs>";

    fn login(parts: &[&str]) -> String {
        format!("<login>{}</login>", parts.concat())
    }

    fn options(version: &str, lang: &str) -> String {
        format!("<options><version>{version}</version><lang>{lang}</lang></options>")
    }

    #[test]
    fn decode_collapses_every_token() {
        let text = login(&[
            "<clID> a  b </clID><pw> 12  45 6 </pw><newPW>\n[LOGIN-SECURITY]</newPW>",
            &options(" 1.0 ", " zh-Hant "),
            "<svcs><objURI> urn:a </objURI><objURI/><svcExtension><extURI>b</extURI>\
             </svcExtension></svcs>",
        ]);
        let login = read(&text, Login::decode).unwrap();
        assert_eq!(login.id.as_str(), "a b");
        assert_eq!(login.password.expose(), "12 45 6");
        assert_eq!(login.new_password.unwrap().expose(), "[LOGIN-SECURITY]");
        assert_eq!(login.language, "zh-Hant");
        assert_eq!(
            (login.objects, login.extensions),
            (
                vec!["urn:a".to_owned(), String::new()],
                vec!["b".to_owned()]
            )
        );
    }

    #[test]
    fn decode_other_versions_are_2100() {
        for version in ["1.1", "2.0", "1", "", "one", "01.0"] {
            let text = login(&[HEAD, &options(version, "en"), SERVICES]);
            assert_eq!(
                read(&text, Login::decode).unwrap_err().code,
                Code::Version,
                "{version}"
            );
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let refused = [
            login(&[]),
            login(&[HEAD, OPTIONS]),
            login(&[HEAD, SERVICES]),
            login(&[HEAD, SERVICES, OPTIONS]),
            login(&["<clID>abc</clID>", OPTIONS, SERVICES]),
            login(&["<clID>ab</clID><pw>foo-BAR2</pw>", OPTIONS, SERVICES]),
            login(&["<clID>abc</clID><pw>12345</pw>", OPTIONS, SERVICES]),
            login(&[
                "<clID>abc</clID><pw>1234  5</pw>",
                OPTIONS,
                SERVICES,
                SERVICES,
            ]),
            login(&[
                "<clID>abc</clID><pw>12345678901234567</pw>",
                OPTIONS,
                SERVICES,
            ]),
            login(&[HEAD, "<newPW/>", OPTIONS, SERVICES]),
            login(&[HEAD, &options("1.0", ""), SERVICES]),
            login(&[HEAD, &options("1.0", "e1"), SERVICES]),
            login(&[HEAD, "<options><version>1.0</version></options>", SERVICES]),
            login(&[HEAD, OPTIONS, "<svcs/>"]),
            login(&[HEAD, OPTIONS, "<svcs><objURI>%zz</objURI></svcs>"]),
            login(&[
                HEAD,
                OPTIONS,
                "<svcs><objURI>urn:a</objURI><svcExtension/></svcs>",
            ]),
            login(&[
                HEAD,
                OPTIONS,
                "<svcs><svcExtension><extURI>a</extURI></svcExtension></svcs>",
            ]),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), Login::decode);
    }

    #[test]
    fn decode_refusal_of_a_password_does_not_repeat_it() {
        let text = login(&["<clID>abc</clID><pw>12345</pw>", OPTIONS, SERVICES]);
        let error = read(&text, Login::decode).unwrap_err();
        assert!(!format!("{error:?}").contains("12345"));
    }

    proptest! {
        #[test]
        fn decode_reads_what_encode_writes(
            id in registrar_id(),
            (password, new_password) in (token(6..=16), prop::option::of(token(6..=16))),
            language in "[a-z]{2}(-[A-Za-z0-9]{1,8})?",
            objects in prop::collection::vec("urn:[a-z]{1,9}-1\\.0", 1..4),
            extensions in prop::collection::vec("urn:[a-z]{1,9}-1\\.0", 0..4),
        ) {
            let (password, new_password) = (Secret::new(password), new_password.map(Secret::new));
            let login = Login { id, password, new_password, language, objects, extensions };
            prop_assert_eq!(again(|writer| login.encode(writer), Login::decode), login);
        }
    }
}
