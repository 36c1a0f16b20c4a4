//! A whole document as an arena of elements that point into the frame.
//!
//! One pass over quick-xml's events builds the arena and refuses what is not well-formed XML 1.0 with
//! namespaces; the grammar is read from the arena afterwards. So an answer to a command with a fault
//! in its middle can still echo the client's transaction identifier, which stands at its end.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use super::{Error, Namespace};
use crate::base::limits;

/// A well-formed document.
#[derive(Debug)]
pub struct Tree<'a> {
    source: &'a str,
    nodes: Vec<Node<'a>>,
    attributes: Vec<AttributeNode<'a>>,
    /// URIs of [`Namespace::Other`].
    uris: Vec<String>,
}

#[derive(Debug)]
struct Node<'a> {
    namespace: Namespace,
    name: Range<usize>,
    attributes: Range<usize>,
    /// Character data directly inside, comments and processing instructions left out.
    text: Cow<'a, str>,
    /// The element in the source, its tags included.
    span: Range<usize>,
    first_child: Option<usize>,
    last_child: Option<usize>,
    next_sibling: Option<usize>,
}

#[derive(Debug)]
struct AttributeNode<'a> {
    namespace: Namespace,
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

/// An element of a [`Tree`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'t> {
    tree: &'t Tree<'t>,
    node: &'t Node<'t>,
}

/// An attribute of an [`Element`]; namespace declarations are not attributes.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'t> {
    /// Namespace of the name; [`Namespace::None`] without a prefix.
    pub namespace: Namespace,
    /// Local name.
    pub name: &'t str,
    /// Value after XML's own normalisation (CDATA type).
    pub value: &'t str,
}

impl<'a> Tree<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is not well-formed, has a document type declaration, or exceeds a limit.
    pub fn parse(source: &'a str) -> Result<Self, Error> {
        Builder::new(source).build()
    }

    /// Returns the document element.
    pub fn root(&self) -> Option<Element<'_>> {
        self.nodes.first().map(|node| Element { tree: self, node })
    }
}

impl<'t> Element<'t> {
    /// Returns the namespace.
    pub fn namespace(self) -> Namespace {
        self.node.namespace
    }

    /// Returns the namespace's URI, also of one this server does not know.
    pub fn uri(self) -> &'t str {
        match self.node.namespace {
            Namespace::Other(index) => self
                .tree
                .uris
                .get(index as usize)
                .map_or("", String::as_str),
            known => known.uri(),
        }
    }

    /// Returns the local name.
    pub fn name(self) -> &'t str {
        self.tree
            .source
            .get(self.node.name.clone())
            .unwrap_or_default()
    }

    /// Says whether this is the element `name` of `namespace`.
    pub fn is(self, namespace: Namespace, name: &str) -> bool {
        self.node.namespace == namespace && self.name() == name
    }

    /// Returns the attributes, namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'t>> {
        let attributes = self.tree.attributes.get(self.node.attributes.clone());
        attributes.unwrap_or_default().iter().map(|a| Attribute {
            namespace: a.namespace,
            name: &a.name,
            value: &a.value,
        })
    }

    /// Returns the child elements in order.
    pub fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            next: self.node.first_child,
        }
    }

    /// Returns the character data directly inside: text and CDATA, entities resolved.
    pub fn text(self) -> &'t str {
        &self.node.text
    }

    /// Returns the element as the client wrote it, its tags included.
    pub fn source(self) -> &'t str {
        self.tree
            .source
            .get(self.node.span.clone())
            .unwrap_or_default()
    }

    /// Returns line and column of the start tag, both from 1.
    pub fn position(self) -> (usize, usize) {
        position(self.tree.source, self.node.span.start)
    }
}

/// Iterator over child elements.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree<'t>,
    next: Option<usize>,
}

impl<'t> Iterator for Children<'t> {
    type Item = Element<'t>;

    fn next(&mut self) -> Option<Element<'t>> {
        let node = self.tree.nodes.get(self.next?)?;
        self.next = node.next_sibling;
        Some(Element {
            tree: self.tree,
            node,
        })
    }
}

