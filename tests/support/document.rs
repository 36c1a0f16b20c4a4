//! A well-formed document as a tree that can be rearranged and written again, its lexical forms kept.

use std::fmt::Write as _;

/// A document: what stands before, in and after its root.
#[derive(Clone, Debug)]
pub struct Document {
    /// XML declaration, comments and white space before the root.
    pub prolog: String,
    /// The document element.
    pub root: Element,
    /// What follows the root.
    pub epilog: String,
}

/// An element with its names and values as they are written.
#[derive(Clone, Debug)]
pub struct Element {
    /// Qualified name.
    pub name: String,
    /// Qualified names and raw values, namespace declarations among them.
    pub attributes: Vec<(String, String)>,
    /// Content in order.
    pub content: Vec<Node>,
}

/// A piece of an element's content.
#[derive(Clone, Debug)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Raw character data, references included.
    Text(String),
    /// A comment, processing instruction or CDATA section as it is written.
    Other(String),
}

impl Document {
    /// Reads a document that is known to be well-formed and without a document type declaration.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text;
        let prolog_end = skip_misc(&mut rest)?;
        let prolog = text[..prolog_end].to_owned();
        let root = Element::parse(&mut rest)?;
        let epilog = rest.to_owned();
        Some(Self {
            prolog,
            root,
            epilog,
        })
    }

    /// Writes the document.
    pub fn write(&self) -> String {
        let mut out = self.prolog.clone();
        self.root.write(&mut out);
        out + &self.epilog
    }
}

/// Moves `rest` to the root's start tag; returns how far that is.
fn skip_misc(rest: &mut &str) -> Option<usize> {
    let whole = *rest;
    loop {
        let start = rest.find('<')?;
        *rest = &rest[start..];
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            return Some(whole.len() - rest.len());
        };
        *rest = &rest[rest.find(end)? + end.len()..];
    }
}

