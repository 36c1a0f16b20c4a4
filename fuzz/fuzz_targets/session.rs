#![no_main]
//! Any octets for `hkepp::fuzzing::session`.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| hkepp::fuzzing::session(octets));
