//! Content that a schema leaves open (`xs:any`, `xs:anyType`): what it knows must still be valid there.
//!
//! "Strict" wildcards want a declared element; a namespace this server does not know counts as declared
//! somewhere, because what it holds is for the flow to refuse. "Lax" ones judge declared elements only.

use super::ext::{login_sec, rgp, secdns};
use super::{Error, TransferOperation, contact, domain, host};
use crate::base::code::Code;
use crate::xml::{Element, Namespace};

/// The schema's shared types: declares no element, and its own wildcard excludes it (`##other`).
const EPPCOM: &str = "urn:ietf:params:xml:ns:eppcom-1.0";

/// Judges the one element a strict wildcard for other namespaces lets in.
///
/// # Errors
/// When no schema declares it, or its content breaks the schema that does.
pub(super) fn strict(element: Element<'_>) -> Result<(), Error> {
    if let Some(verdict) = declared(element) {
        return verdict;
    }
    if matches!(element.namespace(), Namespace::Other(_)) && element.uri() != EPPCOM {
        return lax(element);
    }
    Err(Error::new(
        Code::Syntax,
        element,
        "no schema declares this element",
    ))
}

/// Judges the children of an element whose content is open.
///
/// # Errors
/// When a declared element below it breaks its schema.
pub(super) fn lax(parent: Element<'_>) -> Result<(), Error> {
    for child in parent.children() {
        declared(child).unwrap_or_else(|| lax(child))?;
    }
    Ok(())
}

/// Judges an element by its declaration; `None` when there is none.
fn declared(element: Element<'_>) -> Option<Result<(), Error>> {
    match element.namespace() {
        Namespace::Epp => (element.name() == "epp").then(|| envelope(element)),
        Namespace::Domain => in_domain(element),
        Namespace::Contact => in_contact(element),
        Namespace::Host => in_host(element),
        Namespace::SecDns => in_secdns(element),
        Namespace::Rgp => in_rgp(element),
        Namespace::LoginSec => match element.name() {
            "loginSec" => Some(login_sec::decode(element).map(drop)),
            "loginSecData" => Some(login_sec::LoginSecData::decode(element).map(drop)),
            _ => None,
        },
        Namespace::UnhandledNamespaces
        | Namespace::Xsi
        | Namespace::Xml
        | Namespace::None
        | Namespace::Other(_) => None,
    }
}

/// Judges a document inside a document; of these only a hello makes any sense.
fn envelope(element: Element<'_>) -> Result<(), Error> {
    let mut children = element.children();
    match (children.next(), children.next()) {
        (Some(hello), None) if hello.is(Namespace::Epp, "hello") => lax(hello),
        _ => Err(Error::new(
            Code::Syntax,
            element,
            "a message cannot stand inside another one",
        )),
    }
}

fn in_domain(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "check" => domain::Check::decode(element).map(drop),
        "create" => domain::Create::decode(element).map(drop),
        "delete" => domain::Delete::decode(element).map(drop),
        "info" => domain::Info::decode(element).map(drop),
        "renew" => domain::Renew::decode(element).map(drop),
        "transfer" => domain::Transfer::decode(TransferOperation::Query, element).map(drop),
        "update" => domain::Update::decode(element).map(drop),
        "chkData" => domain::CheckData::decode(element).map(drop),
        "creData" => domain::CreateData::decode(element).map(drop),
        "infData" => domain::InfoData::decode(element).map(drop),
        "panData" => domain::PendingData::decode(element).map(drop),
        "renData" => domain::RenewData::decode(element).map(drop),
        "trnData" => domain::TransferData::decode(element).map(drop),
        _ => return None,
    })
}

fn in_contact(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "check" => contact::Check::decode(element).map(drop),
        "create" => contact::Create::decode(element).map(drop),
        "delete" => contact::Delete::decode(element).map(drop),
        "info" => contact::Info::decode(element).map(drop),
        "transfer" => contact::Transfer::decode(TransferOperation::Query, element).map(drop),
        "update" => contact::Update::decode(element).map(drop),
        "chkData" => contact::CheckData::decode(element).map(drop),
        "creData" => contact::CreateData::decode(element).map(drop),
        "infData" => contact::InfoData::decode(element).map(drop),
        "panData" => contact::PendingData::decode(element).map(drop),
        "trnData" => contact::TransferData::decode(element).map(drop),
        _ => return None,
    })
}

fn in_host(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "check" => host::Check::decode(element).map(drop),
        "create" => host::Create::decode(element).map(drop),
        "delete" => host::Delete::decode(element).map(drop),
        "info" => host::Info::decode(element).map(drop),
        "update" => host::Update::decode(element).map(drop),
        "chkData" => host::CheckData::decode(element).map(drop),
        "creData" => host::CreateData::decode(element).map(drop),
        "infData" => host::InfoData::decode(element).map(drop),
        "panData" => host::PendingData::decode(element).map(drop),
        _ => return None,
    })
}

fn in_secdns(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "create" => secdns::Create::decode(element).map(drop),
        "update" => secdns::Update::decode(element).map(drop),
        "infData" => secdns::InfoData::decode(element).map(drop),
        _ => return None,
    })
}

fn in_rgp(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "update" => rgp::Update::decode(element).map(drop),
        "infData" => rgp::InfoData::decode(element).map(drop),
        "upData" => rgp::UpdateData::decode(element).map(drop),
        _ => return None,
    })
}