impl Element {
    /// Makes an element of a raw text.
    pub fn leaf(name: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            attributes: Vec::new(),
            content: vec![Node::Text(text.to_owned())],
        }
    }

    /// Returns the name without its prefix.
    pub fn local(&self) -> &str {
        local(&self.name)
    }

    /// Returns the prefix; empty for none.
    pub fn prefix(&self) -> &str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }

    /// Puts the local name under another prefix.
    pub fn set_name(&mut self, prefix: &str, local: &str) {
        self.name = if prefix.is_empty() {
            local.to_owned()
        } else {
            format!("{prefix}:{local}")
        };
    }

    /// Returns the places of child elements in the content.
    pub fn children(&self) -> Vec<usize> {
        let is_element = |node: &Node| matches!(node, Node::Element(_));
        (0..self.content.len())
            .filter(|index| is_element(&self.content[*index]))
            .collect()
    }

    /// Returns the child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.content.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Other(_) => None,
        })
    }

    /// Says whether it has no child element.
    pub fn is_leaf(&self) -> bool {
        self.elements().next().is_none()
    }

    /// Returns raw text directly inside.
    pub fn text(&self) -> String {
        self.content
            .iter()
            .filter_map(|node| match node {
                Node::Text(text) => Some(text.as_str()),
                Node::Element(_) | Node::Other(_) => None,
            })
            .collect()
    }

    /// Returns the value of a leaf, references and sections resolved; `None` when it has others than XML's own.
    pub fn value(&self) -> Option<String> {
        let mut value = String::new();
        for node in &self.content {
            match node {
                Node::Element(_) => return None,
                Node::Text(text) => value += &resolve(text)?,
                Node::Other(raw) => {
                    let section = raw.strip_prefix("<![CDATA[");
                    value += section.and_then(|s| s.strip_suffix("]]>")).unwrap_or("");
                }
            }
        }
        Some(value)
    }

    /// Returns this element and those below it, in document order.
    pub fn all(&self) -> Vec<&Self> {
        let mut found = vec![self];
        for child in self.elements() {
            found.extend(child.all());
        }
        found
    }

    /// Returns the element that stands at `index` of [`Element::all`].
    pub fn nth(&mut self, index: usize) -> Option<&mut Self> {
        fn find<'e>(element: &'e mut Element, left: &mut usize) -> Option<&'e mut Element> {
            if *left == 0 {
                return Some(element);
            }
            *left -= 1;
            element.content.iter_mut().find_map(|node| match node {
                Node::Element(child) => find(child, left),
                Node::Text(_) | Node::Other(_) => None,
            })
        }
        find(self, &mut { index })
    }

    /// Returns a copy of the element at `index` of [`Element::all`] with the namespaces in its scope declared on it.
    pub fn nth_alone(&self, index: usize) -> Option<Self> {
        fn find(element: &Element, left: &mut usize, scope: &Scope) -> Option<Element> {
            let scope = scope.inside(element);
            if *left == 0 {
                return Some(scope.declare_on(element));
            }
            *left -= 1;
            element
                .elements()
                .find_map(|child| find(child, left, &scope))
        }
        find(self, &mut { index }, &Scope::default())
    }

    /// Shows every element to `visit`, outermost first, with the namespaces in its scope.
    pub fn visit(&mut self, visit: &mut dyn FnMut(&mut Self, &Scope)) {
        fn go(element: &mut Element, outer: &Scope, visit: &mut dyn FnMut(&mut Element, &Scope)) {
            let scope = outer.inside(element);
            visit(element, &scope);
            for node in &mut element.content {
                if let Node::Element(child) = node {
                    go(child, &scope, visit);
                }
            }
        }
        go(self, &Scope::default(), visit);
    }

    fn parse(rest: &mut &str) -> Option<Self> {
        *rest = rest.strip_prefix('<')?;
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')?;
        let name = rest[..name_end].to_owned();
        *rest = &rest[name_end..];
        let mut attributes = Vec::new();
        loop {
            *rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                *rest = after;
                let content = Vec::new();
                return Some(Self {
                    name,
                    attributes,
                    content,
                });
            }
            if let Some(after) = rest.strip_prefix('>') {
                *rest = after;
                break;
            }
            let (attribute, after) = rest.split_once('=')?;
            let after = after.trim_start();
            let quote = after.chars().next()?;
            let (value, after) = after.get(1..)?.split_once(quote)?;
            attributes.push((attribute.trim().to_owned(), value.to_owned()));
            *rest = after;
        }
        let content = parse_content(rest)?;
        Some(Self {
            name,
            attributes,
            content,
        })
    }

    fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let quote = if value.contains('"') { '\'' } else { '"' };
            let _ = write!(out, " {name}={quote}{value}{quote}");
        }
        if self.content.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for node in &self.content {
            match node {
                Node::Element(child) => child.write(out),
                Node::Text(text) | Node::Other(text) => out.push_str(text),
            }
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

/// The namespace declarations in force.
#[derive(Clone, Debug, Default)]
pub struct Scope(Vec<(String, String)>);

impl Scope {
    /// Returns the scope inside `element`.
    pub fn inside(&self, element: &Element) -> Self {
        let mut inner = self.clone();
        for (name, value) in &element.attributes {
            if name == "xmlns" || name.starts_with("xmlns:") {
                inner.0.retain(|(known, _)| known != name);
                inner.0.push((name.clone(), value.clone()));
            }
        }
        inner
    }

    /// Returns the URI that `prefix` stands for; empty for none.
    pub fn uri(&self, prefix: &str) -> &str {
        let known = self
            .0
            .iter()
            .find(|(name, _)| match name.strip_prefix("xmlns:") {
                Some(known) => known == prefix,
                None => prefix.is_empty(),
            });
        known.map_or("", |(_, uri)| uri)
    }

    /// Returns a copy of `element` with the declarations its names need.
    fn declare_on(&self, element: &Element) -> Element {
        let mut copy = element.clone();
        let used: Vec<String> = copy.all().iter().map(|e| e.prefix().to_owned()).collect();
        copy.attributes
            .retain(|(name, _)| !name.starts_with("xmlns"));
        let needed = |(name, _): &&(String, String)| {
            let prefix = name.strip_prefix("xmlns:").unwrap_or_default();
            used.iter().any(|known| known == prefix)
        };
        copy.attributes
            .extend(self.0.iter().filter(needed).cloned());
        copy
    }
}

/// Reads content up to the end tag, and the end tag.
fn parse_content(rest: &mut &str) -> Option<Vec<Node>> {
    let mut content = Vec::new();
    loop {
        let text_end = rest.find('<')?;
        if text_end > 0 {
            content.push(Node::Text(rest[..text_end].to_owned()));
            *rest = &rest[text_end..];
        }
        if rest.starts_with("</") {
            *rest = &rest[rest.find('>')? + 1..];
            return Some(content);
        }
        let markup = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((_, end)) = markup.iter().find(|(start, _)| rest.starts_with(start)) {
            let length = rest.find(end)? + end.len();
            content.push(Node::Other(rest[..length].to_owned()));
            *rest = &rest[length..];
        } else {
            content.push(Node::Element(Element::parse(rest)?));
        }
    }
}

/// Replaces the references in raw text.
fn resolve(raw: &str) -> Option<String> {
    let mut pieces = raw.split('&');
    let mut value = pieces.next()?.to_owned();
    for piece in pieces {
        let (reference, rest) = piece.split_once(';')?;
        let character = match reference {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = reference.strip_prefix('#')?;
                let code = match number.strip_prefix('x') {
                    Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        };
        value.push(character);
        value += rest;
    }
    Some(value)
}

/// Returns a qualified name without its prefix.
pub fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}
