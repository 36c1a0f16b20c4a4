//! Changes of registrant, and of the administrative contact of a whole group of names.

use super::Update;
use super::part::Part;
use crate::flow::domain::application::{self, Applying};
use crate::flow::domain::consent::InForce;
use crate::flow::domain::group::Group;
use crate::flow::domain::partner::Partner;
use crate::flow::domain::{blame, demand, save, variants};
use crate::flow::refusal::Why;
use crate::flow::{Context, Decision, Refusal};
use crate::lifecycle::permission::Operation;
use crate::model::domain::{Asked, ContactRole, Holder};
use crate::model::{Applicant, ContactId, DocumentRequest, Domain, DomainName};
use crate::policy::{Registration, Wanted};
use crate::protocol::Namespace;
use crate::protocol::ext;
use crate::protocol::ext::bundle::Answer;
use crate::store::{Assert, Write};

/// Most documents of a request, which each update adds to.
const MOST: usize = 64;

impl Update<'_> {
    /// Says whether the domain comes to another registrant.
    pub(super) fn comes_to_another(&self, before: &Domain) -> bool {
        let new = self.new_registrant();
        new.is_some() && new != before.registrant.as_ref()
    }

    /// Judges what is said of a new registrant, and returns for which documents the change waits.
    pub(super) fn judge_registrant(
        &self,
        known: &InForce,
        after: &mut Domain,
        context: &Context<'_>,
    ) -> Result<Option<Wanted>, Refusal> {
        let applicant = self.applicant.as_ref();
        after.guardian = applicant.and_then(|applicant| applicant.guardian.clone());
        let (policy, now) = (context.policy, context.now);
        let judged = policy.change_of_registrant(&after.name, applicant, known.consents(), now);
        match judged.map_err(|violation| {
            let id = self.new_registrant().map_or("", ContactId::as_str);
            let why = Why::Policy(violation);
            Refusal::new(why, Namespace::Domain, "registrant", id)
        })? {
            Registration::AtOnce => Ok(None),
            Registration::Documents(wanted) => Ok(Some(wanted)),
        }
    }

    /// Judges what is said of the new registrant by the rules of the name that follows.
    ///
    /// # Errors
    /// 2306 for what breaks one.
    pub(super) fn judge_applicant(
        &self,
        partner: &DomainName,
        context: &Context<'_>,
    ) -> Result<(), Refusal> {
        let Some(applicant) = &self.applicant else {
            return Ok(());
        };
        let judged = context.policy.registrant(partner, applicant, context.now);
        judged.map_err(|violation| blame(Why::Policy(violation), partner.as_str()))
    }

    /// Judges whether the contacts of a whole group can change with this name's.
    pub(super) fn judge_all(
        &self,
        before: &Domain,
        after: &Domain,
        grouped: bool,
    ) -> Result<(), Refusal> {
        let refuse = |reason| {
            let why = Why::Choice(reason);
            Err(Refusal::new(why, Namespace::Hk, "applyToAll", ""))
        };
        let parts = [&self.removed, &self.added];
        let admin = |part: &&Part| {
            let mut roles = part.contacts.iter().map(|(role, _)| *role);
            roles.any(|role| role == ContactRole::Admin)
        };
        if !grouped {
            return refuse("names of this category need no common administrative contact");
        }
        if !parts.iter().any(admin) {
            return refuse("it goes with a change of the administrative contact");
        }
        if after.registrant != before.registrant || self.pair.is_some() {
            return refuse("it goes neither with another registrant nor with pair or unpair");
        }
        Ok(())
    }

    /// Lets a change of registrant wait for the documents that are wanted.
    ///
    /// # Errors
    /// 2304 for a status of the partner, 2306 for what does not wait together with it.
    pub(super) fn wait(
        &self,
        wanted: Wanted,
        (before, after): (&Domain, &Domain),
        (partner, group): (Option<Partner>, Option<Group>),
        mut asserts: Vec<Assert>,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        let rest = Domain {
            registrant: before.registrant.clone(),
            contacts: before.contacts.clone(),
            guardian: before.guardian.clone(),
            updated: before.updated.clone(),
            parked: before.parked,
            ..after.clone()
        };
        let extended = self.dnssec.is_some() || self.variant.is_some() || self.pair.is_some();
        if extended || rest != *before {
            let why = Why::Choice(
                "a registrant that waits for documents is changed alone or with contacts",
            );
            return Err(blame(why, &self.command.name));
        }
        if let Some(partner) = &partner {
            partner.permit(Operation::Update, context)?;
            asserts.push(partner.unchanged());
        }
        let applying = Applying {
            client_transaction: self.client_transaction,
            applicant: &self.applicant.clone().unwrap_or_default(),
        };
        let asked = match &after.registrant {
            Some(registrant) => Asked::Holder(Holder {
                registrant: registrant.clone(),
                contacts: after.contacts.clone(),
                guardian: after.guardian.clone(),
            }),
            None => return Err(blame(Why::Missing("a registrant"), &self.command.name)),
        };
        let (application, request) = applying.apply(asked, before, wanted, context);
        let waiting = Domain {
            application: Some(application),
            ..before.clone()
        };
        let mut decision = Decision {
            asserts,
            writes: save(Some(before), Some(&waiting), context)?,
            ..Decision::default()
        };
        let bundle = variants::answer(before, Answer::Update, context);
        decision.extensions.extend(bundle);
        application::wait(&request, ext::Data::HkUpdate, &mut decision, context)?;
        if let Some(group) = group {
            group.guard(&mut decision);
        }
        Ok(decision)
    }
}

/// Judges whether the new registrant has the consents that a name needs, or `shows` documents that say so.
///
/// # Errors
/// 2306 for a consent that is missing or another registrant's.
pub(super) fn judge_consents(
    name: &DomainName,
    known: &InForce,
    shows: Option<&Applicant>,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    let documents = shows.map_or(&[][..], |applicant| &applicant.documents);
    let consents = known.consents().shown_by(documents);
    let judged = context.policy.may_hold(name, consents);
    judged.map_err(|violation| blame(Why::Policy(violation), name.as_str()))
}

/// Judges what is said of the present registrant, and returns what adds it to the request that waits for it.
///
/// # Errors
/// 2306 when no request waits, for what breaks a rule, and for too many documents.
pub(super) fn answer(
    applicant: &Applicant,
    waiting: Option<(DocumentRequest, u64)>,
    after: &mut Domain,
    context: &Context<'_>,
) -> Result<(Assert, Write), Refusal> {
    let element = match applicant.documents.is_empty() {
        true => "registrant",
        false => "document",
    };
    let refuse = |why| Refusal::new(why, Namespace::Hk, element, "");
    let Some((mut request, version)) = waiting else {
        let reason = "the registry waits for no documents of the registrant";
        return Err(refuse(Why::Choice(reason)));
    };
    request.applicant.add(applicant.clone());
    context
        .policy
        .registrant(&after.name, &request.applicant, context.now)
        .map_err(|violation| refuse(Why::Policy(violation)))?;
    if request.applicant.documents.len() > MOST {
        let reason = "the registry is told of at most 64 documents for one request";
        return Err(refuse(Why::Choice(reason)));
    }
    if let Some(guardian) = &applicant.guardian {
        after.guardian = Some(guardian.clone());
    }
    Ok(demand::replace(&request, version)?)
}
