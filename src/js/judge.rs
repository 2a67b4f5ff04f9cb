//! The judge as JavaScript sees it: a module beside the core, loaded with the first refusal.
//!
//! It is turned into JavaScript (see xtask/src/judge.rs), so that it loads wherever JavaScript does, without a file to fetch or a
//! policy to allow it. Texts cross as bytes, one by one: what is judged is short, and there is no glue to load.

use crate::judge::{case, judge};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static TEXT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The next byte of a case, as [`crate::judge::Case::to_text`] has it.
#[wasm_bindgen]
pub fn put(byte: u8) {
    TEXT.with_borrow_mut(|text| text.push(byte));
}

/// Judges what was put. Gives the length of the verdict, in bytes.
#[wasm_bindgen]
pub fn judged() -> usize {
    let text = TEXT.take();
    let (case, secrets) = case::read(&String::from_utf8_lossy(&text));
    let verdict = judge(&case, &secrets).to_text().into_bytes();
    let length = verdict.len();
    TEXT.set(verdict);
    length
}

/// A byte of the verdict; after the last, all is forgotten.
#[wasm_bindgen]
pub fn get(at: usize) -> u8 {
    TEXT.with_borrow_mut(|text| {
        let byte = text.get(at).copied().unwrap_or(0);
        if at + 1 >= text.len() {
            text.clear();
        }
        byte
    })
}
