//! What documents would be without the things over which the parser and the validator may differ.
//!
//! Each function returns whether it found any.
#![allow(unreachable_pub)]

use hkepp::xml::Namespace;

use crate::mutate::document::{Document, Element, Node, Scope};

/// Drops attributes of XML Schema's own namespace.
pub fn drop_xsi(document: &mut Document) -> bool {
    let mut changed = false;
    document.root.visit(&mut |element, scope| {
        let before = element.attributes.len();
        element.attributes.retain(|(name, _)| {
            let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
            prefix.is_empty() || scope.uri(prefix) != Namespace::Xsi.uri()
        });
        changed |= element.attributes.len() < before;
    });
    changed
}

/// Drops additions and removals of a contact's update that hold nothing.
pub fn drop_empty_changes(document: &mut Document) -> bool {
    let mut changed = false;
    document.root.visit(&mut |element, scope| {
        let contact = |element: &Element, scope: &Scope| {
            scope.uri(element.prefix()) == Namespace::Contact.uri()
        };
        if element.local() != "update" || !contact(element, scope) {
            return;
        }
        let before = element.content.len();
        element.content.retain(|node| match node {
            Node::Element(child) => {
                let named = matches!(child.local(), "add" | "rem");
                let empty = child.is_leaf() && child.text().trim_ascii().is_empty();
                !(named && empty && contact(child, &scope.inside(child)))
            }
            Node::Text(_) | Node::Other(_) => true,
        });
        changed |= element.content.len() < before;
    });
    changed
}

/// Drops CDATA sections of no length.
pub fn drop_empty_sections(document: &mut Document) -> bool {
    let mut changed = false;
    document.root.visit(&mut |element, _| {
        let before = element.content.len();
        let empty = |node: &Node| matches!(node, Node::Other(raw) if raw == "<![CDATA[]]>");
        element.content.retain(|node| !empty(node));
        changed |= element.content.len() < before;
    });
    changed
}

/// Rewrites the values of leaves of some names.
fn rewrite_leaves(
    document: &mut Document,
    names: &[&str],
    rewrite: impl Fn(&str) -> Option<String>,
) -> bool {
    let mut changed = false;
    document.root.visit(&mut |element, _| {
        if !element.is_leaf() || !names.contains(&element.local()) {
            return;
        }
        if let Some(value) = element.value().as_deref().and_then(&rewrite) {
            element.content = vec![Node::Text(value)];
            changed = true;
        }
    });
    changed
}

/// Names of elements that hold dates or times.
const DATES: &[&str] = &[
    "curExpDate",
    "delTime",
    "resTime",
    "svDate",
    "crDate",
    "upDate",
    "exDate",
    "trDate",
    "reDate",
    "acDate",
    "paDate",
    "qDate",
    "absolute",
    "birthDate",
    "expires",
    "activated",
];

/// Makes years of nineteen digits and more end in the same four, by which leap years are known.
pub fn shorten_years(document: &mut Document) -> bool {
    rewrite_leaves(document, DATES, |value| {
        let value = value.trim_ascii();
        let (sign, rest) = value.split_at(usize::from(value.starts_with('-')));
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let long = end >= 19 && !rest.starts_with('0');
        long.then(|| format!("{sign}1{}", &rest[end - 4..]))
    })
}

/// Takes the white space off dates.
pub fn trim_dates(document: &mut Document) -> bool {
    let trim = |value: &str| {
        let trimmed = value.trim_ascii();
        (trimmed.len() < value.len()).then(|| trimmed.to_owned())
    };
    let mut changed = rewrite_leaves(document, DATES, trim);
    document.root.visit(&mut |element, _| {
        for (name, value) in &mut element.attributes {
            if name == "due"
                && let Some(text) = Element::leaf(name, value).value()
                && let Some(trimmed) = trim(&text)
            {
                *value = trimmed;
                changed = true;
            }
        }
    });
    changed
}

/// Puts letters where an unsigned number has a sign.
pub fn spoil_signed(document: &mut Document) -> bool {
    const NAMES: &[&str] = &["period", "keyTag", "alg", "digestType", "flags", "protocol"];
    rewrite_leaves(document, NAMES, |value| {
        value
            .trim_ascii()
            .starts_with(['+', '-'])
            .then(|| "signed".to_owned())
    })
}

/// Empties Base64 that has other letters than its own.
pub fn spoil_base64(document: &mut Document) -> bool {
    let own = |c: char| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+/=".contains(c);
    rewrite_leaves(document, &["pubKey"], |value| {
        (!value.chars().all(own)).then(String::new)
    })
}
