//! Extensions: one file each, registered here and nowhere else.
//!
//! Registration says which namespace is announced, how its elements are decoded, and on which commands
//! they may stand. What was not announced is not sent (RFC 9038 says where it goes instead), what is not
//! registered is 2103, and each may stand once only.

pub mod bundle;
pub mod change_poll;
pub mod hk;
pub mod idn;
pub mod login_sec;
pub mod rgp;
pub mod secdns;

use super::{Command, Error};
use crate::base::code::Code;
use crate::xml::{Element, Namespace, Sequence, Writer};

/// An extension of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// RFC 5910 on domain create.
    SecDnsCreate(secdns::Create),
    /// RFC 5910 on domain update.
    SecDnsUpdate(secdns::Update),
    /// RFC 3915 on domain update.
    RgpUpdate(rgp::Update),
    /// RFC 8807 on login.
    LoginSec(login_sec::LoginSec),
    /// RFC 9095 on domain create.
    BundleCreate(bundle::Create),
    /// The table of an internationalised name, on domain create.
    Idn(idn::Data),
    /// Our own extension on domain create.
    HkCreate(hk::Create),
    /// Our own extension on domain update.
    HkUpdate(hk::Update),
}

/// The extensions of a command, each where its flow looks for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extensions<'a> {
    /// RFC 5910 on domain create.
    pub sec_dns_create: Option<&'a secdns::Create>,
    /// RFC 5910 on domain update.
    pub sec_dns_update: Option<&'a secdns::Update>,
    /// RFC 3915 on domain update.
    pub rgp_update: Option<&'a rgp::Update>,
    /// RFC 8807 on login.
    pub login_sec: Option<&'a login_sec::LoginSec>,
    /// RFC 9095 on domain create.
    pub bundle_create: Option<&'a bundle::Create>,
    /// The table of an internationalised name, on domain create.
    pub idn: Option<&'a idn::Data>,
    /// Our own extension on domain create.
    pub hk_create: Option<&'a hk::Create>,
    /// Our own extension on domain update.
    pub hk_update: Option<&'a hk::Update>,
}

impl<'a> Extensions<'a> {
    /// Sorts those of a command; each stands once in one that was admitted.
    pub fn of(all: &'a [Extension]) -> Self {
        let mut sorted = Self::default();
        for extension in all {
            match extension {
                Extension::SecDnsCreate(create) => sorted.sec_dns_create = Some(create),
                Extension::SecDnsUpdate(update) => sorted.sec_dns_update = Some(update),
                Extension::RgpUpdate(update) => sorted.rgp_update = Some(update),
                Extension::LoginSec(login) => sorted.login_sec = Some(login),
                Extension::BundleCreate(create) => sorted.bundle_create = Some(create),
                Extension::Idn(data) => sorted.idn = Some(data),
                Extension::HkCreate(create) => sorted.hk_create = Some(create),
                Extension::HkUpdate(update) => sorted.hk_update = Some(update),
            }
        }
        sorted
    }
}

/// An extension of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// RFC 5910 in domain information.
    SecDnsInfo(secdns::InfoData),
    /// RFC 3915 in domain information.
    RgpInfo(rgp::InfoData),
    /// RFC 3915 in the answer to a restore request.
    RgpUpdate(rgp::UpdateData),
    /// RFC 8807 in the answer to a login.
    LoginSec(login_sec::LoginSecData),
    /// RFC 8590 in the answer to poll.
    ChangePoll(change_poll::ChangeData),
    /// RFC 9095 in answers about a domain.
    Bundle(bundle::BundleData),
    /// The table of an internationalised name, in answers to domain info and create.
    Idn(idn::Data),
    /// Our own extension in domain information.
    HkInfo(hk::InfoData),
    /// Our own extension in the answer to a create that waits.
    HkCreate(hk::Waiting),
    /// Our own extension in the answer to an update that waits.
    HkUpdate(hk::Waiting),
}

