#![no_main]
//! Any octets for `hkepp::fuzzing::frame`.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| hkepp::fuzzing::frame(octets));
