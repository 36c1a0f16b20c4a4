//! `zone`: what the registry publishes.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use serde::Serialize;

use super::args::ZoneCommand;
use super::control::{Conversation, nobody, unexpected};
use super::report::{NobodyReads, Report, record};
use crate::admin::{Reply, Request};
use crate::export::zone::Summary;

/// What a file holds, and how long it took.
#[derive(Serialize)]
struct Written {
    #[serde(flatten)]
    summary: Summary,
    /// Seconds from the question to the last line.
    seconds: f64,
}

/// Carries a verb of `zone` out.
///
/// # Errors
/// When there is no such zone, no server, or the file cannot be written.
pub(super) fn run(verb: ZoneCommand, dir: &Path, report: &Report) -> anyhow::Result<()> {
    let ZoneCommand::Export { zone, out } = verb;
    let begun = Instant::now();
    let request = Request::Zone(zone);
    let written = |summary| Written {
        summary,
        seconds: begun.elapsed().as_secs_f64(),
    };
    match out {
        Some(file) => {
            let summary = replace(&file, |into| receive(dir, &request, into))?;
            let written = written(summary);
            report.either(&written, || describe(&written))
        }
        // The counts alone: a program that wants both names a file.
        None if report.is_json() => {
            let summary = receive(dir, &request, &mut io::sink())?;
            report.value(&written(summary))
        }
        None => receive(dir, &request, &mut io::stdout().lock()).map(drop),
    }
}

/// Writes the zone that the server sends.
fn receive(dir: &Path, request: &Request, into: &mut impl Write) -> anyhow::Result<Summary> {
    let mut conversation = Conversation::begin(dir, request)?.ok_or_else(|| nobody(dir))?;
    loop {
        let reply = conversation.next()?;
        if let Reply::ZonePart(lines) = &reply {
            write(into, lines)?;
            continue;
        }
        let Reply::Zone(summary) = reply else {
            return unexpected(reply);
        };
        into.flush()?;
        return Ok(summary);
    }
}

fn write(into: &mut impl Write, lines: &str) -> anyhow::Result<()> {
    match into.write_all(lines.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(NobodyReads.into()),
        written => Ok(written?),
    }
}

/// Replaces a file by what `fill` writes, once that is whole and durable.
fn replace(
    file: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<Summary>,
) -> anyhow::Result<Summary> {
    let unusable = || format!("{} cannot be written", file.display());
    let name = file.file_name().with_context(unusable)?;
    let mut unfinished = name.to_owned();
    unfinished.push(format!(".{}.new", std::process::id()));
    let unfinished: PathBuf = file.with_file_name(unfinished);
    let done = File::create(&unfinished)
        .with_context(unusable)
        .and_then(|created| {
            let mut into = BufWriter::new(created);
            let summary = fill(&mut into)?;
            let created = into.into_inner().map_err(io::Error::from);
            created
                .and_then(|created| created.sync_all())
                .and_then(|()| fs::rename(&unfinished, file))
                .with_context(unusable)?;
            Ok(summary)
        });
    if done.is_err() {
        fs::remove_file(&unfinished).ok();
    }
    done
}

fn describe(Written { summary, seconds }: &Written) -> String {
    let row = |name: &str, value: String| (name.to_owned(), value);
    record([
        row("zone", summary.zone.clone()),
        row("serial", summary.serial.to_string()),
        row("domains", summary.domains.to_string()),
        row("names delegated", summary.delegations.to_string()),
        row("NS records", summary.name_servers.to_string()),
        row("DS records", summary.ds.to_string()),
        row("glue records", summary.glue.to_string()),
        row("without a server in reach", summary.unreachable.to_string()),
        row("seconds", format!("{seconds:.3}")),
    ])
}
