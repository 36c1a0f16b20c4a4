//! What a registry of .hk and .香港 needs beyond the RFCs (our own hk-1.0, made as RFC 3735 advises).
//!
//! A client that leaves all of it out can still register, change and read names: it tells the registry who the
//! registrant is, which written variants to activate and which name to pair, and tells the client how its name
//! stands. Names are kept as they were written; the flows judge them.

mod answer;
mod command;

pub use answer::{Application, InfoData, LockData, Waiting};
pub use command::{Create, CreateVariant, PairChange, Update, UpdateVariant};

use chrono::NaiveDate;

use crate::base::code::Code;
use crate::model::document::{Document, DocumentKind};
use crate::protocol::text::{boolean, collapsed, date, day, parsed, token};
use crate::protocol::values::{empty, optional};
use crate::protocol::{Error, Extension};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Mismatch, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::Hk;

/// Most characters of a name or a text.
const LONGEST: usize = 255;

/// Most documents of one command.
pub const DOCUMENTS: usize = 16;

/// Who the registrant is (`registrant`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrant {
    /// What it is (`type`).
    pub party: Party,
    /// How old a person is.
    pub age: Option<Age>,
    /// Name on its documents (`legalName`), 1 to 255 characters.
    pub legal_name: Option<String>,
    /// Code of its industry (`industry`), 1 to 255 characters.
    pub industry: Option<String>,
}

/// Kind of a registrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// `individual`: a person.
    Individual,
    /// `organisation`: anything else that can hold a name.
    Organisation,
}

/// How the age of a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// By the day of birth (`birthDate`).
    Born(NaiveDate),
    /// By whether the person is 18 or older (`over18`).
    Over18(bool),
}

/// Reads an element of hk-1.0 in a command.
///
/// # Errors
/// When it is no command extension or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    match element.name() {
        "create" => Create::decode(element).map(Extension::HkCreate),
        "update" => Update::decode(element).map(Extension::HkUpdate),
        "infData" | "creData" | "updData" => {
            Err(Error::new(Code::Syntax, element, "only servers send this"))
        }
        _ => Err(Error::new(
            Code::Syntax,
            element,
            "hk-1.0 defines create and update",
        )),
    }
}

impl Registrant {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let party = parsed(
            content.required(NS, "type")?,
            collapsed(Party::parse),
            "a registrant is an individual or an organisation",
        )?;
        let age = match content.optional(NS, "birthDate") {
            Some(born) => Some(Age::Born(parsed(born, date, "expected a date")?)),
            None => optional(&mut content, NS, "over18", |element| {
                parsed(element, boolean, "a boolean is true or false").map(Age::Over18)
            })?,
        };
        let legal_name = optional(&mut content, NS, "legalName", text)?;
        let industry = optional(&mut content, NS, "industry", text)?;
        content.end()?;
        Ok(Self {
            party,
            age,
            legal_name,
            industry,
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "registrant");
        writer.leaf(NS, "type", self.party.as_str());
        match self.age {
            Some(Age::Born(born)) => writer.leaf(NS, "birthDate", &day(born)),
            Some(Age::Over18(over)) => {
                writer.leaf(NS, "over18", if over { "true" } else { "false" });
            }
            None => {}
        }
        encode_optional(writer, "legalName", self.legal_name.as_deref());
        encode_optional(writer, "industry", self.industry.as_deref());
        writer.end();
    }
}

impl Party {
    /// Finds the value written `text`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = [Self::Individual, Self::Organisation].into_iter();
        all.find(|party| party.as_str() == text)
    }

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Organisation => "organisation",
        }
    }
}

/// Reads the documents that stand here.
fn decode_documents(content: &mut Sequence<'_>) -> Result<Vec<Document>, Error> {
    let documents = content.many(NS, "document", 0, DOCUMENTS)?;
    documents.into_iter().map(decode_document).collect()
}

fn decode_document(element: Element<'_>) -> Result<Document, Error> {
    let mut content = Sequence::of(element)?;
    let kind = parsed(
        content.required(NS, "type")?,
        collapsed(DocumentKind::parse),
        "expected the code of a kind of document, such as BR",
    )?;
    let words = optional(&mut content, NS, "other", text)?;
    let number = text(content.required(NS, "number")?)?;
    let country = parsed(
        content.required(NS, "country")?,
        collapsed(country),
        "a country is two capital letters",
    )?;
    let expires = optional(&mut content, NS, "expires", |element| {
        parsed(element, date, "expected a date")
    })?;
    let chinese_name = optional(&mut content, NS, "nameZh", text)?;
    content.end()?;
    Ok(Document {
        kind,
        words,
        number,
        country,
        expires,
        chinese_name,
    })
}

/// Parses the form of a code of ISO 3166-1.
fn country(text: &str) -> Option<String> {
    let capital = text.bytes().all(|octet| octet.is_ascii_uppercase());
    (text.len() == 2 && capital).then(|| text.to_owned())
}

fn encode_document(writer: &mut Writer, document: &Document) {
    writer.start(NS, "document");
    writer.leaf(NS, "type", document.kind.as_str());
    encode_optional(writer, "other", document.words.as_deref());
    writer.leaf(NS, "number", &document.number);
    writer.leaf(NS, "country", &document.country);
    encode_optional(writer, "expires", document.expires.map(day).as_deref());
    encode_optional(writer, "nameZh", document.chinese_name.as_deref());
    writer.end();
}

/// Reads a name or a text.
fn text(element: Element<'_>) -> Result<String, Mismatch> {
    token(element, 1, LONGEST)
}

/// Reads as many names as stand here.
fn names(content: &mut Sequence<'_>, name: &str) -> Result<Vec<String>, Mismatch> {
    let names = content.many(NS, name, 0, usize::MAX)?;
    names.into_iter().map(text).collect()
}

/// Says whether the empty element `name` stands next, and takes it.
fn is_present(content: &mut Sequence<'_>, name: &str) -> Result<bool, Mismatch> {
    let Some(element) = content.optional(NS, name) else {
        return Ok(false);
    };
    attributes(element, [])?;
    empty(element)?;
    Ok(true)
}

fn encode_optional(writer: &mut Writer, name: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        writer.leaf(NS, name, text);
    }
}

fn encode_names(writer: &mut Writer, name: &'static str, names: &[String]) {
    names.iter().for_each(|text| writer.leaf(NS, name, text));
}

fn encode_presence(writer: &mut Writer, name: &'static str, present: bool) {
    if present {
        writer.start(NS, name);
        writer.end();
    }
}
