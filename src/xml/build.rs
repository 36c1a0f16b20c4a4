//! Builds a [`Tree`] in one pass over the tokeniser's events and refuses what is not well-formed.
//!
//! The events say where markup begins and ends; names, values and text are slices of the source itself, so
//! that an element or attribute costs no allocation of its own. Every step is linear in the document's size.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error as ReadError, IllFormedError};
use quick_xml::events::Event;

use super::Error;
use super::error::Fault;
use super::scope::Scope;
use super::tag::{Attributes, declaration};
use super::tree::{AttributeNode, NO_NODE, Node, Span, Tree, position};
use super::wellformed::{
    QualifiedName, UNDEFINED_REFERENCE, illegal_char, is_all_blank, is_instruction, normalize,
    normalize_lines, resolve, split_name,
};
use crate::base::limits;

/// A tree being built.
pub(super) struct Builder<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    tree: Tree<'a>,
    scope: Scope<'a>,
    /// Open elements, outermost first.
    open: Vec<Open>,
    /// Where the event at hand begins.
    start: usize,
}

/// An element whose end tag is still to come.
struct Open {
    node: u32,
    last_child: u32,
    /// Depth of the namespace scope around it.
    scope: usize,
}

impl<'a> Builder<'a> {
    /// Starts at the beginning of a document.
    pub(super) fn new(source: &'a str) -> Self {
        let mut reader = Reader::from_str(source);
        reader.config_mut().check_comments = true;
        let tree = Tree {
            source,
            nodes: Vec::with_capacity(32),
            attributes: Vec::new(),
            uris: Vec::new(),
        };
        Self {
            source,
            reader,
            tree,
            scope: Scope::default(),
            open: Vec::with_capacity(8),
            start: 0,
        }
    }

