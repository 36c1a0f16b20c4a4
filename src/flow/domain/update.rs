//! `<domain:update>`: changes a domain (RFC 5731 section 3.2.5, RFC 5910 section 5.2.5).
//!
//! What is removed is taken from the old state, then what is added is put to it; removing what is not there
//! and adding what is are mistakes of the client, and so is the same thing in both. Rules on the whole, such
//! as the number of name servers, are judged on the result. While `clientUpdateProhibited` stands only an
//! update that removes it is let through; a pending status lets none through, so that none meets a
//! prohibition it excludes. Where the registry wants documents of a new registrant the change waits (1001).

mod holder;
mod part;

use self::part::{Part, amend, blame_status, judge_apart, name_servers};
use crate::base::code::Code;
use crate::flow::domain::consent::{self, InForce};
use crate::flow::domain::group::{self, Group, Others};
use crate::flow::domain::partner::{self, Pairing, Partner};
use crate::flow::domain::references::{self, Found};
use crate::flow::domain::{applicant, blame, demand, variants};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Flow, Refusal, auth_info, change, dnssec};
use crate::lifecycle;
use crate::lifecycle::permission::Operation;
use crate::model::domain::ContactRole;
use crate::model::{Applicant, ContactId, DocumentRequest, Domain, DomainName, Host};
use crate::policy::Violation;
use crate::protocol::domain::{AddRemove, Change};
use crate::protocol::ext::Extensions;
use crate::protocol::ext::bundle::Answer;
use crate::protocol::ext::secdns;
use crate::protocol::{self, Namespace};
use crate::store::keys::Due;
use crate::store::{self, Assert, Store, keys, read};

/// The flow.
#[derive(Debug)]
pub struct Update<'a> {
    command: &'a protocol::domain::Update,
    client_transaction: Option<&'a str>,
    dnssec: Option<&'a secdns::Update>,
    /// What is said of the registrant.
    applicant: Option<Applicant>,
    /// Whether the administrative contact changes for the registrant's whole group of names.
    apply_to_all: bool,
    /// Changes to the forms of a name.
    variant: Option<variants::Choice<'a>>,
    /// Name to hold it together with; `None` inside parts it.
    pair: Option<Option<DomainName>>,
    name: DomainName,
    removed: Part,
    added: Part,
}

/// What an update rests on.
#[derive(Debug)]
pub struct Facts {
    /// The domain with the version that was read.
    domain: Option<(Domain, u64)>,
    /// The name it is held together with.
    partner: Option<Partner>,
    /// The name it shall be held together with.
    joined: Option<Partner>,
    /// The consents to the name as its new registrant has them, where it comes to one.
    consents: InForce,
    /// The names whose administrative contact it shares afterwards.
    group: Option<Group>,
    /// The names of the group that are to get its administrative contact.
    others: Option<Others>,
    /// The open request for documents of its registrant, where some are told.
    demand: Option<(DocumentRequest, u64)>,
    /// The first contact that does not exist.
    missing_contact: Option<ContactId>,
    /// The hosts to remove.
    removed: Vec<Found>,
    /// The hosts to add.
    added: Vec<Found>,
    /// Names of the hosts below it, where its forms change.
    subordinates: Vec<String>,
    /// The hosts it is delegated to, where those to add are judged beside them.
    present: Vec<(Host, u64)>,
}