struct Builder<'a> {
    source: &'a str,
    reader: NsReader<&'a [u8]>,
    tree: Tree<'a>,
    open: Vec<usize>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().check_comments = true;
        reader
            .resolver_mut()
            .set_max_namespace_bindings(limits::XML_NAMESPACES);
        let tree = Tree {
            source,
            nodes: Vec::with_capacity(32),
            attributes: vec![],
            uris: vec![],
        };
        Self {
            source,
            reader,
            tree,
            open: Vec::with_capacity(limits::XML_DEPTH),
        }
    }

    fn build(mut self) -> Result<Tree<'a>, Error> {
        loop {
            let start = self.offset();
            let event = self
                .reader
                .read_event()
                .map_err(|_| self.malformed("not well-formed"))?;
            match event {
                Event::Start(tag) => self.element(&tag, start)?,
                Event::Empty(tag) => {
                    self.element(&tag, start)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => self.text(text.xml10_content())?,
                Event::CData(text) => self.text(text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => Some(character),
                        Ok(None) => predefined(&reference),
                        Err(_) => None,
                    };
                    let character =
                        character.ok_or_else(|| self.malformed("undefined reference"))?;
                    self.text(Cow::Owned(character.to_string()))?;
                }
                Event::DocType(_) => return Err(Error::DocumentType),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if self.tree.nodes.is_empty() || !self.open.is_empty() {
            return Err(self.malformed("the document element is missing or not closed"));
        }
        Ok(self.tree)
    }

    fn element(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<(), Error> {
        if self.open.len() >= limits::XML_DEPTH {
            return Err(Error::Limit {
                what: "levels of elements",
                limit: limits::XML_DEPTH,
            });
        }
        let name = tag.name();
        let (local, prefix) = name.decompose();
        let skip = 1 + prefix.map_or(0, |p| p.into_inner().len() + 1);
        let name = start + skip..start + skip + local.into_inner().len();
        let namespace = match self.reader.resolver().resolve_element(tag.name()).0 {
            ResolveResult::Unbound => Namespace::None,
            ResolveResult::Bound(uri) => intern(&mut self.tree.uris, uri.into_inner()),
            ResolveResult::Unknown(_) => return Err(self.malformed("undeclared prefix")),
        };
        let first = self.tree.attributes.len();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| self.malformed("malformed attribute"))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if self.tree.attributes.len() - first >= limits::XML_ATTRIBUTES {
                return Err(Error::Limit {
                    what: "attributes",
                    limit: limits::XML_ATTRIBUTES,
                });
            }
            let (resolved, local) = self.reader.resolver().resolve_attribute(attribute.key);
            let namespace = match resolved {
                ResolveResult::Unbound => Namespace::None,
                ResolveResult::Bound(uri) => intern(&mut self.tree.uris, uri.into_inner()),
                ResolveResult::Unknown(_) => return Err(self.malformed("undeclared prefix")),
            };
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| self.malformed("malformed attribute value"))?;
            self.tree.attributes.push(AttributeNode {
                namespace,
                name: Cow::Owned(local.into_inner().to_owned()),
                value: Cow::Owned(value.into_owned()),
            });
        }
        let index = self.tree.nodes.len();
        match self.open.last() {
            Some(&parent) => self.link(parent, index),
            None if index > 0 => return Err(self.malformed("a second document element")),
            None => {}
        }
        self.tree.nodes.push(Node {
            namespace,
            name,
            attributes: first..self.tree.attributes.len(),
            text: Cow::Borrowed(""),
            span: start..self.offset(),
            first_child: None,
            last_child: None,
            next_sibling: None,
        });
        self.open.push(index);
        Ok(())
    }

    fn link(&mut self, parent: usize, child: usize) {
        let Some(node) = self.tree.nodes.get_mut(parent) else {
            return;
        };
        let previous = node.last_child.replace(child);
        match previous {
            None => node.first_child = Some(child),
            Some(previous) => {
                if let Some(node) = self.tree.nodes.get_mut(previous) {
                    node.next_sibling = Some(child);
                }
            }
        }
    }

    fn close(&mut self) {
        let end = self.offset();
        if let Some(node) = self
            .open
            .pop()
            .and_then(|index| self.tree.nodes.get_mut(index))
        {
            node.span.end = end;
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), Error> {
        let Some(&index) = self.open.last() else {
            if text.trim_matches(is_blank).is_empty() {
                return Ok(());
            }
            return Err(self.malformed("text outside the document element"));
        };
        let Some(node) = self.tree.nodes.get_mut(index) else {
            return Ok(());
        };
        if node.text.len() + text.len() > limits::XML_TEXT {
            return Err(Error::Limit {
                what: "octets of text",
                limit: limits::XML_TEXT,
            });
        }
        if node.text.is_empty() {
            node.text = text;
        } else {
            node.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    fn malformed(&self, what: &'static str) -> Error {
        let (line, column) = position(self.source, self.offset());
        Error::Malformed { what, line, column }
    }
}

/// The white space of XML (`S`).
pub fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "apos" => '\'',
        "quot" => '"',
        _ => return None,
    })
}

fn intern(uris: &mut Vec<String>, uri: &str) -> Namespace {
    if let Some(known) = Namespace::of(uri) {
        return known;
    }
    let index = uris
        .iter()
        .position(|known| known == uri)
        .unwrap_or_else(|| {
            uris.push(uri.to_owned());
            uris.len() - 1
        });
    Namespace::Other(u32::try_from(index).unwrap_or(u32::MAX))
}

fn position(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}
