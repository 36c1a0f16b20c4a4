//! Every counter, gauge and histogram of the server, with the one place that knows their names.
//!
//! Counters are cheap to clone and to raise, so each floor takes a [`Metrics`] and raises its own.
//! Label values are words fixed in the code, never a client's input: an outsider cannot grow the list.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Why something was refused or ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Reason {
    /// A fixed word.
    pub reason: &'static str,
}

/// One kind of answered command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CommandLabels {
    /// EPP command, for example `create`; `hello`, or `unknown` when none could be read.
    pub command: &'static str,
    /// Object kind, for example `domain`; `none` for session commands.
    pub object: &'static str,
    /// Result code of the answer; 0 for a greeting.
    pub code: u16,
}

/// One kind of command, whatever its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Operation {
    /// EPP command.
    pub command: &'static str,
    /// Object kind.
    pub object: &'static str,
}

/// Protocol version of a handshake.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Version {
    /// `1.2` or `1.3`.
    pub version: &'static str,
}

/// Outcome of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Outcome {
    /// A fixed word.
    pub outcome: &'static str,
}

/// One kind of question to a name server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct QueryLabels {
    /// `udp` or `tcp`.
    pub transport: &'static str,
    /// `answered`, or why that is no answer.
    pub outcome: &'static str,
}

/// The server's metrics; clones share the same figures.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// TCP connections accepted.
    pub connections: Counter,
    /// Connections open now, in handshake or in conversation.
    pub connections_open: Gauge,
    /// Connections closed at once, by cap.
    pub connections_refused: Family<Reason, Counter>,
    /// Connections ended, by reason.
    pub connections_ended: Family<Reason, Counter>,
    /// Failures of accept() itself.
    pub accept_errors: Counter,
    /// Handshakes that succeeded, by protocol version.
    pub handshakes: Family<Version, Counter>,
    /// Handshakes that failed, by reason.
    pub handshakes_failed: Family<Reason, Counter>,
    /// Sessions logged in now.
    pub sessions: Gauge,
    /// Sessions closed by the operator or by distrust of their certificate, by reason.
    pub sessions_kicked: Family<Reason, Counter>,
    /// Data units received whole.
    pub frames: Counter,
    /// Data units refused by their length.
    pub frames_refused: Counter,
    /// Conversations that ended in a panic.
    pub panics: Counter,
    /// Commands answered, by command, object and result code.
    pub commands: Family<CommandLabels, Counter>,
    /// Time from the whole command to its answer.
    pub command_duration: Family<Operation, Histogram, fn() -> Histogram>,
    /// Logins refused for their credentials.
    pub login_failures: Counter,
    /// Change sets acknowledged by the journal.
    pub journal_commits: Counter,
    /// Batches the journal made durable: one fdatasync each.
    pub journal_batches: Counter,
    /// Time of one batch on the disk.
    pub journal_sync: Histogram,
    /// Change sets refused because what they assert had changed.
    pub journal_conflicts: Counter,
    /// Sequence number of the last journal entry.
    pub journal_sequence: Gauge,
    /// One when the store refuses writes after a disk error.
    pub store_read_only: Gauge,
    /// Checks of the name servers of a name, by outcome.
    pub name_server_checks: Family<Outcome, Counter>,
    /// Questions to name servers, by transport and outcome.
    pub name_server_queries: Family<QueryLabels, Counter>,
    /// Names whose name servers failed in the last full round.
    pub names_failing: Gauge,
    /// Those of them whose sponsor was told.
    pub names_failing_told: Gauge,
    /// Those of them that have failed for so long that they may be cancelled.
    pub names_failing_overdue: Gauge,
    /// Duration of the last full round.
    pub name_server_round: Gauge<f64, AtomicU64>,
    /// Reloads of certificates, lists and policies that were refused.
    pub reloads_refused: Counter,
    /// End of validity of the server's certificate, seconds since the Unix epoch.
    pub certificate_not_after: Gauge,
}

/// Figures of one kind of answer, found once and kept by a session that gives it again and again.
#[derive(Clone, Debug)]
pub struct CommandFigures {
    name: &'static str,
    code: u16,
    answered: Counter,
    duration: Histogram,
}

impl CommandFigures {
    /// Says whether they are those of this command and code.
    pub fn are_of(&self, name: &str, code: u16) -> bool {
        self.code == code && self.name == name
    }

