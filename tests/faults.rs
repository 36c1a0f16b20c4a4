//! Faults, through the real binary: kills, power loss, damage, full disks, races, stops, backups.
//!
//! Long runs: HKEPP_KILL_ROUNDS, HKEPP_POWER_ROUNDS, HKEPP_DAMAGE_TRIALS, HKEPP_RACES; HKEPP_FAULT_SEED draws
//! other moments.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "support/bundle.rs"]
mod bundle;
// Written for several test programs, of which each uses a part.
#[allow(dead_code, unused_macros, unused_imports)]
#[path = "support/store_contract.rs"]
mod contract;
#[allow(dead_code)]
#[path = "support/store_damage.rs"]
mod damage;
#[allow(dead_code)]
#[path = "support/process.rs"]
mod process;
#[path = "support/sandbox.rs"]
mod sandbox;
#[allow(dead_code)]
#[path = "support/session.rs"]
mod session;

#[path = "faults/backup.rs"]
mod backup;
#[path = "faults/damaged.rs"]
mod damaged;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/full.rs"]
mod full;
#[path = "faults/kill.rs"]
mod kill;
#[path = "faults/power.rs"]
mod power;
#[path = "faults/race.rs"]
mod race;
#[path = "faults/stop.rs"]
mod stop;
