#![no_main]
//! Any octets for `hkepp::fuzzing::xml`.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| hkepp::fuzzing::xml(octets));
