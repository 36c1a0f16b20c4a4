//! Bundled names (RFC 9095): a domain is one registration of its own name and of names that go with it.
//!
//! On create the client may repeat the name with its U-label; answers list the whole bundle. That the name is
//! the domain's, and a U-label that of its name, is for the flows to judge.

use crate::base::code::Code;
use crate::protocol::text::{collapse, token_content};
use crate::protocol::values::optional;
use crate::protocol::{Error, Extension};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::Bundle;

/// Most characters of a name in either form (`labelType`).
const LONGEST: usize = 255;

/// Extension of domain create (`<b-dn:create>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The name to register (`rdn`).
    pub registered: Option<Name>,
}

/// A name in both forms (`rdnType`), 1 to 255 characters each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name as DNS has it.
    pub name: String,
    /// The name as people read it (`uLabel`).
    pub unicode: Option<String>,
}

/// Extension of an answer about a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleData {
    /// What is answered.
    pub answer: Answer,
    /// The name registered (`rdn`).
    pub registered: Name,
    /// The names bundled with it (`bdn`).
    pub bundled: Vec<Name>,
}

/// Command that [`BundleData`] answers; each has an element of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `infData`: info.
    Info,
    /// `creData`: create.
    Create,
    /// `renData`: renew.
    Renew,
    /// `trnData`: transfer.
    Transfer,
    /// `upData`: update.
    Update,
    /// `delData`: delete.
    Delete,
}

/// Reads an element of b-dn in a command.
///
/// # Errors
/// When it is no command extension or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    match element.name() {
        "create" => Create::decode(element).map(Extension::BundleCreate),
        name if Answer::parse(name).is_some() => {
            Err(Error::new(Code::Syntax, element, "only servers send this"))
        }
        _ => Err(Error::new(Code::Syntax, element, "b-dn defines create")),
    }
}

impl Create {
    /// Reads `<b-dn:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let registered = optional(&mut content, NS, "rdn", Name::decode)?;
        content.end()?;
        Ok(Self { registered })
    }

    /// Writes `<b-dn:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "create");
        if let Some(registered) = &self.registered {
            registered.encode(writer, "rdn");
        }
        writer.end();
    }
}

impl Answer {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Info,
        Self::Create,
        Self::Renew,
        Self::Transfer,
        Self::Update,
        Self::Delete,
    ];

    /// Finds the value by its element's local name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|answer| answer.as_str() == name)
    }

    /// Returns the local name of its element.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "infData",
            Self::Create => "creData",
            Self::Renew => "renData",
            Self::Transfer => "trnData",
            Self::Update => "upData",
            Self::Delete => "delData",
        }
    }
}

impl BundleData {
    /// Reads one of the elements of [`Answer`].
    ///
    /// # Errors
    /// When the element is none of them or breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let answer = Answer::parse(element.name()).ok_or_else(|| {
            let reason = "b-dn defines no such element of an answer";
            Error::new(Code::Syntax, element, reason)
        })?;
        let mut outer = Sequence::of(element)?;
        let mut content = Sequence::of(outer.required(NS, "bundle")?)?;
        outer.end()?;
        let registered = Name::decode(content.required(NS, "rdn")?)?;
        let bundled = content.many(NS, "bdn", 0, usize::MAX)?.into_iter();
        let bundled = bundled.map(Name::decode).collect::<Result<_, _>>()?;
        content.end()?;
        Ok(Self {
            answer,
            registered,
            bundled,
        })
    }

    /// Writes the element of its [`Answer`].
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, self.answer.as_str());
        writer.start(NS, "bundle");
        self.registered.encode(writer, "rdn");
        for name in &self.bundled {
            name.encode(writer, "bdn");
        }
        writer.end();
        writer.end();
    }
}

