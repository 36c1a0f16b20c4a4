//! `registrar`: accounts on the running server.

pub(super) mod args;

use std::path::Path;

use anyhow::Context;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};

use self::args::{Add, OfCategory, PasswordSource, RegistrarCommand};
use super::control::{ask, unexpected};
use super::report::{Report, record, table};
use super::secret;
use crate::admin::message::{NewRegistrar, Password, RegistrarView};
use crate::admin::{Reply, Request, Ruling, Verb};
use crate::base::secret::Secret;
use crate::model::registrar::Pin;

/// Carries a verb out on the server of `dir`.
///
/// # Errors
/// When no server runs there, or it refuses.
pub(super) fn run(verb: RegistrarCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let (request, made) = request(verb)?;
    match ask(dir, &request)? {
        Reply::Registrars(views) => report.either(&views, || list(&views)),
        Reply::Registrar(view) => show(&view, made.as_ref(), report),
        reply @ (Reply::Refused(_)
        | Reply::Domains(_)
        | Reply::Domain(_)
        | Reply::Contact(_)
        | Reply::Host(_)
        | Reply::Cases(_)
        | Reply::Documents(_)
        | Reply::Document(_)
        | Reply::Consents(_)
        | Reply::Reserved(_)
        | Reply::Clock(_)
        | Reply::Verified(_)
        | Reply::BackedUp(_)
        | Reply::Audit(_)
        | Reply::ZonePart(_)
        | Reply::Zone(_)) => unexpected(reply),
    }
}

/// Makes the request, and the password if one had to be made up.
fn request(verb: RegistrarCommand) -> anyhow::Result<(Request, Option<Secret>)> {
    let plain = |verb| Ok((Request::Registry(verb), None));
    let ruling = |ruling| Ok((Request::Rulings(ruling), None));
    match verb {
        RegistrarCommand::Add(add) => add_request(add),
        RegistrarCommand::List => plain(Verb::RegistrarList(())),
        RegistrarCommand::Show { id } => plain(Verb::RegistrarShow(id)),
        RegistrarCommand::Suspend { id } => plain(Verb::RegistrarSuspend(id)),
        RegistrarCommand::Resume { id } => plain(Verb::RegistrarResume(id)),
        RegistrarCommand::SetPassword { id, password } => {
            let (password, made) = choose(&password)?;
            let verb = Verb::RegistrarSetPassword((id, password));
            Ok((Request::Registry(verb), made))
        }
        RegistrarCommand::PinCert { id, certificate } => {
            plain(Verb::RegistrarPinCert((id, fingerprint(&certificate)?)))
        }
        RegistrarCommand::UnpinCert { id, certificate } => {
            plain(Verb::RegistrarUnpinCert((id, fingerprint(&certificate)?)))
        }
        RegistrarCommand::AllowIp {
            id,
            networks,
            remove: false,
        } => plain(Verb::RegistrarAllowIp((id, networks))),
        RegistrarCommand::AllowIp {
            id,
            networks,
            remove: true,
        } => plain(Verb::RegistrarDisallowIp((id, networks))),
        RegistrarCommand::Permit(OfCategory { id, category }) => {
            ruling(Ruling::RegistrarPermit((id, category)))
        }
        RegistrarCommand::Forbid(OfCategory { id, category }) => {
            ruling(Ruling::RegistrarForbid((id, category)))
        }
    }
}

fn add_request(add: Add) -> anyhow::Result<(Request, Option<Secret>)> {
    let (password, made) = choose(&add.password)?;
    let pins = add.certificate.iter().map(|text| fingerprint(text));
    let new = NewRegistrar {
        id: add.id,
        name: add.name,
        password,
        pins: pins.collect::<anyhow::Result<_>>()?,
        networks: add.allow_ip,
    };
    Ok((Request::Registry(Verb::RegistrarAdd(new)), made))
}

/// Returns the password to send, and it once more if it was made up and must be told.
fn choose(source: &PasswordSource) -> anyhow::Result<(Password, Option<Secret>)> {
    let (secret, made) = match &source.password_file {
        Some(file) => (secret::read(file)?, None),
        None => {
            let made = secret::make()?;
            (made.clone(), Some(made))
        }
    };
    Ok((Password::new(secret.expose().to_owned()), made))
}

/// Returns the SHA-256 of a certificate that is named by itself or by its file.
fn fingerprint(text: &str) -> anyhow::Result<String> {
    if let Some(pin) = Pin::parse(text) {
        return Ok(pin.to_string());
    }
    let certificate = CertificateDer::from_pem_file(text).with_context(|| {
        format!("{text} is neither a PEM file with a certificate nor 64 hexadecimal digits")
    })?;
    Ok(Pin(Sha256::digest(&certificate).into()).to_string())
}

fn list(views: &[RegistrarView]) -> String {
    let row = |view: &RegistrarView| {
        vec![
            view.id.clone(),
            view.state.clone(),
            view.name.clone(),
            view.pins.len().to_string(),
            view.categories.join(", "),
        ]
    };
    table(
        &["id", "state", "name", "certificates", "categories"],
        views.iter().map(row),
    )
}

/// Prints an account; a password that was made up is told here and nowhere else.
fn show(view: &RegistrarView, made: Option<&Secret>, report: &Report) -> anyhow::Result<()> {
    if report.is_json() {
        let mut value = serde_json::to_value(view)?;
        if let (Some(fields), Some(made)) = (value.as_object_mut(), made) {
            fields.insert("password".to_owned(), made.expose().into());
        }
        return report.value(&value);
    }
    let networks: Vec<String> = view.networks.iter().map(ToString::to_string).collect();
    let networks = if networks.is_empty() {
        "all".to_owned()
    } else {
        networks.join("\n")
    };
    let categories = if view.categories.is_empty() {
        "those open to all".to_owned()
    } else {
        format!("those open to all, and {}", view.categories.join(", "))
    };
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        row("id", view.id.clone()),
        row("state", view.state.clone()),
        row("name", view.name.clone()),
        row("certificates", view.pins.join("\n")),
        row("networks", networks),
        row("categories", categories),
        row("created", view.created.to_rfc3339()),
        row("password set", view.password_set.to_rfc3339()),
    ];
    if let Some(made) = made {
        rows.push(row("password", made.expose().to_owned()));
    }
    report.line(&record(rows))
}
