//! Throughput of the real server beside a bare TLS echo of the same frame sizes, and of its durable creates beside
//! the bare store, in one run.
//!
//! ```text
//! cargo bench --bench load                                       # about two minutes
//! cargo bench --bench load -- --rounds 7 --seconds 4 --connections 64 --assert
//! ```
//!
//! Starts `hkepp sandbox --profile plain` and, as a second process of this program, a tokio-rustls echo on
//! the same certificates and the same TLS configuration, which answers every frame with as many octets as
//! hkepp does. The same closed-loop clients then load both in turn, the order changing every round, so
//! that whatever else the machine does meets both alike. For creates the yardstick is the store alone, which
//! commits the change sets of the same creates in this process, on the same disk. Printed are medians over the rounds, and the
//! server's own processor time per request, which other load disturbs least; `--assert` fails when a ratio
//! is below its bar.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

mod load {
    pub mod bare;
    pub mod client;
    pub mod echo;
    pub mod target;
}

use std::time::Duration;

use hdrhistogram::Histogram;
use load::bare::Bare;
use load::client::Client;
use load::echo;
use load::target::{Echo, Sandbox};
use tokio::runtime::Runtime;

/// What is measured beside the echo, with the least ratio to it.
const WORKLOADS: [(Workload, f64); 2] = [(Workload::Hello, 0.8), (Workload::Check, 0.5)];
/// The least ratio of durable creates to the bare store.
const CREATES: f64 = 0.6;

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// `<hello/>`, answered by the greeting.
    Hello,
    /// `<domain:check>` of five free names.
    Check,
    /// `<domain:create>` of a new name with a registrant.
    Create,
}

/// How long and how hard to measure.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    period: Duration,
    connections: usize,
    assert: bool,
}

/// One measurement.
pub struct Sample {
    per_second: f64,
    /// Processor time of the server per request, in microseconds; the least disturbed figure.
    cpu: f64,
    latency: Histogram<u64>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "echo") {
        echo::run(&arguments[1..]);
        return;
    }
    let plan = Plan::parse(&arguments);
    if !measure(plan) && plan.assert {
        std::process::exit(1);
    }
}

/// Runs the whole comparison and prints it; says whether every bar is met.
fn measure(plan: Plan) -> bool {
    let runtime = Runtime::new().unwrap();
    let sandbox = Sandbox::start();
    let sizes = runtime.block_on(sandbox.answer_sizes());
    runtime.block_on(sandbox.create_registrant());
    let echo = Echo::start(&sandbox, &sizes);
    let mut hkepp_clients = runtime.block_on(sandbox.clients(plan.connections));
    let mut echo_clients = runtime.block_on(echo.clients(&sandbox, plan.connections));
    println!(
        "{} connections, {} rounds of {:?}; {sizes}",
        plan.connections, plan.rounds, plan.period
    );
    println!("workload  server      req/s    p50 us    p99 us  cpu us/req   ratio   bar");
    let mut met = true;
    for (workload, bar) in WORKLOADS {
        let mut samples: [Vec<Sample>; 2] = [Vec::new(), Vec::new()];
        for round in 0..=plan.rounds {
            for turn in 0..2 {
                let which = (round + turn) % 2;
                let (clients, server) = if which == 0 {
                    (&mut echo_clients, echo.process())
                } else {
                    (&mut hkepp_clients, sandbox.process())
                };
                let sample = load(&runtime, clients, server, workload, plan.period);
                // The first round warms up.
                if round > 0 {
                    samples[which].push(sample);
                }
            }
        }
        met &= report(workload, "echo", bar, &samples);
    }
    met & measure_creates(&runtime, &sandbox, &mut hkepp_clients, plan)
}

/// Compares durable creates with the bare store; says whether the bar is met.
fn measure_creates(
    runtime: &Runtime,
    sandbox: &Sandbox,
    clients: &mut Vec<Client>,
    plan: Plan,
) -> bool {
    let mut bare = Bare::open(runtime);
    let mut samples: [Vec<Sample>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=plan.rounds {
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let sample = if which == 0 {
                bare.load(runtime, plan.connections, plan.period)
            } else {
                load(
                    runtime,
                    clients,
                    sandbox.process(),
                    Workload::Create,
                    plan.period,
                )
            };
            if round > 0 {
                samples[which].push(sample);
            }
        }
    }
    report(Workload::Create, "store", CREATES, &samples)
}

/// Loads one server with every client for a period.
fn load(
    runtime: &Runtime,
    clients: &mut Vec<Client>,
    server: u32,
    workload: Workload,
    period: Duration,
) -> Sample {
    let cpu_before = processor_time(server);
    let tasks: Vec<_> = clients
        .drain(..)
        .map(|client| runtime.spawn(client.run(workload, period)))
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        let (client, seen, elapsed) = runtime.block_on(task).unwrap();
        clients.push(client);
        all.push((seen, elapsed));
    }
    sample(all, processor_time(server) - cpu_before)
}

/// Makes a sample of what closed-loop tasks saw; each tells its latencies in nanoseconds and the exact time taken.
fn sample(seen: Vec<(Histogram<u64>, Duration)>, cpu: Duration) -> Sample {
    let mut latency = Histogram::new(3).unwrap();
    let mut per_second = 0.0;
    let mut requests = 0.0;
    for (seen, elapsed) in seen {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = seen.len() as f64;
        per_second += count / elapsed.as_secs_f64();
        requests += count;
        latency.add(seen).unwrap();
    }
    Sample {
        per_second,
        cpu: cpu.as_secs_f64() * 1e6 / requests,
        latency,
    }
}

/// Returns the processor time a process has used, from proc(5); its clock ticks a hundred times a second.
fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Prints the medians of both servers; says whether the ratio reaches the bar.
fn report(workload: Workload, yardstick: &str, bar: f64, [bare, hkepp]: &[Vec<Sample>; 2]) -> bool {
    let ratio = median(
        bare.iter()
            .zip(hkepp)
            .map(|(e, h)| h.per_second / e.per_second),
    );
    for (name, samples) in [(yardstick, bare), ("hkepp", hkepp)] {
        let name_of = format!("{workload:?}").to_lowercase();
        let rate = median(samples.iter().map(|s| s.per_second));
        let quantile = |q| {
            median(
                samples
                    .iter()
                    .map(|s| micros(s.latency.value_at_quantile(q))),
            )
        };
        print!(
            "{name_of:<9} {name:<6} {rate:>10.0} {:>9.0} {:>9.0} {:>11.2}",
            quantile(0.5),
            quantile(0.99),
            median(samples.iter().map(|s| s.cpu))
        );
        if name == "hkepp" {
            println!("  {ratio:>6.2} {bar:>5.2}");
        } else {
            println!();
        }
    }
    ratio >= bar
}

/// Converts recorded nanoseconds.
#[expect(clippy::cast_precision_loss, reason = "latencies are far below 2^52")]
fn micros(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1000.0
}

/// Returns the middle value.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

impl Plan {
    /// Reads the command line; what cargo adds is ignored.
    fn parse(arguments: &[String]) -> Self {
        let value = |name: &str, default: usize| {
            let position = arguments.iter().position(|argument| argument == name);
            position.map_or(default, |at| {
                let text = arguments.get(at + 1).expect("the option needs a number");
                text.parse().expect("the option needs a number")
            })
        };
        Self {
            rounds: value("--rounds", 5),
            period: Duration::from_secs(u64::try_from(value("--seconds", 4)).unwrap()),
            connections: value("--connections", 64),
            assert: arguments.iter().any(|argument| argument == "--assert"),
        }
    }
}