impl Name {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [unicode] = attributes(element, ["uLabel"])?;
        let unicode = unicode.map(|text| collapse(text).into_owned());
        let fits = |text: &String| (1..=LONGEST).contains(&text.chars().count());
        if !unicode.as_ref().is_none_or(fits) {
            let reason = "uLabel has 1 to 255 characters";
            return Err(Error::new(Code::Syntax, element, reason));
        }
        Ok(Self {
            name: token_content(element, 1, LONGEST)?,
            unicode,
        })
    }

    fn encode(&self, writer: &mut Writer, element: &'static str) {
        writer.start(NS, element);
        if let Some(unicode) = &self.unicode {
            writer.attribute("uLabel", unicode);
        }
        writer.text(&self.name);
        writer.end();
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::protocol::samples;
    use crate::protocol::testing::{again, token};

    fn name() -> impl Strategy<Value = Name> {
        (token(1..=LONGEST), of(token(1..=LONGEST)))
            .prop_map(|(name, unicode)| Name { name, unicode })
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            answer in select(Answer::ALL),
            registered in name(),
            bundled in vec(name(), 0..4),
            named in any::<bool>(),
        ) {
            let create = Create { registered: named.then(|| registered.clone()) };
            prop_assert_eq!(&again(|w| create.encode(w), Create::decode), &create);
            let data = BundleData { answer, registered, bundled };
            prop_assert_eq!(&again(|w| data.encode(w), BundleData::decode), &data);
        }
    }

    #[test]
    fn decode_reads_a_bundle_in_its_order() {
        let text = "<upData><bundle><rdn uLabel=' \u{9ad2}\n \u{578b} '> a.example </rdn>\
                    <bdn>b.example</bdn><bdn uLabel='c'>c.example</bdn></bundle></upData>";
        let data = samples::read(NS, text, BundleData::decode).unwrap();
        assert_eq!(data.answer, Answer::Update);
        assert_eq!(data.registered.name, "a.example");
        let unicode = data.registered.unicode.as_deref();
        assert_eq!(unicode, Some("\u{9ad2} \u{578b}"));
        let names: Vec<_> = data.bundled.iter().map(|name| name.name.as_str()).collect();
        assert_eq!(names, ["b.example", "c.example"]);
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let long = "x".repeat(LONGEST + 1);
        let texts = [
            "<create>a.example</create>".to_owned(),
            "<create><rdn/></create>".to_owned(),
            "<create><rdn uLabel=''>a</rdn></create>".to_owned(),
            "<create><rdn uLabel=' '>a</rdn></create>".to_owned(),
            "<create><rdn ulabel='a'>a</rdn></create>".to_owned(),
            "<create><rdn>a<b/></rdn></create>".to_owned(),
            "<create><rdn>a</rdn><rdn>a</rdn></create>".to_owned(),
            "<create><bdn>a</bdn></create>".to_owned(),
            "<create rdn='a'/>".to_owned(),
            format!("<create><rdn>{long}</rdn></create>"),
            format!("<create><rdn uLabel='{long}'>a</rdn></create>"),
        ];
        samples::refuse(NS, &texts.each_ref().map(String::as_str), Create::decode);
        let texts = [
            "<infData/>",
            "<infData><bundle/></infData>",
            "<infData><rdn>a</rdn></infData>",
            "<infData><bundle><bdn>a</bdn></bundle></infData>",
            "<infData><bundle><bdn>a</bdn><rdn>a</rdn></bundle></infData>",
            "<infData><bundle><rdn>a</rdn></bundle><bundle><rdn>a</rdn></bundle></infData>",
            "<chkData><bundle><rdn>a</rdn></bundle></chkData>",
        ];
        samples::refuse(NS, &texts, BundleData::decode);
    }

    #[test]
    fn decode_refuses_what_only_servers_send() {
        let texts = [
            "<infData><bundle><rdn>a</rdn></bundle></infData>",
            "<rdn>a</rdn>",
        ];
        samples::refuse(NS, &texts, decode);
    }
}
