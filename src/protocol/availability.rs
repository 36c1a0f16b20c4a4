//! What the answers to the three `<check>` commands share (`chkData`).

use super::Error;
use super::text::{token, token_content};
use super::values;
use crate::base::code::Code;
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Whether one object can be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// The name or handle as the client wrote it.
    pub name: String,
    /// Whether it can be created.
    pub available: bool,
    /// Why it cannot, 1 to 32 characters.
    pub reason: Option<String>,
}

impl Availability {
    /// Makes a verdict: available unless there is a reason against it.
    pub fn new(name: String, reason: Option<&str>) -> Self {
        Self {
            name,
            available: reason.is_none(),
            reason: reason.map(str::to_owned),
        }
    }
}

/// Writes `<chkData>` of `namespace`, whose objects are named by the element `name`.
pub(super) fn encode(
    writer: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    verdicts: &[Availability],
) {
    writer.start(namespace, "chkData");
    for verdict in verdicts {
        writer.start(namespace, "cd");
        writer.start(namespace, name);
        writer.attribute("avail", if verdict.available { "1" } else { "0" });
        writer.text(&verdict.name);
        writer.end();
        if let Some(reason) = &verdict.reason {
            writer.leaf(namespace, "reason", reason);
        }
        writer.end();
    }
    writer.end();
}

/// Reads `<chkData>`; names have `lengths` characters.
pub(super) fn decode(
    element: Element<'_>,
    namespace: Namespace,
    name: &str,
    lengths: (usize, usize),
) -> Result<Vec<Availability>, Error> {
    let mut content = Sequence::of(element)?;
    let mut verdicts = Vec::new();
    for cd in content.many(namespace, "cd", 1, usize::MAX)? {
        let mut cd = Sequence::of(cd)?;
        let named = cd.required(namespace, name)?;
        let available = values::flag(named, "avail")?;
        let reason = cd.optional(namespace, "reason");
        let reason = reason.map(decode_reason).transpose()?;
        cd.end()?;
        let name = token_content(named, lengths.0, lengths.1)?;
        verdicts.push(Availability {
            name,
            available,
            reason,
        });
    }
    content.end()?;
    Ok(verdicts)
}

fn decode_reason(element: Element<'_>) -> Result<String, Error> {
    let [lang] = attributes(element, ["lang"])?;
    if lang.is_some_and(|lang| values::language(lang).is_none()) {
        let reason = "lang is a language tag such as en or zh-Hant";
        return Err(Error::new(Code::Syntax, element, reason));
    }
    Ok(token_content(element, 1, 32)?)
}

/// Reads the `lengths`-long tokens `name` of a `<check>`.
pub(super) fn decode_names(
    element: Element<'_>,
    namespace: Namespace,
    name: &str,
    lengths: (usize, usize),
) -> Result<Vec<String>, Error> {
    let mut content = Sequence::of(element)?;
    let mut names = Vec::new();
    for named in content.many(namespace, name, 1, usize::MAX)? {
        names.push(token(named, lengths.0, lengths.1)?);
    }
    content.end()?;
    Ok(names)
}

/// Writes the `<check>` of `namespace`.
pub(super) fn encode_names(
    writer: &mut Writer,
    namespace: Namespace,
    name: &'static str,
    names: &[String],
) {
    writer.start(namespace, "check");
    for text in names {
        writer.leaf(namespace, name, text);
    }
    writer.end();
}
