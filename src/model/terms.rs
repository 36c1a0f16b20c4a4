//! How long the stages of a registration last: data of a profile, read by the time machine.

use chrono::TimeDelta;

use super::Period;

/// Lengths of grace periods and stages; a length of zero means there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Grace after a create (RFC 3915 section 3.1).
    pub add_grace: TimeDelta,
    /// Grace after an automatic renewal.
    pub auto_renew_grace: TimeDelta,
    /// Grace after a renew.
    pub renew_grace: TimeDelta,
    /// Grace after a transfer.
    pub transfer_grace: TimeDelta,
    /// What a registration that ends is renewed by; `None` lets it end.
    pub auto_renewal: Option<Period>,
    /// How far ahead of now a registration may end.
    pub longest: Period,
    /// How long the losing registrar has to answer a transfer request; then the server approves.
    pub transfer_wait: TimeDelta,
    /// How long a deleted domain can be restored.
    pub redemption: TimeDelta,
    /// How long the report of a restore may take.
    pub restore_report: TimeDelta,
    /// How long a domain that cannot be restored any more waits for its end.
    pub pending_delete: TimeDelta,
}
