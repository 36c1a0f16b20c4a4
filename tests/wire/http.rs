//! Figures and health over plain HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hkepp::base::metrics::Metrics;
use hkepp::server::http::{self, Pages};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::harness::PATIENCE;

#[tokio::test]
async fn pages_tell_figures_and_health_until_stopped() {
    let (metrics, registry) = Metrics::new();
    let ready = Arc::new(AtomicBool::new(false));
    let readiness = Arc::clone(&ready);
    let pages = Pages {
        registry: Arc::new(registry),
        healthy: Arc::new(|| Ok(())),
        ready: Arc::new(move || match readiness.load(Ordering::SeqCst) {
            true => Ok(()),
            false => Err("the store is being rebuilt".to_owned()),
        }),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(http::serve(listener, http::router(pages), async {
        stopped.await.ok();
    }));
    let page = async |path: &str| {
        let mut tcp = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        answer
    };
    metrics.connections.inc();
    let figures = page("/metrics").await;
    assert!(figures.starts_with("HTTP/1.1 200"), "{figures}");
    assert!(
        figures.contains("application/openmetrics-text"),
        "{figures}"
    );
    assert!(figures.contains("epp_connections_total 1"), "{figures}");
    assert!(page("/healthz").await.starts_with("HTTP/1.1 200"));
    let waiting = page("/readyz").await;
    assert!(waiting.starts_with("HTTP/1.1 503"), "{waiting}");
    assert!(
        waiting.ends_with("the store is being rebuilt\n"),
        "{waiting}"
    );
    ready.store(true, Ordering::SeqCst);
    assert!(page("/readyz").await.starts_with("HTTP/1.1 200"));
    assert!(page("/nothing").await.starts_with("HTTP/1.1 404"));
    stop.send(()).unwrap();
    timeout(PATIENCE, serving).await.unwrap().unwrap().unwrap();
}
