//! `<domain:renew>` (RFC 5731 section 3.2.3).

use chrono::{DateTime, NaiveDate, Utc};

use super::period;
use crate::model::Period;
use crate::protocol::Error;
use crate::protocol::text::{date, day, parsed, timestamp, token};
use crate::protocol::values::{instant, optional};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Extends a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// Name as the client wrote it.
    pub name: String,
    /// Day on which the client believes the registration ends; it makes a replay harmless.
    pub current_expiry: NaiveDate,
    /// Period; the server's default when absent.
    pub period: Option<Period>,
}

impl Renew {
    /// Reads `<domain:renew>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let expiry = content.required(Namespace::Domain, "curExpDate")?;
        let current_expiry = parsed(expiry, date, "a date is written YYYY-MM-DD")?;
        let period = period::decode_optional(&mut content)?;
        content.end()?;
        Ok(Self {
            name,
            current_expiry,
            period,
        })
    }

    /// Writes `<domain:renew>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "renew");
        writer.leaf(Namespace::Domain, "name", &self.name);
        writer.leaf(Namespace::Domain, "curExpDate", &day(self.current_expiry));
        period::encode_optional(writer, self.period);
        writer.end();
    }
}

/// Answer to [`Renew`] (`renData`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewData {
    /// Name.
    pub name: String,
    /// When the registration ends now.
    pub expires: Option<DateTime<Utc>>,
}

impl RenewData {
    /// Writes `<domain:renData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::Domain, "renData");
        writer.leaf(Namespace::Domain, "name", &self.name);
        if let Some(expires) = self.expires {
            writer.leaf(Namespace::Domain, "exDate", &timestamp(expires));
        }
        writer.end();
    }

    /// Reads `<domain:renData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let name = token(content.required(Namespace::Domain, "name")?, 1, 255)?;
        let expires = optional(&mut content, Namespace::Domain, "exDate", instant)?;
        content.end()?;
        Ok(Self { name, expires })
    }
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;

    use super::*;
    use crate::protocol::{samples, testing};

    proptest! {
        #[test]
        fn decode_of_what_was_printed_is_the_same(
            (name, current_expiry, period) in
                (testing::token(1..=40), samples::day(), of(samples::period())),
            expires in of(samples::instant()),
        ) {
            let renew = Renew { name: name.clone(), current_expiry, period };
            prop_assert_eq!(&testing::again(|w| renew.encode(w), Renew::decode), &renew);
            let data = RenewData { name, expires };
            prop_assert_eq!(&testing::again(|w| data.encode(w), RenewData::decode), &data);
        }
    }

    #[test]
    fn decode_takes_the_day_in_its_own_zone() {
        let text = "<renew><name>a.hk</name><curExpDate> 2027-04-03+08:00 </curExpDate></renew>";
        let renew = samples::read(Namespace::Domain, text, Renew::decode).unwrap();
        assert_eq!(
            Some(renew.current_expiry),
            NaiveDate::from_ymd_opt(2027, 4, 3)
        );
        assert_eq!(renew.period, None);
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let texts = [
            "<renew><name>a.hk</name></renew>",
            "<renew><name>a.hk</name><curExpDate/></renew>",
            "<renew><name>a.hk</name><curExpDate>2027-02-30</curExpDate></renew>",
            "<renew><name>a.hk</name><curExpDate>2027-04-03T00:00:00Z</curExpDate></renew>",
            "<renew><curExpDate>2027-04-03</curExpDate><name>a.hk</name></renew>",
            "<renew><name>a.hk</name><period unit='y'>1</period><curExpDate>2027-04-03</curExpDate></renew>",
        ];
        samples::refuse(Namespace::Domain, &texts, Renew::decode);
    }
}
