//! Case files: what the registry keeps of a dispute or a hold for abuse, while it stands and ever after.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lock::LockKind;
use super::{DomainName, RegistrarId};

/// Most characters of a case's identifier.
const ID: usize = 64;
/// Most characters of a reference to evidence.
const EVIDENCE: usize = 255;

/// A case about a domain, and about its partner where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Identifier, unlike that of every other case about these names; see [`is_id`].
    pub id: String,
    /// The names it locks, first the one it was opened for.
    pub names: Vec<DomainName>,
    /// What it is about; never [`LockKind::Registry`].
    pub kind: LockKind,
    /// Whether it keeps the names out of the zone.
    pub suspends: bool,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// What shows that it was right to open it; see [`is_evidence`].
    pub evidence: Option<String>,
    /// How it ended; `None` while it is open.
    pub closed: Option<Closed>,
}

/// The end of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// When.
    pub at: DateTime<Utc>,
    /// How.
    pub outcome: Outcome,
    /// Registrar that the names were given to.
    pub receiver: Option<RegistrarId>,
    /// What shows that it was right to close it; see [`is_evidence`].
    pub evidence: Option<String>,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The arbitration panel decided.
    PanelDecision,
    /// A court ordered it.
    CourtOrder,
    /// The parties settled.
    Settled,
    /// The holder gives the name up.
    Relinquished,
    /// A hold for abuse is lifted.
    Lifted,
}

impl Outcome {
    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PanelDecision => "panel-decision",
            Self::CourtOrder => "court-order",
            Self::Settled => "settled",
            Self::Relinquished => "relinquished",
            Self::Lifted => "lifted",
        }
    }

    /// Says whether it may give the names to another registrar.
    pub const fn may_transfer(self) -> bool {
        match self {
            Self::PanelDecision | Self::CourtOrder => true,
            Self::Settled | Self::Relinquished | Self::Lifted => false,
        }
    }
}

/// Says whether `text` can be a case's identifier: 1 to 64 characters of a line, blanks single and inside only.
pub fn is_id(text: &str) -> bool {
    is_line(text, ID)
}

/// Says whether `text` can be a reference to evidence: as an identifier, but of up to 255 characters.
pub fn is_evidence(text: &str) -> bool {
    is_line(text, EVIDENCE)
}

fn is_line(text: &str, longest: usize) -> bool {
    let blanks = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    let plain = !text.chars().any(char::is_control) && !blanks;
    plain && (1..=longest).contains(&text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_id_takes_a_line_without_needless_blanks() {
        for text in ["HKIAC-2026-1", "HCA 1/2027", &"x".repeat(64)] {
            assert!(is_id(text), "{text}");
        }
        for text in ["", " x", "x ", "a  b", "a\tb", "a\nb", &"x".repeat(65)] {
            assert!(!is_id(text), "{text}");
        }
    }
}
