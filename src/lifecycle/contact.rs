//! What time does to a contact: a transfer that nobody answers is approved (RFC 5733 section 3.2.4).

use chrono::{DateTime, Utc};

use crate::model::{Contact, RegistrarId, Transfer, TransferStatus};

/// A contact as it is at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// The contact.
    pub contact: Contact,
    /// Who sponsored it before a transfer that time completed.
    pub loser: Option<RegistrarId>,
}

/// Returns what a stored contact is at `now`.
pub fn project(stored: Contact, now: DateTime<Utc>) -> Projection {
    let due = stored.transfer.clone().filter(Transfer::is_pending);
    match due.filter(|transfer| transfer.act_by <= now) {
        Some(transfer) => {
            let (loser, at) = (stored.sponsor.clone(), transfer.act_by);
            let (status, actor) = (TransferStatus::ServerApproved, transfer.actor.clone());
            Projection {
                contact: complete_transfer(stored, transfer, status, actor, at),
                loser: Some(loser),
            }
        }
        None => Projection {
            contact: stored,
            loser: None,
        },
    }
}

/// Returns when a contact next changes by itself.
pub fn next_change(contact: &Contact) -> Option<DateTime<Utc>> {
    let transfer = contact.transfer.as_ref();
    transfer
        .filter(|transfer| transfer.is_pending())
        .map(|transfer| transfer.act_by)
}

/// Lets a transfer happen at `at`: the authorization information is unset (RFC 9154 section 4.2), client statuses stay.
#[must_use]
pub fn complete_transfer(
    mut contact: Contact,
    transfer: Transfer,
    status: TransferStatus,
    actor: RegistrarId,
    at: DateTime<Utc>,
) -> Contact {
    contact.sponsor = transfer.requester.clone();
    contact.transferred = Some(at);
    contact.auth_info = None;
    contact.transfer = Some(transfer.ended(status, actor, at));
    contact
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::contact::Details;
    use crate::model::{AuthInfo, ContactId};

    fn contact(transfer: Option<Transfer>) -> Contact {
        let registrar = RegistrarId::parse("registrar-a").unwrap();
        Contact {
            id: ContactId::parse("chan-1").unwrap(),
            roid: "C1-TEST".to_owned(),
            statuses: Vec::new(),
            details: Details {
                postal: Vec::new(),
                voice: None,
                fax: None,
                email: "chan@mail.test".to_owned(),
                disclose: None,
            },
            sponsor: registrar.clone(),
            creator: registrar,
            created: DateTime::UNIX_EPOCH,
            updated: None,
            transferred: None,
            auth_info: AuthInfo::set("secret", [7; 16], None),
            transfer,
        }
    }

    #[test]
    fn project_approves_a_transfer_at_the_moment_it_is_due() {
        let due = DateTime::UNIX_EPOCH + TimeDelta::days(5);
        let [a, b] = ["registrar-a", "registrar-b"].map(|id| RegistrarId::parse(id).unwrap());
        let stored = contact(Some(Transfer {
            status: TransferStatus::Pending,
            requester: b.clone(),
            requested: DateTime::UNIX_EPOCH,
            actor: a.clone(),
            act_by: due,
            period: None,
        }));
        assert_eq!(next_change(&stored), Some(due));
        let before = project(stored.clone(), due - TimeDelta::nanoseconds(1));
        assert_eq!((before.contact, before.loser), (stored.clone(), None));
        let Projection { contact, loser } = project(stored, due);
        assert_eq!((&contact.sponsor, &loser), (&b, &Some(a)));
        assert_eq!(
            (contact.transferred, &contact.auth_info),
            (Some(due), &None)
        );
        let transfer = contact.transfer.clone().unwrap();
        assert_eq!(transfer.status, TransferStatus::ServerApproved);
        assert_eq!(next_change(&contact), None);
        // Once done it is not done again.
        assert_eq!(
            project(contact.clone(), due + TimeDelta::days(9)).contact,
            contact
        );
    }

    #[test]
    fn project_leaves_a_contact_without_transfer_alone() {
        let stored = contact(None);
        let after = project(stored.clone(), DateTime::UNIX_EPOCH + TimeDelta::days(900));
        assert_eq!((after.contact, after.loser), (stored, None));
    }
}