    /// Reads the document to its end.
    pub(super) fn build(mut self) -> Result<Tree<'a>, Error> {
        if u32::try_from(self.source.len()).is_err() {
            let (what, limit) = ("octets", u32::MAX as usize);
            return Err(Error::Limit { what, limit });
        }
        if self.source.starts_with('\u{feff}') {
            return Err(self.locate("text before the document element".into()));
        }
        let illegal = illegal_char(self.source).unwrap_or(usize::MAX);
        loop {
            self.start = self.offset();
            if self.rest().starts_with("<!DOCTYPE") {
                return Err(Error::DocumentType);
            }
            let event = self.reader.read_event();
            if self.offset() > illegal {
                self.start = illegal;
                return Err(self.locate("a character XML does not allow".into()));
            }
            let event = event.map_err(|error| self.locate(describe(&error).into()))?;
            if matches!(event, Event::Eof) {
                break;
            }
            self.take(&event).map_err(|fault| self.locate(fault))?;
        }
        if self.tree.nodes.is_empty() || !self.open.is_empty() {
            let what = "the document element is missing or does not end";
            return Err(self.locate(what.into()));
        }
        self.tree.uris = self.scope.into_others();
        Ok(self.tree)
    }

    fn take(&mut self, event: &Event<'_>) -> Result<(), Fault> {
        match event {
            Event::Start(_) => self.element(1),
            Event::Empty(_) => {
                self.element(2)?;
                self.close();
                Ok(())
            }
            Event::End(_) => {
                self.close();
                Ok(())
            }
            Event::Text(_) => self.text(),
            Event::CData(_) => {
                let content = self.slice("<![CDATA[".len(), "]]>".len());
                self.append(normalize_lines(content))
            }
            Event::GeneralRef(reference) => self.reference(reference),
            Event::Comment(text) if text.ends_with('-') => Err(DOUBLE_HYPHEN.into()),
            Event::Decl(_) if self.start != 0 => {
                Err("the XML declaration is not at the start".into())
            }
            Event::Decl(body) => Ok(declaration(body).map(drop)?),
            Event::PI(body) if !is_instruction(body) => {
                Err("a processing instruction has no legal target".into())
            }
            // The real keyword was refused where it begins; the tokeniser also takes it in small letters.
            Event::DocType(_) => Err("markup is malformed".into()),
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    /// Takes a start tag that ends in `closing` octets of markup.
    fn element(&mut self, closing: usize) -> Result<(), Fault> {
        if self.open.len() >= limits::XML_DEPTH {
            let (what, limit) = ("levels of elements", limits::XML_DEPTH);
            return Err(Fault::Limit { what, limit });
        }
        let parent = self.open.last().map_or(NO_NODE, |open| open.node);
        if parent == NO_NODE && !self.tree.nodes.is_empty() {
            return Err("a second document element".into());
        }
        let (name, rest) = split_name(self.slice(1, closing));
        let name = QualifiedName::parse(name).ok_or("an element's name is not a name")?;
        let scope = self.scope.depth();
        let attributes = self.attributes(rest, scope)?;
        let namespace = self.scope.element(name.prefix).ok_or(UNDECLARED_PREFIX)?;
        let index = offset_u32(self.tree.nodes.len());
        self.tree.nodes.push(Node {
            namespace,
            name: name.local,
            attributes,
            text: Cow::Borrowed(""),
            span: Span::new(self.start, self.offset()),
            parent,
            first_child: NO_NODE,
            next_sibling: NO_NODE,
        });
        self.link(index);
        self.open.push(Open {
            node: index,
            last_child: NO_NODE,
            scope,
        });
        Ok(())
    }

    /// Reads the attributes of a tag, namespace declarations first; returns their place in the arena.
    fn attributes(&mut self, tag: &'a str, scope: usize) -> Result<Span, Fault> {
        let first = self.tree.attributes.len();
        for attribute in Attributes::new(tag) {
            let (name, value) = attribute?;
            let name = QualifiedName::parse(name).ok_or("an attribute's name is not a name")?;
            let value = normalize(value)?;
            if value.len() > limits::XML_TEXT {
                return Err(TOO_LONG);
            }
            if let Some(prefix) = declared_prefix(name) {
                self.scope.declare(prefix, &value, scope)?;
                continue;
            }
            if self.tree.attributes.len() - first >= limits::XML_ATTRIBUTES {
                let (what, limit) = ("attributes", limits::XML_ATTRIBUTES);
                return Err(Fault::Limit { what, limit });
            }
            self.tree.attributes.push(AttributeNode {
                namespace: super::Namespace::None,
                name,
                value,
            });
        }
        let mut own = self.tree.attributes.get_mut(first..).unwrap_or_default();
        for attribute in own.iter_mut() {
            let namespace = self.scope.attribute(attribute.name.prefix);
            attribute.namespace = namespace.ok_or(UNDECLARED_PREFIX)?;
        }
        while let Some((one, others)) = own.split_first_mut() {
            let key = (one.namespace, one.name.local);
            if others
                .iter()
                .any(|other| (other.namespace, other.name.local) == key)
            {
                return Err("the same attribute stands twice".into());
            }
            own = others;
        }
        Ok(Span::new(first, self.tree.attributes.len()))
    }

    /// Makes the newest element the last child of the open one.
    fn link(&mut self, child: u32) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let previous = std::mem::replace(&mut open.last_child, child);
        if let Some(previous) = self.tree.nodes.get_mut(previous as usize) {
            previous.next_sibling = child;
        } else if let Some(parent) = self.tree.nodes.get_mut(open.node as usize) {
            parent.first_child = child;
            if is_all_blank(&parent.text) {
                parent.text = Cow::Borrowed("");
            }
        }
    }

    fn close(&mut self) {
        let end = offset_u32(self.offset());
        if let Some(open) = self.open.pop() {
            self.scope.leave(open.scope);
            if let Some(node) = self.tree.nodes.get_mut(open.node as usize) {
                node.span.end = end;
            }
        }
    }

    fn text(&mut self) -> Result<(), Fault> {
        let text = self.slice(0, 0);
        if text.bytes().any(|octet| octet == b']') && text.contains("]]>") {
            return Err("]]> stands in text".into());
        }
        if self.open.is_empty() && is_all_blank(text) {
            return Ok(());
        }
        self.append(normalize_lines(text))
    }

    fn reference(&mut self, reference: &str) -> Result<(), Fault> {
        let character = resolve(reference).ok_or(UNDEFINED_REFERENCE)?;
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        self.append(Cow::Owned(text.to_owned()))
    }

    /// Adds character data to the open element; white space beside child elements is left out.
    fn append(&mut self, text: Cow<'a, str>) -> Result<(), Fault> {
        let open = self.open.last();
        let open = open.ok_or("text outside the document element")?;
        let Some(node) = self.tree.nodes.get_mut(open.node as usize) else {
            return Ok(());
        };
        if node.text.is_empty() && open.last_child != NO_NODE && is_all_blank(&text) {
            return Ok(());
        }
        if node.text.len() + text.len() > limits::XML_TEXT {
            return Err(TOO_LONG);
        }
        if node.text.is_empty() {
            node.text = text;
        } else {
            node.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    /// Returns the event's source without `before` octets at its front and `after` at its end.
    fn slice(&self, before: usize, after: usize) -> &'a str {
        let end = self.offset().saturating_sub(after);
        self.source
            .get(self.start + before..end)
            .unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.start..).unwrap_or_default()
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn locate(&self, fault: Fault) -> Error {
        match fault {
            Fault::Limit { what, limit } => Error::Limit { what, limit },
            Fault::Malformed(what) => {
                let (line, column) = position(self.source, self.start);
                Error::Malformed { what, line, column }
            }
        }
    }
}

const DOUBLE_HYPHEN: &str = "-- stands in a comment";
const UNDECLARED_PREFIX: &str = "an undeclared prefix";
const TOO_LONG: Fault = Fault::Limit {
    what: "octets of text in one place",
    limit: limits::XML_TEXT,
};

/// Returns the prefix that an attribute declares, empty for the default namespace.
fn declared_prefix<'a>(name: QualifiedName<'a>) -> Option<&'a str> {
    match (name.prefix, name.local) {
        ("xmlns", prefix) => Some(prefix),
        ("", "xmlns") => Some(""),
        _ => None,
    }
}

/// Narrows an offset, which is below the largest source [`Builder::build`] takes.
pub(super) fn offset_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Says what the tokeniser found wrong, without any of the input.
fn describe(error: &ReadError) -> &'static str {
    match error {
        ReadError::Syntax(_) => "markup does not end, or is none",
        ReadError::IllFormed(fault) => match fault {
            IllFormedError::MismatchedEndTag { .. }
            | IllFormedError::UnmatchedEndTag(_)
            | IllFormedError::MissingEndTag(_) => "an end tag does not match its start tag",
            IllFormedError::DoubleHyphenInComment => DOUBLE_HYPHEN,
            IllFormedError::UnclosedReference => "a reference does not end, or & stands alone",
            IllFormedError::MissingDeclVersion(_)
            | IllFormedError::UnknownVersion
            | IllFormedError::MissingDoctypeName => "markup is malformed",
        },
        ReadError::Io(_)
        | ReadError::InvalidAttr(_)
        | ReadError::Encoding(_)
        | ReadError::Escape(_)
        | ReadError::Namespace(_) => "markup is malformed",
    }
}
