//! The `hkepp` binary.

fn main() {}
