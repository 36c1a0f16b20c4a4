#![no_main]
//! Any octets for `hkepp::fuzzing::record`.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| hkepp::fuzzing::record(octets));
