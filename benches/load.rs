//! Throughput of the real server beside a bare TLS echo of the same frame sizes, and of its durable creates beside
//! the bare store, in one run; and the latency of a mixed load.
//!
//! ```text
//! cargo bench --bench load                                       # about six minutes
//! cargo bench --bench load -- --rounds 7 --seconds 4 --connections 64 --assert
//! cargo bench --bench load -- --only check                       # one workload
//! cargo bench --bench load -- --only hk                          # what the rules of .hk cost
//! ```
//!
//! Starts `hkepp sandbox --profile plain` and, as a second process of this program, a tokio-rustls echo on
//! the same certificates and the same TLS configuration, which answers every frame with as many octets as
//! hkepp does. The same closed-loop clients then load both in turn, the order changing every round, so
//! that whatever else the machine does meets both alike. For creates the yardstick is the store alone, which
//! commits the change sets of the same creates in this process, on the same disk; beside it stands what store and echo
//! allow one after the other, since clients, TLS and store share the processors. Updates, and transfers requested
//! and cancelled in turn, are durable too and have no yardstick. Printed are medians over the rounds, and the
//! server's own processor time per request, which other load disturbs least.
//!
//! The mixed load is 70 % check, 20 % info and 10 % create over 200 sessions, first as fast as they can, then at
//! half that rate with every request sent when it is due; its bar is a latency.
//!
//! What the rules of .hk cost is measured last, in two new sandboxes: creates with three contacts and two name
//! servers in profile `hk` beside the same in `plain`, and in profile `hk` checks of five Chinese names beside checks
//! of five English ones. There the ratio is how many times longer the former take, and the bar the most it may be.
//! `--assert` fails when a bar is not met.
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
    pub mod hk;
    pub mod request;
    pub mod target;
    pub mod workload;
}

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use load::bare::Bare;
use load::client::{Client, Seen};
use load::echo;
use load::target::{Echo, Sandbox};
use load::workload::Workload;
use tokio::runtime::Runtime;

/// The least ratio of durable creates to the bare store.
const CREATES: f64 = 0.6;
/// Sessions of the mixed load.
const SESSIONS: usize = 200;
/// The most milliseconds that 99 of 100 requests of the mixed load take at half the greatest rate.
const MIXED: f64 = 20.0;

/// How long and how hard to measure.
#[derive(Clone)]
struct Plan {
    rounds: usize,
    period: Duration,
    connections: usize,
    assert: bool,
    only: Option<String>,
}

/// One measurement.
pub struct Sample {
    per_second: f64,
    /// Processor time of the server per request, in microseconds; the least disturbed figure.
    cpu: f64,
    latency: Histogram<u64>,
}

/// What is measured with.
struct Bench {
    runtime: Runtime,
    sandbox: Sandbox,
    clients: Vec<Client>,
    plan: Plan,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "echo") {
        echo::run(&arguments[1..]);
        return;
    }
    let plan = Plan::parse(&arguments);
    let assert = plan.assert;
    if !Bench::start(plan).measure() && assert {
        std::process::exit(1);
    }
}

impl Bench {
    /// Starts the server, and fills it with what the requests are about.
    fn start(plan: Plan) -> Self {
        let runtime = Runtime::new().unwrap();
        let sandbox = Sandbox::start("plain");
        let clients = runtime.block_on(async {
            sandbox.create_references().await;
            let mut clients = sandbox.clients("registrar-a", plan.connections).await;
            for client in &mut clients {
                client.create_stock().await;
            }
            clients
        });
        Self {
            runtime,
            sandbox,
            clients,
            plan,
        }
    }

    /// Runs the whole comparison and prints it; says whether every bar is met.
    fn measure(mut self) -> bool {
        let plan = self.plan.clone();
        let (connections, rounds, period) = (plan.connections, plan.rounds, plan.period);
        println!("{connections} connections, {rounds} rounds of {period:?}");
        println!("workload  server      req/s    p50 us    p99 us  cpu us/req   ratio   bar");
        let mut met = true;
        for workload in Workload::ALL {
            let name = workload.name();
            if plan.only.as_ref().is_some_and(|only| *only != name) {
                continue;
            }
            met &= match workload {
                Workload::Hello => self.beside_echo(workload, 0.8),
                Workload::Check | Workload::Info => self.beside_echo(workload, 0.5),
                Workload::Poll => {
                    if plan.only.is_some() {
                        self.alone(Workload::Transfer);
                    }
                    self.beside_echo(workload, 0.5)
                }
                Workload::Create => self.beside_store(),
                Workload::Update | Workload::Transfer => self.alone(workload),
                Workload::Mixed => self.mixed(),
                Workload::Hk => self.under_rules(),
                Workload::Plain | Workload::Chinese | Workload::English => continue,
            };
        }
        met
    }

