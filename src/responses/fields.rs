//! What an event says of itself: which it is, where it belongs, what it brings. All raw; "" where a member is missing or null.

use crate::json::{self, Cursor};

/// The members that are looked at.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fields<'a> {
    /// `type`, without its quotes.
    pub kind: &'a str,
    pub sequence_number: &'a str,
    pub item_id: &'a str,
    pub output_index: &'a str,
    /// `content_index`, `summary_index` or `command_index`: an event has one of them.
    pub part_index: &'a str,
    pub delta: &'a str,
    /// The whole text, under the name that its family has for it.
    pub text: &'a str,
    pub logprobs: &'a str,
    pub obfuscation: &'a str,
    pub name: &'a str,
    pub part: &'a str,
    pub item: &'a str,
    pub annotation: &'a str,
    pub response: &'a str,
    pub response_id: &'a str,
    pub error: &'a str,
    /// Of what is no event.
    pub object: &'a str,
    pub output: &'a str,
    pub choices: &'a str,
    pub inner: &'a str,
}

impl<'a> Fields<'a> {
    /// Reads an object; `None` for anything else.
    pub fn read(raw: &'a str) -> Option<Self> {
        let mut found = Self::default();
        let mut cursor = Cursor::new(raw);
        let mut first = true;
        if !cursor.open(b'{') {
            return None;
        }
        while let Some(key) = cursor.key(&mut first).ok()? {
            let value = cursor.value().ok()?;
            if value == "null" {
                continue;
            }
            let member = match key {
                "type" => {
                    found.kind = json::string(value).unwrap_or("");
                    continue;
                }
                "sequence_number" => &mut found.sequence_number,
                "item_id" => &mut found.item_id,
                "output_index" => &mut found.output_index,
                "content_index" | "summary_index" | "command_index" => &mut found.part_index,
                "delta" => &mut found.delta,
                "text" | "refusal" | "arguments" | "input" | "code" | "diff" | "command" => &mut found.text,
                "obfuscation" => &mut found.obfuscation,
                "logprobs" => &mut found.logprobs,
                "name" => &mut found.name,
                "part" => &mut found.part,
                "item" => &mut found.item,
                "annotation" => &mut found.annotation,
                "response" => &mut found.response,
                "response_id" => &mut found.response_id,
                "error" => &mut found.error,
                "object" => &mut found.object,
                "output" => &mut found.output,
                "choices" => &mut found.choices,
                "result" | "data" => &mut found.inner,
                _ => continue,
            };
            *member = value;
        }
        Some(found)
    }
}

/// A whole number, 0 or above, written as one.
pub fn index(raw: &str) -> Option<usize> {
    json::integer(raw).and_then(|number| usize::try_from(number).ok())
}

/// Where the text of a family of events stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a part of the item's `content`.
    Content,
    /// In a part of its `summary`.
    Summary,
    /// In the item.
    Item,
    /// In one of its commands.
    Command,
}

/// Which text of the `events` and the text face it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Text,
    Reasoning,
    Refusal,
    Call,
    None,
}

/// Events that tell of one text: as it grows, and when it is whole.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Between `response.` and `.delta` or `.done`.
    pub name: &'static str,
    pub place: Place,
    pub face: Face,
    /// The member of a part, an item or a `.done` event that holds the text.
    pub member: &'static str,
    /// The type of the part, for those that are in one.
    pub part: &'static str,
    /// The type of the item.
    pub item: &'static str,
}

const fn family(name: &'static str, place: Place, face: Face, words: [&'static str; 3]) -> Family {
    let [member, part, item] = words;
    Family { name, place, face, member, part, item }
}

/// All that are documented.
pub static FAMILIES: [Family; 10] = [
    family("output_text", Place::Content, Face::Text, ["text", "output_text", "message"]),
    family("reasoning_text", Place::Content, Face::Reasoning, ["text", "reasoning_text", "reasoning"]),
    family("reasoning_summary_text", Place::Summary, Face::Reasoning, ["text", "summary_text", "reasoning"]),
    family("refusal", Place::Content, Face::Refusal, ["refusal", "refusal", "message"]),
    family("function_call_arguments", Place::Item, Face::Call, ["arguments", "", "function_call"]),
    family("custom_tool_call_input", Place::Item, Face::Call, ["input", "", "custom_tool_call"]),
    family("mcp_call_arguments", Place::Item, Face::None, ["arguments", "", "mcp_call"]),
    family("code_interpreter_call_code", Place::Item, Face::None, ["code", "", "code_interpreter_call"]),
    family("apply_patch_call_operation_diff", Place::Item, Face::None, ["diff", "", "apply_patch_call"]),
    family("shell_call_command", Place::Command, Face::None, ["command", "", "shell_call"]),
];

/// What an event of a family says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Added,
    Delta,
    Done,
}

/// The family of an event, its type without `response.`, and what it says of it.
pub fn family_of(kind: &str) -> Option<(&'static Family, Stage)> {
    let (name, stage) = if let Some(name) = kind.strip_suffix(".delta") {
        (name, Stage::Delta)
    } else if let Some(name) = kind.strip_suffix(".done") {
        (name, Stage::Done)
    } else {
        (kind.strip_suffix(".added")?, Stage::Added)
    };
    let family = FAMILIES.iter().find(|family| family.name == name)?;
    // Only commands are announced by themselves.
    (stage != Stage::Added || family.place == Place::Command).then_some((family, stage))
}

/// The family of the text in a part of this type.
pub fn family_of_part(kind: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| !family.part.is_empty() && family.part == kind)
}

/// The family of the text in an item of this type.
pub fn family_of_item(kind: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.place == Place::Item && family.item == kind)
}
