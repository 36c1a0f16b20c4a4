//! instant-epp, a client in Rust: it refuses answers with anything it did not announce.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use instant_epp::client::{Connector, RequestData};
use instant_epp::contact::{
    Address, ContactCheck, ContactCreate, ContactDelete, ContactInfo, InfoType, PostalInfo, Voice,
};
use instant_epp::domain::{
    DomainCheck, DomainContact, DomainCreate, DomainDelete, DomainInfo, DomainRenew,
    DomainTransfer, HostInfo as NameServer, HostObj, Period, PeriodLength,
};
use instant_epp::extensions::secdns::{
    Algorithm, CreateData as DsCreate, DigestAlgorithm, DsDataType,
};
use instant_epp::host::{HostCheck, HostCreate, HostDelete, HostInfo};
use instant_epp::login::Login;
use instant_epp::logout::Logout;
use instant_epp::poll::Poll;
use instant_epp::request::{Command, Extension, Transaction};
use instant_epp::{EppClient, Error};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::process::Server;

/// Longest wait for a connection or an answer.
const LIMIT: Duration = Duration::from_secs(30);
/// Every registrar's password.
const PASSWORD: &str = "Harbour-2026";
/// Authorization information of the objects.
const SECRET: &str = "Quay-Side-2026.Pier+7";

/// Connects with a registrar's certificate.
struct Mutual {
    address: String,
    config: Arc<ClientConfig>,
}

impl Mutual {
    fn new(server: &Server, registrar: &str) -> Self {
        let file = |name: &str| server.certs.join(name);
        let certificate = |path: &Path| CertificateDer::from_pem_file(path).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&file("ca.pem"))).unwrap();
        let chain = vec![certificate(&file(&format!("{registrar}.pem")))];
        let key = PrivateKeyDer::from_pem_file(file(&format!("{registrar}.key"))).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(chain, key)
            .unwrap();
        Self {
            address: server.epp_address(),
            config: Arc::new(config),
        }
    }
}

impl Connector for Mutual {
    type Connection = TlsStream<TcpStream>;

    fn connect<'a, 'b>(
        &'a self,
        timeout: Duration,
    ) -> Pin<Box<dyn Future<Output = Result<Self::Connection, Error>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let connect = async {
                let tcp = TcpStream::connect(&self.address).await?;
                let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
                let connector = TlsConnector::from(Arc::clone(&self.config));
                connector.connect(name, tcp).await
            };
            match tokio::time::timeout(timeout, connect).await {
                Ok(connected) => Ok(connected?),
                Err(_) => Err(Error::Timeout),
            }
        })
    }
}

/// A session, counting its steps.
struct Walk {
    client: EppClient<Mutual>,
    steps: usize,
}

impl Walk {
    async fn connect(server: &Server, registrar: &str) -> Self {
        let connector = Mutual::new(server, registrar);
        let client = EppClient::new(connector, registrar.to_owned(), LIMIT).await;
        Self {
            client: client.unwrap(),
            steps: 0,
        }
    }

    /// Connects and logs in without extensions.
    async fn login(server: &Server, registrar: &str) -> Self {
        let mut walk = Self::connect(server, registrar).await;
        let login = Login::new(registrar, PASSWORD, None, None);
        walk.done("login", &login).await;
        walk
    }

    /// Sends a command that must be done; returns its data.
    async fn done<'c, 'e, C, E>(
        &mut self,
        step: &str,
        data: impl Into<RequestData<'c, 'e, C, E>>,
    ) -> Option<C::Response>
    where
        C: Transaction<E> + Command + 'c,
        E: Extension + 'e,
    {
        self.steps += 1;
        let id = format!("instant-{}", self.steps);
        let sent = tokio::time::timeout(LIMIT, self.client.transact(data, &id)).await;
        let answer = sent
            .unwrap()
            .unwrap_or_else(|error| panic!("{step}: {error:?}"));
        assert_eq!(answer.tr_ids.client_tr_id.as_deref(), Some(&*id), "{step}");
        println!("ok {step}: {}", answer.result.code as u16);
        answer.res_data.map(|data| data.into_inner())
    }

    /// Sends a command that must be refused with `code`.
    async fn refused<'c, 'e, C, E>(
        &mut self,
        code: u16,
        step: &str,
        data: impl Into<RequestData<'c, 'e, C, E>>,
    ) where
        C: Transaction<E> + Command + 'c,
        E: Extension + 'e,
    {
        self.steps += 1;
        let id = format!("instant-{}", self.steps);
        let sent = tokio::time::timeout(LIMIT, self.client.transact(data, &id)).await;
        let Err(Error::Command(status)) = sent.unwrap() else {
            panic!("{step}: not refused as it must be");
        };
        assert_eq!(
            status.result.code as u16, code,
            "{step}: {:?}",
            status.result
        );
        assert_eq!(status.tr_ids.client_tr_id.as_deref(), Some(&*id), "{step}");
        println!("ok {step}: {code} {:?}", status.result.ext_values);
    }

