//! What one rule says of one name: the lines of `hkepp policy explain`.

use super::Violation;
use super::violation::Rule;
use crate::base::code::Code;

/// How a rule and a name go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The name keeps the rule.
    Met,
    /// The name would break it, but an exemption or a consent lifts it.
    Lifted,
    /// A create waits for documents or for people.
    Waits,
    /// The name is refused.
    Refused,
}

impl Verdict {
    /// Returns its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Lifted => "lifted",
            Self::Waits => "waits",
            Self::Refused => "refused",
        }
    }
}

/// What one rule says of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How it goes.
    pub verdict: Verdict,
    /// Result code of a create for this rule; `None` when it does not stand in the way.
    pub code: Option<Code>,
    /// A sentence about it.
    pub sentence: String,
}

impl From<Violation> for Finding {
    fn from(violation: Violation) -> Self {
        Self {
            rule: violation.rule,
            verdict: Verdict::Refused,
            code: Some(violation.code),
            sentence: violation.reason,
        }
    }
}
