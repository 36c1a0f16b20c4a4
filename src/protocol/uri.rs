//! `xs:anyURI`: a URI reference (RFC 3986) once what it may not hold is escaped as XLink does.

/// Says whether a collapsed text is an `xs:anyURI`; the empty one is. Blanks inside are refused.
pub(super) fn is_reference(text: &str) -> bool {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = match rest.split_once(':') {
        Some((scheme, path)) if !scheme.contains('/') => {
            if !is_scheme(scheme) {
                return false;
            }
            path
        }
        Some(_) | None => rest,
    };
    let (authority, path) = match path.strip_prefix("//") {
        Some(path) => path.split_at(path.find('/').unwrap_or(path.len())),
        None => ("", path),
    };
    is_authority(authority) && [fragment, query, path].into_iter().all(is_escaped)
}

fn is_scheme(text: &str) -> bool {
    let further = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(further)
}

/// `userinfo@host:port`, where the host may be an address in brackets.
fn is_authority(text: &str) -> bool {
    let (user, rest) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match rest.strip_prefix('[') {
        Some(literal) => match literal.split_once(']') {
            Some((address, "")) => (address, ""),
            Some((address, port)) if port.starts_with(':') => (address, port),
            Some(_) | None => return false,
        },
        None => rest.split_at(rest.find(':').unwrap_or(rest.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    is_escaped(user) && is_escaped(host) && port.bytes().all(|b| b.is_ascii_digit())
}

/// Says whether a part holds no delimiter of others, no blank, and `%` only before two digits.
fn is_escaped(text: &str) -> bool {
    let mut parts = text.split('%');
    let plain = |part: &str| !part.contains(['#', '[', ']', ' ']);
    let hexadecimal = |part: &str| {
        part.get(..2)
            .is_some_and(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    parts.next().is_none_or(plain) && parts.all(|part| hexadecimal(part) && plain(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_reference_takes_what_xml_schema_takes() {
        for text in [
            "",
            "urn:ietf:params:xml:ns:domain-1.0",
            "http://user@[2001:db8::1]:700/a;b?c=/d?#e?",
            "relative/a:b",
            "a%20b",
            "\u{9999}\u{6e2f}",
            "{x}|<y>",
        ] {
            assert!(is_reference(text), "{text}");
        }
    }

    #[test]
    fn is_reference_refuses_what_no_escaping_mends() {
        for text in [
            "1a:b",
            ":a",
            "a%2",
            "%zz",
            "a#b#c",
            "a b",
            "http://[::1",
            "a[b]",
            "http://h:x/",
        ] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
