//! `GET {base}/models`, in whatever envelope: `{"data":[...]}` (OpenAI), `{"models":[...]}` (Ollama, Gemini),
//! `{"result":[...]}` (Cloudflare), a bare array (Together).

use super::clean::{text_member, write_members};
use super::failure;
use crate::error::Error;
use crate::json::{self, Cursor};
use crate::scan;
use crate::secret::Secrets;

/// The models as a JSON array of objects, each with an `id`.
pub fn read(body: &str, secrets: &Secrets) -> Result<String, Error> {
    let body = body.trim_ascii();
    let found = scan::words("data/models/result").find_map(|name| json::member(body, name));
    let list = found.filter(|list| list.starts_with('[')).unwrap_or(body);
    if !list.starts_with('[') || !json::is_whole(list) {
        return Err(if body.starts_with('{') && json::is_whole(body) {
            failure::frame(body, secrets)
        } else {
            failure::not_a_reply("", body, secrets)
        });
    }
    let mut out = String::from("[");
    for element in json::elements(list) {
        let Some(model) = model(element) else {
            continue;
        };
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&model);
    }
    out.push(']');
    Ok(out)
}

/// One model with an `id`; what has neither an id nor another name is none.
fn model(raw: &str) -> Option<String> {
    if json::filled(raw).is_some() {
        return Some(["{\"id\":", raw, "}"].concat());
    }
    if json::member(raw, "id").and_then(json::filled).is_some() {
        return Some(raw.to_owned());
    }
    let name = scan::words("name/model/slug").find_map(|name| json::member(raw, name)).and_then(json::filled)?;
    let mut out = String::new();
    text_member("{\"id\":\"", name, &mut out);
    let mut cursor = Cursor::new(raw);
    let mut first = true;
    cursor.open(b'{');
    while let Some(key) = cursor.key(&mut first).ok()? {
        let value = cursor.value().ok()?;
        if key != "id" {
            write_members(&[(key, value)], &mut out);
        }
    }
    out.push('}');
    Some(out)
}
