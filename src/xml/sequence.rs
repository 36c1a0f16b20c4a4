//! Reading an element's content in the order an `xs:sequence` prescribes.

use super::wellformed::is_blank;
use super::{Element, Namespace};
use crate::base::limits;

/// The content of a document differs from its grammar at one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The offending element.
    pub element: Shown,
    /// What was expected, for the registrar's engineer.
    pub reason: String,
}

/// An element as an error answer may repeat it: name and a little of its text, never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// URI of its namespace; empty for none.
    pub uri: String,
    /// Our prefix of that namespace; empty when it has none.
    pub prefix: &'static str,
    /// Local name.
    pub name: String,
    /// Its text, cut to `limits::ECHO` characters; empty for secrets.
    pub text: String,
}

impl Shown {
    /// Describes an element of the client's document.
    pub fn of(element: Element<'_>) -> Self {
        let secret = matches!(element.name(), "pw" | "newPW" | "ext");
        let text = if secret {
            ""
        } else {
            element.text().trim_matches(is_blank)
        };
        Self {
            uri: element.uri().to_owned(),
            prefix: element.namespace().prefix(),
            name: element.name().chars().take(limits::ECHO).collect(),
            text: text.chars().take(limits::ECHO).collect(),
        }
    }

    /// Describes an element by its name and value, where the document is no longer at hand.
    pub fn new(namespace: Namespace, name: &str, text: &str) -> Self {
        Self {
            uri: namespace.uri().to_owned(),
            prefix: namespace.prefix(),
            name: name.to_owned(),
            text: text.chars().take(limits::ECHO).collect(),
        }
    }
}

impl Mismatch {
    /// Blames `element`.
    pub fn new(element: Element<'_>, reason: impl Into<String>) -> Self {
        Self {
            element: Shown::of(element),
            reason: reason.into(),
        }
    }
}

/// Reads the attributes `names` of an element; every other one is refused but `xsi:*`.
///
/// # Errors
/// When the element has an attribute the grammar does not give it.
pub fn attributes<'t, const N: usize>(
    element: Element<'t>,
    names: [&str; N],
) -> Result<[Option<&'t str>; N], Mismatch> {
    let mut values = [None; N];
    for attribute in element.attributes() {
        let known = names.iter().position(|name| *name == attribute.name);
        match (
            attribute.namespace,
            known.and_then(|index| values.get_mut(index)),
        ) {
            (Namespace::None, Some(slot)) => *slot = Some(attribute.value),
            (Namespace::Xsi, _) => {}
            _ => return Err(Mismatch::new(element, "unknown attribute")),
        }
    }
    Ok(values)
}

/// Returns the text of an element of simple content without attributes, white space untouched.
///
/// # Errors
/// When it has a child element or an attribute.
pub fn leaf<'t>(element: Element<'t>) -> Result<&'t str, Mismatch> {
    attributes(element, [])?;
    simple(element)
}

/// Returns the text of an element of simple content, white space untouched; attributes are read apart.
///
/// # Errors
/// When it has a child element.
pub fn simple<'t>(element: Element<'t>) -> Result<&'t str, Mismatch> {
    match element.children().next() {
        Some(child) => Err(Mismatch::new(child, "no element is allowed here")),
        None => Ok(element.text()),
    }
}

/// A cursor over the child elements of an element with element-only content.
#[derive(Clone, Debug)]
pub struct Sequence<'t> {
    parent: Element<'t>,
    children: super::tree::Children<'t>,
}

impl<'t> Sequence<'t> {
    /// Opens an element without attributes; see [`attributes`] for one that has some.
    ///
    /// # Errors
    /// When it has attributes, or text between its elements.
    pub fn of(parent: Element<'t>) -> Result<Self, Mismatch> {
        attributes(parent, [])?;
        Self::content(parent)
    }

    /// Opens an element whose attributes are read apart.
    ///
    /// # Errors
    /// When there is text between its elements.
    pub fn content(parent: Element<'t>) -> Result<Self, Mismatch> {
        if !parent.text().trim_matches(is_blank).is_empty() {
            return Err(Mismatch::new(
                parent,
                "text is not allowed between elements",
            ));
        }
        Ok(Self {
            parent,
            children: parent.children(),
        })
    }

    /// Returns the next element without taking it.
    pub fn peek(&self) -> Option<Element<'t>> {
        self.children.clone().next()
    }

    /// Takes the next element, whatever it is.
    pub fn take(&mut self) -> Option<Element<'t>> {
        self.children.next()
    }

    /// Takes the next element if it is `name` of `namespace` (`minOccurs="0"`).
    pub fn optional(&mut self, namespace: Namespace, name: &str) -> Option<Element<'t>> {
        let element = self.peek().filter(|element| element.is(namespace, name))?;
        self.children.next();
        Some(element)
    }

    /// Takes the next element, which must be `name` of `namespace`.
    ///
    /// # Errors
    /// When another element or none stands there.
    pub fn required(&mut self, namespace: Namespace, name: &str) -> Result<Element<'t>, Mismatch> {
        self.optional(namespace, name)
            .ok_or_else(|| match self.peek() {
                Some(other) => Mismatch::new(other, format!("expected <{name}> here")),
                None => Mismatch::new(self.parent, format!("<{name}> is missing")),
            })
    }

    /// Takes as many elements `name` of `namespace` as stand here, `minimum..=maximum` of them.
    ///
    /// # Errors
    /// When there are fewer or more.
    pub fn many(
        &mut self,
        namespace: Namespace,
        name: &str,
        minimum: usize,
        maximum: usize,
    ) -> Result<Vec<Element<'t>>, Mismatch> {
        let mut found = Vec::new();
        while let Some(element) = self.optional(namespace, name) {
            if found.len() == maximum {
                return Err(Mismatch::new(
                    element,
                    format!("at most {maximum} are allowed"),
                ));
            }
            found.push(element);
        }
        if found.len() < minimum {
            self.required(namespace, name)?;
        }
        Ok(found)
    }

    /// Ends the sequence.
    ///
    /// # Errors
    /// When an element is left over.
    pub fn end(mut self) -> Result<(), Mismatch> {
        match self.children.next() {
            Some(extra) => Err(Mismatch::new(extra, "this element is not allowed here")),
            None => Ok(()),
        }
    }
}
