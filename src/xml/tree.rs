//! A whole document as an arena of elements that point into the frame.
//!
//! One pass over quick-xml's events builds the arena and refuses what is not well-formed XML 1.0 with
//! namespaces; the grammar is read from the arena afterwards. So an answer to a command with a fault
//! in its middle can still echo the client's transaction identifier, which stands at its end.

use std::borrow::Cow;
use std::fmt;

use super::build::{Builder, offset_u32};
use super::wellformed::QualifiedName;
use super::{Error, Namespace};

/// A well-formed document.
pub struct Tree<'a> {
    pub(super) source: &'a str,
    /// Elements in document order, the document element first.
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<AttributeNode<'a>>,
    /// URIs of [`Namespace::Other`].
    pub(super) uris: Vec<String>,
}

/// The index that no element has.
pub(super) const NO_NODE: u32 = u32::MAX;

/// An element in the arena.
pub(super) struct Node<'a> {
    pub(super) namespace: Namespace,
    /// Local name.
    pub(super) name: &'a str,
    /// Its attributes among those of the tree.
    pub(super) attributes: Span,
    /// Character data directly inside, comments and processing instructions left out.
    pub(super) text: Cow<'a, str>,
    /// The element in the source, its tags included.
    pub(super) span: Span,
    pub(super) parent: u32,
    pub(super) first_child: u32,
    pub(super) next_sibling: u32,
}

/// An attribute in the arena.
pub(super) struct AttributeNode<'a> {
    pub(super) namespace: Namespace,
    pub(super) name: QualifiedName<'a>,
    pub(super) value: Cow<'a, str>,
}

/// A half-open range, in half the octets of a `Range<usize>`.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    /// Makes the range of two offsets.
    pub(super) fn new(start: usize, end: usize) -> Self {
        Self {
            start: offset_u32(start),
            end: offset_u32(end),
        }
    }

    fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
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
        self.node.name
    }

    /// Says whether this is the element `name` of `namespace`.
    pub fn is(self, namespace: Namespace, name: &str) -> bool {
        self.node.namespace == namespace && self.name() == name
    }

    /// Returns the attributes, namespace declarations left out.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'t>> {
        let attributes = self.tree.attributes.get(self.node.attributes.range());
        let attributes = attributes.unwrap_or_default().iter();
        attributes.map(|attribute| Attribute {
            namespace: attribute.namespace,
            name: attribute.name.local,
            value: &attribute.value,
        })
    }

    /// Returns the element around it; the document element has none.
    pub fn parent(self) -> Option<Self> {
        let node = self.tree.nodes.get(self.node.parent as usize)?;
        Some(Self { node, ..self })
    }

    /// Returns the child elements in order.
    pub fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            next: self.node.first_child,
        }
    }

    /// Returns the character data directly inside: text and CDATA, entities resolved.
    ///
    /// Where nothing but white space stands between child elements, that is left out.
    pub fn text(self) -> &'t str {
        &self.node.text
    }

    /// Returns the element as the client wrote it, its tags included.
    pub fn source(self) -> &'t str {
        let source = self.tree.source.get(self.node.span.range());
        source.unwrap_or_default()
    }

    /// Returns line and column of the start tag, both from 1.
    pub fn position(self) -> (usize, usize) {
        position(self.tree.source, self.node.span.range().start)
    }
}

// Documents hold passwords, so that no debug output repeats more than names and sizes.
impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("octets", &self.source.len())
            .field("elements", &self.nodes.len())
            .finish()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.node.name)
    }
}

/// Iterator over child elements.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree<'t>,
    next: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Element<'t>;

    fn next(&mut self) -> Option<Element<'t>> {
        let node = self.tree.nodes.get(self.next as usize)?;
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
