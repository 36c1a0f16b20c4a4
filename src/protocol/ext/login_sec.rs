//! Login security (RFC 8807): long passwords, the client's software, security events.

use chrono::{DateTime, Utc};

use super::Extension;
use crate::base::code::Code;
use crate::base::secret::Secret;
use crate::protocol::Error;
use crate::protocol::text::{collapse, date_time, normalized_content, timestamp, token};
use crate::protocol::values::{is_duration, language};
use crate::xml::sequence::attributes;
use crate::xml::{Element, Mismatch, Namespace, Sequence, Writer};

/// Stands in `<pw>` or `<newPW>` of the login when the password stands here (RFC 8807 section 3.2).
pub const LITERAL: &str = "[LOGIN-SECURITY]";

/// What a login says beyond RFC 5730.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginSec {
    /// The client's software.
    pub user_agent: Option<UserAgent>,
    /// Password of six or more characters.
    pub password: Option<Secret>,
    /// New password of six or more characters.
    pub new_password: Option<Secret>,
}

/// The client's software; at least one part is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserAgent {
    /// Application.
    pub app: Option<String>,
    /// Technology it is made with.
    pub tech: Option<String>,
    /// Operating system.
    pub os: Option<String>,
}

/// Reads `<loginSec:loginSec>`.
///
/// # Errors
/// When the element is another, or breaks its schema.
pub fn decode(element: Element<'_>) -> Result<Extension, Error> {
    if element.name() != "loginSec" {
        return Err(Error::new(
            Code::Syntax,
            element,
            "the extension of a login is <loginSec>",
        ));
    }
    let mut content = Sequence::of(element)?;
    let user_agent = content.optional(Namespace::LoginSec, "userAgent");
    let user_agent = user_agent.map(UserAgent::decode).transpose()?;
    let password = decode_password(&mut content, "pw")?;
    let new_password = decode_password(&mut content, "newPW")?;
    content.end()?;
    Ok(Extension::LoginSec(LoginSec {
        user_agent,
        password,
        new_password,
    }))
}

fn decode_password(content: &mut Sequence<'_>, name: &str) -> Result<Option<Secret>, Mismatch> {
    let element = content.optional(Namespace::LoginSec, name);
    element
        .map(|element| token(element, 6, usize::MAX).map(Secret::new))
        .transpose()
}

impl LoginSec {
    /// Writes `<loginSec:loginSec>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::LoginSec, "loginSec");
        if let Some(user_agent) = &self.user_agent {
            user_agent.encode(writer);
        }
        if let Some(password) = &self.password {
            writer.leaf(Namespace::LoginSec, "pw", password.expose());
        }
        if let Some(password) = &self.new_password {
            writer.leaf(Namespace::LoginSec, "newPW", password.expose());
        }
        writer.end();
    }
}

impl UserAgent {
    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let mut part = |name| {
            let element = content.optional(Namespace::LoginSec, name);
            element
                .map(|element| token(element, 0, usize::MAX))
                .transpose()
        };
        let agent = Self {
            app: part("app")?,
            tech: part("tech")?,
            os: part("os")?,
        };
        content.end()?;
        if agent == Self::default() {
            return Err(Error::new(
                Code::Syntax,
                element,
                "one of app, tech, os is needed",
            ));
        }
        Ok(agent)
    }

    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::LoginSec, "userAgent");
        for (name, part) in [("app", &self.app), ("tech", &self.tech), ("os", &self.os)] {
            if let Some(text) = part {
                writer.leaf(Namespace::LoginSec, name, text);
            }
        }
        writer.end();
    }
}

/// Security events in the answer to a login, also to a failed one; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSecData {
    /// The events.
    pub events: Vec<Event>,
}

/// Something about a login that its registrar should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub kind: EventKind,
    /// Name of a statistic or custom event.
    pub name: Option<String>,
    /// How serious it is.
    pub level: EventLevel,
    /// When what it is about expires.
    pub ex_date: Option<DateTime<Utc>>,
    /// Value found, for instance the cipher.
    pub value: Option<String>,
    /// Period of a statistic, an `xs:duration`.
    pub duration: Option<String>,
    /// Language of the text.
    pub lang: String,
    /// Text for people.
    pub text: String,
}

macro_rules! tokens {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = $text] $variant,)* }

        impl $name {
            /// Finds the value written `text`.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }

            /// Returns the value as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

tokens! {
    /// What an [`Event`] is about.
    EventKind {
        Password = "password",
        Certificate = "certificate",
        Cipher = "cipher",
        TlsProtocol = "tlsProtocol",
        NewPassword = "newPW",
        Statistic = "stat",
        Custom = "custom",
    }
}

tokens! {
    /// How serious an [`Event`] is.
    EventLevel {
        Warning = "warning",
        Error = "error",
    }
}

impl LoginSecData {
    /// Writes `<loginSec:loginSecData>`.
    pub fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::LoginSec, "loginSecData");
        for event in &self.events {
            event.encode(writer);
        }
        writer.end();
    }

    /// Reads `<loginSec:loginSecData>`.
    ///
    /// # Errors
    /// When the element breaks its schema.
    pub fn decode(element: Element<'_>) -> Result<Self, Error> {
        let mut content = Sequence::of(element)?;
        let events = content.many(Namespace::LoginSec, "event", 1, usize::MAX)?;
        let events = events
            .into_iter()
            .map(Event::decode)
            .collect::<Result<_, _>>()?;
        content.end()?;
        Ok(Self { events })
    }
}

