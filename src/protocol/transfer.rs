//! What the transfers of domains and contacts share (`trStatusType`, RFC 5730 section 2.9.3.4).

use super::Error;
use super::text::collapse;
use crate::base::code::Code;
use crate::model::TransferStatus;
use crate::xml::Element;
use crate::xml::sequence::leaf;

/// Reads `<trStatus>`.
///
/// # Errors
/// When the element is not one of the statuses.
pub fn decode_status(element: Element<'_>) -> Result<TransferStatus, Error> {
    let text = collapse(leaf(element)?);
    let mut all = TransferStatus::ALL.into_iter();
    all.find(|status| status.as_str() == text)
        .ok_or_else(|| Error::new(Code::Syntax, element, "EPP defines no such transfer status"))
}