    /// Compares a query with the echo; says whether the bar is met.
    fn beside_echo(&mut self, workload: Workload, bar: f64) -> bool {
        let sizes = self.runtime.block_on(self.sandbox.probe(workload));
        let echo = Echo::start(&self.sandbox, sizes);
        let clients = echo.clients(&self.sandbox, self.plan.connections);
        let mut echo_clients = self.runtime.block_on(clients);
        println!(
            "{}: request of {} octets, answer of {}",
            workload.name(),
            sizes.0,
            sizes.1
        );
        let period = self.plan.period;
        let samples = self.turns(|bench, which| match which {
            0 => load(
                &bench.runtime,
                &mut echo_clients,
                echo.process(),
                workload,
                period,
            ),
            _ => bench.load(workload),
        });
        report(workload, "echo", bar, &samples)
    }

    /// Compares durable creates with the bare store; says whether the bar is met.
    fn beside_store(&mut self) -> bool {
        let sizes = self.runtime.block_on(self.sandbox.probe(Workload::Create));
        let echo = Echo::start(&self.sandbox, sizes);
        let clients = echo.clients(&self.sandbox, self.plan.connections);
        let mut echo_clients = self.runtime.block_on(clients);
        let mut bare = Bare::open(&self.runtime);
        let plan = self.plan.clone();
        let mut wire = Vec::new();
        let samples = self.turns(|bench, which| match which {
            0 => {
                wire.push(load(
                    &bench.runtime,
                    &mut echo_clients,
                    echo.process(),
                    Workload::Create,
                    plan.period,
                ));
                bare.load(&bench.runtime, plan.connections, plan.period)
            }
            _ => bench.load(Workload::Create),
        });
        let met = report(Workload::Create, "store", CREATES, &samples);
        wire.remove(0);
        row("create", "echo", &wire);
        println!();
        // What a server that did nothing would reach where clients, TLS and store share the processors.
        let [store, hkepp] = samples.map(|s| median(s.iter().map(|s| s.per_second)));
        let echo = median(wire.iter().map(|s| s.per_second));
        let both = 1.0 / (1.0 / store + 1.0 / echo);
        println!(
            "create    store and echo one after the other: {both:.0} a second, {:.2} of the store; hkepp reaches {:.2} of that",
            both / store,
            hkepp / both
        );
        met
    }

    /// Measures a durable command that has no yardstick.
    fn alone(&mut self, workload: Workload) -> bool {
        let registrar = "registrar-b";
        let mut others = (workload == Workload::Transfer).then(|| {
            let clients = self.sandbox.clients(registrar, self.plan.connections);
            self.runtime.block_on(clients)
        });
        let (process, period) = (self.sandbox.process(), self.plan.period);
        let mut samples = Vec::new();
        for round in 0..=self.plan.rounds {
            let clients = others.as_mut().unwrap_or(&mut self.clients);
            let sample = load(&self.runtime, clients, process, workload, period);
            if round > 0 {
                samples.push(sample);
            }
        }
        row(&workload.name(), "hkepp", &samples);
        println!();
        true
    }

    /// Measures the mixed load at its greatest rate and at half of it; says whether the bar is met.
    fn mixed(&self) -> bool {
        let (process, period) = (self.sandbox.process(), self.plan.period);
        let mut clients = self.runtime.block_on(async {
            let mut clients = self.sandbox.clients("registrar-c", SESSIONS).await;
            // They read and create what nobody else does.
            for (number, client) in clients.iter_mut().enumerate() {
                client.renumber(500 + number);
                client.create_stock().await;
            }
            clients
        });
        let (mut greatest, mut half) = (Vec::new(), Vec::new());
        for round in 0..=self.plan.rounds {
            let most = load(
                &self.runtime,
                &mut clients,
                process,
                Workload::Mixed,
                period,
            );
            let rate = most.per_second / 2.0;
            let paced = pace(&self.runtime, &mut clients, process, rate, period);
            if round > 0 {
                greatest.push(most);
                half.push(paced);
            }
        }
        row("mixed", "most", &greatest);
        println!();
        let (_, slow) = row("mixed", "half", &half);
        println!("  {:>4.1}ms {MIXED:>3.0}ms", slow / 1000.0);
        slow / 1000.0 <= MIXED
    }