impl Event {
    fn encode(&self, writer: &mut Writer) {
        writer.start(Namespace::LoginSec, "event");
        writer.attribute("type", self.kind.as_str());
        if let Some(name) = &self.name {
            writer.attribute("name", name);
        }
        writer.attribute("level", self.level.as_str());
        if let Some(ex_date) = self.ex_date {
            writer.attribute("exDate", &timestamp(ex_date));
        }
        if let Some(value) = &self.value {
            writer.attribute("value", value);
        }
        if let Some(duration) = &self.duration {
            writer.attribute("duration", duration);
        }
        if self.lang != "en" {
            writer.attribute("lang", &self.lang);
        }
        writer.text(&self.text);
        writer.end();
    }

    fn decode(element: Element<'_>) -> Result<Self, Error> {
        let names = [
            "type", "name", "level", "exDate", "value", "duration", "lang",
        ];
        let [kind, name, level, ex_date, value, duration, lang] = attributes(element, names)?;
        let fault = |reason: &str| Error::new(Code::Syntax, element, reason);
        let token = |text: Option<&str>| text.map(|text| collapse(text).into_owned());
        let kind = kind.and_then(|text| EventKind::parse(&collapse(text)));
        let level = level.and_then(|text| EventLevel::parse(&collapse(text)));
        let ex_date = ex_date.map(|text| date_time(text).ok_or("exDate is a date and time"));
        let duration = token(duration);
        if duration.as_deref().is_some_and(|text| !is_duration(text)) {
            return Err(fault("duration is one of XML Schema, such as P1D"));
        }
        Ok(Self {
            kind: kind.ok_or_else(|| fault("type is required, a kind of event of RFC 8807"))?,
            name: token(name),
            level: level.ok_or_else(|| fault("level is required, one of warning, error"))?,
            ex_date: ex_date.transpose().map_err(fault)?,
            value: token(value),
            duration,
            lang: language(lang.unwrap_or("en")).ok_or_else(|| fault("lang is a language tag"))?,
            text: normalized_content(element, 0, usize::MAX)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::testing::{again, assert_refused, read};

    fn login_sec(content: &str) -> String {
        format!("<loginSec:loginSec>{content}</loginSec:loginSec>")
    }

    #[test]
    fn decode_reads_what_encode_writes() {
        let text = login_sec(
            "<loginSec:userAgent><loginSec:tech> J  1 </loginSec:tech><loginSec:os/>\
             </loginSec:userAgent><loginSec:pw> a longer   password than 16 </loginSec:pw>\
             <loginSec:newPW>[LOGIN-SECURITY]</loginSec:newPW>",
        );
        let Ok(Extension::LoginSec(read)) = read(&text, decode) else {
            panic!("{text}")
        };
        let (tech, os) = (Some("J 1".to_owned()), Some(String::new()));
        assert_eq!(
            read.user_agent,
            Some(UserAgent {
                app: None,
                tech,
                os
            })
        );
        assert_eq!(
            read.password.as_ref().unwrap().expose(),
            "a longer password than 16"
        );
        assert_eq!(read.new_password.as_ref().unwrap().expose(), LITERAL);
        let extension = Extension::LoginSec(read.clone());
        assert_eq!(again(|writer| read.encode(writer), decode), extension);
        let nothing = Extension::LoginSec(LoginSec::default());
        assert_eq!(
            again(|writer| LoginSec::default().encode(writer), decode),
            nothing
        );
    }

    #[test]
    fn decode_refuses_what_the_schema_refuses() {
        let pw = "<loginSec:pw>123456</loginSec:pw>";
        let new = "<loginSec:newPW>123456</loginSec:newPW>";
        let refused = [
            "<loginSec:loginSecData/>".to_owned(),
            login_sec("<loginSec:pw> 12345 </loginSec:pw>"),
            login_sec(&[new, pw].concat()),
            login_sec("<loginSec:userAgent/>"),
            login_sec("<loginSec:userAgent><loginSec:os/><loginSec:app/></loginSec:userAgent>"),
            login_sec("<loginSec:userAgent><loginSec:app/><loginSec:app/></loginSec:userAgent>"),
        ];
        assert_refused(&refused.each_ref().map(String::as_str), decode);
    }

    #[test]
    fn decode_reads_the_answer_encode_writes() {
        let text = "<loginSec:loginSecData><loginSec:event type='stat' name='failedLogins' \
                    level='warning' exDate='2027-04-03T22:00:00Z' value='100' duration='P1D' \
                    lang='fr'> trop </loginSec:event><loginSec:event level=' error ' type='newPW'/>\
                    </loginSec:loginSecData>";
        let data = read(text, LoginSecData::decode).unwrap();
        let [first, second] = data.events.as_slice() else {
            panic!("{data:?}")
        };
        assert_eq!(
            (first.kind, first.level),
            (EventKind::Statistic, EventLevel::Warning)
        );
        assert_eq!((first.lang.as_str(), first.text.as_str()), ("fr", " trop "));
        assert_eq!(
            (second.kind, second.level),
            (EventKind::NewPassword, EventLevel::Error)
        );
        assert_eq!(second.lang, "en");
        assert_eq!(
            again(|writer| data.encode(writer), LoginSecData::decode),
            data
        );
    }

    #[test]
    fn decode_refuses_an_answer_the_schema_refuses() {
        let events = [
            "<loginSec:event level='error'/>",
            "<loginSec:event type='cipher'/>",
            "<loginSec:event type='pw' level='error'/>",
            "<loginSec:event type='cipher' level='info'/>",
            "<loginSec:event type='cipher' level='error' exDate='today'/>",
            "<loginSec:event type='cipher' level='error' duration='1 day'/>",
            "<loginSec:event type='cipher' level='error' lang='1'/>",
            "<loginSec:event type='cipher' level='error' code='1'/>",
            "",
        ];
        for event in events {
            let text = format!("<loginSec:loginSecData>{event}</loginSec:loginSecData>");
            assert_refused(&[&text], LoginSecData::decode);
        }
    }
}
