//! F6: timers. What must happen though nobody asks for it.

mod dns;
pub mod name_servers;

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::session::Service;
use crate::store::Store;

/// How often the server looks what is due.
const TICK: Duration = Duration::from_secs(1);

/// Makes permanent what time brings, until dropped.
pub async fn run<S: Store>(service: Service<S>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match service.settle_due().await {
            Ok(0) => {}
            Ok(settled) => tracing::info!(settled, "domains changed by time"),
            Err(error) => tracing::error!(?error, "what is due is not settled; trying again"),
        }
    }
}
