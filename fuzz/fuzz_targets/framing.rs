#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| tokenwire_fuzz::framing::check(data));
