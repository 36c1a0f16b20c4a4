//! Domain and host names: letters, digits, hyphens (RFC 1123), A-labels that round-trip (RFC 5891).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A domain or host name in lower-case A-form, without a trailing dot; at least two labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DomainName(Box<str>);

/// Why a text is not a domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, a dot at an end, or two dots in a row.
    #[error("a name is labels joined by single dots, without one at its ends")]
    EmptyLabel,
    /// One label only.
    #[error("a name has at least two labels")]
    SingleLabel,
    /// Longer than 253 characters.
    #[error("a name has at most 253 characters")]
    Long,
    /// A label longer than 63 octets.
    #[error("a label has at most 63 characters")]
    LongLabel,
    /// A character that is neither letter, digit nor hyphen.
    #[error("a label holds letters, digits and hyphens only")]
    Character,
    /// A hyphen at the start or end of a label.
    #[error("a label neither begins nor ends with a hyphen")]
    HyphenAtEnd,
    /// Hyphens in the third and fourth position without being an A-label.
    #[error("hyphens in the third and fourth position are reserved for internationalised labels")]
    ReservedHyphens,
    /// An `xn--` label that is not the A-form of a valid U-label.
    #[error("not a valid internationalised label")]
    ALabel,
}

impl DomainName {
    /// Parses a name; upper case becomes lower case.
    ///
    /// # Errors
    /// See [`NameError`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.len() > 253 {
            return Err(NameError::Long);
        }
        let name = text.to_ascii_lowercase();
        let mut labels = 0;
        for label in name.as_bytes().split(|octet| *octet == b'.') {
            check_label(label)?;
            labels += 1;
        }
        if labels < 2 {
            return Err(NameError::SingleLabel);
        }
        Ok(Self(name.into_boxed_str()))
    }

    /// Returns the name in A-form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name as people read it.
    pub fn unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }

    /// Returns the labels, leftmost first.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }

    /// Returns what remains without the leftmost label, if that still is a name or a top-level label.
    pub fn parent(&self) -> Option<&str> {
        self.0.split_once('.').map(|(_, parent)| parent)
    }

    /// Returns the name of the last `count` labels, at least two, if there are as many.
    pub fn last(&self, count: usize) -> Option<Self> {
        let dots = self.0.rmatch_indices('.').map(|(at, _)| at + 1);
        let labels = count.checked_sub(1).filter(|dots| *dots > 0)?;
        let start = dots.chain([0]).nth(labels)?;
        Some(Self(self.0.get(start..)?.into()))
    }

    /// Returns the labels in front of `zone`, if this name lies below it (and is not `zone` itself).
    pub fn below(&self, zone: &str) -> Option<&str> {
        let labels = self.0.strip_suffix(zone)?.strip_suffix('.')?;
        (!labels.is_empty()).then_some(labels)
    }

    /// Says whether this name lies below `zone` (and is not `zone` itself).
    pub fn is_below(&self, zone: &str) -> bool {
        self.below(zone).is_some()
    }
}

fn check_label(label: &[u8]) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    if label.len() > 63 {
        return Err(NameError::LongLabel);
    }
    if !label
        .iter()
        .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    {
        return Err(NameError::Character);
    }
    if label.starts_with(b"-") || label.ends_with(b"-") {
        return Err(NameError::HyphenAtEnd);
    }
    if label.get(2..4) == Some(b"--") {
        return check_a_label(str::from_utf8(label).map_err(|_| NameError::Character)?);
    }
    Ok(())
}

fn check_a_label(label: &str) -> Result<(), NameError> {
    if !label.starts_with("xn--") {
        return Err(NameError::ReservedHyphens);
    }
    let (unicode, decoded) = idna::domain_to_unicode(label);
    decoded.map_err(|_| NameError::ALabel)?;
    match idna::domain_to_ascii_strict(&unicode) {
        Ok(ascii) if ascii == label && unicode != label => Ok(()),
        _ => Err(NameError::ALabel),
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_lowers_case_and_keeps_a_labels() {
        assert_eq!(
            DomainName::parse("My-Shop.HK").unwrap().as_str(),
            "my-shop.hk"
        );
        assert!(DomainName::parse("xn--j6w193g.hk").is_ok());
    }

    #[test]
    fn parse_refuses_what_is_no_name() {
        let long = format!("{}.hk", "a".repeat(64));
        for (text, error) in [
            ("", NameError::EmptyLabel),
            ("hk", NameError::SingleLabel),
            ("abc..hk", NameError::EmptyLabel),
            (".abc.hk", NameError::EmptyLabel),
            ("abc.hk.", NameError::EmptyLabel),
            ("abc-.hk", NameError::HyphenAtEnd),
            ("ab--cd.hk", NameError::ReservedHyphens),
            ("xn--.hk", NameError::HyphenAtEnd),
            ("xn--zzzzzzzzzzzz99999999.hk", NameError::ALabel),
            ("*.hk", NameError::Character),
            ("a_b.hk", NameError::Character),
            (&long, NameError::LongLabel),
        ] {
            assert_eq!(DomainName::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn last_counts_labels_from_the_right() {
        let name = DomainName::parse("ns1.shop.com.hk").unwrap();
        let last = |count| name.last(count).map(|name| name.to_string());
        assert_eq!(last(2).as_deref(), Some("com.hk"));
        assert_eq!(last(4).as_deref(), Some("ns1.shop.com.hk"));
        assert_eq!((last(5), last(1), last(0)), (None, None, None));
    }

    #[test]
    fn is_below_compares_whole_labels() {
        let name = DomainName::parse("ns1.shop.hk").unwrap();
        assert!(name.is_below("hk") && name.is_below("shop.hk"));
        assert!(!name.is_below("hop.hk") && !name.is_below("ns1.shop.hk"));
        assert_eq!(name.parent(), Some("shop.hk"));
    }
}
