//! A session that stays open: frames over mutual TLS, without the client under test.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// An open session.
pub struct Session {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

impl Session {
    /// Connects with a certificate and reads the greeting.
    pub fn open(address: &str, certs: &Path, name: &str) -> Self {
        let (session, greeting) = Self::connect(address, certs, Some(name)).unwrap();
        assert!(greeting.contains("<greeting>"));
        session
    }

    /// Connects, with a certificate or without; returns the greeting too, and nothing when the server closes the
    /// connection instead.
    pub fn connect(address: &str, certs: &Path, name: Option<&str>) -> Option<(Self, String)> {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(certs.join("ca.pem")).unwrap())
            .unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match name {
            None => config.with_no_client_auth(),
            Some(name) => {
                let file = |suffix: &str| certs.join(format!("{name}.{suffix}"));
                let chain = vec![CertificateDer::from_pem_file(file("pem")).unwrap()];
                let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
                config.with_client_auth_cert(chain, key).unwrap()
            }
        };
        let server = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::new(config), server).unwrap();
        let tcp = TcpStream::connect(address).unwrap();
        tcp.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut session = Self {
            stream: StreamOwned::new(connection, tcp),
        };
        let greeting = session.receive()?;
        Some((session, greeting))
    }

    /// Sends a document and returns the answer; `None` when the server closed the connection.
    pub fn send(&mut self, document: &str) -> Option<String> {
        let length = u32::try_from(document.len() + 4).unwrap();
        let frame = [&length.to_be_bytes(), document.as_bytes()].concat();
        self.stream.write_all(&frame).ok()?;
        self.receive()
    }

    /// Logs in with the sandbox's password.
    pub fn log_in(&mut self, registrar: &str) {
        let login = format!(
            "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><command><login><clID>{registrar}</clID>\
             <pw>Harbour-2026</pw><options><version>1.0</version><lang>en</lang></options><svcs>\
             <objURI>urn:ietf:params:xml:ns:domain-1.0</objURI></svcs></login></command></epp>"
        );
        let answer = self.send(&login).unwrap();
        assert!(answer.contains("code=\"1000\""), "{answer}");
    }

    /// Reads a document; `None` when the server closed the connection.
    pub fn receive(&mut self) -> Option<String> {
        let mut header = [0; 4];
        self.stream.read_exact(&mut header).ok()?;
        let mut body = vec![0; u32::from_be_bytes(header) as usize - 4];
        self.stream.read_exact(&mut body).ok()?;
        Some(String::from_utf8(body).unwrap())
    }
}
