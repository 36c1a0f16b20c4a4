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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    fn key() -> impl Strategy<Value = KeyData> {
        (
            any::<u16>(),
            any::<u8>(),
            any::<u8>(),
            vec(any::<u8>(), 1..40),
        )
            .prop_map(|(flags, protocol, algorithm, public_key)| KeyData {
                flags,
                protocol,
                algorithm,
                public_key,
            })
    }

    fn ds() -> impl Strategy<Value = DsData> {
        (
            any::<u16>(),
            any::<u8>(),
            any::<u8>(),
            vec(any::<u8>(), 0..40),
            of(key()),
        )
            .prop_map(|(key_tag, algorithm, digest_type, digest, key)| DsData {
                key_tag,
                algorithm,
                digest_type,
                digest,
                key,
            })
    }

    fn records() -> impl Strategy<Value = (Option<i32>, DnssecData)> {
        let data = prop_oneof![
            vec(ds(), 1..4).prop_map(DnssecData::Ds),
            vec(key(), 1..4).prop_map(DnssecData::Key),
        ];
        (of(1..=i32::MAX), data)
    }

    fn update() -> impl Strategy<Value = Update> {
        let remove = prop_oneof![
            any::<bool>().prop_map(Remove::All),
            vec(ds(), 1..4).prop_map(Remove::Ds),
            vec(key(), 1..4).prop_map(Remove::Key),
        ];
        let add = records().prop_map(|(max_sig_life, data)| Addition { max_sig_life, data });
        let change = of(1..=i32::MAX).prop_map(|max_sig_life| Change { max_sig_life });
        (any::<bool>(), of(remove), of(add), of(change)).prop_map(
            |(urgent, remove, add, change)| Update {
                urgent,
                remove,
                add,
                change,
            },
        )
    }

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (max_sig_life, data) in records(),
            update in update(),
        ) {
            let create = Create { max_sig_life, data: data.clone() };
            prop_assert_eq!(&testing::again(|w| create.encode(w), Create::decode), &create);
            let info = InfoData { max_sig_life, data };
            prop_assert_eq!(&testing::again(|w| info.encode(w), InfoData::decode), &info);
            prop_assert_eq!(&testing::again(|w| update.encode(w), Update::decode), &update);
        }
    }

    const DS: &str = "<dsData><keyTag>12345</keyTag><alg>3</alg><digestType>1</digestType>\
        <digest> 49FDaf </digest></dsData>";
    const KEY: &str = "<keyData><flags>257</flags><protocol>3</protocol><alg>1</alg>\
        <pubKey> AQPJ\n////4Q== </pubKey></keyData>";

    #[test]
    fn decode_reads_numbers_digests_and_keys() {
        let text = format!("<create><maxSigLife>+604800</maxSigLife>{DS}</create>");
        let create = samples::read(NS, &text, Create::decode).unwrap();
        assert_eq!(create.max_sig_life, Some(604_800));
        let DnssecData::Ds(records) = create.data else {
            panic!()
        };
        assert_eq!(
            (records[0].key_tag, records[0].digest.as_slice()),
            (12345, &[0x49, 0xfd, 0xaf][..])
        );
        let text = format!("<create>{KEY}{KEY}</create>");
        let create = samples::read(NS, &text, Create::decode).unwrap();
        let DnssecData::Key(keys) = create.data else {
            panic!()
        };
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].public_key, [1, 3, 201, 255, 255, 255, 225]);
    }

    #[test]
    fn decode_accepts_the_edges_of_update() {
        let read = |text: &str| samples::read(NS, text, Update::decode).unwrap();
        assert_eq!(read("<update/>").remove, None);
        assert!(read("<update urgent=' 1 '><chg/></update>").urgent);
        assert_eq!(
            read("<update><rem><all> 0 </all></rem></update>").remove,
            Some(Remove::All(false))
        );
        let text = format!("<update><rem>{KEY}</rem><add>{DS}{DS}</add></update>");
        assert!(matches!(read(&text).remove, Some(Remove::Key(keys)) if keys.len() == 1));
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let texts = [
            "<create/>".to_owned(),
            "<create><maxSigLife>1</maxSigLife></create>".to_owned(),
            format!("<create>{DS}{KEY}</create>"),
            format!("<create>{KEY}{DS}</create>"),
            format!("<create>{DS}<maxSigLife>1</maxSigLife></create>"),
            format!("<create><maxSigLife>0</maxSigLife>{DS}</create>"),
            format!("<create><maxSigLife>2147483648</maxSigLife>{DS}</create>"),
            format!("<create>{}</create>", DS.replace("12345", "65536")),
            format!("<create>{}</create>", DS.replace("12345", "-1")),
            format!("<create>{}</create>", DS.replace("12345", "+1")),
            format!("<create>{}</create>", DS.replace("49FDaf", "49FDa")),
            format!("<create>{}</create>", DS.replace("49FDaf", "49 FDaf")),
            format!("<create>{}</create>", DS.replace("<alg>3</alg>", "")),
            format!("<create>{}</create>", KEY.replace("4Q==", "4Q=")),
            format!("<create>{}</create>", KEY.replace(" AQPJ\n////4Q== ", "")),
        ];
        samples::refuse(NS, &texts.each_ref().map(String::as_str), Create::decode);
        let texts = [
            format!("<update><add>{DS}</add><rem>{DS}</rem></update>"),
            "<update><rem/></update>".to_owned(),
            "<update><add/></update>".to_owned(),
            "<update><rem><all>yes</all></rem></update>".to_owned(),
            format!("<update><rem><all>true</all>{DS}</rem></update>"),
            "<update><rem><keyTag>12345</keyTag></rem></update>".to_owned(),
            "<update urgent='yes'/>".to_owned(),
            format!("<update><chg>{DS}</chg></update>"),
        ];
        samples::refuse(NS, &texts.each_ref().map(String::as_str), Update::decode);
    }

    #[test]
    fn decode_refuses_what_only_servers_send() {
        samples::refuse(
            NS,
            &[&format!("<infData>{DS}</infData>"), "<other/>"],
            decode,
        );
    }
}
