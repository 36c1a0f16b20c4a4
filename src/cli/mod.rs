//! F7: the command line. Noun, then verb; text for people, `--json` for programs.
//!
//! Exit code 0 is done, 1 refused or failed with one line on stderr that says what to do, 2 wrong usage.

pub mod args;
mod configuration;
mod control;
mod epp;
mod locks;
mod objects;
mod policy;
mod records;
mod registrar;
mod report;
mod rulings;
mod secret;
mod shell;
mod zone;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use self::args::{
    Arguments, BackupCommand, Command, Global, Sandbox, SandboxAction, SandboxOptions,
};
use self::report::{NobodyReads, Report};
use crate::admin::{Reply, Request, Verb};
use crate::config::{Config, DEFAULT_DIR};
use crate::daemon;

/// Wrong usage that only shows when several arguments are seen together.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(&'static str);

/// Parses the arguments, carries the command out, and says how it went.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Err(error) = run(arguments) else {
        return ExitCode::SUCCESS;
    };
    if error.is::<NobodyReads>() {
        return ExitCode::SUCCESS;
    }
    let line = format!("hkepp: {error:#}").replace(['\n', '\r'], " ");
    // A closed stderr leaves the exit code to tell.
    writeln!(std::io::stderr(), "{}", report::printable(line.trim_end())).ok();
    if error.is::<Usage>() {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    }
}

fn run(Arguments { global, command }: Arguments) -> anyhow::Result<()> {
    let report = Report::new(global.json);
    match command {
        Command::Sandbox(Sandbox {
            options,
            action: None,
        }) => run_sandbox(&global, options),
        Command::Sandbox(Sandbox {
            options,
            action: Some(SandboxAction::Advance { to }),
        }) => {
            if options != SandboxOptions::default() {
                return Err(
                    Usage("sandbox advance takes --dir and a time, no other option").into(),
                );
            }
            let reply = control::ask(&dir(&global), &Request::Registry(Verb::ClockAdvance(to)))?;
            let Reply::Clock(now) = reply else {
                return control::unexpected(reply);
            };
            let now = now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
            report.either(&serde_json::json!({ "now": now }), || {
                format!("the registry's time is {now}")
            })
        }
        Command::Serve { config } => {
            let mut settings = Config::serve().read(&config)?;
            if let Some(dir) = global.dir {
                settings.dir = dir;
            }
            daemon::serve(settings, config)
        }
        Command::Config(verb) => configuration::run(verb, &report),
        Command::Registrar(verb) => registrar::run(verb, &dir(&global), &report),
        Command::Domain(verb) => objects::domain(verb, &dir(&global), &report),
        Command::Contact(verb) => objects::contact(verb, &dir(&global), &report),
        Command::Host(verb) => objects::host(verb, &dir(&global), &report),
        Command::Dispute(verb) => locks::dispute(verb, &dir(&global), &report),
        Command::Lock(verb) => locks::lock(verb, &dir(&global), &report),
        Command::Document(verb) => rulings::document(verb, &dir(&global), &report),
        Command::Consent(verb) => rulings::consent(verb, &dir(&global), &report),
        Command::Reserved(verb) => rulings::reserved(verb, &dir(&global), &report),
        Command::Zone(verb) => zone::run(verb, &dir(&global), &report),
        Command::Store(verb) => records::store(&verb, &dir(&global), &report),
        Command::Backup(BackupCommand::Create { file }) => {
            records::back_up(&file, &dir(&global), &report)
        }
        Command::Backup(BackupCommand::Restore { file }) => {
            let needed = Usage("backup restore needs --dir NEWDIR, the directory to make");
            records::restore(&file, &global.dir.ok_or(needed)?, &report)
        }
        Command::Audit(verb) => records::audit(&verb, &dir(&global), &report),
        Command::Policy(verb) => policy::run(verb, &report),
        Command::Epp(command) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(epp::run(*command, &report))
        }
        Command::Completions { shell } => report.line(&shell::completions(shell)),
        Command::Man { directory } => shell::write_man_pages(&directory),
    }
}

/// Returns the data directory a command is about.
fn dir(global: &Global) -> PathBuf {
    global
        .dir
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_DIR))
}

/// Lays what the command line says over the configuration, and runs the sandbox.
fn run_sandbox(global: &Global, options: SandboxOptions) -> anyhow::Result<()> {
    let certs = options
        .certs_dir
        .unwrap_or_else(|| PathBuf::from("certs-dev"));
    let mut config = Config::sandbox(&certs);
    if let Some(file) = &options.config {
        config = config.read(file)?;
    }
    if let Some(dir) = &global.dir {
        config.dir.clone_from(dir);
    }
    if let Some(listen) = options.listen {
        config.listen = vec![listen];
    }
    if let Some(http) = options.http {
        config.http = Some(http);
    }
    if let Some(table) = options.idn_table {
        config.variant_table = Some(table);
    }
    daemon::sandbox(
        config,
        daemon::Sandbox {
            certs,
            profile: options.profile,
            start_time: options.start_time,
            manual: options.clock.map(|kind| kind == args::ClockKind::Manual),
            overrides: options.config,
        },
    )
}
