//! Consents of authorities to the use of a restricted word in a name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::DomainName;

/// Most characters of a consent's reference: a case of RFC 8590 made of it has at most 64.
const REFERENCE: usize = 48;

/// An authority whose consent some words need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// Monetary Authority.
    #[serde(rename = "MA")]
    Monetary,
    /// Insurance Authority.
    #[serde(rename = "IA")]
    Insurance,
}

impl Authority {
    /// Every authority.
    pub const ALL: [Self; 2] = [Self::Monetary, Self::Insurance];

    /// Finds the authority of a short name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|authority| authority.as_str() == text)
    }

    /// Returns the short name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monetary => "MA",
            Self::Insurance => "IA",
        }
    }
}

/// A consent to one name with all its variants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Name it was granted for.
    pub name: DomainName,
    /// Authority that gave it.
    pub authority: Authority,
    /// The authority's reference; see [`is_reference`].
    pub reference: String,
    /// When it was entered.
    pub granted: DateTime<Utc>,
    /// From when on it does not count; `None` is never.
    pub expires: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked: Option<DateTime<Utc>>,
    /// Repository object identifier of the registrant it is for; `None` until one relies on it.
    pub holder: Option<String>,
}

impl Consent {
    /// Says whether it counts at `now`.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// Says whether it is for the registrant of this repository object identifier: that one's, or nobody's yet.
    pub fn is_for(&self, roid: &str) -> bool {
        self.holder.as_deref().is_none_or(|holder| holder == roid)
    }

    /// Returns its state at `now`: `in-force`, `expired` or `revoked`.
    pub fn state(&self, now: DateTime<Utc>) -> &'static str {
        match self.revoked {
            Some(_) => "revoked",
            None if self.is_in_force(now) => "in-force",
            None => "expired",
        }
    }

    /// Returns the case under which a domain is held without it.
    pub fn case(&self) -> String {
        format!("{}{}", case_prefix(self.authority), self.reference)
    }
}

/// Returns what the case of every consent of `authority` begins with.
pub fn case_prefix(authority: Authority) -> String {
    format!("consent {} ", authority.as_str())
}

/// Says whether `text` can be a reference: 1 to 48 characters of a line, blanks single and inside only.
pub fn is_reference(text: &str) -> bool {
    let blanks = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    let plain = !text.chars().any(char::is_control) && !blanks;
    plain && (1..=REFERENCE).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consent_counts_until_it_expires_or_is_revoked() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut consent = Consent {
            name: DomainName::parse("mybank.hk").unwrap(),
            authority: Authority::Monetary,
            reference: "B1/15C".to_owned(),
            granted: at("2030-01-01T00:00:00Z"),
            expires: Some(at("2030-02-01T00:00:00Z")),
            revoked: None,
            holder: None,
        };
        assert_eq!(consent.state(at("2030-01-31T23:59:59Z")), "in-force");
        assert_eq!(consent.state(at("2030-02-01T00:00:00Z")), "expired");
        consent.revoked = Some(at("2030-01-02T00:00:00Z"));
        assert!(!consent.is_in_force(at("2030-01-03T00:00:00Z")));
        assert_eq!(consent.case(), "consent MA B1/15C");
        assert!(consent.is_for("C1-HKEPP"));
        consent.holder = Some("C1-HKEPP".to_owned());
        assert!(consent.is_for("C1-HKEPP") && !consent.is_for("C2-HKEPP"));
    }

    #[test]
    fn reference_is_a_short_line() {
        for (text, good) in [
            ("B1/15C 2030", true),
            ("", false),
            (" x", false),
            ("a\nb", false),
        ] {
            assert_eq!(is_reference(text), good, "{text:?}");
        }
        assert!(is_reference(&"x".repeat(48)) && !is_reference(&"x".repeat(49)));
    }
}
