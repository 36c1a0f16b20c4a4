//! What an update adds and removes (RFC 5731, 5732 and 5733 section 3.2.5).
//!
//! Adding what is there and removing what is not are refused: whoever does it knows another state than ours.
//! So is a value that is both added and removed, which would say nothing.

use super::Refusal;
use super::refusal::Why;
use crate::lifecycle::permission::{Operation, Status, forbidding};
use crate::protocol::Namespace;
use crate::protocol::status::StatusText;

/// Statuses as a command names them.
pub(super) type Named<S> = [(S, StatusText)];

/// Returns a list after removing and adding, in this order.
///
/// # Errors
/// The value in the way, and what is wrong with it.
pub(super) fn apply<T: Clone + PartialEq>(
    current: &[T],
    remove: &[T],
    add: &[T],
) -> Result<Vec<T>, (T, &'static str)> {
    if let Some(both) = add.iter().find(|value| remove.contains(value)) {
        return Err((both.clone(), "the same value is added and removed"));
    }
    let mut values = current.to_vec();
    for value in remove {
        let Some(at) = values.iter().position(|other| other == value) else {
            return Err((value.clone(), "the value to remove is not there"));
        };
        values.remove(at);
    }
    for value in add {
        if values.contains(value) {
            return Err((value.clone(), "the value to add is there already"));
        }
        values.push(value.clone());
    }
    Ok(values)
}

/// Judges that a command names only statuses that clients set and lift.
///
/// # Errors
/// 2306 for one that is the server's.
pub(super) fn judge<S: Status>(
    remove: &Named<S>,
    add: &Named<S>,
    namespace: Namespace,
) -> Result<(), Refusal> {
    let mut named = remove.iter().chain(add).map(|(status, _)| *status);
    match named.find(|status| !status.name().starts_with("client")) {
        Some(status) => {
            let why = "clients set and lift client statuses only";
            Err(refuse(status, why, namespace))
        }
        None => Ok(()),
    }
}

/// Returns the stored statuses of an object after an update by a client.
///
/// # Errors
/// 2306 for one to add that is there, for one to remove that is not.
pub(super) fn statuses<S: Status>(
    current: &[S],
    remove: &Named<S>,
    add: &Named<S>,
    namespace: Namespace,
) -> Result<Vec<S>, Refusal> {
    let [remove, add] = [remove, add].map(|named| {
        let values = named.iter().map(|(status, _)| *status);
        values.collect::<Vec<S>>()
    });
    apply(current, &remove, &add).map_err(|(status, why)| refuse(status, why, namespace))
}

fn refuse<S: Status>(status: S, why: &'static str, namespace: Namespace) -> Refusal {
    Refusal::new(Why::Choice(why), namespace, "status", status.name())
}

/// Returns the status that forbids an update; a client's own forbids none that lifts it (RFC 5731 section 2.3).
pub(super) fn forbidding_update<S: Status>(shown: &[S], remove: &Named<S>) -> Option<S> {
    let lifted = |status: &S| {
        status.name() == "clientUpdateProhibited" && remove.iter().any(|(other, _)| other == status)
    };
    let standing: Vec<S> = shown.iter().copied().filter(|s| !lifted(s)).collect();
    forbidding(&standing, Operation::Update)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::status::ContactStatus as S;

    fn named(statuses: &[S]) -> Vec<(S, StatusText)> {
        let named = statuses.iter().map(|s| (*s, StatusText::default()));
        named.collect()
    }

    #[test]
    fn apply_removes_from_the_old_state_and_then_adds() {
        assert_eq!(apply(&[1, 2, 3], &[2], &[4]), Ok(vec![1, 3, 4]));
        for (remove, add) in [
            (&[4][..], &[][..]),
            (&[2, 2], &[]),
            (&[], &[3]),
            (&[], &[4, 4]),
            (&[2], &[2]),
        ] {
            assert!(
                apply(&[1, 2, 3], remove, add).is_err(),
                "{remove:?} {add:?}"
            );
        }
    }

    #[test]
    fn update_is_forbidden_until_its_own_status_is_lifted() {
        let (client, server) = (S::ClientUpdateProhibited, S::ServerUpdateProhibited);
        let lift = named(&[client, server]);
        assert_eq!(forbidding_update(&[client], &[]), Some(client));
        assert_eq!(forbidding_update(&[client], &lift), None);
        assert_eq!(forbidding_update(&[client, server], &lift), Some(server));
        let other = named(&[S::ClientDeleteProhibited]);
        assert_eq!(forbidding_update(&[client], &other), Some(client));
    }
}