/// How one extension namespace is decoded.
struct Registration {
    namespace: Namespace,
    decode: fn(Element<'_>) -> Result<Extension, Error>,
}

const REGISTERED: &[Registration] = &[
    Registration {
        namespace: Namespace::SecDns,
        decode: secdns::decode,
    },
    Registration {
        namespace: Namespace::Rgp,
        decode: rgp::decode,
    },
    Registration {
        namespace: Namespace::LoginSec,
        decode: login_sec::decode,
    },
    Registration {
        namespace: Namespace::Bundle,
        decode: bundle::decode,
    },
    Registration {
        namespace: Namespace::Idn,
        decode: idn::decode,
    },
    Registration {
        namespace: Namespace::Hk,
        decode: hk::decode,
    },
];

/// The extension namespaces of every greeting, in its order; those of the registry's rules follow.
pub const ANNOUNCED: &[Namespace] = &[
    Namespace::SecDns,
    Namespace::Rgp,
    Namespace::LoginSec,
    Namespace::ChangePoll,
    Namespace::UnhandledNamespaces,
    Namespace::SecureAuthInfo,
];

/// Reads the content of `<extension>`.
pub(super) fn decode_all(extension: Element<'_>) -> Result<Vec<Extension>, Error> {
    let mut content = Sequence::of(extension)?;
    let mut extensions = Vec::new();
    while let Some(element) = content.take() {
        let found = REGISTERED
            .iter()
            .find(|known| known.namespace == element.namespace());
        extensions.push(match found {
            Some(known) => (known.decode)(element)?,
            None => return Err(unknown(element)),
        });
    }
    if extensions.is_empty() {
        return Err(Error::new(
            Code::Syntax,
            extension,
            "an extension element is missing",
        ));
    }
    Ok(extensions)
}

fn unknown(element: Element<'_>) -> Error {
    let foreign = matches!(element.namespace(), Namespace::Other(_));
    let (code, reason) = if foreign {
        (
            Code::UnimplementedExtension,
            "the greeting lists the extensions of this server",
        )
    } else {
        (Code::Syntax, "this element is not a command extension")
    };
    Error::new(code, element, reason)
}

impl Extension {
    /// Returns the namespace by which it is announced.
    pub fn namespace(&self) -> Namespace {
        match self {
            Self::SecDnsCreate(_) | Self::SecDnsUpdate(_) => Namespace::SecDns,
            Self::RgpUpdate(_) => Namespace::Rgp,
            Self::LoginSec(_) => Namespace::LoginSec,
            Self::BundleCreate(_) => Namespace::Bundle,
            Self::Idn(_) => Namespace::Idn,
            Self::HkCreate(_) | Self::HkUpdate(_) => Namespace::Hk,
        }
    }

    /// Returns the local name of its element.
    pub fn element(&self) -> &'static str {
        match self {
            Self::SecDnsCreate(_) | Self::BundleCreate(_) | Self::HkCreate(_) => "create",
            Self::SecDnsUpdate(_) | Self::RgpUpdate(_) | Self::HkUpdate(_) => "update",
            Self::LoginSec(_) => "loginSec",
            Self::Idn(_) => "data",
        }
    }

    /// Says whether it may stand on `command`.
    pub fn extends(&self, command: &Command) -> bool {
        match self {
            Self::SecDnsCreate(_) | Self::BundleCreate(_) | Self::Idn(_) | Self::HkCreate(_) => {
                matches!(command, Command::DomainCreate(_))
            }
            Self::SecDnsUpdate(_) | Self::RgpUpdate(_) | Self::HkUpdate(_) => {
                matches!(command, Command::DomainUpdate(_))
            }
            Self::LoginSec(_) => matches!(command, Command::Login(_)),
        }
    }

    /// Writes it.
    pub fn encode(&self, writer: &mut Writer) {
        match self {
            Self::SecDnsCreate(extension) => extension.encode(writer),
            Self::SecDnsUpdate(extension) => extension.encode(writer),
            Self::RgpUpdate(extension) => extension.encode(writer),
            Self::LoginSec(extension) => extension.encode(writer),
            Self::BundleCreate(extension) => extension.encode(writer),
            Self::Idn(extension) => extension.encode(writer),
            Self::HkCreate(extension) => extension.encode(writer),
            Self::HkUpdate(extension) => extension.encode(writer),
        }
    }
}

impl Data {
    /// Returns the namespace by which it is announced.
    pub fn namespace(&self) -> Namespace {
        match self {
            Self::SecDnsInfo(_) => Namespace::SecDns,
            Self::RgpInfo(_) | Self::RgpUpdate(_) => Namespace::Rgp,
            Self::LoginSec(_) => Namespace::LoginSec,
            Self::ChangePoll(_) => Namespace::ChangePoll,
            Self::Bundle(_) => Namespace::Bundle,
            Self::Idn(_) => Namespace::Idn,
            Self::HkInfo(_) | Self::HkCreate(_) | Self::HkUpdate(_) => Namespace::Hk,
        }
    }

    /// Writes it.
    pub fn encode(&self, writer: &mut Writer) {
        match self {
            Self::SecDnsInfo(data) => data.encode(writer),
            Self::RgpInfo(data) => data.encode(writer),
            Self::RgpUpdate(data) => data.encode(writer),
            Self::LoginSec(data) => data.encode(writer),
            Self::ChangePoll(data) => data.encode(writer),
            Self::Bundle(data) => data.encode(writer),
            Self::Idn(data) => data.encode(writer),
            Self::HkInfo(data) => data.encode(writer),
            Self::HkCreate(data) => data.encode(writer, "creData"),
            Self::HkUpdate(data) => data.encode(writer, "updData"),
        }
    }
}
