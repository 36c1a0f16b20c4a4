//! Plain HTTP for the operator's tools, meant for loopback: figures and health.
//!
//! `/healthz` answers whether the process works at all (restart it if not), `/readyz` whether it should
//! get clients now, `/metrics` in OpenMetrics text.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;

/// Asks the server about itself; the error says in one sentence what is wrong.
pub type Probe = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What the pages are made of.
#[derive(Clone)]
pub struct Pages {
    /// Figures to print.
    pub registry: Arc<Registry>,
    /// Whether the process works.
    pub healthy: Probe,
    /// Whether it should get clients.
    pub ready: Probe,
}

/// Builds the pages; the caller may merge further ones.
pub fn router(pages: Pages) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(pages)
}

/// Serves the pages until `stop` completes.
///
/// # Errors
/// When the listener itself fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .await
}

/// Prints every figure.
async fn metrics(State(pages): State<Pages>) -> Response {
    let mut text = String::new();
    if encode(&mut text, &pages.registry).is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// Answers for the process.
async fn healthz(State(pages): State<Pages>) -> Response {
    verdict((pages.healthy)())
}

/// Answers for the service.
async fn readyz(State(pages): State<Pages>) -> Response {
    verdict((pages.ready)())
}

/// Turns a probe's outcome into an answer.
fn verdict(outcome: Result<(), String>) -> Response {
    match outcome {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason + "\n").into_response(),
    }
}
