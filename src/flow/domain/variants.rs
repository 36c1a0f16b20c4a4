//! The forms of a name in commands and answers: RFC 9095, the table of idn-1.0, and the choice of our own extension.

use super::{blame, is_in_use};
use crate::flow::refusal::Why;
use crate::flow::{Context, Refusal};
use crate::model::package::Form;
use crate::model::{Domain, DomainName, Package};
use crate::policy::Policy;
use crate::protocol::Namespace;
use crate::protocol::ext::bundle::{Answer, BundleData, Name};
use crate::protocol::ext::{self, Extensions, bundle, hk, idn};

/// Most forms in which a name is used beside those of its registration: there may be millions, and each has its lines
/// in the zone.
const FURTHER: usize = 32;

/// Judges what the extensions of a create say of its name.
///
/// # Errors
/// 2306 for another name or table, 2005 for a U-label that is not the name's.
pub(super) fn judge(
    name: &DomainName,
    extensions: Extensions<'_>,
    policy: &Policy,
) -> Result<(), Refusal> {
    if let Some(create) = extensions.bundle_create {
        judge_bundle(name, create)?;
    }
    match extensions.idn {
        Some(data) => judge_table(name, data, policy),
        None => Ok(()),
    }
}

fn judge_bundle(name: &DomainName, create: &bundle::Create) -> Result<(), Refusal> {
    let Some(registered) = &create.registered else {
        return Ok(());
    };
    let refuse = |why| Refusal::new(why, Namespace::Bundle, "rdn", &registered.name);
    if DomainName::parse(&registered.name).as_ref() != Ok(name) {
        return Err(refuse(Why::Choice("rdn is not the name to be created")));
    }
    match &registered.unicode {
        Some(unicode) if *unicode != name.unicode() => {
            Err(refuse(Why::Value("uLabel is not the U-form of the name")))
        }
        Some(_) | None => Ok(()),
    }
}

fn judge_table(name: &DomainName, data: &idn::Data, policy: &Policy) -> Result<(), Refusal> {
    if policy.package_key(name).is_none() || !policy.is_table(&data.table) {
        let why = Why::Choice("the name is not written by a table of that name");
        return Err(Refusal::new(why, Namespace::Idn, "table", &data.table));
    }
    match &data.unicode {
        Some(unicode) if *unicode != name.unicode() => {
            let why = Why::Value("uname is not the U-form of the name");
            Err(Refusal::new(why, Namespace::Idn, "uname", unicode))
        }
        Some(_) | None => Ok(()),
    }
}

/// Changes to the forms of a name, from a create or an update.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    simplified: Option<&'a str>,
    traditional: Option<&'a str>,
    added: &'a [String],
    /// Element in which those to add stand.
    adding: &'static str,
    removed: &'a [String],
}

impl<'a> From<&'a hk::CreateVariant> for Choice<'a> {
    fn from(choice: &'a hk::CreateVariant) -> Self {
        Self {
            simplified: choice.simplified.as_deref(),
            traditional: choice.traditional.as_deref(),
            added: &choice.activate,
            adding: "activate",
            removed: &[],
        }
    }
}

impl<'a> From<&'a hk::UpdateVariant> for Choice<'a> {
    fn from(choice: &'a hk::UpdateVariant) -> Self {
        Self {
            simplified: choice.simplified.as_deref(),
            traditional: choice.traditional.as_deref(),
            added: &choice.add,
            adding: "add",
            removed: &choice.remove,
        }
    }
}