impl<'a> Update<'a> {
    /// Parses the command; `client_transaction` is its `clTRID`.
    ///
    /// # Errors
    /// 2003 when it asks for nothing, 2005 for what is no name, 2102 for what is not offered, 2306 for what
    /// stands twice and for statuses that are not the client's.
    pub fn new(
        command: &'a protocol::domain::Update,
        extensions: Extensions<'a>,
        client_transaction: Option<&'a str>,
    ) -> Result<Self, Refusal> {
        let name = super::domain_name(&command.name)?;
        let dnssec = extensions.sec_dns_update;
        if let Some(update) = dnssec {
            dnssec::judge_update(update)?;
        }
        let own = extensions.hk_update;
        if dnssec.is_none() && own.is_none() && asks_nothing(command) {
            let why = Why::Missing("one of add, rem and chg has to say what changes");
            return Err(blame(why, &command.name));
        }
        let removed = Part::new(command.remove.as_ref())?;
        let added = Part::new(command.add.as_ref())?;
        judge_apart(&removed, &added)?;
        Ok(Self {
            command,
            client_transaction,
            dnssec,
            applicant: own.and_then(applicant::of_update),
            apply_to_all: own.is_some_and(|own| own.apply_to_all),
            variant: own.and_then(|own| own.variant.as_ref()).map(Into::into),
            pair: own
                .and_then(|own| own.pair.as_ref())
                .map(partner::wish)
                .transpose()?,
            name,
            removed,
            added,
        })
    }

    /// Returns the registrant to set.
    fn new_registrant(&self) -> Option<&ContactId> {
        self.command.change.as_ref()?.registrant.as_ref()?.as_ref()
    }

    /// Says whether it may change the registrant or another contact.
    fn touches_contacts(&self) -> bool {
        let mut parts = [&self.removed, &self.added].into_iter();
        self.new_registrant().is_some() || parts.any(|part| !part.contacts.is_empty())
    }

    /// Returns the contacts the domain refers to anew.
    fn new_contacts(&self) -> impl Iterator<Item = &ContactId> {
        let added = self.added.contacts.iter().map(|(_, id)| id);
        let guardian = self.applicant.as_ref();
        let guardian = guardian.and_then(|applicant| applicant.guardian.as_ref());
        self.new_registrant()
            .into_iter()
            .chain(added)
            .chain(guardian)
    }

    /// Judges the update against the statuses of the domain.
    fn permit(&self, domain: &Domain, context: &Context<'_>) -> Result<(), Refusal> {
        if let Some(why) = super::locked(domain, Operation::Update, context) {
            return Err(blame(why, &self.command.name));
        }
        let remove = self.command.remove.as_ref();
        let remove = remove.map_or(&[][..], |part| part.statuses.as_slice());
        match change::forbidding_update(&lifecycle::domain::statuses(domain), remove) {
            Some(status) => Err(blame(Why::Status(status.as_str()), &self.command.name)),
            None => Ok(()),
        }
    }
}