    async fn logout(mut self) -> usize {
        self.done("logout", &Logout).await;
        self.client.hello().await.expect_err("the server closes");
        self.steps
    }
}

#[tokio::test]
async fn walk_instant_epp_passes() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::sandbox(home.path(), &["--profile", "plain"]);
    walk_logins(&server).await;
    let mut first = Walk::login(&server, "registrar-a").await;
    let mut other = Walk::login(&server, "registrar-b").await;
    walk_contacts(&mut first, &mut other).await;
    walk_domains(&mut first, &mut other).await;
    walk_dnssec(&server).await;
    walk_the_life_of_a_domain(&mut first, &mut other).await;
    println!("{} steps", first.logout().await + other.logout().await);
    server.stop();
}

async fn walk_logins(server: &Server) {
    let mut walk = Walk::connect(server, "registrar-c").await;
    let greeting = walk.client.greeting().unwrap();
    assert_eq!(greeting.svc_menu.langs[0], "en");
    walk.client.hello().await.unwrap();
    let early = DomainCheck {
        domains: &["instant.example"],
    };
    walk.refused(2002, "check before login", &early).await;
    let wrong = Login::new("registrar-c", "Wrong-2026", None, None);
    walk.refused(2200, "login with a wrong password", &wrong)
        .await;
    let change = Login::new("registrar-c", PASSWORD, Some("Lantau-2027"), None);
    walk.done("login with newPW", &change).await;
    walk.refused(2002, "second login", &change).await;
    walk.client.hello().await.unwrap();
    walk.logout().await;
    let mut walk = Walk::connect(server, "registrar-c").await;
    walk.refused(2200, "login with the old password", &change)
        .await;
    let new = Login::new("registrar-c", "Lantau-2027", None, None);
    walk.done("login with the new password", &new).await;
    walk.logout().await;
}

