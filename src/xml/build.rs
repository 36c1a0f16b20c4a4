//! Builds a [`Tree`] in one pass over the tokeniser's events and refuses what is not well-formed.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};

use super::tree::{AttributeNode, Node, Tree, position};
use super::wellformed::{
    Attributes, RawAttribute, declaration, illegal_char, is_blank, is_illegal_binding,
    is_instruction, is_ncname, normalize, resolve,
};
use super::{Error, Namespace};
use crate::base::limits;

const TEXT_LIMIT: Error = Error::Limit {
    what: "octets of text in one place",
    limit: limits::XML_TEXT,
};

/// A tree being built.
pub(super) struct Builder<'a> {
    source: &'a str,
    reader: NsReader<&'a [u8]>,
    tree: Tree<'a>,
    /// Open elements, outermost first.
    open: Vec<usize>,
    /// Where the event at hand begins.
    start: usize,
}

impl<'a> Builder<'a> {
    /// Starts at the beginning of a document.
    pub(super) fn new(source: &'a str) -> Self {
        let mut reader = NsReader::from_str(source);
        reader.config_mut().check_comments = true;
        reader
            .resolver_mut()
            .set_max_namespace_bindings(limits::XML_NAMESPACES);
        let tree = Tree {
            source,
            nodes: Vec::with_capacity(32),
            attributes: Vec::new(),
            uris: Vec::new(),
        };
        let open = Vec::with_capacity(limits::XML_DEPTH);
        Self {
            source,
            reader,
            tree,
            open,
            start: 0,
        }
    }

