//! Name servers on loopback that answer well, badly or not at all, and a resolver that leads to them.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use domain::base::iana::{Class, Rcode, Rtype};
use domain::base::{Message, MessageBuilder, Name, Serial, Ttl};
use domain::rdata::{A, Soa};

/// How a name server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Answers with authority over both transports.
    Operational,
    /// Answers without authority.
    Lame,
    /// Answers with authority for the zone above.
    Parent,
    /// Refuses.
    Refusing,
    /// Answers over UDP and closes what comes over TCP.
    OnlyUdp,
    /// Answers over TCP alone.
    OnlyTcp,
    /// Listens and does not answer.
    Silent,
    /// Refuses one name and answers well for every other.
    Without(&'static str),
    /// Answers well, and closes a TCP connection after each answer.
    OneByOne,
}

/// A running name server, at one address of loopback and the port of all.
#[derive(Clone, Debug)]
pub struct NameServer {
    manner: Arc<Mutex<Manner>>,
    /// What it was asked: the transport and the name.
    asked: Arc<Mutex<BTreeSet<(&'static str, String)>>>,
}

impl NameServer {
    /// Starts name servers at 127.0.0.2 and so on, all at one port, which is returned, too.
    pub fn start(manners: &[Manner]) -> (u16, Vec<Self>) {
        // Some port is free at every address.
        for _ in 0..100 {
            let probe = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let port = probe.local_addr().unwrap().port();
            let bind = |number: usize| {
                let address = (address_of(number), port);
                let udp = UdpSocket::bind(address).ok()?;
                Some((udp, TcpListener::bind(address).ok()?))
            };
            let sockets: Option<Vec<_>> = (0..manners.len()).map(bind).collect();
            let Some(sockets) = sockets else {
                continue;
            };
            let start = |((udp, tcp), manner): ((UdpSocket, TcpListener), &Manner)| {
                let server = Self {
                    manner: Arc::new(Mutex::new(*manner)),
                    asked: Arc::default(),
                };
                let (over_udp, over_tcp) = (server.clone(), server.clone());
                thread::spawn(move || over_udp.serve_udp(&udp));
                thread::spawn(move || over_tcp.serve_tcp(&tcp));
                server
            };
            return (port, sockets.into_iter().zip(manners).map(start).collect());
        }
        panic!("no port is free");
    }

    /// Makes it behave otherwise.
    pub fn become_like(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Returns every name it was asked for, with the transport.
    pub fn asked(&self) -> BTreeSet<(&'static str, String)> {
        self.asked.lock().unwrap().clone()
    }

    /// Answers a question that came over a transport.
    fn answer(&self, transport: &'static str, octets: &[u8]) -> Vec<u8> {
        let question = Message::from_octets(octets).unwrap();
        let name = question.sole_question().unwrap().qname().to_string();
        self.asked.lock().unwrap().insert((transport, name));
        answer(self.manner(), octets)
    }

    fn manner(&self) -> Manner {
        *self.manner.lock().unwrap()
    }

    fn serve_udp(&self, socket: &UdpSocket) {
        let mut octets = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut octets) {
            let manner = self.manner();
            if !matches!(manner, Manner::Silent | Manner::OnlyTcp) {
                let answer = self.answer("udp", &octets[..length]);
                let _ = socket.send_to(&answer, from);
            }
        }
    }

    fn serve_tcp(&self, listener: &TcpListener) {
        for stream in listener.incoming() {
            let server = self.clone();
            thread::spawn(move || server.converse(stream.unwrap()));
        }
    }

    /// Answers questions over TCP, until the other side is content.
    fn converse(&self, mut stream: TcpStream) -> Option<()> {
        let manner = self.manner();
        if manner == Manner::OnlyUdp {
            return None;
        }
        loop {
            let mut length = [0; 2];
            stream.read_exact(&mut length).ok()?;
            let mut octets = vec![0; u16::from_be_bytes(length).into()];
            stream.read_exact(&mut octets).ok()?;
            if manner == Manner::Silent {
                continue;
            }
            let answer = self.answer("tcp", &octets);
            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
            stream.write_all(&[&length[..], &answer].concat()).ok()?;
            if manner == Manner::OneByOne {
                return None;
            }
        }
    }
}

/// Returns the address of a name server by its number.
fn address_of(number: usize) -> IpAddr {
    IpAddr::from([127, 0, 0, u8::try_from(number + 2).unwrap()])
}

/// Answers a question for the start of authority.
fn answer(manner: Manner, octets: &[u8]) -> Vec<u8> {
    let question = Message::from_octets(octets).unwrap();
    let asked = question.sole_question().unwrap();
    assert_eq!(asked.qtype(), Rtype::SOA);
    assert!(!question.header().rd(), "a name server is not a resolver");
    let name = asked.qname().to_string();
    let refuses =
        manner == Manner::Refusing || matches!(manner, Manner::Without(other) if other == name);
    let rcode = if refuses {
        Rcode::REFUSED
    } else {
        Rcode::NOERROR
    };
    let mut answer = MessageBuilder::new_vec()
        .start_answer(&question, rcode)
        .unwrap();
    answer.header_mut().set_aa(manner != Manner::Lame);
    let name: Name<Vec<u8>> = asked.qname().to_string().parse().unwrap();
    let owner = if manner == Manner::Parent {
        "hk".parse().unwrap()
    } else {
        name.clone()
    };
    let ttl = Ttl::from_secs(60);
    let start = Soa::new(name.clone(), name, Serial(1), ttl, ttl, ttl, ttl);
    if !refuses {
        answer.push((owner, Class::IN, ttl, start)).unwrap();
    }
    answer.finish()
}

/// Starts a resolver that finds `ns1.N.test` and `ns2.N.test` at the address of name server N, and nothing else.
pub fn start_resolver() -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut octets = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut octets) {
            let _ = socket.send_to(&resolve(&octets[..length]), from);
        }
    });
    address
}

fn resolve(octets: &[u8]) -> Vec<u8> {
    let question = Message::from_octets(octets).unwrap();
    let asked = question.sole_question().unwrap();
    let name: Name<Vec<u8>> = asked.qname().to_string().parse().unwrap();
    let text = name.to_string();
    let number = text.split('.').nth(1).and_then(|label| label.parse().ok());
    let rcode = match number {
        Some(_) => Rcode::NOERROR,
        None => Rcode::NXDOMAIN,
    };
    let mut answer = MessageBuilder::new_vec()
        .start_answer(&question, rcode)
        .unwrap();
    if let (Some(IpAddr::V4(found)), Rtype::A) = (number.map(address_of), asked.qtype()) {
        let record = (name, Class::IN, Ttl::from_secs(60), A::new(found));
        answer.push(record).unwrap();
    }
    answer.finish()
}
