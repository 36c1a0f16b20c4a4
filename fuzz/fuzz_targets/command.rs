#![no_main]
//! Any octets for `hkepp::fuzzing::command`.

libfuzzer_sys::fuzz_target!(|octets: &[u8]| hkepp::fuzzing::command(octets));
