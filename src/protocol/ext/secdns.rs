//! DNSSEC on domains (RFC 5910, secDNS-1.1): DS data or key data, in create, update and info.
//!
//! The schema lets both interfaces through; which one this server offers is for the flows to say.

use crate::base::code::Code;
use crate::model::dnssec::{DnssecData, DsData, KeyData};
use crate::protocol::text::{base64, boolean, hex, parsed, signed, unsigned};
use crate::protocol::{Error, Extension};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Namespace, Sequence, Writer};

const NS: Namespace = Namespace::SecDns;

/// Extension of domain create (`<secDNS:create>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// Lifetime of signatures the client prefers, in seconds.
    pub max_sig_life: Option<i32>,
    /// The records.
    pub data: DnssecData,
}

/// Extension of domain update (`<secDNS:update>`); removal comes before addition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Whether the client asks for priority.
    pub urgent: bool,
    /// What to remove.
    pub remove: Option<Remove>,
    /// What to add.
    pub add: Option<Addition>,
    /// What to replace.
    pub change: Option<Change>,
}

/// What an update removes (`remType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remove {
    /// Everything if `true`, nothing if `false`.
    All(bool),
    /// These DS records, all four fields compared.
    Ds(Vec<DsData>),
    /// These keys, all four fields compared.
    Key(Vec<KeyData>),
}

/// What an update adds (`dsOrKeyType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Lifetime of signatures the client prefers, in seconds.
    pub max_sig_life: Option<i32>,
    /// The records.
    pub data: DnssecData,
}

/// What an update replaces (`chgType`); an empty one is legal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Lifetime of signatures the client prefers, in seconds.
    pub max_sig_life: Option<i32>,
}

/// Extension of the answer to domain info (`<secDNS:infData>`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// Lifetime of signatures in force, in seconds.
    pub max_sig_life: Option<i32>,
    /// The records.
    pub data: DnssecData,
}

/// Reads an element of secDNS-1.1 in a command.
///
/// # Errors
/// When it is no command extension or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    match element.name() {
        "create" => Create::decode(element).map(Extension::SecDnsCreate),
        "update" => Update::decode(element).map(Extension::SecDnsUpdate),
        "infData" => Err(Error::new(Code::Syntax, element, "only servers send this")),
        _ => Err(Error::new(
            Code::Syntax,
            element,
            "secDNS-1.1 defines create and update",
        )),
    }
}

impl Create {
    /// Reads `<secDNS:create>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let (max_sig_life, data) = decode_records(element)?;
        Ok(Self { max_sig_life, data })
    }

    /// Writes `<secDNS:create>`.
    pub fn encode(&self, writer: &mut Writer) {
        encode_records(writer, "create", self.max_sig_life, &self.data);
    }
}

impl InfoData {
    /// Reads `<secDNS:infData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let (max_sig_life, data) = decode_records(element)?;
        Ok(Self { max_sig_life, data })
    }

    /// Writes `<secDNS:infData>`.
    pub fn encode(&self, writer: &mut Writer) {
        encode_records(writer, "infData", self.max_sig_life, &self.data);
    }
}

impl Update {
    /// Reads `<secDNS:update>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let [urgent] = attributes(element, ["urgent"])?;
        let urgent = match urgent {
            None => false,
            Some(urgent) => boolean(urgent)
                .ok_or_else(|| Error::new(Code::Syntax, element, "urgent is a boolean"))?,
        };
        let mut content = Sequence::content(element)?;
        let remove = content.optional(NS, "rem");
        let add = content.optional(NS, "add");
        let change = content.optional(NS, "chg");
        content.end()?;
        Ok(Self {
            urgent,
            remove: remove.map(Remove::decode).transpose()?,
            add: add.map(Addition::decode).transpose()?,
            change: change.map(Change::decode).transpose()?,
        })
    }

    /// Writes `<secDNS:update>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "update");
        if self.urgent {
            writer.attribute("urgent", "true");
        }
        if let Some(remove) = &self.remove {
            remove.encode(writer);
        }
        if let Some(add) = &self.add {
            encode_records(writer, "add", add.max_sig_life, &add.data);
        }
        if let Some(change) = &self.change {
            writer.start(NS, "chg");
            encode_max_sig_life(writer, change.max_sig_life);
            writer.end();
        }
        writer.end();
    }
}

impl Remove {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        if let Some(all) = content.optional(NS, "all") {
            content.end()?;
            return Ok(Self::All(parsed(
                all,
                boolean,
                "a boolean is true or false",
            )?));
        }
        let data = decode_choice(&mut content)?;
        content.end()?;
        Ok(match data {
            DnssecData::Ds(records) => Self::Ds(records),
            DnssecData::Key(keys) => Self::Key(keys),
        })
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(NS, "rem");
        match self {
            Self::All(all) => writer.leaf(NS, "all", if *all { "true" } else { "false" }),
            Self::Ds(records) => records.iter().for_each(|ds| encode_ds(writer, ds)),
            Self::Key(keys) => keys.iter().for_each(|key| encode_key(writer, key)),
        }
        writer.end();
    }
}

