//! Verbs on the accounts of registrars.
//!
//! A change is read, made and asserted against the version read, so a registrar that changes its own password at
//! login is never overwritten. What takes a right away also ends the sessions that rest on it.

use ipnet::IpNet;

use super::message::{NewRegistrar, Password, RegistrarView};
use super::{ATTEMPTS, Desk, Kick, Outcome, Refusal, Reply};
use crate::model::registrar::{Pin, RegistrarState};
use crate::model::{Registrar, RegistrarId};
use crate::policy::Policy;
use crate::session::password;
use crate::store::{self, Assert, ChangeSet, CommitError, Key, Pages, Store, keys, record};

/// Certificates of one registrar: one in use and its successor.
const PINS: usize = 2;
/// Networks of one registrar.
const NETWORKS: usize = 256;
/// Characters of a password: what EPP's own `pwType` and RFC 8807 let through.
const PASSWORD: std::ops::RangeInclusive<usize> = 6..=128;
impl<S: Store> Desk<S> {
    pub(super) async fn add_registrar(&self, new: NewRegistrar) -> Result<Outcome, Refusal> {
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Err(value("the name of the organisation is a line of text"));
        }
        let pins = new
            .pins
            .iter()
            .map(|pin| parse_pin(pin))
            .collect::<Result<Vec<_>, _>>()?;
        if pins.len() > PINS {
            return Err(value("a registrar has at most two certificates"));
        }
        let now = self.clock.now();
        let registrar = Registrar {
            id: new.id,
            name,
            state: RegistrarState::Active,
            password_hash: hash(new.password).await?,
            password_set: now,
            pins,
            networks: new.networks,
            created: now,
            categories: Vec::new(),
        };
        let key = keys::registrar(&registrar.id);
        let mut change = ChangeSet::new(self.audit("registrar:add", registrar.id.as_str()));
        change
            .assert(Assert::Absent(key.clone()))
            .put(key, record::encode(&registrar)?);
        match self.store.commit(change).await {
            Ok(_) => Ok(Outcome::of(Reply::Registrar(view(&registrar)))),
            Err(CommitError::Conflict(_)) => Err(Refusal::Exists(registrar.id)),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    pub(super) async fn list_registrars(&self) -> Result<Outcome, Refusal> {
        let prefix = Key::prefix(keys::REGISTRAR);
        let mut views = Vec::new();
        let mut pages = Pages::of(&self.store, prefix);
        while let Some(page) = pages.next_page().await? {
            for (_, stored) in &page {
                views.push(view(&record::decode(&stored.value)?));
            }
        }
        Ok(Outcome::of(Reply::Registrars(views)))
    }

    pub(super) async fn show_registrar(&self, id: &RegistrarId) -> Result<Outcome, Refusal> {
        let (registrar, _) = self.load(id).await?;
        Ok(Outcome::of(Reply::Registrar(view(&registrar))))
    }

    pub(super) async fn suspend(&self, id: &RegistrarId) -> Result<Outcome, Refusal> {
        let change = |registrar: &mut Registrar| {
            registrar.state = RegistrarState::Suspended;
            Ok(())
        };
        self.change(id, "registrar:suspend", end_all, change).await
    }

    pub(super) async fn resume(&self, id: &RegistrarId) -> Result<Outcome, Refusal> {
        let change = |registrar: &mut Registrar| {
            registrar.state = RegistrarState::Active;
            Ok(())
        };
        self.change(id, "registrar:resume", stay, change).await
    }

    pub(super) async fn set_password(
        &self,
        id: &RegistrarId,
        password: Password,
    ) -> Result<Outcome, Refusal> {
        let hash = hash(password).await?;
        let now = self.clock.now();
        let change = |registrar: &mut Registrar| {
            registrar.password_hash = hash.clone();
            registrar.password_set = now;
            Ok(())
        };
        self.change(id, "registrar:set-password", end_all, change)
            .await
    }

    pub(super) async fn pin(&self, id: &RegistrarId, pin: &str) -> Result<Outcome, Refusal> {
        let pin = parse_pin(pin)?;
        let change = |registrar: &mut Registrar| {
            if registrar.pins.contains(&pin) {
                return Ok(());
            }
            if registrar.pins.len() >= PINS {
                return Err(value(
                    "two certificates are pinned already; unpin one first",
                ));
            }
            registrar.pins.push(pin);
            Ok(())
        };
        self.change(id, "registrar:pin-cert", stay, change).await
    }

    pub(super) async fn unpin(&self, id: &RegistrarId, pin: &str) -> Result<Outcome, Refusal> {
        let pin = parse_pin(pin)?;
        let change = |registrar: &mut Registrar| {
            let before = registrar.pins.len();
            registrar.pins.retain(|pinned| *pinned != pin);
            if registrar.pins.len() == before {
                return Err(value(
                    "that certificate is not pinned; `hkepp registrar show` lists those that are",
                ));
            }
            Ok(())
        };
        self.change(
            id,
            "registrar:unpin-cert",
            move |_| Some(Kick::Certificate(pin)),
            change,
        )
        .await
    }

    pub(super) async fn allow(
        &self,
        id: &RegistrarId,
        networks: Vec<IpNet>,
        remove: bool,
    ) -> Result<Outcome, Refusal> {
        let change = |registrar: &mut Registrar| {
            for network in &networks {
                let known = registrar.networks.contains(network);
                match (remove, known) {
                    (true, true) => registrar.networks.retain(|allowed| allowed != network),
                    (true, false) => {
                        return Err(Refusal::Value(format!("{network} is not on the list")));
                    }
                    (false, false) => registrar.networks.push(*network),
                    (false, true) => {}
                }
            }
            if registrar.networks.len() > NETWORKS {
                return Err(value(
                    "a registrar has at most 256 networks; name larger ones",
                ));
            }
            Ok(())
        };
        // A longer list turns nobody away, but the first entry does.
        let narrowed = |before: &Registrar| {
            let narrows = remove || before.networks.is_empty();
            narrows.then(|| Kick::Registrar(before.id.clone()))
        };
        self.change(id, "registrar:allow-ip", narrowed, change)
            .await
    }

    /// Lets a registrar register in a category, named by its label in either script; one that may already still may.
    ///
    /// # Errors
    /// When there is no such registrar, the rules restrict no such category, or the store fails.
    pub async fn permit(
        &self,
        id: &RegistrarId,
        category: &str,
        policy: &Policy,
    ) -> Result<Reply, Refusal> {
        let category = restricted(category, policy)?;
        let change = |registrar: &mut Registrar| {
            if !registrar.categories.iter().any(|label| label == category) {
                registrar.categories.push(category.to_owned());
                registrar.categories.sort();
            }
            Ok(())
        };
        let changed = self.change(id, "registrar:permit", stay, change).await?;
        Ok(changed.reply)
    }

    /// No longer lets a registrar register in a category; it keeps the names it has there.
    ///
    /// # Errors
    /// When it may not do so now, there is no such registrar, the rules restrict no such category, or the store fails.
    pub async fn forbid(
        &self,
        id: &RegistrarId,
        category: &str,
        policy: &Policy,
    ) -> Result<Reply, Refusal> {
        let category = restricted(category, policy)?;
        let change = |registrar: &mut Registrar| {
            let before = registrar.categories.len();
            registrar.categories.retain(|label| label != category);
            if registrar.categories.len() == before {
                return Err(Refusal::Value(format!(
                    "{id} has no permission for {category}; `hkepp registrar show {id}` lists those it has"
                )));
            }
            Ok(())
        };
        let changed = self.change(id, "registrar:forbid", stay, change).await?;
        Ok(changed.reply)
    }

    /// Changes an account as it is now; `kick` says from the account before which sessions end.
    async fn change(
        &self,
        id: &RegistrarId,
        command: &str,
        kick: impl Fn(&Registrar) -> Option<Kick>,
        change: impl Fn(&mut Registrar) -> Result<(), Refusal>,
    ) -> Result<Outcome, Refusal> {
        for _ in 0..ATTEMPTS {
            let (mut registrar, version) = self.load(id).await?;
            let kick = kick(&registrar);
            change(&mut registrar)?;
            let key = keys::registrar(id);
            let mut set = ChangeSet::new(self.audit(command, id.as_str()));
            set.assert(Assert::Version(key.clone(), version))
                .put(key, record::encode(&registrar)?);
            match self.store.commit(set).await {
                Ok(_) => {
                    return Ok(Outcome {
                        reply: Reply::Registrar(view(&registrar)),
                        kick,
                    });
                }
                Err(CommitError::Conflict(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(Refusal::Contention(id.to_string()))
    }

    async fn load(&self, id: &RegistrarId) -> Result<(Registrar, u64), Refusal> {
        let found = store::read(&self.store, &keys::registrar(id)).await?;
        found.ok_or_else(|| Refusal::Unknown(id.clone()))
    }
}

/// Ends no session.
fn stay(_: &Registrar) -> Option<Kick> {
    None
}

/// Ends every session of the registrar.
fn end_all(registrar: &Registrar) -> Option<Kick> {
    Some(Kick::Registrar(registrar.id.clone()))
}

/// Shows an account without its secrets.
fn view(registrar: &Registrar) -> RegistrarView {
    let state = match registrar.state {
        RegistrarState::Active => "active",
        RegistrarState::Suspended => "suspended",
    };
    RegistrarView {
        id: registrar.id.to_string(),
        kind: "registrar".to_owned(),
        state: state.to_owned(),
        name: registrar.name.clone(),
        pins: registrar.pins.iter().map(Pin::to_string).collect(),
        networks: registrar.networks.clone(),
        categories: registrar.categories.clone(),
        created: registrar.created,
        password_set: registrar.password_set,
    }
}

/// Reads a category for which registrars need a permission.
fn restricted(category: &str, policy: &Policy) -> Result<&'static str, Refusal> {
    policy.find_restricted(category).ok_or_else(|| {
        let restricted = policy.restricted_categories().join(", ");
        if restricted.is_empty() {
            return value("the rules in force leave no category to permitted registrars alone");
        }
        Refusal::Value(format!(
            "{category:?} is no category that needs a permission; those that do: {restricted}"
        ))
    })
}

fn parse_pin(text: &str) -> Result<Pin, Refusal> {
    Pin::parse(text).ok_or_else(|| value("a fingerprint is 64 hexadecimal digits"))
}

/// Judges and hashes a password, off the threads that serve connections.
async fn hash(password: Password) -> Result<crate::model::registrar::PasswordHash, Refusal> {
    let secret = password.into_secret();
    let text = secret.expose();
    let collapsed = crate::protocol::text::collapse(text) == text;
    if !PASSWORD.contains(&text.chars().count()) || !collapsed || text.chars().any(char::is_control)
    {
        return Err(value(
            "a password has 6 to 128 characters, without blanks at its ends or two in a row",
        ));
    }
    let hashed = tokio::task::spawn_blocking(move || password::hash(&secret)).await;
    match hashed {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(error)) => Err(Refusal::Value(error.to_string())),
        Err(_) => Err(value("the password could not be hashed; try again")),
    }
}

fn value(reason: &str) -> Refusal {
    Refusal::Value(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::admin::Attachments;
    use crate::admin::Verb;
    use crate::base::clock::Clock;
    use crate::base::ident::TransactionIds;
    use crate::store::Memory;

    const PIN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn desk() -> Desk<Memory> {
        Desk {
            store: Memory::default(),
            clock: Clock::System,
            transactions: TransactionIds::new().unwrap(),
            attachments: Attachments::new(Path::new("/nonexistent"), 1024),
        }
    }

    fn id() -> RegistrarId {
        RegistrarId::parse("registrar-a").unwrap()
    }

    async fn add(desk: &Desk<Memory>) -> Outcome {
        let new = NewRegistrar {
            id: id(),
            name: "Alpha Limited".to_owned(),
            password: Password::new("Harbour-2026".to_owned()),
            pins: vec![PIN.to_owned()],
            networks: Vec::new(),
        };
        desk.handle(Verb::RegistrarAdd(new)).await
    }

    fn shown(outcome: Outcome) -> RegistrarView {
        let Reply::Registrar(view) = outcome.reply else {
            panic!("{outcome:?}");
        };
        view
    }

    fn refused(outcome: Outcome) -> String {
        let Reply::Refused(reason) = outcome.reply else {
            panic!("{outcome:?}");
        };
        reason
    }

    #[tokio::test]
    async fn add_makes_an_account_once() {
        let desk = desk();
        let view = shown(add(&desk).await);
        assert_eq!(
            (view.state.as_str(), view.pins.as_slice()),
            ("active", &[PIN.to_owned()][..])
        );
        assert!(refused(add(&desk).await).contains("exists already"));
        let listed = desk.handle(Verb::RegistrarList(())).await.reply;
        assert_eq!(listed, Reply::Registrars(vec![view]));
    }

    #[tokio::test]
    async fn suspend_and_unpin_end_sessions_resume_does_not() {
        let desk = desk();
        add(&desk).await;
        let suspended = desk.handle(Verb::RegistrarSuspend(id())).await;
        assert_eq!(suspended.kick, Some(Kick::Registrar(id())));
        assert_eq!(shown(suspended).state, "suspended");
        assert_eq!(desk.handle(Verb::RegistrarResume(id())).await.kick, None);
        let unpinned = desk.handle(Verb::RegistrarUnpinCert((id(), PIN.to_owned())));
        let unpinned = unpinned.await;
        assert_eq!(unpinned.kick, Pin::parse(PIN).map(Kick::Certificate));
        assert!(shown(unpinned).pins.is_empty());
    }

    #[tokio::test]
    async fn pin_takes_two_certificates_and_no_third() {
        let desk = desk();
        add(&desk).await;
        let pin =
            |digit: char| desk.handle(Verb::RegistrarPinCert((id(), digit.to_string().repeat(64))));
        assert_eq!(shown(pin('1').await).pins.len(), 2);
        assert_eq!(shown(pin('1').await).pins.len(), 2);
        assert!(refused(pin('2').await).contains("unpin one first"));
    }

    #[tokio::test]
    async fn allow_adds_and_removes_networks() {
        let desk = desk();
        add(&desk).await;
        let networks: Vec<IpNet> = vec!["192.0.2.0/24".parse().unwrap()];
        let allow = || desk.handle(Verb::RegistrarAllowIp((id(), networks.clone())));
        let remove = || desk.handle(Verb::RegistrarDisallowIp((id(), networks.clone())));
        assert_eq!(shown(allow().await).networks, networks);
        assert!(shown(remove().await).networks.is_empty());
        assert!(refused(remove().await).contains("not on the list"));
    }

    #[tokio::test]
    async fn set_password_refuses_what_no_login_can_carry() {
        let desk = desk();
        add(&desk).await;
        for password in ["short", " padded-one", "two  blanks", "line\nbreak"] {
            let password = Password::new(password.to_owned());
            let outcome = desk
                .handle(Verb::RegistrarSetPassword((id(), password)))
                .await;
            assert!(refused(outcome).contains("6 to 128"));
        }
    }

    #[tokio::test]
    async fn show_of_an_unknown_account_says_where_to_look() {
        let outcome = desk().handle(Verb::RegistrarShow(id())).await;
        assert!(refused(outcome).contains("registrar list"));
    }
}
