//! The documents that are sent.

use crate::load::workload::Workload;

/// Builds the document of a request, the `number`th of its client; all of one workload are of the same length, but
/// for those that come in turn.
pub fn request(workload: Workload, client: usize, number: usize) -> String {
    let stock = || stock_name(client, number / 2);
    match workload {
        Workload::Hello => HELLO.to_owned(),
        Workload::Check => check(|n| english(client, number, n, "example")),
        Workload::English => check(|n| english(client, number, n, "hk")),
        Workload::Chinese => check(|n| chinese(client, number, n)),
        Workload::Info => INFO.replace("NAME", &stock_name(client, number)),
        Workload::Create | Workload::Mixed => create(client, number),
        Workload::Update if number.is_multiple_of(2) => {
            UPDATE.replace("NAME", &stock()).replace("WAY", "add")
        }
        Workload::Update => UPDATE.replace("NAME", &stock()).replace("WAY", "rem"),
        Workload::Transfer if number.is_multiple_of(2) => {
            REQUEST_TRANSFER.replace("NAME", &stock())
        }
        Workload::Transfer => CANCEL_TRANSFER.replace("NAME", &stock()),
        Workload::Poll => POLL.to_owned(),
        Workload::Hk => full_create(client, number, "hk"),
        Workload::Plain => full_create(client, number, "example"),
    }
}

/// Returns the document that logs a registrar in.
pub fn login(registrar: &str) -> String {
    LOGIN.replace("REGISTRAR", registrar)
}

/// Returns the document that creates a name.
pub fn create(client: usize, number: usize) -> String {
    CREATE.replace(
        "NAME",
        &format!("benchmark-{client:03}-{number:07}.example"),
    )
}

/// Returns the document that creates a name with name servers, to be read and changed later.
pub fn stock(client: usize, number: usize) -> String {
    CREATE_STOCK.replace("NAME", &stock_name(client, number))
}

/// Adds the length header.
pub fn frame(document: &str) -> Vec<u8> {
    let length = u32::try_from(document.len() + 4).unwrap();
    [&length.to_be_bytes(), document.as_bytes()].concat()
}

/// Creates a name with three contacts and two name servers, as the rules of .hk want it.
fn full_create(client: usize, number: usize, zone: &str) -> String {
    CREATE_FULL.replace("NAME", &format!("benchmark-{client:03}-{number:07}.{zone}"))
}

/// Asks for five names nobody has.
fn check(name: impl Fn(usize) -> String) -> String {
    let names: String = (0..5)
        .map(|n| format!("<domain:name>{}</domain:name>", name(n)))
        .collect();
    CHECK.replace("NAMES", &names)
}

/// Returns one of the five names of a check.
fn english(client: usize, number: usize, n: usize, zone: &str) -> String {
    let variant = number % super::client::VARIANTS;
    format!("benchmark-{client:03}-{variant:02}-{n}.{zone}")
}

/// Returns one of the five names of a check, of four characters each, in A-form.
fn chinese(client: usize, number: usize, n: usize) -> String {
    let variant = number % super::client::VARIANTS;
    let character = |base: u32, offset: usize| {
        let offset = u32::try_from(offset).unwrap();
        char::from_u32(base + offset).unwrap()
    };
    let (first, second) = (
        character(0x6000, client),
        character(0x7000, 5 * variant + n),
    );
    idna::domain_to_ascii(&format!("漁灣{first}{second}.香港")).unwrap()
}

fn stock_name(client: usize, number: usize) -> String {
    let variant = number % super::client::VARIANTS;
    format!("stock-{client:03}-{variant:02}.example")
}

const HELLO: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><hello/></epp>"#
);

const CHECK: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><check>"#,
    r#"<domain:check xmlns:domain="urn:ietf:params:xml:ns:domain-1.0">NAMES</domain:check>"#,
    r"</check><clTRID>load-0001</clTRID></command></epp>"
);

const INFO: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><info>"#,
    r#"<domain:info xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name></domain:info>"#,
    r"</info><clTRID>load-0005</clTRID></command></epp>"
);

