//! Transfers of domains and contacts (RFC 5730 section 2.9.3.4).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Period, RegistrarId};

/// A transfer: the one under way, or the last one that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Where it stands.
    pub status: TransferStatus,
    /// Registrar that asked for it.
    pub requester: RegistrarId,
    /// When it was asked for.
    pub requested: DateTime<Utc>,
    /// Registrar that shall act while it is pending; that acted once it ended.
    pub actor: RegistrarId,
    /// Until when the actor shall act; when it ended.
    pub act_by: DateTime<Utc>,
    /// What a domain's registration is extended by; `None` for contacts and where nothing is.
    pub period: Option<Period>,
}

impl Transfer {
    /// Returns the one that `requester` asks the `sponsor` for at `at`, and that waits until `act_by`.
    pub fn request(
        requester: RegistrarId,
        sponsor: RegistrarId,
        at: DateTime<Utc>,
        act_by: DateTime<Utc>,
        period: Option<Period>,
    ) -> Self {
        Self {
            status: TransferStatus::Pending,
            requester,
            requested: at,
            actor: sponsor,
            act_by,
            period,
        }
    }

    /// Says whether a registrar asked for it, or acts on it.
    pub fn involves(&self, registrar: &RegistrarId) -> bool {
        [&self.requester, &self.actor].contains(&registrar)
    }

    /// Says whether it is under way.
    pub fn is_pending(&self) -> bool {
        self.status == TransferStatus::Pending
    }

    /// Returns it ended by `actor` at `at`.
    #[must_use]
    pub fn ended(self, status: TransferStatus, actor: RegistrarId, at: DateTime<Utc>) -> Self {
        Self {
            status,
            actor,
            act_by: at,
            ..self
        }
    }
}

/// State of a transfer (`trStatusType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TransferStatus {
    /// The sponsoring registrar agreed.
    ClientApproved,
    /// The requesting registrar changed its mind.
    ClientCancelled,
    /// The sponsoring registrar refused.
    ClientRejected,
    /// Waiting for an answer.
    Pending,
    /// The server let it happen.
    ServerApproved,
    /// The server ended it without effect.
    ServerCancelled,
}

impl TransferStatus {
    /// Every value.
    pub const ALL: [Self; 6] = [
        Self::ClientApproved,
        Self::ClientCancelled,
        Self::ClientRejected,
        Self::Pending,
        Self::ServerApproved,
        Self::ServerCancelled,
    ];

    /// Returns the value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientApproved => "clientApproved",
            Self::ClientCancelled => "clientCancelled",
            Self::ClientRejected => "clientRejected",
            Self::Pending => "pending",
            Self::ServerApproved => "serverApproved",
            Self::ServerCancelled => "serverCancelled",
        }
    }
}
