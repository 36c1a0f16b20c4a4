//! The yardstick: a TLS server that reads a frame and writes a canned one, nothing else.
//!
//! It uses the server's own TLS configuration, reads a whole frame and answers in one write, as hkepp does.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use hkepp::base::clock::Clock;
use hkepp::server::{Files, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Serves until killed. Arguments: the certificates' directory, then pairs `request:answer` of whole frame
/// lengths.
pub fn run(arguments: &[String]) {
    let directory = Path::new(&arguments[0]);
    let answers: HashMap<usize, Vec<u8>> = arguments[1..].iter().map(|pair| canned(pair)).collect();
    let files = Files {
        certificate: directory.join("server.pem"),
        key: directory.join("server.key"),
        client_authorities: directory.join("ca.pem"),
        revocation_lists: Vec::new(),
    };
    let tls = Tls::load(&files, Clock::System.now()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(serve(TlsAcceptor::from(tls.config()), Arc::new(answers)));
}

/// Builds the answer for one length of request.
fn canned(pair: &str) -> (usize, Vec<u8>) {
    let (request, answer) = pair.split_once(':').unwrap();
    let length: u32 = answer.parse().unwrap();
    let mut frame = length.to_be_bytes().to_vec();
    frame.resize(usize::try_from(length).unwrap(), b'x');
    (request.parse().unwrap(), frame)
}

/// Accepts connections and prints where.
async fn serve(acceptor: TlsAcceptor, answers: Arc<HashMap<usize, Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    loop {
        let (tcp, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        let answers = Arc::clone(&answers);
        tokio::spawn(async move {
            // The other side leaves when the run is over.
            answer(acceptor, tcp, &answers).await.ok();
        });
    }
}

/// Answers one connection.
async fn answer(
    acceptor: TlsAcceptor,
    tcp: TcpStream,
    answers: &HashMap<usize, Vec<u8>>,
) -> std::io::Result<()> {
    tcp.set_nodelay(true)?;
    let mut stream = acceptor.accept(tcp).await?;
    let mut received = Vec::with_capacity(16 * 1024);
    loop {
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(());
        }
        let Some(header) = received.first_chunk::<4>() else {
            continue;
        };
        let length = usize::try_from(u32::from_be_bytes(*header)).unwrap();
        if received.len() == length {
            stream.write_all(&answers[&length]).await?;
            stream.flush().await?;
            received.clear();
        }
    }
}