impl Addition {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let (max_sig_life, data) = decode_records(element)?;
        Ok(Self { max_sig_life, data })
    }
}

impl Change {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let max_sig_life = decode_max_sig_life(&mut content)?;
        content.end()?;
        Ok(Self { max_sig_life })
    }
}

/// Reads an element of `dsOrKeyType`.
fn decode_records(element: Element<'_>) -> Result<(Option<i32>, DnssecData), Error> {
    let mut content = Sequence::of(element)?;
    let max_sig_life = decode_max_sig_life(&mut content)?;
    let data = decode_choice(&mut content)?;
    content.end()?;
    Ok((max_sig_life, data))
}

/// Reads the DS records or the keys that stand next, at least one.
fn decode_choice(content: &mut Sequence<'_>) -> Result<DnssecData, Error> {
    let keys = content.many(NS, "keyData", 0, usize::MAX)?;
    if !keys.is_empty() {
        let keys = keys.into_iter().map(decode_key);
        return Ok(DnssecData::Key(keys.collect::<Result<_, _>>()?));
    }
    let records = content.many(NS, "dsData", 1, usize::MAX)?;
    let records = records.into_iter().map(decode_ds);
    Ok(DnssecData::Ds(records.collect::<Result<_, _>>()?))
}

fn decode_max_sig_life(content: &mut Sequence<'_>) -> Result<Option<i32>, Error> {
    let positive = |text: &str| signed::<i32>(text).filter(|seconds| *seconds >= 1);
    let element = content.optional(NS, "maxSigLife");
    let reason = "a lifetime is a whole number of seconds from 1 to 2147483647";
    Ok(element
        .map(|element| parsed(element, positive, reason))
        .transpose()?)
}

fn decode_ds(element: Element<'_>) -> Result<DsData, Error> {
    let mut content = Sequence::of(element)?;
    let key_tag = parsed(content.required(NS, "keyTag")?, unsigned, WORD)?;
    let algorithm = parsed(content.required(NS, "alg")?, unsigned, OCTET)?;
    let digest_type = parsed(content.required(NS, "digestType")?, unsigned, OCTET)?;
    let digest = content.required(NS, "digest")?;
    let digest = parsed(
        digest,
        hex,
        "a digest is an even number of hexadecimal digits",
    )?;
    let key = content
        .optional(NS, "keyData")
        .map(decode_key)
        .transpose()?;
    content.end()?;
    Ok(DsData {
        key_tag,
        algorithm,
        digest_type,
        digest,
        key,
    })
}

fn decode_key(element: Element<'_>) -> Result<KeyData, Error> {
    let mut content = Sequence::of(element)?;
    let flags = parsed(content.required(NS, "flags")?, unsigned, WORD)?;
    let protocol = parsed(content.required(NS, "protocol")?, unsigned, OCTET)?;
    let algorithm = parsed(content.required(NS, "alg")?, unsigned, OCTET)?;
    let some = |text: &str| base64(text).filter(|octets| !octets.is_empty());
    let public_key = content.required(NS, "pubKey")?;
    let public_key = parsed(public_key, some, "a public key is Base64 and not empty")?;
    content.end()?;
    Ok(KeyData {
        flags,
        protocol,
        algorithm,
        public_key,
    })
}

const WORD: &str = "a whole number from 0 to 65535";
const OCTET: &str = "a whole number from 0 to 255";

/// Writes the element `name` of `dsOrKeyType`.
fn encode_records(
    writer: &mut Writer,
    name: &'static str,
    max_sig_life: Option<i32>,
    data: &DnssecData,
) {
    writer.start(NS, name);
    encode_max_sig_life(writer, max_sig_life);
    match data {
        DnssecData::Ds(records) => records.iter().for_each(|ds| encode_ds(writer, ds)),
        DnssecData::Key(keys) => keys.iter().for_each(|key| encode_key(writer, key)),
    }
    writer.end();
}

fn encode_max_sig_life(writer: &mut Writer, seconds: Option<i32>) {
    if let Some(seconds) = seconds {
        writer.leaf(NS, "maxSigLife", &seconds.to_string());
    }
}

fn encode_ds(writer: &mut Writer, ds: &DsData) {
    writer.start(NS, "dsData");
    writer.leaf(NS, "keyTag", &ds.key_tag.to_string());
    writer.leaf(NS, "alg", &ds.algorithm.to_string());
    writer.leaf(NS, "digestType", &ds.digest_type.to_string());
    writer.leaf(NS, "digest", &data_encoding::HEXUPPER.encode(&ds.digest));
    if let Some(key) = &ds.key {
        encode_key(writer, key);
    }
    writer.end();
}

fn encode_key(writer: &mut Writer, key: &KeyData) {
    writer.start(NS, "keyData");
    writer.leaf(NS, "flags", &key.flags.to_string());
    writer.leaf(NS, "protocol", &key.protocol.to_string());
    writer.leaf(NS, "alg", &key.algorithm.to_string());
    writer.leaf(NS, "pubKey", &data_encoding::BASE64.encode(&key.public_key));
    writer.end();
}
