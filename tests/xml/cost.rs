//! What one parse costs.

use crate::verdict;

/// Prints what one parse costs: `cargo test --release --test xml -- --ignored --nocapture cost`.
#[test]
#[ignore = "measures, and means something in a release build only"]
fn cost_of_a_domain_check() {
    let names = "<domain:name>example-domain-1.hk</domain:name>\n".repeat(5);
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <epp xmlns=\"urn:ietf:params:xml:ns:epp-1.0\">\n <command>\n  <check>\n\
         <domain:check xmlns:domain=\"urn:ietf:params:xml:ns:domain-1.0\">\n{names}\
         </domain:check>\n  </check>\n  <clTRID>ABC-12345</clTRID>\n </command>\n</epp>\n"
    );
    let rounds = 100_000;
    let started = std::time::Instant::now();
    for _ in 0..rounds {
        assert!(verdict(std::hint::black_box(document.as_bytes())).is_ok());
    }
    let each = started.elapsed() / rounds;
    println!("{} octets in {each:?}", document.len());
}
