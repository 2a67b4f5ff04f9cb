//! What wasm-bindgen's glue has in store for everyone and nothing of ours needs is cut out of it: a page would load it all the same.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// From the first text to the end of the next that is the second.
const CUTS: &[(&str, &str)] = &[
    // A call whose instance is gone is let go by `call/core.js`, and never asked again.
    ("if (this.__wbg_inst !== undefined", "}\n"),
    ("Object.defineProperty(obj, '__wbg_inst'", "\n"),
    ("Object.defineProperty(this, '__wbg_inst'", "\n"),
    // A stream that was forgotten is told by `chat/stream.js`, and its call freed.
    ("CallFinalization.register(", "\n"),
    ("CallFinalization.unregister(", "\n"),
    ("const CallFinalization =", "});\n"),
    ("if (Symbol.dispose) Call.prototype", "\n"),
    // `call/load.js` fetches, and looks at what came.
    ("if (typeof module_or_path === 'string'", "}\n"),
    ("if (!module.ok) {", "}\n"),
    ("console.warn(\"`WebAssembly.instantiateStreaming`", "\n"),
    ("console.warn('using deprecated parameters for the initialization", "\n"),
    ("if (module_or_path !== undefined) {", "\n    }\n"),
    ("const validResponse =", "\n"),
    ("validResponse && ", ""),
    ("    function expectedResponseType(type) {", "\n    }\n"),
    // Nothing of ours asks for another instance but `call/core.js`, at once.
    ("__wbg_call_guard();", "\n"),
    ("function __wbg_call_guard() {", "\n}\n"),
    ("let __wbg_reinit_scheduled =", "\n"),
    ("__wbg_reinit_scheduled =", "\n"),
    ("let __wbg_instance_id =", "\n"),
    ("__wbg_instance_id++", "\n"),
    // All that runs the package can do better.
    ("if (realloc === undefined) {", "return ptr;\n    }\n"),
    ("if (!('encodeInto' in cachedTextEncoder)) {", "\n}\n"),
];

/// Cuts it out of the file; fails where wasm-bindgen writes otherwise than it did.
pub fn trim(path: &Path) -> Result<()> {
    let mut text = fs::read_to_string(path)?;
    for (from, to) in CUTS {
        let mut found = 0;
        while let Some(start) = text.find(from) {
            let end =
                text.get(start + from.len()..).and_then(|rest| rest.find(to)).context("the glue ends within a cut")?;
            text.replace_range(start..start + from.len() + end + to.len(), "");
            found += 1;
        }
        anyhow::ensure!(found > 0, "the glue has no {from:?} any more");
    }
    fs::write(path, text).context("the glue could not be written")
}
