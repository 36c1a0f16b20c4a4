//! Canonical XML into one buffer: our prefixes, declared where they are first needed; text escaped.

use super::Namespace;

/// Writes one document; EPP is the default namespace (declared on the root by whoever opens it).
#[derive(Debug)]
pub struct Writer {
    buffer: Vec<u8>,
    open: Vec<Open>,
    /// The last start tag has no `>` yet, so attributes may follow.
    tag_open: bool,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    namespace: Namespace,
    name: &'static str,
    declares: bool,
}

impl Writer {
    /// Starts a document behind what `buffer` holds already (a frame header, for instance).
    pub fn new(mut buffer: Vec<u8>) -> Self {
        buffer.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n");
        Self {
            buffer,
            open: Vec::with_capacity(8),
            tag_open: false,
        }
    }

    /// Opens an element.
    pub fn start(&mut self, namespace: Namespace, name: &'static str) {
        self.finish_tag();
        let declares = self.bound(namespace.prefix()) != Some(namespace);
        self.buffer.push(b'<');
        self.name(namespace, name);
        if declares {
            let prefix = namespace.prefix();
            self.raw(if prefix.is_empty() {
                " xmlns"
            } else {
                " xmlns:"
            });
            self.raw(prefix);
            self.raw("=\"");
            self.raw(namespace.uri());
            self.raw("\"");
        }
        self.open.push(Open {
            namespace,
            name,
            declares,
        });
        self.tag_open = true;
    }

    /// Adds an attribute to the element just opened.
    pub fn attribute(&mut self, name: &str, value: &str) {
        debug_assert!(self.tag_open, "attribute {name} after content");
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        escape(&mut self.buffer, value);
        self.raw("\"");
    }

    /// Adds character data.
    pub fn text(&mut self, text: &str) {
        self.finish_tag();
        escape(&mut self.buffer, text);
    }

    /// Closes the element opened last.
    pub fn end(&mut self) {
        let Some(Open {
            namespace, name, ..
        }) = self.open.pop()
        else {
            return;
        };
        if self.tag_open {
            self.raw("/>");
            self.tag_open = false;
        } else {
            self.raw("</");
            self.name(namespace, name);
            self.raw(">");
        }
    }

    /// Writes an element that holds only text.
    pub fn leaf(&mut self, namespace: Namespace, name: &'static str, text: &str) {
        self.start(namespace, name);
        self.text(text);
        self.end();
    }

    /// Writes an element of a foreign or unknown namespace that holds only text; `prefix` may be empty.
    pub fn foreign(&mut self, uri: &str, prefix: &str, name: &str, text: &str) {
        self.finish_tag();
        let colon = if prefix.is_empty() { "" } else { ":" };
        for part in ["<", prefix, colon, name, " xmlns", colon, prefix, "=\""] {
            self.raw(part);
        }
        escape(&mut self.buffer, uri);
        self.raw("\">");
        escape(&mut self.buffer, text);
        for part in ["</", prefix, colon, name, ">"] {
            self.raw(part);
        }
    }

    /// Returns the buffer; every element must be closed.
    pub fn finish(self) -> Vec<u8> {
        debug_assert!(self.open.is_empty(), "open elements: {:?}", self.open);
        self.buffer
    }

    /// Returns the namespace a prefix stands for here.
    fn bound(&self, prefix: &str) -> Option<Namespace> {
        let mut declared = self.open.iter().rev().filter(|open| open.declares);
        declared
            .find(|open| open.namespace.prefix() == prefix)
            .map(|open| open.namespace)
    }

    fn name(&mut self, namespace: Namespace, name: &str) {
        let prefix = namespace.prefix();
        if !prefix.is_empty() {
            self.raw(prefix);
            self.raw(":");
        }
        self.raw(name);
    }

    fn finish_tag(&mut self) {
        if self.tag_open {
            self.raw(">");
            self.tag_open = false;
        }
    }

    fn raw(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }
}

/// Escapes `& < > "` and what XML would otherwise normalise away (tab, line feed, carriage return).
///
/// A character that XML does not allow becomes U+FFFD: an answer is well-formed whatever it holds.
fn escape(buffer: &mut Vec<u8>, text: &str) {
    // Judged without a branch per octet: nearly every text is plain.
    let special = |octet: u8| octet < b' ' || matches!(octet, b'&' | b'<' | b'>' | b'"' | 0xef);
    if !text
        .bytes()
        .fold(false, |found, octet| found | special(octet))
    {
        buffer.extend_from_slice(text.as_bytes());
        return;
    }
    let mut plain = 0;
    for (at, octet) in text.bytes().enumerate() {
        let escaped: &[u8] = match octet {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            b'\t' => b"&#9;",
            b'\n' => b"&#10;",
            b'\r' => b"&#13;",
            0..b' ' => REPLACEMENT,
            0xef if is_noncharacter(text, at) => REPLACEMENT,
            _ => continue,
        };
        buffer.extend_from_slice(text.as_bytes().get(plain..at).unwrap_or_default());
        buffer.extend_from_slice(escaped);
        plain = at + if octet == 0xef { 3 } else { 1 };
    }
    buffer.extend_from_slice(text.as_bytes().get(plain..).unwrap_or_default());
}

/// U+FFFD in UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Says whether U+FFFE or U+FFFF stands at an offset.
fn is_noncharacter(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.starts_with(['\u{fffe}', '\u{ffff}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_declared_once_where_needed() {
        let mut writer = Writer::new(Vec::new());
        writer.start(Namespace::Epp, "epp");
        writer.start(Namespace::Domain, "infData");
        writer.leaf(Namespace::Domain, "name", "a&b]]>");
        writer.end();
        writer.end();
        let text = String::from_utf8(writer.finish()).unwrap();
        let (_, body) = text.split_once('\n').unwrap();
        assert_eq!(
            body,
            "<epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\">\
             <domain:infData xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\
             <domain:name>a&amp;b]]&gt;</domain:name></domain:infData></epp>"
        );
    }

    #[test]
    fn default_namespace_is_declared_again_where_another_hid_it() {
        let mut writer = Writer::new(Vec::new());
        writer.start(Namespace::Epp, "a");
        writer.start(Namespace::None, "b");
        writer.start(Namespace::None, "c");
        writer.start(Namespace::Epp, "d");
        writer.end();
        writer.end();
        writer.end();
        writer.start(Namespace::Epp, "e");
        writer.end();
        writer.end();
        let text = String::from_utf8(writer.finish()).unwrap();
        let (_, body) = text.split_once('\n').unwrap();
        let epp = Namespace::Epp.uri();
        assert_eq!(
            body,
            format!("<a xmlns=\"{epp}\"><b xmlns=\"\"><c><d xmlns=\"{epp}\"/></c></b><e/></a>")
        );
    }

    #[test]
    fn text_is_well_formed_whatever_it_holds() {
        let mut writer = Writer::new(Vec::new());
        let hostile = "\0\u{1b}]]>\u{fffe}\u{ffff}\u{fffd}\u{2028}\r&<\"'";
        writer.start(Namespace::Epp, "a");
        writer.attribute("b", hostile);
        writer.text(hostile);
        writer.end();
        let text = String::from_utf8(writer.finish()).unwrap();
        let tree = crate::xml::Tree::parse(&text).unwrap();
        let root = tree.root().unwrap();
        let expected = "\u{fffd}\u{fffd}]]>\u{fffd}\u{fffd}\u{fffd}\u{2028}\r&<\"'";
        assert_eq!(root.text(), expected);
        assert_eq!(root.attributes().next().unwrap().value, expected);
    }
}