impl Flow for Update<'_> {
    const REFUSALS: &'static [Code] = &[
        Code::ParameterMissing,
        Code::ParameterSyntax,
        Code::UnimplementedOption,
        Code::Authorization,
        Code::AuthInfo,
        Code::DoesNotExist,
        Code::StatusProhibits,
        Code::ValuePolicy,
        Code::DataPolicy,
    ];

    type Facts = Facts;

    fn settles(&self) -> Vec<Due> {
        let names = std::iter::once(&self.name).chain(self.pair.iter().flatten());
        names.cloned().map(Due::Domain).collect()
    }

    async fn load<S: Store>(
        &self,
        context: &Context<'_>,
        store: &S,
    ) -> Result<Facts, store::Error> {
        let removed = self.removed.contacts.iter().map(|(_, id)| id);
        let contacts = self.new_contacts().chain(removed);
        let domain = super::load(&self.name, context, store).await?;
        let group = match &domain {
            Some((domain, _)) if self.touches_contacts() => {
                let registrant = self.new_registrant().or(domain.registrant.as_ref());
                Group::load(&domain.name, registrant, context, store).await?
            }
            Some(_) | None => None,
        };
        let mut partner = Partner::of(domain.as_ref(), context, store).await?;
        let mut consents = InForce::default();
        let mut demand = None;
        if let Some((domain, _)) = &domain {
            let changes = self.comes_to_another(domain);
            if changes && let Some(registrant) = self.new_registrant() {
                let name = &domain.name;
                consents = consent::of_new_registrant(name, registrant, context, store).await?;
                if let Some(partner) = partner.as_mut().filter(|_| self.pair.is_none()) {
                    partner.load_consents(registrant, context, store).await?;
                }
            }
            if changes || self.applicant.is_some() {
                demand = demand::load_open(domain, store).await?;
            }
        }
        let others = match &domain {
            Some((domain, _)) if self.apply_to_all => {
                Others::load(&domain.name, domain.registrant.as_ref(), context, store).await?
            }
            Some(_) | None => None,
        };
        let subordinates = match (&domain, &self.variant) {
            (Some((domain, _)), Some(_)) => super::subordinates(&domain.name, store).await?,
            (Some(_) | None, _) => Vec::new(),
        };
        let mut present = Vec::new();
        if let Some((domain, _)) = &domain
            && context.policy.profile().name_servers.independent
            && !self.added.name_servers.is_empty()
        {
            for id in &domain.name_servers {
                present.extend(read(store, &keys::host(*id)).await?);
            }
        }
        let joined = match &self.pair {
            Some(Some(name)) => Partner::load(name, context, store).await?,
            Some(None) | None => None,
        };
        Ok(Facts {
            partner,
            consents,
            joined,
            domain,
            group,
            others,
            demand,
            subordinates,
            present,
            missing_contact: references::find_missing_contact(contacts, store).await?,
            removed: references::read_hosts(&self.removed.name_servers, store).await?,
            added: references::read_hosts(&self.added.name_servers, store).await?,
        })
    }

    fn decide(&self, context: &Context<'_>, facts: Facts) -> Result<Decision, Refusal> {
        let (before, version) = super::own(facts.domain, &self.command.name, context)?;
        self.permit(&before, context)?;
        if let Some(id) = &facts.missing_contact {
            return Err(self.blame_missing_contact(id));
        }
        let removed = references::existing_hosts(&self.removed.name_servers, facts.removed)?;
        let added = references::existing_hosts(&self.added.name_servers, facts.added)?;

        let mut after = Domain {
            name_servers: name_servers(&before.name_servers, &removed, &added)?,
            contacts: amend(
                &before.contacts,
                &self.removed.contacts,
                &self.added.contacts,
                |why, (_, id)| references::blame_contact(why, id),
            )?,
            statuses: amend(
                &before.statuses,
                &self.removed.statuses,
                &self.added.statuses,
                |why, status| blame_status(why, *status),
            )?,
            updated: Some((context.registrar.clone(), context.now)),
            ..before.clone()
        };
        if let Some(change) = &self.command.change {
            replace(&mut after, change, context)?;
        }
        if !after.name_servers.is_empty() || after.registrant != before.registrant {
            after.parked = false;
        }
        self.judge_whole(&before, &after, context)?;
        let mut request = None;
        let mut wanted = None;
        if self.comes_to_another(&before) {
            wanted = self.judge_registrant(&facts.consents, &mut after, context)?;
            let partner = facts.partner.as_ref().filter(|_| self.pair.is_none());
            let documents = wanted.as_ref().and(self.applicant.as_ref());
            if wanted.is_none() {
                holder::judge_consents(&before.name, &facts.consents, None, context)?;
                let applicant = self.applicant.clone().unwrap_or_default();
                let turned = facts.demand.map(|demand| demand::turn(demand, &applicant));
                request = turned.transpose()?;
            }
            if let Some(partner) = partner {
                holder::judge_consents(partner.name(), partner.consents(), documents, context)?;
                self.judge_applicant(partner.name(), context)?;
            }
        } else if let Some(applicant) = &self.applicant {
            request = Some(holder::answer(
                applicant,
                facts.demand,
                &mut after,
                context,
            )?);
        }
        if self.apply_to_all {
            self.judge_all(&before, &after, facts.others.is_some())?;
        } else if let Some(group) = &facts.group {
            let judged = group.judge(&after.contacts, context.policy);
            judged.map_err(|violation| blame(Why::Policy(violation), &self.command.name))?;
            // A name held together with it comes into the same group with the new registrant.
            if after.registrant != before.registrant
                && self.pair.is_none()
                && let Some(partner) = &facts.partner
            {
                group::judge_alike(&after.contacts, partner.contacts(), context.policy)
                    .map_err(|violation| blame(Why::Policy(violation), &self.command.name))?;
            }
        }
        let (kept, _): (Vec<_>, Vec<_>) = facts
            .present
            .into_iter()
            .partition(|(host, _)| after.name_servers.contains(&host.id));
        context
            .policy
            .independence(kept.iter().chain(&added).map(|(host, _)| host))
            .map_err(|violation| blame(Why::Policy(violation), &self.command.name))?;
        if let Some(update) = self.dnssec {
            after.dnssec =
                dnssec::update(update, before.dnssec.as_ref(), &before.name, context.policy)?;
        }
        let mut asserts = vec![Assert::Version(keys::domain(&before.name), version)];
        if let Some(choice) = &self.variant {
            choice.apply(&before.name, after.package.as_mut(), context.policy)?;
            variants::judge_hosts(&before, &after, &facts.subordinates)?;
            let count = i64::try_from(facts.subordinates.len()).unwrap_or(i64::MAX);
            let hosts = keys::subordinate_count(&before.name);
            asserts.push(Assert::CounterEquals(hosts, count));
        }
        for id in self.new_contacts() {
            asserts.push(Assert::Present(keys::contact(id)));
        }
        if let Some(wanted) = wanted {
            let with = (facts.partner, facts.group);
            return self.wait(wanted, (&before, &after), with, asserts, context);
        }
        for (host, version) in kept.into_iter().chain(added) {
            // The version, because an address may come or go between decision and commit.
            asserts.push(Assert::Version(keys::host(host.id), version));
        }
        let mut decision = Decision::default();
        facts.consents.rely(&mut decision)?;
        facts.consents.lift(&mut after);
        let pairing = Pairing {
            wish: self.pair.as_ref(),
            partner: facts.partner,
            joined: facts.joined,
        };
        pairing.carry_out(&before, &mut after, &mut decision, context)?;
        let mut writes = super::save(Some(&before), Some(&after), context)?;
        if self
            .command
            .change
            .as_ref()
            .is_some_and(|change| change.auth_info.is_some())
        {
            writes.extend(super::tries::forget(&before.name, context));
        }
        decision.asserts.extend(asserts);
        decision.writes.extend(writes);
        if let Some((assert, write)) = request {
            decision.asserts.push(assert);
            decision.writes.push(write);
        }
        let bundle = variants::answer(&after, Answer::Update, context);
        decision.extensions.extend(bundle);
        if let Some(others) = facts.others {
            others.follow(&after.contacts, &mut decision, context)?;
        }
        if let Some(group) = facts.group {
            group.guard(&mut decision);
        }
        Ok(decision)
    }
}

