//! A whole document as an arena of elements that point into the frame.
//!
//! One pass over quick-xml's events builds the arena and refuses what is not well-formed XML 1.0 with
//! namespaces; the grammar is read from the arena afterwards. So an answer to a command with a fault
//! in its middle can still echo the client's transaction identifier, which stands at its end.

use std::borrow::Cow;
use std::ops::Range;

use super::build::Builder;
use super::{Error, Namespace};

/// A well-formed document.
#[derive(Debug)]
pub struct Tree<'a> {
    pub(super) source: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<AttributeNode<'a>>,
    /// URIs of [`Namespace::Other`].
    pub(super) uris: Vec<String>,
}

/// An element in the arena.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) namespace: Namespace,
    /// Where its local name stands in the source.
    pub(super) name: Range<usize>,
    /// Its attributes among those of the tree.
    pub(super) attributes: Range<usize>,
    /// Character data directly inside, comments and processing instructions left out.
    pub(super) text: Cow<'a, str>,
    /// The element in the source, its tags included.
    pub(super) span: Range<usize>,
    pub(super) first_child: Option<usize>,
    pub(super) last_child: Option<usize>,
    pub(super) next_sibling: Option<usize>,
}

/// An attribute in the arena.
#[derive(Debug)]
pub(super) struct AttributeNode<'a> {
    pub(super) namespace: Namespace,
    /// Where its local name stands in the source.
    pub(super) name: Range<usize>,
    pub(super) value: Cow<'a, str>,
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
        if let Namespace::Other(index) = self.node.namespace {
            return self
                .tree
                .uris
                .get(index as usize)
                .map_or("", String::as_str);
        }
        self.node.namespace.uri()
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
        let source = self.tree.source;
        attributes
            .unwrap_or_default()
            .iter()
            .map(move |attribute| Attribute {
                namespace: attribute.namespace,
                name: source.get(attribute.name.clone()).unwrap_or_default(),
                value: &attribute.value,
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

/// Returns line and column, both from 1, of an offset into a document.
pub(super) fn position(source: &str, offset: usize) -> (usize, usize) {
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
