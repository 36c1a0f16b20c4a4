//! `<domain:period>` (`periodType`): 1 to 99 years or months.

use crate::base::code::Code;
use crate::model::Period;
use crate::model::period::Unit;
use crate::protocol::Error;
use crate::protocol::text::{collapse, unsigned};
use crate::protocol::values::optional;
use crate::xml::sequence::{attributes, simple};
use crate::xml::{Element, Namespace, Sequence, Writer};

/// Reads the optional `<domain:period>` that stands next.
pub(super) fn decode_optional(content: &mut Sequence<'_>) -> Result<Option<Period>, Error> {
    optional(content, Namespace::Domain, "period", decode)
}

/// Writes `<domain:period>` if there is one.
pub(super) fn encode_optional(writer: &mut Writer, period: Option<Period>) {
    let Some(period) = period else { return };
    writer.start(Namespace::Domain, "period");
    let unit = match period.unit() {
        Unit::Year => "y",
        Unit::Month => "m",
    };
    writer.attribute("unit", unit);
    writer.text(&period.value().to_string());
    writer.end();
}

/// Reads `<domain:period>`.
fn decode(element: Element<'_>) -> Result<Period, Error> {
    let [unit] = attributes(element, ["unit"])?;
    let unit = match unit.map(collapse).as_deref() {
        Some("y") => Unit::Year,
        Some("m") => Unit::Month,
        _ => {
            let reason = "the attribute unit is required and is y or m";
            return Err(Error::new(Code::Syntax, element, reason));
        }
    };
    let value = unsigned(simple(element)?);
    value
        .and_then(|value| Period::new(value, unit))
        .ok_or_else(|| {
            Error::new(
                Code::Syntax,
                element,
                "a period is a whole number from 1 to 99",
            )
        })
}
