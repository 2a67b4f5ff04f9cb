//! The events of sound, images and annotations, of choice 0. OpenAI has members for some of these; others call theirs alike.

use super::output::next_element;
use crate::accumulate::Choice;
use crate::json;
use crate::scan;
use crate::wire::Member;
use crate::wire::clean::text_member;

/// Members of a message whose entries are told.
const LISTS: [&str; 5] = ["images", "image", "content_parts", "annotations", "citations"];
/// How deep an image's URL may lie.
const DEPTH: usize = 4;

/// How many entries of each were told. What is said again, or goes on, is none.
#[derive(Debug, Default)]
pub struct Media {
    told: [usize; LISTS.len()],
}

impl Media {
    /// What the unknown members of a delta brought, which are in `so_far` already.
    pub fn members(&mut self, members: &[Member<'_>], so_far: &Choice, out: &mut String) {
        for (key, value) in members {
            if *key == "audio" {
                audio(value, out);
            }
            for (list, told) in LISTS.iter().zip(&mut self.told) {
                if list != key {
                    continue;
                }
                for entry in so_far.entries(list, *told) {
                    *told += 1;
                    match *list {
                        "annotations" | "citations" => annotation(&entry, out),
                        "content_parts" if !is_image_part(&entry) => {}
                        _ => image(&entry, out),
                    }
                }
            }
        }
    }
}

/// A piece of sound: what there is of id, words and bytes.
fn audio(value: &str, out: &mut String) {
    let mut event = String::new();
    for name in scan::words("id/transcript/data") {
        if let Some(text) = json::member(value, name).and_then(json::filled) {
            text_member(",\"", name, &mut event);
            text_member(":\"", text, &mut event);
        }
    }
    if !event.is_empty() {
        begin("audio", out);
        out.push_str(&event);
        out.push('}');
    }
}

fn annotation(entry: &str, out: &mut String) {
    begin("annotation", out);
    out.push_str(",\"annotation\":");
    out.push_str(entry);
    out.push('}');
}

fn is_image_part(part: &str) -> bool {
    json::member(part, "type").is_some_and(|kind| scan::position(kind, "image").is_some())
}

/// An image is a URL, wherever it stands in its entry, or its bytes, which become one.
fn image(entry: &str, out: &mut String) {
    let found = url(entry, DEPTH);
    let bytes = scan::words("b64_json/data/base64").find_map(|name| within(entry, name, DEPTH));
    let (start, text) = match (found, bytes) {
        (Some(url), _) => (String::new(), url),
        (None, Some(bytes)) => {
            let said = scan::words("media_type/mime_type/mimeType").find_map(|name| within(entry, name, DEPTH));
            (["data:", said.unwrap_or("image/png"), ";base64,"].concat(), bytes)
        }
        (None, None) => return,
    };
    begin("image", out);
    text_member(",\"url\":\"", &start, out);
    out.pop();
    out.push_str(text);
    out.push_str("\"}");
}

fn begin(kind: &str, out: &mut String) {
    next_element(out);
    text_member("{\"type\":\"", kind, out);
}

/// The first text of a value that is a URL, and no text of the reply.
fn url(raw: &str, depth: usize) -> Option<&str> {
    if let Some(text) = json::string(raw) {
        return Some(text).filter(|text| ["http", "data:", "blob:"].into_iter().any(|start| text.starts_with(start)));
    }
    let inner = depth.checked_sub(1)?;
    json::members(raw).into_iter().filter(|(key, _)| *key != "text").find_map(|(_, value)| url(value, inner))
}

/// The first text that has this name in a value.
fn within<'a>(raw: &'a str, name: &str, depth: usize) -> Option<&'a str> {
    let inner = depth.checked_sub(1)?;
    json::members(raw).into_iter().find_map(|(key, value)| match key == name {
        true => json::filled(value),
        false => within(value, name, inner),
    })
}