impl Update<'_> {
    /// Refuses a contact that does not exist, where the command names it.
    fn blame_missing_contact(&self, id: &ContactId) -> Refusal {
        let applicant = self.applicant.as_ref();
        let guardian = applicant.and_then(|applicant| applicant.guardian.as_ref());
        if guardian == Some(id) {
            return Refusal::new(Why::DoesNotExist, Namespace::Hk, "guardian", id.as_str());
        }
        references::blame_missing_contact(id, self.new_registrant())
    }

    /// Judges the rules on a domain as a whole where the update touches them.
    fn judge_whole(
        &self,
        before: &Domain,
        after: &Domain,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let refuse = |violation: Violation| blame(Why::Policy(violation), &self.command.name);
        if before.name_servers != after.name_servers {
            let count = after.name_servers.len();
            context.policy.name_server_count(count).map_err(refuse)?;
        }
        if before.contacts == after.contacts && before.registrant == after.registrant {
            return Ok(());
        }
        let roles: Vec<ContactRole> = after.contacts.iter().map(|(role, _)| *role).collect();
        context
            .policy
            .contact_roles(after.registrant.is_some(), &roles)
            .map_err(|violation| {
                // No parameter is missing: what the command takes away may not go.
                refuse(Violation {
                    code: Code::ValuePolicy,
                    ..violation
                })
            })
    }
}