async fn walk_contacts(first: &mut Walk, other: &mut Walk) {
    let check = ContactCheck {
        contact_ids: &["instant-1", "instant-2"],
    };
    let seen = first.done("contact check", &check).await.unwrap();
    assert!(seen.list.iter().all(|one| one.id.available));
    let street = ["1 Queen's Road", "Flat <2>"];
    let address = Address::new(&street, "Hongkong", None, None, "HK".parse().unwrap());
    let postal = PostalInfo::new(InfoType::International, "Chan Tai Man", None, address);
    let voice = Some(Voice::new("+852.23456789"));
    let create = ContactCreate::new("instant-1", "chan@harbour.test", postal, voice, SECRET);
    let seen = first.done("contact create", &create).await.unwrap();
    assert_eq!(seen.id, "instant-1");
    first.refused(2302, "contact create twice", &create).await;
    let address = Address::new(
        &["皇后大道中一號"],
        "香港",
        None,
        None,
        "HK".parse().unwrap(),
    );
    let postal = PostalInfo::new(InfoType::Local, "陳大文", Some("海港有限公司"), address);
    let create = ContactCreate::new("instant-2", "chan@harbour.test", postal, None, SECRET);
    first
        .done("contact create in Chinese", &create)
        .await
        .unwrap();

    let info = ContactInfo::new("instant-1", SECRET);
    let seen = first.done("contact info", &info).await.unwrap();
    assert_eq!(seen.postal_info.address.street, street);
    let info = ContactInfo::new("instant-2", SECRET);
    let seen = other
        .done("contact info by another registrar", &info)
        .await
        .unwrap();
    assert_eq!(seen.postal_info.name, "陳大文");
    let wrong = ContactInfo::new("instant-1", "Something-else");
    other
        .refused(2202, "contact info with another secret", &wrong)
        .await;
    let nobody = ContactInfo::new("instant-9", SECRET);
    first.refused(2303, "contact info of nobody", &nobody).await;
    let check = ContactCheck {
        contact_ids: &["instant-1", "instant-9"],
    };
    let seen = first.done("contact check", &check).await.unwrap();
    assert_eq!(
        seen.list
            .iter()
            .map(|one| one.id.available)
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert!(seen.list[0].reason.is_some());
}

async fn walk_domains(first: &mut Walk, other: &mut Walk) {
    let host = HostCreate::new("ns1.instant.test", None);
    first.done("external host create", &host).await.unwrap();
    first
        .refused(2302, "external host create twice", &host)
        .await;
    let years = Period::Years(PeriodLength::new(2).unwrap());
    let servers = [NameServer::Obj(HostObj {
        name: "ns1.instant.test".into(),
    })];
    let contacts = [
        DomainContact {
            contact_type: "admin".into(),
            id: "instant-1".into(),
        },
        DomainContact {
            contact_type: "tech".into(),
            id: "instant-2".into(),
        },
    ];
    let create = |name| {
        DomainCreate::new(
            name,
            years,
            Some(&servers),
            Some("instant-1"),
            SECRET,
            Some(&contacts),
        )
    };
    let seen = first
        .done("domain create", &create("instant.example"))
        .await
        .unwrap();
    assert_eq!(seen.name, "instant.example");
    first
        .refused(2302, "domain create twice", &create("instant.example"))
        .await;
    first
        .refused(2005, "domain create of no name", &create("-pier.example"))
        .await;
    first
        .refused(
            2306,
            "domain create in a foreign zone",
            &create("pier.test"),
        )
        .await;
    let nobody = DomainCreate::new("pier.example", years, None, Some("instant-9"), SECRET, None);
    first
        .refused(2303, "domain create without its contact", &nobody)
        .await;

    let glue: [IpAddr; 2] = [
        "203.119.1.1".parse().unwrap(),
        "2001:db8::53".parse().unwrap(),
    ];
    let below = HostCreate::new("ns1.instant.example", Some(&glue));
    first.done("subordinate host create", &below).await.unwrap();
    let anothers = HostCreate::new("ns2.instant.example", Some(&glue));
    other
        .refused(2201, "host below another's domain", &anothers)
        .await;
    let none = HostCreate::new("ns1.nothing.example", Some(&glue));
    first.refused(2303, "host below no domain", &none).await;
    let check = HostCheck {
        hosts: &["ns1.instant.example", "ns9.instant.example"],
    };
    let seen = first.done("host check", &check).await.unwrap();
    assert_eq!(
        seen.list
            .iter()
            .map(|one| one.name.available)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let seen = first
        .done("host info", &HostInfo::new("ns1.instant.example"))
        .await
        .unwrap();
    assert_eq!(seen.addresses, glue);
    first
        .refused(
            2303,
            "host info of nothing",
            &HostInfo::new("ns9.instant.example"),
        )
        .await;

    let info = DomainInfo::new("instant.example", None);
    let seen = first.done("domain info", &info).await.unwrap();
    assert_eq!(seen.registrant.as_deref(), Some("instant-1"));
    let info = DomainInfo::new("instant.example", Some(SECRET));
    other
        .done("domain info with the secret", &info)
        .await
        .unwrap();
    let info = DomainInfo::new("instant.example", Some("Something-else"));
    other
        .refused(2202, "domain info with another secret", &info)
        .await;
    first
        .refused(
            2303,
            "domain info of nothing",
            &DomainInfo::new("nothing.example", None),
        )
        .await;
    let check = DomainCheck {
        domains: &["instant.example", "nothing.example", "pier.test"],
    };
    let seen = first.done("domain check", &check).await.unwrap();
    let available: Vec<bool> = seen.list.iter().map(|one| one.name.available).collect();
    assert_eq!(available, [false, true, false]);
}

/// DS data needs a session that announced the extension; this client cannot read it back.
async fn walk_dnssec(server: &Server) {
    let digest = "0123456789ABCDEF".repeat(4);
    let algorithm = Algorithm::EcdsaP256Sha256;
    let records = [DsDataType::new(
        12345,
        algorithm,
        DigestAlgorithm::Sha256,
        &digest,
        None,
    )];
    let extension = DsCreate::from(&records[..]);
    let years = Period::Years(PeriodLength::new(1).unwrap());
    let create = DomainCreate::new(
        "signed.example",
        years,
        None,
        Some("instant-1"),
        SECRET,
        None,
    );

    let mut silent = Walk::login(server, "registrar-a").await;
    silent
        .refused(
            2103,
            "domain create with DS data unannounced",
            (&create, &extension),
        )
        .await;
    silent.logout().await;
    let mut walk = Walk::connect(server, "registrar-a").await;
    let announced = ["urn:ietf:params:xml:ns:secDNS-1.1"];
    let login = Login::new("registrar-a", PASSWORD, None, Some(&announced));
    walk.done("login with secDNS", &login).await;
    walk.done("domain create with DS data", (&create, &extension))
        .await
        .unwrap();
    walk.logout().await;
}

async fn walk_the_life_of_a_domain(first: &mut Walk, other: &mut Walk) {
    let expiry = "2030-01-01".parse().unwrap();
    let renew = DomainRenew::new(
        "instant.example",
        expiry,
        Period::Years(PeriodLength::new(1).unwrap()),
    );
    first
        .refused(2004, "domain renew from another day", &renew)
        .await;
    let transfer = DomainTransfer::new("instant.example", None, SECRET);
    first
        .refused(
            2305,
            "domain delete with a subordinate host",
            &DomainDelete::new("instant.example"),
        )
        .await;
    other.done("domain transfer", &transfer).await.unwrap();
    other
        .refused(2300, "domain transfer twice", &transfer)
        .await;
    first.done("poll", &Poll).await.unwrap();
    first
        .refused(
            2305,
            "contact delete of a linked contact",
            &ContactDelete::new("instant-1"),
        )
        .await;
    first
        .refused(
            2305,
            "host delete of a linked host",
            &HostDelete::new("ns1.instant.test"),
        )
        .await;
}
