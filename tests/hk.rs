//! The profile of .hk and .香港 over EPP: one module for each kind of rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    missing_docs,
    unreachable_pub
)]

mod support;

mod hk {
    mod consents;
    mod demands;
    pub mod extensions;
    mod holders;
    pub mod packages;
    mod pairs;
    mod permits;
    mod updates;
    mod vectors;

    use crate::support::{Answer, Client};

    /// Creates the contact of a registrar, unless it is there, and returns its handle.
    pub async fn contact(client: &mut Client) -> String {
        let registrar = client.registrar().unwrap();
        let id = format!("chan{}", &registrar[registrar.len() - 1..]);
        let contact = format!(
            "<contact:id>{id}</contact:id><contact:postalInfo type=\"int\">\
             <contact:name>Chan Tai Man</contact:name><contact:addr>\
             <contact:city>Hong Kong</contact:city><contact:cc>HK</contact:cc></contact:addr>\
             </contact:postalInfo><contact:email>a@mail.test</contact:email>\
             <contact:authInfo><contact:pw/></contact:authInfo>"
        );
        let command = crate::support::client::object_command("create", "contact", &contact);
        let answer = client.command(&command).await;
        assert!(matches!(answer.code(), 1000 | 2302), "{answer}");
        id
    }

    /// Returns the content of a domain create with one contact in every role the profile wants.
    pub fn domain(name: &str, contact: &str) -> String {
        format!(
            "<domain:name>{name}</domain:name><domain:registrant>{contact}</domain:registrant>\
             <domain:contact type=\"admin\">{contact}</domain:contact>\
             <domain:contact type=\"tech\">{contact}</domain:contact>\
             <domain:authInfo><domain:pw/></domain:authInfo>"
        )
    }

    /// Asks to create a domain.
    pub async fn try_create(client: &mut Client, name: &str) -> Answer {
        let id = contact(client).await;
        let content = domain(name, &id);
        let command = crate::support::client::object_command("create", "domain", &content);
        client.command(&command).await
    }

    /// Creates a domain, and asserts the code of the answer.
    pub async fn create(client: &mut Client, name: &str, code: u16) -> Answer {
        let answer = try_create(client, name).await;
        assert_eq!(answer.code(), code, "{name}: {answer}");
        answer
    }
}
