//! Namespace declarations in scope, and which namespace a prefix stands for (Namespaces in XML 1.0).

use super::Namespace;
use super::error::Fault;
use crate::base::limits;

/// The URI no prefix is bound to but `xmlns`.
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

/// The declarations in scope, and the namespaces met so far that this server does not know.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// Innermost last.
    bindings: Vec<Binding<'a>>,
    /// URIs of [`Namespace::Other`]; bounded, so that looking through them stays cheap.
    others: Vec<String>,
}

#[derive(Debug)]
struct Binding<'a> {
    /// Empty for the default namespace.
    prefix: &'a str,
    namespace: Namespace,
}

impl<'a> Scope<'a> {
    /// Returns how many declarations are in scope, for [`Scope::leave`].
    pub(super) fn depth(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets the declarations made since the scope was `depth` deep.
    pub(super) fn leave(&mut self, depth: usize) {
        self.bindings.truncate(depth);
    }

    /// Takes a declaration of the element that began when the scope was `first` deep; no prefix is the default.
    ///
    /// # Errors
    /// When it breaks a namespace constraint, stands twice, or there are too many.
    pub(super) fn declare(
        &mut self,
        prefix: &'a str,
        uri: &str,
        first: usize,
    ) -> Result<(), Fault> {
        if is_illegal_binding(prefix, uri) {
            return Err("an illegal namespace declaration".into());
        }
        let own = self.bindings.get(first..).unwrap_or_default();
        if own.iter().any(|binding| binding.prefix == prefix) {
            return Err("the same namespace declaration stands twice".into());
        }
        if self.bindings.len() >= limits::XML_NAMESPACES {
            return Err(TOO_MANY);
        }
        let namespace = self.namespace(uri)?;
        self.bindings.push(Binding { prefix, namespace });
        Ok(())
    }

    /// Returns the namespace of an element's name by its prefix; `None` for an undeclared one.
    pub(super) fn element(&self, prefix: &str) -> Option<Namespace> {
        let mut innermost = self.bindings.iter().rev();
        match innermost.find(|binding| binding.prefix == prefix) {
            Some(binding) => Some(binding.namespace),
            None if prefix.is_empty() => Some(Namespace::None),
            None => (prefix == "xml").then_some(Namespace::Xml),
        }
    }

    /// Returns the namespace of an attribute's name by its prefix; `None` for an undeclared one.
    pub(super) fn attribute(&self, prefix: &str) -> Option<Namespace> {
        if prefix.is_empty() {
            return Some(Namespace::None);
        }
        self.element(prefix)
    }

    /// Returns the URIs of [`Namespace::Other`].
    pub(super) fn into_others(self) -> Vec<String> {
        self.others
    }

    fn namespace(&mut self, uri: &str) -> Result<Namespace, Fault> {
        if uri.is_empty() {
            return Ok(Namespace::None);
        }
        if let Some(known) = Namespace::of(uri) {
            return Ok(known);
        }
        let index = self.others.iter().position(|other| other == uri);
        if index.is_none() && self.others.len() >= limits::XML_NAMESPACES {
            return Err(TOO_MANY);
        }
        let index = index.unwrap_or_else(|| {
            self.others.push(uri.to_owned());
            self.others.len() - 1
        });
        u32::try_from(index)
            .map(Namespace::Other)
            .map_err(|_| TOO_MANY)
    }
}

const TOO_MANY: Fault = Fault::Limit {
    what: "namespaces",
    limit: limits::XML_NAMESPACES,
};

/// Says whether a declaration breaks the constraints on reserved prefixes and names.
fn is_illegal_binding(prefix: &str, uri: &str) -> bool {
    let xml_uri = uri == Namespace::Xml.uri();
    match prefix {
        "" => xml_uri || uri == XMLNS_URI,
        "xml" => !xml_uri,
        "xmlns" => true,
        _ => uri.is_empty() || xml_uri || uri == XMLNS_URI,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_declarations_hide_outer_ones_until_left() {
        let mut scope = Scope::default();
        scope.declare("", Namespace::Epp.uri(), 0).unwrap();
        scope.declare("p", "urn:other", 0).unwrap();
        let depth = scope.depth();
        scope.declare("", "", depth).unwrap();
        scope.declare("p", Namespace::Host.uri(), depth).unwrap();
        assert_eq!(scope.element(""), Some(Namespace::None));
        assert_eq!(scope.attribute("p"), Some(Namespace::Host));
        scope.leave(depth);
        assert_eq!(scope.element(""), Some(Namespace::Epp));
        assert_eq!(scope.attribute(""), Some(Namespace::None));
        assert_eq!(scope.attribute("p"), Some(Namespace::Other(0)));
        assert_eq!(scope.element("xml"), Some(Namespace::Xml));
        assert_eq!(scope.element("xmlns"), None);
        assert_eq!(scope.into_others(), ["urn:other"]);
    }

    #[test]
    fn declare_refuses_reserved_names_repetition_and_too_many() {
        let xml = Namespace::Xml.uri();
        let mut scope = Scope::default();
        for (prefix, uri) in [
            ("", xml),
            ("", XMLNS_URI),
            ("xml", "urn:x"),
            ("xmlns", XMLNS_URI),
            ("p", ""),
            ("p", xml),
            ("p", XMLNS_URI),
        ] {
            assert!(scope.declare(prefix, uri, 0).is_err(), "{prefix}={uri}");
        }
        scope.declare("xml", xml, 0).unwrap();
        assert!(scope.declare("xml", xml, 0).is_err());
        scope.leave(0);
        for index in 0..limits::XML_NAMESPACES {
            scope
                .declare("p", &index.to_string(), scope.depth())
                .unwrap();
        }
        assert!(scope.declare("q", Namespace::Epp.uri(), 0).is_err());
        scope.leave(0);
        assert!(matches!(
            scope.declare("p", "one more", 0),
            Err(Fault::Limit { .. })
        ));
        scope.declare("p", "1", 0).unwrap();
    }
}
