//! `xs:anyURI`: a URI reference (RFC 3986) once what it may not hold is escaped as XLink does.

/// Says whether a collapsed text is an `xs:anyURI`; also the empty one and one with blanks.
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
    let brackets = |c| matches!(c, '[' | ']');
    is_authority(authority)
        && is_escaped(fragment)
        && is_escaped(query)
        && is_escaped(path)
        && !query.contains(brackets)
        && !path.contains(brackets)
}

fn is_scheme(text: &str) -> bool {
    let further = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(further)
}

/// `userinfo@host:port`, where the host may be an address in brackets.
fn is_authority(text: &str) -> bool {
    let (user, rest) = text.split_once('@').unwrap_or(("", text));
    let (host, rest) = match rest.strip_prefix('[') {
        Some(literal) => match literal.split_once(']') {
            Some(parts) => parts,
            None => return false,
        },
        None => rest.split_at(rest.find(':').unwrap_or(rest.len())),
    };
    let digits = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let port = rest.is_empty() || rest.strip_prefix(':').is_some_and(digits);
    let plain = |part: &str| is_escaped(part) && !part.contains(['[', ']', '@']);
    port && plain(user) && plain(host)
}

/// Says whether a part holds no second `#`, and `%` only before two digits.
fn is_escaped(text: &str) -> bool {
    let pair = |part: &str| {
        let pair = part.get(..2);
        pair.is_some_and(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    !text.contains('#') && text.split('%').skip(1).all(pair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_reference_takes_what_xml_schema_takes() {
        for text in [
            "",
            "urn:ietf:params:xml:ns:domain-1.0",
            "http://user@[2001:db8::1]:700/a;b?c=/d?#[e]?",
            "relative/a:b",
            "a%20b",
            "\u{9999}\u{6e2f}",
            "{x}|<y> z",
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
            "http://[::1",
            "http://h:/",
            "a[b]",
            "http://h:x/",
        ] {
            assert!(!is_reference(text), "{text}");
        }
    }
}
