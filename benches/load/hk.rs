//! What the rules of .hk cost: creates below .hk beside those of the plain profile, and checks of Chinese names beside
//! those of English ones.

use crate::load::target::Sandbox;
use crate::load::workload::Workload;
use crate::{Bench, Sample, load, median, row};

/// The most a create below .hk takes, as a multiple of one of the plain profile.
const CREATES: f64 = 1.5;
/// The most a check of Chinese names takes, as a multiple of one of English names.
const CHECKS: f64 = 2.0;

impl Bench {
    /// Compares registries of both profiles, each new and empty; says whether the bars are met.
    pub fn under_rules(&mut self) -> bool {
        let period = self.plan.period;
        let (plain, hk) = (Sandbox::start("plain"), Sandbox::start("hk"));
        let [mut plain_clients, mut hk_clients] = [&plain, &hk].map(|sandbox| {
            self.runtime.block_on(async {
                sandbox.create_references().await;
                let connections = self.plan.connections;
                sandbox.clients("registrar-a", connections).await
            })
        });
        for (sandbox, workload) in [
            (&plain, Workload::Plain),
            (&hk, Workload::Hk),
            (&hk, Workload::English),
            (&hk, Workload::Chinese),
        ] {
            let (request, answer) = self.runtime.block_on(sandbox.probe(workload));
            let name = workload.name();
            println!("{name}: request of {request} octets, answer of {answer}");
        }
        let creates = self.turns(|bench, which| {
            let (clients, sandbox, workload) = match which {
                0 => (&mut plain_clients, &plain, Workload::Plain),
                _ => (&mut hk_clients, &hk, Workload::Hk),
            };
            load(&bench.runtime, clients, sandbox.process(), workload, period)
        });
        let checks = self.turns(|bench, which| {
            let workload = match which {
                0 => Workload::English,
                _ => Workload::Chinese,
            };
            load(
                &bench.runtime,
                &mut hk_clients,
                hk.process(),
                workload,
                period,
            )
        });
        let creates = report("create", ["plain", "hk"], CREATES, &creates);
        let checks = report("check", ["en", "zh"], CHECKS, &checks);
        creates && checks
    }
}

/// Prints the medians of both, and how many times longer the second takes; says whether that is within the bar.
fn report(command: &str, names: [&str; 2], bar: f64, [least, ruled]: &[Vec<Sample>; 2]) -> bool {
    let pairs = || least.iter().zip(ruled);
    let ratio = median(pairs().map(|(l, r)| l.per_second / r.per_second));
    let cpu = median(pairs().map(|(l, r)| r.cpu / l.cpu));
    row(command, names[0], least);
    println!();
    row(command, names[1], ruled);
    println!("  {ratio:>6.2} {bar:>5.2}  processor time {cpu:.2}");
    ratio <= bar
}
