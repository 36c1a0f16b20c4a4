//! The namespaces this server knows, each with its URI and the one prefix we write.

macro_rules! namespaces {
    ($($(#[$doc:meta])* $variant:ident, $prefix:literal, $uri:literal;)*) => {
        /// The namespace of a name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Namespace {
            $($(#[$doc])* $variant,)*
            /// No namespace.
            None,
            /// A namespace this server does not know; the number leads to its URI in the tree.
            Other(u32),
        }

        impl Namespace {
            /// Every namespace this server knows.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            /// Finds a known namespace by its URI.
            pub fn of(uri: &str) -> Option<Self> {
                match uri { $($uri => Some(Self::$variant),)* _ => None }
            }

            /// Returns the URI of a known namespace, the empty text for the others.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$variant => $uri,)* Self::None | Self::Other(_) => "" }
            }

            /// Returns the prefix we write; EPP itself is the default namespace and has none.
            pub const fn prefix(self) -> &'static str {
                match self { $(Self::$variant => $prefix,)* Self::None | Self::Other(_) => "" }
            }
        }
    };
}

namespaces! {
    /// RFC 5730.
    Epp, "", "urn:ietf:params:xml:ns:epp-1.0";
    /// RFC 5731.
    Domain, "domain", "urn:ietf:params:xml:ns:domain-1.0";
    /// RFC 5732.
    Host, "host", "urn:ietf:params:xml:ns:host-1.0";
    /// RFC 5733.
    Contact, "contact", "urn:ietf:params:xml:ns:contact-1.0";
    /// RFC 5910.
    SecDns, "secDNS", "urn:ietf:params:xml:ns:secDNS-1.1";
    /// RFC 3915.
    Rgp, "rgp", "urn:ietf:params:xml:ns:rgp-1.0";
    /// RFC 8807.
    LoginSec, "loginSec", "urn:ietf:params:xml:ns:epp:loginSec-1.0";
    /// RFC 8590.
    ChangePoll, "changePoll", "urn:ietf:params:xml:ns:changePoll-1.0";
    /// RFC 9095.
    Bundle, "b-dn", "urn:ietf:params:xml:ns:epp:b-dn";
    /// draft-ietf-eppext-idnmap.
    Idn, "idn", "urn:ietf:params:xml:ns:idn-1.0";
    /// Our own extension for .hk.
    Hk, "hk", "urn:hkepp:params:xml:ns:hk-1.0";
    /// RFC 9038; has no elements.
    UnhandledNamespaces, "", "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0";
    /// RFC 9154; has no elements.
    SecureAuthInfo, "", "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0";
    /// XML Schema instance attributes.
    Xsi, "xsi", "http://www.w3.org/2001/XMLSchema-instance";
    /// The `xml:` prefix.
    Xml, "xml", "http://www.w3.org/XML/1998/namespace";
}