    /// Counts one answer and notes its time.
    pub fn observe(&self, time: Duration) {
        self.answered.inc();
        self.duration.observe(time.as_secs_f64());
    }
}

impl Metrics {
    /// Creates the figures and the registry that prints them.
    pub fn new() -> (Self, Registry) {
        let metrics = Self {
            connections: Counter::default(),
            connections_open: Gauge::default(),
            connections_refused: Family::default(),
            connections_ended: Family::default(),
            accept_errors: Counter::default(),
            handshakes: Family::default(),
            handshakes_failed: Family::default(),
            sessions: Gauge::default(),
            sessions_kicked: Family::default(),
            frames: Counter::default(),
            frames_refused: Counter::default(),
            panics: Counter::default(),
            commands: Family::default(),
            command_duration: Family::new_with_constructor(latency),
            login_failures: Counter::default(),
            journal_commits: Counter::default(),
            journal_batches: Counter::default(),
            journal_sync: latency(),
            journal_conflicts: Counter::default(),
            journal_sequence: Gauge::default(),
            store_read_only: Gauge::default(),
            name_server_checks: Family::default(),
            name_server_queries: Family::default(),
            names_failing: Gauge::default(),
            names_failing_told: Gauge::default(),
            names_failing_overdue: Gauge::default(),
            name_server_round: Gauge::default(),
            reloads_refused: Counter::default(),
            certificate_not_after: Gauge::default(),
        };
        let mut registry = Registry::with_prefix("epp");
        metrics.register_transport(&mut registry);
        metrics.register_commands(&mut registry);
        metrics.register_store(&mut registry);
        metrics.register_name_servers(&mut registry);
        (metrics, registry)
    }

    /// Returns the figures of commands named like `domain:check` or `login` that are answered with `code`.
    pub fn command(&self, name: &'static str, code: u16) -> CommandFigures {
        let (object, command) = name.split_once(':').unwrap_or(("none", name));
        let labels = CommandLabels {
            command,
            object,
            code,
        };
        let operation = Operation { command, object };
        CommandFigures {
            name,
            code,
            answered: self.commands.get_or_create(&labels).clone(),
            duration: self.command_duration.get_or_create(&operation).clone(),
        }
    }

    /// Notes one batch of the journal: how many change sets, and how long it took.
    pub fn observe_batch(&self, commits: u64, time: Duration) {
        self.journal_batches.inc();
        self.journal_commits.inc_by(commits);
        self.journal_sync.observe(time.as_secs_f64());
    }

    /// Counts a check of the name servers of a name.
    pub fn name_server_check(&self, outcome: &'static str) {
        self.name_server_checks
            .get_or_create(&Outcome { outcome })
            .inc();
    }

    /// Counts a question to a name server.
    pub fn name_server_query(&self, transport: &'static str, outcome: &'static str) {
        let labels = QueryLabels { transport, outcome };
        self.name_server_queries.get_or_create(&labels).inc();
    }

    /// Notes the last entry of the journal.
    pub fn note_sequence(&self, sequence: u64) {
        self.journal_sequence
            .set(i64::try_from(sequence).unwrap_or(i64::MAX));
    }

    /// Names what the transport counts.
    fn register_transport(&self, registry: &mut Registry) {
        let mut add = Adder(registry);
        add.one("connections", "TCP connections accepted", &self.connections);
        add.one(
            "connections_open",
            "Connections open now",
            &self.connections_open,
        );
        add.one(
            "connections_refused",
            "Connections closed at once because a cap was reached",
            &self.connections_refused,
        );
        add.one(
            "connections_ended",
            "Connections ended, by reason",
            &self.connections_ended,
        );
        add.one(
            "accept_errors",
            "Failures of accept, for example too many open files",
            &self.accept_errors,
        );
        add.one(
            "handshakes",
            "TLS handshakes that succeeded",
            &self.handshakes,
        );
        add.one(
            "handshakes_failed",
            "TLS handshakes that failed, by reason",
            &self.handshakes_failed,
        );
        add.one("sessions", "Sessions logged in now", &self.sessions);
        add.one(
            "sessions_kicked",
            "Connections closed by the operator or for their certificate",
            &self.sessions_kicked,
        );
        add.one("frames", "Data units received whole", &self.frames);
        add.one(
            "frames_refused",
            "Data units refused by their length",
            &self.frames_refused,
        );
        add.one(
            "panics",
            "Conversations that ended in a panic; each is a defect",
            &self.panics,
        );
        add.one(
            "certificate_not_after_seconds",
            "End of validity of the server's certificate, Unix time",
            &self.certificate_not_after,
        );
        add.one(
            "reloads_refused",
            "Reloads refused because a file was bad; the old state is in force",
            &self.reloads_refused,
        );
    }

