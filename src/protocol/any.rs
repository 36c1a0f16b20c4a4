//! Content that a schema leaves open (`xs:any`, `xs:anyType`): what it knows must still be valid there.
//!
//! "Strict" wildcards want a declared element; a namespace this server does not know counts as declared
//! somewhere, because what it holds is for the flow to refuse. "Lax" ones judge declared elements only.

use super::ext::{bundle, change_poll, hk, idn, login_sec, rgp, secdns};
use super::{Error, Message, PendingData, TransferOperation, contact, domain, host};
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
        Namespace::ChangePoll => (element.name() == "changeData")
            .then(|| change_poll::ChangeData::decode(element).map(drop)),
        Namespace::Bundle if element.name() == "create" => {
            Some(bundle::Create::decode(element).map(drop))
        }
        Namespace::Bundle => bundle::Answer::parse(element.name())
            .map(|_| bundle::BundleData::decode(element).map(drop)),
        Namespace::Idn => (element.name() == "data").then(|| idn::Data::decode(element).map(drop)),
        Namespace::Hk => in_hk(element),
        Namespace::UnhandledNamespaces
        | Namespace::SecureAuthInfo
        | Namespace::Xsi
        | Namespace::Xml
        | Namespace::None
        | Namespace::Other(_) => None,
    }
}

fn in_hk(element: Element<'_>) -> Option<Result<(), Error>> {
    Some(match element.name() {
        "create" => hk::Create::decode(element).map(drop),
        "update" => hk::Update::decode(element).map(drop),
        "infData" => hk::InfoData::decode(element).map(drop),
        "creData" | "updData" => hk::Waiting::decode(element).map(drop),
        _ => return None,
    })
}

/// Judges a client's message inside a message; whatever is wrong with it is wrong with the outer one.
fn envelope(element: Element<'_>) -> Result<(), Error> {
    match Message::decode_envelope(element, None) {
        Ok(_) => Ok(()),
        Err(Error {
            code: Code::ParameterMissing | Code::ParameterSyntax,
            ..
        }) => Ok(()),
        Err(error) => Err(Error {
            code: Code::Syntax,
            ..error
        }),
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
        "panData" => PendingData::decode(element).map(drop),
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
        "panData" => PendingData::decode(element).map(drop),
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
        "panData" => PendingData::decode(element).map(drop),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::samples;

    fn judge(content: &str) -> Result<(), Code> {
        let text = format!("<holder>{content}</holder>");
        samples::read(Namespace::Epp, &text, lax).map_err(|error| error.code)
    }

    const DOMAIN: &str = "xmlns='urn:ietf:params:xml:ns:domain-1.0'";

    #[test]
    fn lax_accepts_what_nothing_declares_and_what_is_valid() {
        let delete = format!("<delete {DOMAIN}><name>a.hk</name></delete>");
        for content in [
            "text".to_owned(),
            "<anything with='attributes'>text<clTRID/></anything>".to_owned(),
            format!("<name {DOMAIN}/>"),
            format!("<x xmlns='urn:x'>text{delete}</x>"),
            "<epp><hello/></epp>".to_owned(),
            format!("<epp><command><delete>{delete}</delete></command></epp>"),
            "<epp><command><poll op='ack'/></command></epp>".to_owned(),
        ] {
            assert_eq!(judge(&content), Ok(()), "{content}");
        }
    }

    #[test]
    fn lax_refuses_declared_elements_that_are_not_valid_at_any_depth() {
        let delete = format!("<delete {DOMAIN}/>");
        for content in [
            delete.clone(),
            format!("<x xmlns='urn:x'><y/>{delete}</x>"),
            "<epp/>".to_owned(),
            "<epp><hello/><hello/></epp>".to_owned(),
            "<epp><command><delete><x xmlns='urn:x'/></delete></command></epp>".to_owned(),
            format!("<epp><command><delete>{delete}</delete></command></epp>"),
            "<infData xmlns='urn:ietf:params:xml:ns:rgp-1.0'/>".to_owned(),
            "<create xmlns='urn:ietf:params:xml:ns:secDNS-1.1'/>".to_owned(),
            "<panData xmlns='urn:ietf:params:xml:ns:host-1.0'/>".to_owned(),
            "<trnData xmlns='urn:ietf:params:xml:ns:contact-1.0'/>".to_owned(),
            "<changeData xmlns='urn:ietf:params:xml:ns:changePoll-1.0'/>".to_owned(),
        ] {
            assert_eq!(judge(&content), Err(Code::Syntax), "{content}");
        }
    }
}