/// Says that a command asks for no change itself; an extension may.
pub(super) fn asks_nothing(command: &protocol::domain::Update) -> bool {
    let is_empty = |part: &Option<AddRemove>| {
        part.as_ref()
            .is_none_or(|part| *part == AddRemove::default())
    };
    let change = command.change.as_ref();
    is_empty(&command.add)
        && is_empty(&command.remove)
        && change.is_none_or(|change| *change == Change::default())
}

/// Replaces the registrant and the authorization information.
fn replace(domain: &mut Domain, change: &Change, context: &Context<'_>) -> Result<(), Refusal> {
    if let Some(registrant) = &change.registrant {
        domain.registrant.clone_from(registrant);
    }
    if let Some(given) = &change.auth_info {
        domain.auth_info = auth_info::hash(given, context, Namespace::Domain)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::flow::Numbers;
    use crate::model::domain::sample;
    use crate::model::host::HostId;
    use crate::model::status::DomainStatus;
    use crate::model::{RegistrarId, Transfer, TransferStatus};
    use crate::policy::{Policy, Profile};
    use crate::protocol::domain::NameServers;
    use crate::protocol::status::StatusText;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn registrar() -> RegistrarId {
        RegistrarId::parse("registrar-a").unwrap()
    }

    fn domain(statuses: &[DomainStatus], name_servers: u64) -> Domain {
        Domain {
            statuses: statuses.to_vec(),
            registrant: ContactId::parse("chan-1"),
            name_servers: (0..name_servers).map(HostId).collect(),
            created: NOW,
            expires: NOW + TimeDelta::days(365),
            ..sample("shop.example")
        }
    }

    fn host(number: u64) -> Host {
        Host {
            id: HostId(number),
            name: DomainName::parse(&format!("ns{number}.provider.test")).unwrap(),
            roid: format!("H{number}-HKEPP"),
            superordinate: None,
            statuses: Vec::new(),
            addresses: Vec::new(),
            sponsor: registrar(),
            creator: registrar(),
            created: NOW,
            updated: None,
            transferred: None,
        }
    }

    fn part(name_servers: &[Host], statuses: &[DomainStatus]) -> AddRemove {
        let names = name_servers.iter().map(|host| host.name.to_string());
        let statuses = statuses.iter();
        AddRemove {
            name_servers: Some(NameServers::Objects(names.collect())),
            contacts: Vec::new(),
            statuses: statuses
                .map(|status| (*status, StatusText::default()))
                .collect(),
        }
    }

    /// Decides an update of `domain` in the plain registry, at `NOW`.
    fn decide(
        domain: &Domain,
        removed: (&[Host], &[DomainStatus]),
        added: (&[Host], &[DomainStatus]),
    ) -> Result<Decision, Code> {
        let command = protocol::domain::Update {
            name: domain.name.to_string(),
            add: Some(part(added.0, added.1)),
            remove: Some(part(removed.0, removed.1)),
            change: None,
        };
        let update =
            Update::new(&command, Extensions::default(), None).map_err(|refusal| refusal.code())?;
        let policy = Policy::new(Profile::embedded("plain").unwrap());
        let context = Context {
            now: NOW,
            registrar: &registrar(),
            policy: &policy,
            numbers: Numbers(&|| 7),
            transaction: "SV-1",
            salt: [0; 16],
        };
        let found = |hosts: &[Host]| hosts.iter().map(|host| Some((host.clone(), 3))).collect();
        let facts = Facts {
            partner: None,
            joined: None,
            group: None,
            others: None,
            consents: InForce::default(),
            demand: None,
            domain: Some((domain.clone(), 5)),
            missing_contact: None,
            removed: found(removed.0),
            added: found(added.0),
            subordinates: Vec::new(),
            present: Vec::new(),
        };
        update
            .decide(&context, facts)
            .map_err(|refusal| refusal.code())
    }

    #[test]
    fn decide_under_a_prohibition_lets_only_its_removal_through() {
        use DomainStatus::{ClientHold, ClientUpdateProhibited, ServerUpdateProhibited};
        let locked = domain(&[ClientHold, ClientUpdateProhibited], 1);
        let forbidden = Some(Code::StatusProhibits);
        let refused = |decision: Result<Decision, Code>| decision.err();
        assert_eq!(
            refused(decide(&locked, (&[], &[ClientHold]), (&[], &[]))),
            forbidden
        );
        let unlocking = [ClientUpdateProhibited, ClientHold];
        assert!(decide(&locked, (&[], &unlocking), (&[], &[])).is_ok());
        let by_the_server = domain(&[ClientUpdateProhibited, ServerUpdateProhibited], 1);
        assert_eq!(
            refused(decide(&by_the_server, (&[], &unlocking[..1]), (&[], &[]))),
            forbidden
        );
    }

    #[test]
    fn decide_during_a_transfer_refuses_the_prohibition_it_excludes() {
        let mut moving = domain(&[], 1);
        moving.transfer = Some(Transfer {
            status: TransferStatus::Pending,
            requester: RegistrarId::parse("registrar-b").unwrap(),
            requested: NOW,
            actor: registrar(),
            act_by: NOW + TimeDelta::days(5),
            period: None,
        });
        let prohibition = [DomainStatus::ClientTransferProhibited];
        let decision = decide(&moving, (&[], &[]), (&[], &prohibition));
        assert_eq!(decision.err(), Some(Code::StatusProhibits));
        moving.transfer = None;
        assert!(decide(&moving, (&[], &[]), (&[], &prohibition)).is_ok());
    }

    #[test]
    fn decide_counts_name_servers_after_the_update() {
        let full = domain(&[], 13);
        let added = [host(20)];
        let decision = decide(&full, (&[], &[]), (&added, &[]));
        assert_eq!(decision.err(), Some(Code::ValuePolicy));
        assert!(decide(&full, (&[host(4)], &[]), (&added, &[])).is_ok());
    }

    #[test]
    fn decide_moves_links_and_asserts_what_it_rests_on() {
        let decision = decide(&domain(&[], 2), (&[host(1)], &[]), (&[host(9)], &[])).unwrap();
        let moved = |id: u64| {
            let key = keys::host_links(HostId(id));
            decision.writes.iter().find_map(|write| match write {
                store::Write::Add(other, amount) => (*other == key).then_some(*amount),
                store::Write::Put(..) | store::Write::Delete(_) => None,
            })
        };
        assert_eq!(
            [moved(0), moved(1), moved(9)],
            [None, Some(-1), Some(1)],
            "kept, removed, added"
        );
        let name = DomainName::parse("shop.example").unwrap();
        let expected = [
            Assert::Version(keys::domain(&name), 5),
            Assert::Version(keys::host(HostId(9)), 3),
        ];
        assert_eq!(decision.asserts, expected);
    }

    #[test]
    fn decide_ends_the_parking_of_a_domain_with_its_first_name_servers() {
        let mut parked = domain(&[], 0);
        parked.parked = true;
        let after = |decision: Decision| {
            let key = keys::domain(&parked.name);
            let written = decision.writes.iter().find_map(|write| match write {
                store::Write::Put(other, value) if *other == key => Some(value.clone()),
                store::Write::Put(..) | store::Write::Add(..) | store::Write::Delete(_) => None,
            });
            store::record::decode::<Domain>(&written.unwrap()).unwrap()
        };
        let held = decide(&parked, (&[], &[]), (&[], &[DomainStatus::ClientHold]));
        assert!(after(held.unwrap()).parked);
        let served = decide(&parked, (&[], &[]), (&[host(1), host(2)], &[]));
        assert!(!after(served.unwrap()).parked);
    }
}
