//! Locks: why the registry keeps a domain from being changed, each until it is opened again.
//!
//! A lock's statuses are computed while it stands, so that taking it away leaves exactly what stood before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::status::DomainStatus;

/// A lock on a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Why.
    pub kind: LockKind,
    /// Case it is for, 1 to 64 characters; `None` for a registry lock.
    pub case: Option<String>,
    /// Whether the domain is kept out of the zone.
    pub suspends: bool,
    /// Since when.
    pub since: DateTime<Utc>,
    /// While the holder may change the domain nevertheless: until then.
    pub window: Option<DateTime<Utc>>,
}

/// Kind of a [`Lock`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockKind {
    /// A dispute before an arbitration panel.
    Panel,
    /// A dispute before a court.
    Court,
    /// A hold for abuse: out of the zone, nothing else.
    Hold,
    /// A registry lock the holder ordered, with windows.
    Registry,
}

impl LockKind {
    /// Returns what it is called in listings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::Court => "court",
            Self::Hold => "hold",
            Self::Registry => "registry-lock",
        }
    }

    /// Returns what a registrar is told that it is.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Panel => "a dispute before an arbitration panel",
            Self::Court => "a dispute before a court",
            Self::Hold => "a hold for abuse",
            Self::Registry => "a registry lock",
        }
    }
}

impl Lock {
    /// Returns the statuses it puts on the domain.
    pub fn statuses(&self) -> Vec<DomainStatus> {
        let mut statuses = Vec::new();
        if self.kind != LockKind::Hold && self.window.is_none() {
            statuses.extend([
                DomainStatus::ServerDeleteProhibited,
                DomainStatus::ServerTransferProhibited,
                DomainStatus::ServerUpdateProhibited,
            ]);
        }
        if self.suspends {
            statuses.push(DomainStatus::ServerHold);
        }
        statuses
    }

    /// Returns it at `now`: a window that has ended is none.
    #[must_use]
    pub fn at(self, now: DateTime<Utc>) -> Self {
        let window = self.window.filter(|until| now < *until);
        Self { window, ..self }
    }
}
