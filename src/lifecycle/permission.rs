//! The status matrix: which status forbids which operation, and which statuses exclude each other.
//!
//! RFC 5731 section 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2: the three mappings agree wherever they
//! know the same status, so one table serves them all, and the documentation too.

use crate::model::status::{ContactStatus, DomainStatus, HostStatus};

use Operation::{Delete, Renew, Transfer, Update};

/// An operation that statuses may forbid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Delete.
    Delete,
    /// Renew.
    Renew,
    /// A transfer request; its approval, rejection and cancelling need no permission.
    Transfer,
    /// Update.
    Update,
}

/// What a status means for operations and for other statuses.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The status.
    pub status: &'static str,
    /// What it forbids.
    pub forbids: &'static [Operation],
    /// Statuses that cannot stand beside it.
    pub excludes: &'static [&'static str],
}

/// Every status that forbids or excludes anything but `ok`, which excludes all others but `linked`.
///
/// A second transfer request while one is pending is no matter of status: it has a code of its own (2300).
pub const TABLE: &[Row] = &[
    row("clientDeleteProhibited", &[Delete], &["pendingDelete"]),
    row("serverDeleteProhibited", &[Delete], &["pendingDelete"]),
    row("clientRenewProhibited", &[Renew], &["pendingRenew"]),
    row("serverRenewProhibited", &[Renew], &["pendingRenew"]),
    row(
        "clientTransferProhibited",
        &[Transfer],
        &["pendingTransfer"],
    ),
    row(
        "serverTransferProhibited",
        &[Transfer],
        &["pendingTransfer"],
    ),
    row("clientUpdateProhibited", &[Update], &["pendingUpdate"]),
    row("serverUpdateProhibited", &[Update], &["pendingUpdate"]),
    row("pendingCreate", ALL, PENDING),
    row("pendingDelete", ALL, PENDING),
    row("pendingRenew", ALL, PENDING),
    row("pendingTransfer", &[Delete, Renew, Update], PENDING),
    row("pendingUpdate", ALL, PENDING),
];

const ALL: &[Operation] = &[Delete, Renew, Transfer, Update];
const PENDING: &[&str] = &[
    "pendingCreate",
    "pendingDelete",
    "pendingRenew",
    "pendingTransfer",
    "pendingUpdate",
];

const fn row(
    status: &'static str,
    forbids: &'static [Operation],
    excludes: &'static [&'static str],
) -> Row {
    Row {
        status,
        forbids,
        excludes,
    }
}

/// A status of one of the three mappings.
pub trait Status: Copy + PartialEq {
    /// Returns it as it is written.
    fn name(self) -> &'static str;
}

impl Status for DomainStatus {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl Status for HostStatus {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl Status for ContactStatus {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

/// Returns the status that forbids an operation.
pub fn forbidding<S: Status>(statuses: &[S], operation: Operation) -> Option<S> {
    let forbids = |status: &S| {
        TABLE
            .iter()
            .any(|row| row.status == status.name() && row.forbids.contains(&operation))
    };
    statuses.iter().copied().find(forbids)
}

/// Returns two statuses that exclude each other.
pub fn conflict<S: Status>(statuses: &[S]) -> Option<(S, S)> {
    statuses.iter().enumerate().find_map(|(index, one)| {
        let others = statuses.get(index + 1..).unwrap_or_default();
        let other = others
            .iter()
            .find(|other| excludes(one.name(), other.name()) || excludes(other.name(), one.name()));
        other.map(|other| (*one, *other))
    })
}

fn excludes(one: &str, other: &str) -> bool {
    let by_table = |row: &Row| row.status == one && row.excludes.contains(&other);
    one != other && ((one == "ok" && other != "linked") || TABLE.iter().any(by_table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidding_finds_the_status_in_the_way() {
        let statuses = [
            DomainStatus::ClientHold,
            DomainStatus::ServerRenewProhibited,
        ];
        assert_eq!(
            forbidding(&statuses, Renew),
            Some(DomainStatus::ServerRenewProhibited)
        );
        assert_eq!(forbidding(&statuses, Update), None);
        let pending = [DomainStatus::PendingTransfer];
        assert_eq!(
            forbidding(&pending, Delete),
            Some(DomainStatus::PendingTransfer)
        );
        assert_eq!(forbidding(&pending, Transfer), None);
        let waiting = [DomainStatus::PendingUpdate];
        for operation in [Delete, Renew, Transfer, Update] {
            assert_eq!(
                forbidding(&waiting, operation),
                Some(DomainStatus::PendingUpdate)
            );
        }
    }

    #[test]
    fn conflict_knows_ok_pendings_and_prohibitions() {
        use ContactStatus as C;
        use DomainStatus as D;
        for (one, other) in [
            (D::Ok, D::ClientHold),
            (D::PendingDelete, D::ClientDeleteProhibited),
            (D::ServerTransferProhibited, D::PendingTransfer),
            (D::PendingDelete, D::PendingTransfer),
            (D::PendingTransfer, D::PendingUpdate),
            (D::ClientUpdateProhibited, D::PendingUpdate),
            (D::PendingUpdate, D::ServerUpdateProhibited),
        ] {
            assert_eq!(conflict(&[one, other]), Some((one, other)));
            assert_eq!(conflict(&[other, one]), Some((other, one)));
        }
        assert_eq!(
            conflict(&[D::PendingDelete, D::ClientTransferProhibited]),
            None
        );
        assert_eq!(conflict(&[C::Ok, C::Linked]), None);
    }
}