    /// Measures two things in turn, the order changing every round; the first round warms up.
    fn turns(&mut self, mut measure: impl FnMut(&mut Self, usize) -> Sample) -> [Vec<Sample>; 2] {
        let mut samples: [Vec<Sample>; 2] = [Vec::new(), Vec::new()];
        for round in 0..=self.plan.rounds {
            for turn in 0..2 {
                let which = (round + turn) % 2;
                let sample = measure(self, which);
                if round > 0 {
                    samples[which].push(sample);
                }
            }
        }
        samples
    }

    /// Loads the server with every client for a period.
    fn load(&mut self, workload: Workload) -> Sample {
        let (process, period) = (self.sandbox.process(), self.plan.period);
        load(&self.runtime, &mut self.clients, process, workload, period)
    }
}

/// Loads one server with every client for a period.
fn load(
    runtime: &Runtime,
    clients: &mut Vec<Client>,
    server: u32,
    workload: Workload,
    period: Duration,
) -> Sample {
    let run = |_: usize, client: Client| client.run(workload, period);
    together(runtime, clients, server, run)
}

/// Loads the server with the mixed load at a rate.
fn pace(
    runtime: &Runtime,
    clients: &mut Vec<Client>,
    server: u32,
    rate: f64,
    period: Duration,
) -> Sample {
    let sessions = u32::try_from(clients.len()).unwrap();
    let interval = Duration::from_secs_f64(f64::from(sessions) / rate);
    let start = Instant::now() + Duration::from_millis(10);
    let run = |number: usize, client: Client| {
        let first = start + interval * u32::try_from(number).unwrap() / sessions;
        client.pace(Workload::Mixed, period, first, interval)
    };
    together(runtime, clients, server, run)
}

/// Lets every client do something at once.
fn together<F>(
    runtime: &Runtime,
    clients: &mut Vec<Client>,
    server: u32,
    run: impl Fn(usize, Client) -> F,
) -> Sample
where
    F: Future<Output = (Client, Seen)> + Send + 'static,
{
    let cpu_before = processor_time(server);
    let tasks: Vec<_> = clients
        .drain(..)
        .enumerate()
        .map(|(number, client)| runtime.spawn(run(number, client)))
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        let (client, seen) = runtime.block_on(task).unwrap();
        clients.push(client);
        all.push(seen);
    }
    sample(all, processor_time(server) - cpu_before)
}

/// Makes a sample of what closed-loop tasks saw; each tells its latencies in nanoseconds and the exact time taken.
fn sample(seen: Vec<Seen>, cpu: Duration) -> Sample {
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
    row(&workload.name(), yardstick, bare);
    println!();
    row(&workload.name(), "hkepp", hkepp);
    println!("  {ratio:>6.2} {bar:>5.2}");
    ratio >= bar
}

/// Prints the medians of some samples; returns the rate and the microseconds that 99 of 100 requests took at most.
fn row(workload: &str, server: &str, samples: &[Sample]) -> (f64, f64) {
    let rate = median(samples.iter().map(|s| s.per_second));
    let quantile = |q| {
        median(
            samples
                .iter()
                .map(|s| micros(s.latency.value_at_quantile(q))),
        )
    };
    let (middle, slow) = (quantile(0.5), quantile(0.99));
    let cpu = median(samples.iter().map(|s| s.cpu));
    print!("{workload:<9} {server:<6} {rate:>10.0} {middle:>9.0} {slow:>9.0} {cpu:>11.2}");
    (rate, slow)
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
            only: arguments
                .iter()
                .position(|argument| argument == "--only")
                .map(|at| {
                    arguments
                        .get(at + 1)
                        .expect("--only needs a workload")
                        .clone()
                }),
        }
    }
}