const UPDATE: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><update>"#,
    r#"<domain:update xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r#"<domain:WAY><domain:status s="clientHold"/></domain:WAY></domain:update>"#,
    r"</update><clTRID>load-0006</clTRID></command></epp>"
);

const REQUEST_TRANSFER: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><transfer op="request">"#,
    r#"<domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r"<domain:authInfo><domain:pw>Ferry-Pier.7-Lantau+Peak=934</domain:pw></domain:authInfo></domain:transfer>",
    r"</transfer><clTRID>load-0007</clTRID></command></epp>"
);

const CANCEL_TRANSFER: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><transfer op="cancel">"#,
    r#"<domain:transfer xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name></domain:transfer>"#,
    r"</transfer><clTRID>load-0008</clTRID></command></epp>"
);

const POLL: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><poll op="req"/>"#,
    r"<clTRID>load-0009</clTRID></command></epp>"
);

/// A registrant for every name that is created.
pub const CREATE_REGISTRANT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<contact:create xmlns:contact="urn:ietf:params:xml:ns:contact-1.0"><contact:id>benchmark</contact:id>"#,
    r#"<contact:postalInfo type="int"><contact:name>Chan Tai Man</contact:name><contact:addr>"#,
    r"<contact:city>Central</contact:city><contact:cc>HK</contact:cc></contact:addr></contact:postalInfo>",
    r"<contact:email>chan@example.com</contact:email><contact:authInfo><contact:pw/></contact:authInfo>",
    r"</contact:create></create><clTRID>load-0002</clTRID></command></epp>"
);

const CREATE: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r"<domain:registrant>benchmark</domain:registrant>",
    r"<domain:authInfo><domain:pw/></domain:authInfo></domain:create>",
    r"</create><clTRID>load-0003</clTRID></command></epp>"
);

const CREATE_FULL: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r"<domain:ns><domain:hostObj>ns1.benchmark.icann</domain:hostObj>",
    r"<domain:hostObj>ns2.benchmark.icann</domain:hostObj></domain:ns>",
    r"<domain:registrant>benchmark</domain:registrant>",
    r#"<domain:contact type="admin">benchmark</domain:contact>"#,
    r#"<domain:contact type="tech">benchmark</domain:contact>"#,
    r"<domain:authInfo><domain:pw/></domain:authInfo></domain:create>",
    r"</create><clTRID>load-0003</clTRID></command></epp>"
);

const CREATE_STOCK: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
    r#"<domain:create xmlns:domain="urn:ietf:params:xml:ns:domain-1.0"><domain:name>NAME</domain:name>"#,
    r"<domain:ns><domain:hostObj>ns1.benchmark.icann</domain:hostObj>",
    r"<domain:hostObj>ns2.benchmark.icann</domain:hostObj></domain:ns>",
    r"<domain:registrant>benchmark</domain:registrant>",
    r"<domain:authInfo><domain:pw>Ferry-Pier.7-Lantau+Peak=934</domain:pw></domain:authInfo></domain:create>",
    r"</create><clTRID>load-0003</clTRID></command></epp>"
);

/// The name servers of the stock.
pub const CREATE_HOSTS: [&str; 2] = [
    concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
        r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
        r#"<host:create xmlns:host="urn:ietf:params:xml:ns:host-1.0">"#,
        r"<host:name>ns1.benchmark.icann</host:name></host:create>",
        r"</create><clTRID>load-0004</clTRID></command></epp>"
    ),
    concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
        r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><create>"#,
        r#"<host:create xmlns:host="urn:ietf:params:xml:ns:host-1.0">"#,
        r"<host:name>ns2.benchmark.icann</host:name></host:create>",
        r"</create><clTRID>load-0004</clTRID></command></epp>"
    ),
];

const LOGIN: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#,
    r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><login>"#,
    r"<clID>REGISTRAR</clID><pw>Harbour-2026</pw>",
    r"<options><version>1.0</version><lang>en</lang></options>",
    r"<svcs><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>",
    r"<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI>",
    r"<objURI>urn:ietf:params:xml:ns:host-1.0</objURI></svcs>",
    r"</login><clTRID>load-0000</clTRID></command></epp>"
);
