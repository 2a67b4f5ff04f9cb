#![no_main]
use tokenwire_fuzz::{accumulation, script::Script};
libfuzzer_sys::fuzz_target!(|script: Script| accumulation::check(&script));
