//! Authorization information in commands and answers (`authInfoType`, RFC 5731 and 5733; RFC 9154).
//!
//! A password never leaves the server: an answer says at most that one is set, by an empty element.

use super::text::{collapse, normalized_content};
use super::values::is_roid;
use super::{Error, any};
use crate::base::code::Code;
use crate::base::secret::Secret;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Authorization information as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthInfo {
    /// `<pw>`.
    Password {
        /// The password; empty asks for none to be set (RFC 9154 section 5.1).
        secret: Secret,
        /// Repository object identifier of the contact whose password it is, if not the object's own.
        roid: Option<String>,
    },
    /// `<ext>`: some other mechanism, of which this server knows none.
    Extension,
    /// `<null/>`, in an update of a domain only: unset it.
    Null,
}

impl AuthInfo {
    /// Wraps a password.
    pub fn password(secret: impl Into<String>) -> Self {
        Self::Password {
            secret: Secret::new(secret.into()),
            roid: None,
        }
    }

    /// Reads `<authInfo>` of the mapping that the element belongs to.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let namespace = element.namespace();
        let mut content = Sequence::of(element)?;
        let found = if let Some(pw) = content.optional(namespace, "pw") {
            password(pw)?
        } else if let Some(ext) = content.optional(namespace, "ext") {
            extension(ext)?
        } else {
            content.required(namespace, "pw")?;
            Self::Null
        };
        content.end()?;
        Ok(found)
    }

    /// Reads `<authInfo>` of an update of a domain, where `<null/>` is allowed too.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode_change(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let Some(null) = content.optional(element.namespace(), "null") else {
            return Self::decode(element);
        };
        content.end()?;
        any::lax(null)?;
        Ok(Self::Null)
    }

    /// Writes `<authInfo>` of `namespace`.
    ///
    /// An extension is written as the one element every server's schemas know.
    pub fn encode(&self, namespace: Namespace, writer: &mut Writer) {
        writer.start(namespace, "authInfo");
        match self {
            Self::Password { secret, roid } => {
                writer.start(namespace, "pw");
                if let Some(roid) = roid {
                    writer.attribute("roid", roid);
                }
                writer.text(secret.expose());
                writer.end();
            }
            Self::Extension => {
                writer.start(namespace, "ext");
                writer.start(Namespace::Epp, "epp");
                writer.leaf(Namespace::Epp, "hello", "");
                writer.end();
                writer.end();
            }
            Self::Null => writer.leaf(namespace, "null", ""),
        }
        writer.end();
    }
}

fn password(element: Element<'_>) -> Result<AuthInfo, Error> {
    let [of] = attributes(element, ["roid"])?;
    let of = of.map(collapse);
    if of.as_deref().is_some_and(|of| !is_roid(of)) {
        let reason = "roid is 1 to 80 word characters, a hyphen, 1 to 8 word characters";
        return Err(Error::new(Code::Syntax, element, reason));
    }
    let secret = Secret::new(normalized_content(element, 0, usize::MAX)?);
    Ok(AuthInfo::Password {
        secret,
        roid: of.map(Into::into),
    })
}

fn extension(element: Element<'_>) -> Result<AuthInfo, Error> {
    let mut content = Sequence::of(element)?;
    let Some(child) = content.take() else {
        return Err(Error::new(
            Code::Syntax,
            element,
            "an element of some extension is missing",
        ));
    };
    content.end()?;
    any::strict(child)?;
    Ok(AuthInfo::Extension)
}

/// What an answer says of an object's authorization information; absence says that none is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthInfoState {
    /// Some is set; written as an empty `<pw/>` (RFC 9154 section 5.2).
    Set,
}

impl AuthInfoState {
    /// Reads `<authInfo>` of an answer; what another server discloses there is not kept.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        AuthInfo::decode(element).map(|_| Self::Set)
    }

    /// Writes `<authInfo>` of `namespace`.
    pub fn encode(self, namespace: Namespace, writer: &mut Writer) {
        match self {
            Self::Set => {
                writer.start(namespace, "authInfo");
                writer.start(namespace, "pw");
                writer.end();
                writer.end();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::samples;

    const NS: Namespace = Namespace::Contact;

    fn read(content: &str) -> Result<AuthInfo, Error> {
        let text = format!("<authInfo>{content}</authInfo>");
        samples::read(NS, &text, AuthInfo::decode)
    }

    #[test]
    fn decode_keeps_blanks_of_a_password() {
        assert_eq!(read("<pw> a\n b </pw>"), Ok(AuthInfo::password(" a  b ")));
        assert_eq!(read("<pw/>"), Ok(AuthInfo::password("")));
    }

    #[test]
    fn decode_of_an_extension_takes_one_element_some_schema_declares() {
        for content in [
            "<ext><x xmlns='urn:x'>a<y/></x></ext>",
            "<ext><delete><id>abc</id></delete></ext>",
            "<ext><x xmlns='urn:x'><delete xmlns='urn:ietf:params:xml:ns:host-1.0'><name>a</name></delete></x></ext>",
        ] {
            assert_eq!(read(content), Ok(AuthInfo::Extension), "{content}");
        }
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        for content in [
            "",
            "<null/>",
            "<pw><x/></pw>",
            "<pw roid=''>a</pw>",
            "<pw roid='a-b-c'>a</pw>",
            "<pw id='a'>a</pw>",
            "<pw/><ext><x xmlns='urn:x'/></ext>",
            "<ext/>",
            "<ext>text</ext>",
            "<ext><x xmlns=''/></ext>",
            "<ext><id>abc</id></ext>",
            "<ext><delete/></ext>",
            "<ext><x xmlns='urn:x'/><x xmlns='urn:x'/></ext>",
            "<ext><x xmlns='urn:ietf:params:xml:ns:eppcom-1.0'/></ext>",
            "<ext><x xmlns='urn:x'><delete xmlns='urn:ietf:params:xml:ns:host-1.0'/></x></ext>",
        ] {
            assert_eq!(
                read(content).map_err(|e| e.code),
                Err(Code::Syntax),
                "{content}"
            );
        }
    }

    #[test]
    fn decode_of_a_wrong_password_element_does_not_repeat_it() {
        let error = read("<pw roid='x'>2fooBAR</pw>").unwrap_err();
        assert!(!format!("{error:?}").contains("2fooBAR"));
    }
}