    /// Reads the document to its end.
    pub(super) fn build(mut self) -> Result<Tree<'a>, Error> {
        if let Some(at) = illegal_char(self.source) {
            self.start = at;
            return Err(self.malformed("a character XML does not allow"));
        }
        loop {
            self.start = self.offset();
            let event = self.reader.read_event();
            let event = event.map_err(|_| self.malformed("markup is malformed"))?;
            match event {
                Event::Start(tag) => self.element(&tag)?,
                Event::Empty(tag) => {
                    self.element(&tag)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => {
                    if text.contains("]]>") {
                        return Err(self.malformed("]]> stands in text"));
                    }
                    self.text(text.xml10_content(), false)?;
                }
                Event::CData(text) => self.text(text.xml10_content(), true)?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference);
                    let character =
                        character.ok_or_else(|| self.malformed("an undefined reference"))?;
                    let mut buffer = [0; 4];
                    let text = character.encode_utf8(&mut buffer).to_owned();
                    self.text(Cow::Owned(text), true)?;
                }
                Event::DocType(_) => return Err(Error::DocumentType),
                Event::Comment(text) => {
                    if text.ends_with('-') {
                        return Err(self.malformed("-- stands in a comment"));
                    }
                }
                Event::Decl(body) => {
                    if self.start != 0 {
                        return Err(self.malformed("the XML declaration is not at the start"));
                    }
                    declaration(&body).map_err(|what| self.malformed(what))?;
                }
                Event::PI(body) => {
                    if !is_instruction(&body) {
                        return Err(self.malformed("a processing instruction has no legal target"));
                    }
                }
                Event::Eof => break,
            }
        }
        if self.tree.nodes.is_empty() || !self.open.is_empty() {
            return Err(self.malformed("the document element is missing or does not end"));
        }
        Ok(self.tree)
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<(), Error> {
        if self.open.len() >= limits::XML_DEPTH {
            return Err(Error::Limit {
                what: "levels of elements",
                limit: limits::XML_DEPTH,
            });
        }
        let (local, prefix) = tag.name().decompose();
        let (local, prefix) = (local.into_inner(), prefix.map(|prefix| prefix.into_inner()));
        if !is_ncname(local) || prefix.is_some_and(|p| !is_ncname(p) || p == "xmlns") {
            return Err(self.malformed("an element's name is not a name"));
        }
        let name_start = self.start + 1 + prefix.map_or(0, |prefix| prefix.len() + 1);
        let name = name_start..name_start + local.len();
        let resolved = self.reader.resolver().resolve_element(tag.name()).0;
        let namespace = self.tree.namespace(resolved);
        let namespace = namespace.ok_or_else(|| self.malformed("an undeclared prefix"))?;
        let attributes = self.attributes(name.end, tag.attributes_raw().len())?;
        let index = self.tree.nodes.len();
        match self.open.last() {
            Some(&parent) => self.link(parent, index),
            None if index > 0 => return Err(self.malformed("a second document element")),
            None => {}
        }
        self.tree.nodes.push(Node {
            namespace,
            name,
            attributes,
            text: Cow::Borrowed(""),
            span: self.start..self.offset(),
            first_child: None,
            last_child: None,
            next_sibling: None,
        });
        self.open.push(index);
        Ok(())
    }

    /// Reads the attributes that stand in `length` octets from `from`; returns their place in the arena.
    fn attributes(&mut self, from: usize, length: usize) -> Result<Range<usize>, Error> {
        let first = self.tree.attributes.len();
        let text = self.source.get(from..from + length).unwrap_or_default();
        let mut scanned = Attributes::new(text);
        let mut declared: Vec<&str> = Vec::new();
        while let Some(raw) = scanned.next().map_err(|what| self.malformed(what))? {
            let local = from + raw.local.start..from + raw.local.end;
            let name = self.source.get(local.clone()).unwrap_or_default();
            let value = normalize(raw.value);
            let value = value.ok_or_else(|| self.malformed("an undefined reference"))?;
            if value.len() > limits::XML_TEXT {
                return Err(TEXT_LIMIT);
            }
            let binds = match raw.prefix {
                Some("xmlns") => Some(Some(name)),
                None if name == "xmlns" => Some(None),
                _ => None,
            };
            if let Some(prefix) = binds {
                let key = prefix.unwrap_or_default();
                if is_illegal_binding(prefix, &value) || declared.contains(&key) {
                    return Err(self.malformed("an illegal namespace declaration"));
                }
                declared.push(key);
                continue;
            }
            if self.tree.attributes.len() - first >= limits::XML_ATTRIBUTES {
                return Err(Error::Limit {
                    what: "attributes",
                    limit: limits::XML_ATTRIBUTES,
                });
            }
            let namespace = self.attribute_namespace(&raw, from)?;
            let known = self.tree.attributes.get(first..).unwrap_or_default();
            let name_of = |attribute: &AttributeNode<'_>| self.source.get(attribute.name.clone());
            if known
                .iter()
                .any(|a| a.namespace == namespace && name_of(a) == Some(name))
            {
                return Err(self.malformed("the same attribute stands twice"));
            }
            self.tree.attributes.push(AttributeNode {
                namespace,
                name: local,
                value,
            });
        }
        Ok(first..self.tree.attributes.len())
    }

    fn attribute_namespace(
        &mut self,
        raw: &RawAttribute<'_>,
        from: usize,
    ) -> Result<Namespace, Error> {
        let Some(prefix) = raw.prefix else {
            return Ok(Namespace::None);
        };
        let start = from + raw.local.start - prefix.len() - 1;
        let name = self
            .source
            .get(start..from + raw.local.end)
            .unwrap_or_default();
        let resolved = self.reader.resolver().resolve_attribute(QName(name)).0;
        let namespace = self.tree.namespace(resolved);
        namespace.ok_or_else(|| self.malformed("an undeclared prefix"))
    }

    fn link(&mut self, parent: usize, child: usize) {
        let Some(node) = self.tree.nodes.get_mut(parent) else {
            return;
        };
        match node.last_child.replace(child) {
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

    /// Takes character data; `marked` data (CDATA, references) may stand in elements only, even when blank.
    fn text(&mut self, text: Cow<'a, str>, marked: bool) -> Result<(), Error> {
        let Some(node) = self
            .open
            .last()
            .and_then(|index| self.tree.nodes.get_mut(*index))
        else {
            if !marked && text.trim_matches(is_blank).is_empty() {
                return Ok(());
            }
            return Err(self.malformed("text outside the document element"));
        };
        if node.text.len() + text.len() > limits::XML_TEXT {
            return Err(TEXT_LIMIT);
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
        let (line, column) = position(self.source, self.start);
        Error::Malformed { what, line, column }
    }
}

impl Tree<'_> {
    /// Turns the tokeniser's resolution into our namespaces; `None` for an undeclared prefix.
    fn namespace(&mut self, resolved: ResolveResult<'_>) -> Option<Namespace> {
        let uri = match resolved {
            ResolveResult::Unbound => return Some(Namespace::None),
            ResolveResult::Bound(uri) => uri.into_inner(),
            ResolveResult::Unknown(_) => return None,
        };
        if let Some(known) = Namespace::of(uri) {
            return Some(known);
        }
        let index = self
            .uris
            .iter()
            .position(|known| known == uri)
            .unwrap_or_else(|| {
                self.uris.push(uri.to_owned());
                self.uris.len() - 1
            });
        u32::try_from(index).ok().map(Namespace::Other)
    }
}
