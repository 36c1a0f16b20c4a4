//! What the transfers of domains and contacts share (`trStatusType`, RFC 5730 section 2.9.3.4).

use super::Error;
use super::text::collapse;
use crate::base::code::Code;
use crate::xml::Element;
use crate::xml::sequence::leaf;

/// How far a transfer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferStatus {
    /// The sponsor approved.
    ClientApproved,
    /// The requester withdrew.
    ClientCancelled,
    /// The sponsor rejected.
    ClientRejected,
    /// Nobody decided yet.
    Pending,
    /// The server approved, for instance at the deadline.
    ServerApproved,
    /// The server cancelled.
    ServerCancelled,
}

impl TransferStatus {
    /// Every status the schema knows.
    pub const ALL: [Self; 6] = [
        Self::ClientApproved,
        Self::ClientCancelled,
        Self::ClientRejected,
        Self::Pending,
        Self::ServerApproved,
        Self::ServerCancelled,
    ];

    /// Returns the status as it is written.
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

    /// Reads `<trStatus>`.
    ///
    /// # Errors
    /// When the element is not one of the statuses.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let text = collapse(leaf(element)?);
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found
            .ok_or_else(|| Error::new(Code::Syntax, element, "EPP defines no such transfer status"))
    }
}