impl Choice<'_> {
    /// Applies it to the forms of a registered name.
    ///
    /// # Errors
    /// 2005 for what is no name, 2306 for what is no such form of it, for a form that is in use already, for one too
    /// many and for the removal of one that is not in use.
    pub(super) fn apply(
        &self,
        registered: &DomainName,
        package: Option<&mut Package>,
        policy: &Policy,
    ) -> Result<(), Refusal> {
        let Some(package) = package else {
            let why = Why::Choice("only Chinese names have variants");
            return Err(blame(why, registered.as_str()));
        };
        let form = |text: &str, element, kind| {
            let refuse = |why| Refusal::new(why, Namespace::Hk, element, text);
            let name = DomainName::parse(text).map_err(|error| refuse(Why::Name(error)))?;
            let name = policy.canonical(&name);
            match policy.offers_form(registered, &name, kind) {
                true => Ok(name),
                false => Err(refuse(Why::Policy(policy.no_form()))),
            }
        };
        if let Some(text) = self.simplified {
            package.simplified = form(text, "simplified", Form::Simplified)?;
        }
        if let Some(text) = self.traditional {
            package.traditional = form(text, "traditional", Form::Traditional)?;
        }
        for text in self.removed {
            let name = form(text, "rem", Form::Further)?;
            let at = package.further.iter().position(|other| *other == name);
            let Some(at) = at else {
                let why = Why::Choice("the form is not among the further ones in use");
                return Err(Refusal::new(why, Namespace::Hk, "rem", text));
            };
            package.further.remove(at);
        }
        for text in self.added {
            let name = form(text, self.adding, Form::Further)?;
            if name == *registered || package.uses(&name) {
                let why = Why::Choice("the form is in use already");
                return Err(Refusal::new(why, Namespace::Hk, self.adding, text));
            }
            if package.further.len() >= FURTHER {
                let why = Why::Choice("a name is used in at most 32 further forms");
                return Err(Refusal::new(why, Namespace::Hk, "add", text));
            }
            package.further.push(name);
        }
        Ok(())
    }
}

/// Judges whether forms may go out of use that were in use before: not with hosts below them.
///
/// # Errors
/// 2306 for one with hosts below it.
pub(super) fn judge_hosts(
    before: &Domain,
    after: &Domain,
    hosts: &[String],
) -> Result<(), Refusal> {
    let forms = before.package.iter().flat_map(|p| p.bundled(&before.name));
    let mut left = forms.filter(|form| !is_in_use(form, after));
    let names = || hosts.iter().flat_map(|host| DomainName::parse(host));
    match left.find(|form| names().any(|host| host.is_below(form.as_str()))) {
        Some(form) => {
            let why = Why::Choice("hosts lie below the form, so it stays in use");
            Err(Refusal::new(why, Namespace::Hk, "variant", form.as_str()))
        }
        None => Ok(()),
    }
}

/// Returns what an answer says of a name's forms (RFC 9095 section 5).
pub(super) fn answer(domain: &Domain, to: Answer, context: &Context<'_>) -> Option<ext::Data> {
    let package = domain.package.as_ref()?;
    let name = |name: &DomainName| Name {
        name: name.to_string(),
        unicode: Some(name.unicode()),
    };
    let bundle = || {
        ext::Data::Bundle(BundleData {
            answer: to,
            registered: name(&domain.name),
            bundled: package
                .bundled(&domain.name)
                .into_iter()
                .map(name)
                .collect(),
        })
    };
    context.policy.announces(Namespace::Bundle).then(bundle)
}

/// Returns by which table a name is written.
pub(super) fn table(domain: &Domain, context: &Context<'_>) -> Option<ext::Data> {
    domain.package.as_ref()?;
    let table = context.policy.table_language()?.to_owned();
    let data = || {
        ext::Data::Idn(idn::Data {
            table,
            unicode: Some(domain.name.unicode()),
        })
    };
    context.policy.announces(Namespace::Idn).then(data)
}

/// Returns what the registry's own extension says of a domain.
pub(super) fn own_data(domain: &Domain, context: &Context<'_>) -> Option<ext::Data> {
    let package = domain.package.as_ref();
    let text = |name: &DomainName| name.to_string();
    let data = || hk::InfoData {
        category: context.policy.category(&domain.name).map(str::to_owned),
        activated: domain.activated,
        table: package.map(|package| package.table.clone()),
        simplified: package.map(|package| text(&package.simplified)),
        traditional: package.map(|package| text(&package.traditional)),
        further: package.map_or_else(Vec::new, |p| p.further.iter().map(text).collect()),
        pair: domain.partner.as_ref().map(text),
        locks: domain.locks.iter().map(lock).collect(),
        temporary_name_servers: domain.parked,
        application: domain
            .application
            .as_ref()
            .map(|application| hk::Application {
                id: application.id,
                due: application.until,
            }),
        documents: demand(domain, context),
    };
    let announced = context.policy.announces(Namespace::Hk);
    announced.then(|| ext::Data::HkInfo(data()))
}

/// Returns the open demand for documents; that of a deleted domain may have passed its day.
fn demand(domain: &Domain, context: &Context<'_>) -> Option<hk::Application> {
    let demand = domain.demand.as_ref()?;
    (context.now < demand.until).then_some(hk::Application {
        id: demand.id,
        due: demand.until,
    })
}

fn lock(lock: &crate::model::Lock) -> hk::LockData {
    hk::LockData {
        kind: lock.kind,
        case: lock.case.clone(),
    }
}