    /// Names what sessions and flows count.
    fn register_commands(&self, registry: &mut Registry) {
        Adder(registry).one(
            "commands",
            "Commands answered, by command, object and result code",
            &self.commands,
        );
        registry.register_with_unit(
            "command_duration",
            "Time from the whole command to its answer",
            Unit::Seconds,
            self.command_duration.clone(),
        );
        Adder(registry).one(
            "login_failures",
            "Logins refused for their credentials",
            &self.login_failures,
        );
    }

    /// Names what the store counts.
    fn register_store(&self, registry: &mut Registry) {
        let mut add = Adder(registry);
        add.one(
            "journal_commits",
            "Change sets acknowledged as durable",
            &self.journal_commits,
        );
        add.one(
            "journal_batches",
            "Batches made durable, one disk synchronisation each",
            &self.journal_batches,
        );
        add.one(
            "journal_conflicts",
            "Change sets refused because what they assert had changed",
            &self.journal_conflicts,
        );
        add.one(
            "journal_sequence",
            "Sequence number of the last journal entry",
            &self.journal_sequence,
        );
        add.one(
            "store_read_only",
            "One when the store refuses writes after a disk error",
            &self.store_read_only,
        );
        registry.register_with_unit(
            "journal_sync",
            "Time of one batch on the disk",
            Unit::Seconds,
            self.journal_sync.clone(),
        );
    }

    /// Names what the questions to name servers count.
    fn register_name_servers(&self, registry: &mut Registry) {
        let mut add = Adder(registry);
        add.one(
            "name_server_checks",
            "Checks of the name servers of a name, by outcome",
            &self.name_server_checks,
        );
        add.one(
            "name_server_queries",
            "Questions to name servers, by transport and outcome",
            &self.name_server_queries,
        );
        add.one(
            "names_failing",
            "Names whose name servers failed in the last full round",
            &self.names_failing,
        );
        add.one(
            "names_failing_told",
            "Names whose name servers fail past the notice, their sponsors told",
            &self.names_failing_told,
        );
        add.one(
            "names_failing_overdue",
            "Names whose name servers have failed for so long that they may be cancelled",
            &self.names_failing_overdue,
        );
        registry.register_with_unit(
            "name_server_round",
            "Duration of the last full round of questions to name servers",
            Unit::Seconds,
            self.name_server_round.clone(),
        );
    }
}

impl Default for Metrics {
    /// Creates figures that nobody prints.
    fn default() -> Self {
        Self::new().0
    }
}

/// Registers shared figures under a name and a sentence.
struct Adder<'a>(&'a mut Registry);

impl Adder<'_> {
    /// Registers one figure.
    fn one<M: prometheus_client::registry::Metric + Clone>(
        &mut self,
        name: &str,
        help: &str,
        metric: &M,
    ) {
        self.0.register(name, help, metric.clone());
    }
}

/// Creates a histogram from 25 microseconds to about 6 seconds.
fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.000_025, 2.0, 19))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::encoding::text::encode;

    #[test]
    fn command_appears_under_its_labels() {
        let (metrics, registry) = Metrics::new();
        let figures = metrics.command("domain:create", 1000);
        assert!(figures.are_of("domain:create", 1000));
        assert!(!figures.are_of("domain:create", 2302));
        figures.observe(Duration::from_millis(1));
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        let line = r#"epp_commands_total{command="create",object="domain",code="1000"} 1"#;
        assert!(text.contains(line), "{text}");
        let count = r#"epp_command_duration_seconds_count{command="create",object="domain"} 1"#;
        assert!(text.contains(count), "{text}");
    }

    #[test]
    fn every_metric_has_help_and_the_prefix() {
        let (metrics, registry) = Metrics::new();
        metrics
            .connections_ended
            .get_or_create(&Reason { reason: "logout" })
            .inc();
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            assert!(line.starts_with("epp_"), "{line}");
        }
        assert!(text.contains("epp_connections_ended_total{reason=\"logout\"} 1"));
        assert!(text.contains("epp_sessions 0"));
    }
}
