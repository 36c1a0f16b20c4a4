//! Passwords: argon2id on a bounded pool, and memory of those that succeeded.
//!
//! One hash costs tens of milliseconds and 19 MiB, so only a few run at a time and few may wait. A
//! password that succeeded is remembered as an HMAC under a key of this process, bound to the stored
//! hash: whatever changes the password forgets it by itself.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as PhcString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::base::secret::Secret;
use crate::model::registrar::PasswordHash;
use crate::model::{Registrar, RegistrarId};

/// Memory of one hash in KiB, passes and lanes, as OWASP advises for argon2id.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Octets of the smallest allocation that the C library always maps by itself, and a little.
const MAPPED: usize = 33 * 1024 * 1024;
/// Logins that may wait for the pool before more are turned away.
const QUEUE: usize = 256;

/// Why a password could not be judged or hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too many logins wait.
    #[error("too many logins wait for their password to be checked")]
    Busy,
    /// The failure budget was spent while the login waited.
    #[error("too many logins failed")]
    Exhausted,
    /// The hash function failed.
    #[error("the password could not be hashed")]
    Hash,
}

/// Hashes a password under a fresh salt.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn hash(password: &Secret) -> Result<PasswordHash, PasswordError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Hash)?;
    let argon2 = argon2()?;
    let mut digest = [0; Params::DEFAULT_OUTPUT_LEN];
    derive(&argon2, password, &salt, &mut digest)?;
    let hash = PhcString {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(argon2.params()).map_err(|_| PasswordError::Hash)?,
        salt: Some(Salt::new(&salt).map_err(|_| PasswordError::Hash)?),
        hash: Some(Output::new(&digest).map_err(|_| PasswordError::Hash)?),
    };
    Ok(PasswordHash(hash.to_string()))
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|_| PasswordError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Derives the digest in memory that goes back to the operating system.
///
/// The C library keeps freed blocks of up to 32 MiB in every thread's arena, which would leave the server
/// tens of MiB larger for good. A larger reservation is always mapped and unmapped by itself; only the
/// pages that are used cost memory.
fn derive(
    argon2: &Argon2<'_>,
    password: &Secret,
    salt: &[u8],
    digest: &mut [u8],
) -> Result<(), PasswordError> {
    let blocks = argon2.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(MAPPED / Block::SIZE));
    memory.resize(blocks, Block::default());
    let password = password.expose().as_bytes();
    argon2
        .hash_password_into_with_memory(password, salt, digest, memory)
        .map_err(|_| PasswordError::Hash)
}

/// Verifies passwords; clones share the pool and the memory.
#[derive(Clone, Debug)]
pub struct Passwords {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    workers: Semaphore,
    waiting: Semaphore,
    key: [u8; 32],
    remembered: Mutex<HashMap<RegistrarId, [u8; 32]>>,
    /// What the password of an unknown registrar is compared with, so that it costs the same.
    decoy: PasswordHash,
}

impl Passwords {
    /// Makes a pool of `workers`.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn new(workers: usize) -> Result<Self, PasswordError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| PasswordError::Hash)?;
        let shared = Shared {
            workers: Semaphore::new(workers.max(1)),
            waiting: Semaphore::new(QUEUE),
            key,
            remembered: Mutex::default(),
            decoy: hash(&Secret::new("the password of nobody".to_owned()))?,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Says whether `password` is the registrar's; for `None`, an unknown registrar, works as hard and says no.
    ///
    /// `allowed` is asked again when the login's turn comes, since others may have failed meanwhile.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when too many logins wait, [`PasswordError::Exhausted`] when `allowed` says no.
    pub async fn verify(
        &self,
        registrar: Option<&Registrar>,
        password: &Secret,
        allowed: impl Fn() -> bool + Send,
    ) -> Result<bool, PasswordError> {
        let tag = registrar.map(|registrar| (registrar, self.tag(registrar, password)));
        if let Some((registrar, tag)) = &tag
            && self.recalls(&registrar.id, tag)
        {
            return Ok(true);
        }
        let _place = self
            .shared
            .waiting
            .try_acquire()
            .map_err(|_| PasswordError::Busy)?;
        let _worker = self
            .shared
            .workers
            .acquire()
            .await
            .map_err(|_| PasswordError::Busy)?;
        if let Some((registrar, tag)) = &tag
            && self.recalls(&registrar.id, tag)
        {
            return Ok(true);
        }
        if !allowed() {
            return Err(PasswordError::Exhausted);
        }
        let stored = registrar
            .map_or(&self.shared.decoy, |r| &r.password_hash)
            .clone();
        let password = password.clone();
        let work = tokio::task::spawn_blocking(move || matches(&stored, &password));
        let right = work.await.map_err(|_| PasswordError::Hash)??;
        match tag {
            Some((registrar, tag)) if right => {
                self.remembered().insert(registrar.id.clone(), tag);
                Ok(true)
            }
            Some(_) | None => Ok(false),
        }
    }

    /// Binds password, registrar and stored hash together under this process's key.
    fn tag(&self, registrar: &Registrar, password: &Secret) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.shared.key) else {
            return [0; 32];
        };
        for part in [
            registrar.id.as_str(),
            &registrar.password_hash.0,
            password.expose(),
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    fn recalls(&self, id: &RegistrarId, tag: &[u8; 32]) -> bool {
        self.remembered()
            .get(id)
            .is_some_and(|known| known.ct_eq(tag).into())
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<RegistrarId, [u8; 32]>> {
        self.shared
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn matches(stored: &PasswordHash, password: &Secret) -> Result<bool, PasswordError> {
    let stored = PhcString::new(&stored.0).map_err(|_| PasswordError::Hash)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else {
        return Err(PasswordError::Hash);
    };
    let algorithm =
        Algorithm::try_from(stored.algorithm.as_str()).map_err(|_| PasswordError::Hash)?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from);
    let version = version.map_err(|_| PasswordError::Hash)?;
    let params = Params::try_from(&stored).map_err(|_| PasswordError::Hash)?;
    let mut digest = vec![0; expected.len()];
    derive(
        &Argon2::new(algorithm, version, params),
        password,
        salt,
        &mut digest,
    )?;
    Ok(digest.ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::registrar::RegistrarState;
    use chrono::DateTime;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn verify_remembers_what_succeeded_until_the_hash_changes() {
        let passwords = Passwords::new(1).unwrap();
        let mut registrar = Registrar {
            categories: Vec::new(),
            id: RegistrarId::parse("registrar-a").unwrap(),
            name: String::new(),
            state: RegistrarState::Active,
            password_hash: hash(&secret("Harbour-2026")).unwrap(),
            password_set: DateTime::default(),
            pins: Vec::new(),
            networks: Vec::new(),
            created: DateTime::default(),
        };
        let verify = async |registrar: &Registrar, text: &str, allowed: bool| {
            passwords
                .verify(Some(registrar), &secret(text), || allowed)
                .await
        };
        assert_eq!(verify(&registrar, "wrong-one", true).await, Ok(false));
        assert_eq!(verify(&registrar, "Harbour-2026", true).await, Ok(true));
        // Remembered: not even asked for its budget.
        assert_eq!(verify(&registrar, "Harbour-2026", false).await, Ok(true));
        assert_eq!(
            verify(&registrar, "wrong-one", false).await,
            Err(PasswordError::Exhausted)
        );
        registrar.password_hash = hash(&secret("Harbour-2027")).unwrap();
        assert_eq!(verify(&registrar, "Harbour-2026", true).await, Ok(false));
        assert_eq!(
            passwords
                .verify(None, &secret("Harbour-2026"), || true)
                .await,
            Ok(false)
        );
    }
}
