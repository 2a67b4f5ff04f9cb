//! `tokenwire::json::partial`: after every fragment the value so far is what an own reading of the text so far gives, at the end
//! it is serde_json's; what is no JSON does no harm; the work is linear.

use crate::input::{Input, fragments};
use crate::operations::Builder;
use crate::{lossy, prefix};
use serde_json::{Value, json};
use tokenwire::json::{is_whole, partial::Parser};

/// How often a long text's partial value is compared with the reference, which is quadratic.
const LOOKS: usize = 48;

pub fn check(data: &[u8]) {
    let Some(Input { options, sizes, bytes }) = Input::read(data) else { return };
    let text = String::from_utf8_lossy(bytes);
    let fragments = fragments(&text, sizes);
    let whole = build(&[&text], false, |_, _| {});
    let every = fragments.len() / LOOKS + 1;
    let is_json = prefix::value(&text).is_ok();
    let cut = build(&fragments, options & 1 != 0, |count, so_far| {
        if is_json && count % every == 0 {
            let read = &text[..fragments[..count].iter().map(|fragment| fragment.len()).sum()];
            assert_eq!(Ok(so_far.value()), prefix::value(read), "after {read:?}");
        }
    });
    assert_eq!(cut, whole, "cut");
    check_whole(&text, whole);
}

/// Feeds the fragments; `skips`: leaves those out that [`Parser::only_grows`] says need no feeding. `look` gets the number of
/// fragments so far.
fn build(fragments: &[&str], skips: bool, mut look: impl FnMut(usize, &Builder)) -> Option<Value> {
    let mut parser = Parser::default();
    let mut builder = Builder::default();
    let (mut read, mut brought) = (0, 0);
    for (at, fragment) in fragments.iter().enumerate() {
        if parser.only_grows(fragment) {
            let mut fed = parser.clone();
            assert_eq!(lossy::value(&feed(&mut fed, fragment)), json!([["+", fragment]]));
            builder.grow(fragment);
            if !skips {
                parser = fed;
            }
        } else {
            let operations = feed(&mut parser, fragment);
            read += fragment.len() + 1;
            brought += operations.len();
            // The most that a byte can bring is `["+","\u0001"],`; a key brings nothing before its end.
            assert!(brought <= 16 * read, "{read} bytes brought {brought}");
            builder.apply(&lossy::value(&operations));
        }
        look(at + 1, &builder);
    }
    builder.value()
}

fn feed(parser: &mut Parser, fragment: &str) -> String {
    let mut operations = String::new();
    parser.feed(fragment, &mut operations);
    operations
}

/// serde_json and tokenwire take the same texts for JSON, and give them the same value.
fn check_whole(text: &str, built: Option<Value>) {
    // Deeper than this neither says that it is JSON.
    if text.matches(['[', '{']).count() > 500 {
        return;
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let mut values = reader.into_iter::<Value>();
    let (Some(Ok(value)), None) = (values.next(), values.next()) else {
        // serde_json refuses lone surrogates.
        return assert!(!is_whole(text) || text.contains("\\u"), "{text:?} is no JSON");
    };
    assert!(is_whole(text), "{text:?} is JSON");
    // A number has ended when something else follows.
    let ends = !value.is_number() || text.ends_with([' ', '\n', '\r', '\t']);
    assert_eq!(built, ends.then_some(value), "{text:?}");
}
