#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| presence_fuzz::calendar_ews(data));
