//! `epp`: the built-in client. One invocation is one session: greeting, login, one command, logout.

mod answer;
pub(super) mod args;
mod client;
mod create;
mod fields;
mod request;
mod restore;
mod update;

use std::path::Path;

use anyhow::{Context, bail};

use self::answer::Answer;
use self::args::{Connection, Epp, Verb};
use self::client::Client;
use super::report::Report;
use super::secret;
use crate::base::secret::Secret;
use crate::config::SANDBOX_PASSWORD;
use crate::policy::profile;
use crate::protocol::ext::{self, login_sec};
use crate::protocol::offer::Offer;
use crate::protocol::{Command, Extension, Namespace, Request, greeting, login};
use crate::xml::{self, Tree, Writer};

/// Longest password that `<pw>` holds.
const SHORT_PASSWORD: usize = 16;

/// Runs one command against a server.
///
/// # Errors
/// When the server cannot be reached or refuses the command.
pub(super) async fn run(epp: Epp, report: &Report) -> anyhow::Result<()> {
    let Epp { connection, verb } = epp;
    if matches!(verb, Verb::Hello) {
        let (_, greeting) = Client::connect(&connection).await?;
        return show(report, &connection, &[], &greeting);
    }
    let mut new_password = None;
    if let Verb::Login {
        new_password_file: Some(file),
    } = &verb
    {
        new_password = Some(secret::read(file)?);
    }
    let transaction = transaction(&connection)?;
    let request = request::build(verb, Some(transaction)).map_err(anyhow::Error::msg)?;
    let (mut client, greeting) = Client::connect(&connection).await?;
    let login = login_request(&connection, &read_offer(&greeting)?, new_password)?;
    let logged_in = client
        .exchange(&login.encode(Writer::new(Vec::new())))
        .await?;
    let answer = Answer::parse(&logged_in)?;
    let Some(request) = request.filter(|_| answer.is_success()) else {
        show(report, &connection, &[], &logged_in)?;
        client.leave().await;
        return verdict(&answer);
    };
    let sent = request.encode(Writer::new(Vec::new()));
    let received = client.exchange(&sent).await?;
    client.leave().await;
    show(report, &connection, &sent, &received)?;
    verdict(&Answer::parse(&received)?)
}

/// Returns the client transaction identifier, made up unless it is given.
fn transaction(connection: &Connection) -> anyhow::Result<String> {
    match &connection.cltrid {
        Some(given) => Ok(given.clone()),
        None => Ok(format!("hkepp-{:016x}", getrandom::u64()?)),
    }
}

/// Reads what the server offers.
fn read_offer(greeting: &[u8]) -> anyhow::Result<Offer> {
    let text = xml::decode(greeting)?;
    let offer = Offer::decode(&Tree::parse(&text)?);
    offer.map_err(|error| anyhow::anyhow!("the server's greeting is none: {}", error.reason))
}

/// Makes the login: every service of the greeting that this client knows, a long password in the extension.
fn login_request(
    connection: &Connection,
    offer: &Offer,
    new: Option<Secret>,
) -> anyhow::Result<Request> {
    let password = match (&connection.password, &connection.password_file) {
        (Some(password), _) => Secret::new(password.clone()),
        (None, Some(file)) => secret::read(file)?,
        (None, None) => Secret::new(SANDBOX_PASSWORD.to_owned()),
    };
    let is_long = |secret: &Secret| secret.expose().chars().count() > SHORT_PASSWORD;
    let mut extension = login_sec::LoginSec::default();
    let mut place = |secret: Secret, field: fn(&mut login_sec::LoginSec) -> &mut Option<Secret>| {
        if !is_long(&secret) {
            return secret;
        }
        *field(&mut extension) = Some(secret);
        Secret::new(login_sec::LITERAL.to_owned())
    };
    let password = place(password, |extension| &mut extension.password);
    let new_password = new.map(|new| place(new, |extension| &mut extension.new_password));
    let long = extension.password.is_some() || extension.new_password.is_some();
    let known = |offered: &[String], known: &[Namespace]| {
        let both = known.iter().map(|ns| ns.uri().to_owned());
        both.filter(|uri| offered.contains(uri)).collect()
    };
    Ok(Request {
        command: Command::Login(login::Login {
            id: connection.registrar.clone(),
            password,
            new_password,
            language: "en".to_owned(),
            objects: known(&offer.objects, &greeting::OBJECTS),
            extensions: known(
                &offer.extensions,
                &[ext::ANNOUNCED, profile::OPTIONAL].concat(),
            ),
        }),
        extensions: if long {
            vec![Extension::LoginSec(extension)]
        } else {
            Vec::new()
        },
        client_transaction: connection.cltrid.clone(),
    })
}

/// Prints what was received, in the form that was asked for; people read a refusal on stderr alone.
fn show(
    report: &Report,
    connection: &Connection,
    sent: &[u8],
    received: &[u8],
) -> anyhow::Result<()> {
    if connection.xml {
        for document in [sent, received] {
            if !document.is_empty() {
                report.line(&String::from_utf8_lossy(document))?;
            }
        }
        return Ok(());
    }
    let answer = Answer::parse(received)?;
    if report.is_json() {
        return report.value(&answer.json());
    }
    if !answer.is_success() {
        return Ok(());
    }
    report.line(answer.text().trim_end())
}

/// Turns a refusal into an error, so that scripts see it.
fn verdict(answer: &Answer) -> anyhow::Result<()> {
    if answer.is_success() {
        return Ok(());
    }
    bail!("{}", answer.refusal())
}

/// Says which file of a registrar is missing.
fn readable<T>(read: Result<T, rustls_pki_types::pem::Error>, file: &Path) -> anyhow::Result<T> {
    read.with_context(|| {
        format!(
            "{} cannot be used; --certs-dir names the directory of certificates",
            file.display()
        )
    })
}
