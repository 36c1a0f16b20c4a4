//! Authorization information in commands (RFC 5731 section 2.6, RFC 9154 sections 4 and 5).

use super::refusal::Why;
use super::{Refusal, context::Context};
use crate::model::{self, Contact, Domain};
use crate::protocol::Namespace;
use crate::protocol::auth_info::AuthInfo;
use crate::store::{self, Store, keys, read};

const ONLY_PASSWORDS: &str = "this server knows passwords (pw) as authorization information only";

/// Returns the roid of the contact whose authorization information a command gives.
pub(super) fn roid(given: Option<&AuthInfo>) -> Option<&str> {
    match given? {
        AuthInfo::Password { roid, .. } => roid.as_deref(),
        AuthInfo::Extension | AuthInfo::Null => None,
    }
}

/// Reads the authorization information of the contact of `domain` whose roid is `roid`.
pub(super) async fn of_contact<S: Store>(
    domain: &Domain,
    roid: &str,
    store: &S,
) -> Result<Option<model::AuthInfo>, store::Error> {
    let contacts = domain
        .registrant
        .iter()
        .chain(domain.contacts.iter().map(|(_, id)| id));
    for id in contacts {
        if let Some((contact, _)) = read::<Contact, S>(store, &keys::contact(id)).await?
            && contact.roid == roid
        {
            return Ok(contact.auth_info);
        }
    }
    Ok(None)
}

/// Compares what a command gives with what is stored.
///
/// # Errors
/// 2202 when it differs or nothing is stored, 2102 for a form other than a password.
pub(super) fn verify(
    given: &AuthInfo,
    stored: Option<&model::AuthInfo>,
    namespace: Namespace,
) -> Result<(), Refusal> {
    let secret = password(given, namespace)?;
    if model::AuthInfo::verify(stored, secret) {
        return Ok(());
    }
    Err(Refusal::new(Why::AuthInfo, namespace, "authInfo", ""))
}

/// Hashes the authorization information of a new object; the empty text leaves it unset.
///
/// # Errors
/// 2102 for a form other than a password.
pub(super) fn hash(
    given: &AuthInfo,
    context: &Context<'_>,
    namespace: Namespace,
) -> Result<Option<model::AuthInfo>, Refusal> {
    Ok(model::AuthInfo::set(
        password(given, namespace)?,
        context.salt,
    ))
}

fn password(given: &AuthInfo, namespace: Namespace) -> Result<&str, Refusal> {
    match given {
        AuthInfo::Password { secret, .. } => Ok(secret.expose()),
        AuthInfo::Null => Ok(""),
        AuthInfo::Extension => Err(Refusal::new(
            Why::Option(ONLY_PASSWORDS),
            namespace,
            "authInfo",
            "",
        )),
    }
}
