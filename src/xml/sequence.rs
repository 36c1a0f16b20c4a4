//! Reading an element's content in the order an `xs:sequence` prescribes.

use super::wellformed::{is_blank, is_char};
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
    /// URI of its namespace, an unknown one cut to `limits::ECHO` characters; empty for none.
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
        let text = if is_secret(element) {
            ""
        } else {
            element.text().trim_matches(is_blank)
        };
        Self {
            // With its blanks: without them it may be the URI that it is not.
            uri: cut(element.uri()),
            prefix: element.namespace().prefix(),
            name: element.name().chars().take(limits::ECHO).collect(),
            text: cut_text(text),
        }
    }

    /// Describes an element by its name and value, where the document is no longer at hand.
    pub fn new(namespace: Namespace, name: &str, text: &str) -> Self {
        let text = if SECRETS.contains(&name) { "" } else { text };
        Self {
            uri: namespace.uri().to_owned(),
            prefix: namespace.prefix(),
            name: name.to_owned(),
            text: cut_text(text),
        }
    }
}

/// Elements that hold a secret, or may at any depth when the client got their content wrong.
const SECRETS: &[&str] = &["pw", "newPW", "authInfo", "ext"];

/// What a login may repeat; any other element in it may be a password under a misspelt name.
const LOGIN: &[&str] = &["clID", "version", "lang", "objURI", "extURI"];

/// Says whether an element may hold a secret.
fn is_secret(element: Element<'_>) -> bool {
    let mut in_login = false;
    for around in std::iter::successors(Some(element), |inner| inner.parent()) {
        if SECRETS.contains(&around.name()) {
            return true;
        }
        in_login |= matches!(around.name(), "login" | "loginSec");
    }
    in_login && !LOGIN.contains(&element.name())
}

/// Cuts text to what may be repeated, without blanks at its end, which readers do not keep.
fn cut_text(text: &str) -> String {
    cut(text).trim_end_matches(is_blank).to_owned()
}

/// Cuts what a client wrote to what may be repeated; what does not print becomes U+FFFD.
fn cut(text: &str) -> String {
    let visible = |character: char| {
        let hidden = character.is_control()
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || !is_char(character);
        if hidden {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    text.chars().take(limits::ECHO).map(visible).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Tree;

    /// Returns what may be repeated of the first element `name` of a document.
    fn shown(document: &str, name: &str) -> Shown {
        fn find<'t>(element: Element<'t>, name: &str) -> Option<Element<'t>> {
            if element.name() == name {
                return Some(element);
            }
            element.children().find_map(|child| find(child, name))
        }
        let tree = Tree::parse(document).unwrap();
        Shown::of(find(tree.root().unwrap(), name).unwrap())
    }

    #[test]
    fn shown_never_repeats_secrets() {
        for (document, name) in [
            ("<c><pw>s3cret</pw></c>", "pw"),
            ("<c><authInfo>s3cret</authInfo></c>", "authInfo"),
            (
                "<c><authInfo><password>s3cret</password></authInfo></c>",
                "password",
            ),
            ("<c><authInfo><ext><x>s3cret</x></ext></authInfo></c>", "x"),
            ("<c><login><pw><b>s3cret</b></pw></login></c>", "b"),
            ("<c><login><PW>s3cret</PW></login></c>", "PW"),
            ("<c><login>me s3cret<pw/></login></c>", "login"),
            (
                "<c><loginSec><newPassword>s3cret</newPassword></loginSec></c>",
                "newPassword",
            ),
        ] {
            assert_eq!(shown(document, name).text, "", "{document}");
        }
        assert_eq!(Shown::new(Namespace::Domain, "pw", "s3cret").text, "");
    }

    #[test]
    fn shown_repeats_a_little_of_the_rest_in_print() {
        let long = "\u{202e}a\u{9b}".repeat(limits::ECHO);
        let document = format!("<c xmlns='{long}'><clID>\n {long}</clID></c>");
        let cut = shown(&document, "clID");
        assert_eq!(cut.text.chars().count(), limits::ECHO);
        assert!(cut.text.starts_with("\u{fffd}a\u{fffd}"));
        assert_eq!(cut.uri, cut.text);
        assert_eq!(Shown::new(Namespace::Epp, "clID", "a\0").text, "a\u{fffd}");
        let login = "<c><login><clID>me</clID></login></c>";
        assert_eq!(shown(login, "clID").text, "me");
    }
}
