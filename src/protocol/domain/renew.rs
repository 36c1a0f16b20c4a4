//! `<domain:renew>` (RFC 5731 section 3.2.3).

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::period;
use crate::model::Period;
use crate::protocol::Error;
use crate::protocol::text::{date, parsed, timestamp, token};
use crate::protocol::values::instant;
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
        if let Some(period) = self.period {
            period::encode(writer, period);
        }
        writer.end();
    }
}

/// Writes an `xs:date`; longer years carry no plus sign there.
fn day(date: NaiveDate) -> String {
    let sign = if date.year() < 0 { "-" } else { "" };
    let year = date.year().unsigned_abs();
    format!("{sign}{year:04}-{:02}-{:02}", date.month(), date.day())
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
        let expires = content
            .optional(Namespace::Domain, "exDate")
            .map(instant)
            .transpose()?;
        content.end()?;
        Ok(Self { name, expires })
    }
}
