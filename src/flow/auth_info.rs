//! Authorization information in commands (RFC 5731 section 2.6, RFC 9154 sections 4 and 5).

use super::refusal::Why;
use super::{Refusal, contact, context::Context};
use crate::model::{self, Domain};
use crate::protocol::Namespace;
use crate::protocol::auth_info::AuthInfo;
use crate::store::{self, Store};

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
    context: &Context<'_>,
    store: &S,
) -> Result<Option<model::AuthInfo>, store::Error> {
    let contacts = domain
        .registrant
        .iter()
        .chain(domain.contacts.iter().map(|(_, id)| id));
    for id in contacts {
        if let Some((contact, _)) = contact::load(id, context, store).await?
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
    context: &Context<'_>,
    namespace: Namespace,
) -> Result<(), Refusal> {
    let secret = password(given, namespace)?;
    if model::AuthInfo::verify(stored, secret, context.now) {
        return Ok(());
    }
    Err(Refusal::new(Why::AuthInfo, namespace, "authInfo", ""))
}

/// Hashes new authorization information; the empty text leaves it unset.
///
/// # Errors
/// 2202 for one that is too weak (RFC 9154 section 5.2), 2102 for a form other than a password.
pub(super) fn hash(
    given: &AuthInfo,
    context: &Context<'_>,
    namespace: Namespace,
) -> Result<Option<model::AuthInfo>, Refusal> {
    let secret = password(given, namespace)?;
    let policy = context.policy;
    policy
        .auth_info(secret)
        .map_err(|weak| Refusal::new(Why::Policy(weak), namespace, "authInfo", ""))?;
    let until = policy.auth_info_until(context.now);
    Ok(model::AuthInfo::set(secret, context.salt, until))
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
