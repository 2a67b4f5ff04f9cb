//! A chat completion chunk, or a whole chat completion: the same object but for `delta` and `message`. Providers mix the two
//! (Perplexity sends both, MiniMax ends a stream with a completion), so one reader takes either.
//!
//! Shapes: `CreateChatCompletionStreamResponse` and `CreateChatCompletionResponse` of OpenAI's specification; the deviations
//! are those of the recorded replies. A member that we know in a shape that we don't is kept, raw, under a name of its own.

use super::{Member, optional};
use crate::json::{self, Cursor, Malformed};

/// Known members of unknown shape, as `native_…`.
type Odd<'a> = Vec<Member<'a>>;

/// The object. All spans are raw JSON; absent and null are both `None`.
#[derive(Debug, Default)]
pub struct Chunk<'a> {
    /// `id`
    pub id: Option<&'a str>,
    /// `object`
    pub object: Option<&'a str>,
    /// `created`, seconds since 1970
    pub created: Option<&'a str>,
    /// `model`
    pub model: Option<&'a str>,
    /// `choices`; `None` where there is no such array.
    pub choices: Option<Vec<Choice<'a>>>,
    /// `usage`
    pub usage: Option<&'a str>,
    /// `error`: an object, string or array where a provider reports a failure inside a reply.
    pub error: Option<&'a str>,
    /// `service_tier`
    pub service_tier: Option<&'a str>,
    /// All other members, in order.
    pub extra: Vec<Member<'a>>,
    /// Members in here of a shape that nobody knows, raw, each as `native_` and its name.
    pub odd: Vec<Member<'a>>,
}

/// One element of `choices`.
#[derive(Debug, Default)]
pub struct Choice<'a> {
    /// `index`
    pub index: Option<&'a str>,
    /// Where it stands among the choices.
    pub position: usize,
    /// `delta`
    pub delta: Option<Box<Delta<'a>>>,
    /// `message`: of a completion, or (Perplexity, MiniMax) the text so far beside or instead of a delta.
    pub message: Option<Box<Delta<'a>>>,
    /// `text`: of legacy completions; Together sends it beside `delta`.
    pub text: Option<&'a str>,
    /// `finish_reason`, also as `finishReason`.
    pub finish_reason: Option<&'a str>,
    /// The key `finish_reason` was there, be it null.
    pub has_finish_reason: bool,
    /// `logprobs`
    pub logprobs: Option<&'a str>,
    /// `usage` (Moonshot)
    pub usage: Option<&'a str>,
    /// `error` (OpenRouter)
    pub error: Option<&'a str>,
    /// All other members.
    pub extra: Vec<Member<'a>>,
}

/// A `delta` or a `message`.
#[derive(Debug, Default)]
pub struct Delta<'a> {
    /// `role`
    pub role: Option<&'a str>,
    /// `content`: a string; an array of parts (Mistral) or an object (Cloudflare, JSON mode).
    pub content: Option<&'a str>,
    /// `refusal`
    pub refusal: Option<&'a str>,
    /// `reasoning_content` (DeepSeek, Qwen, xAI, llama.cpp, ...)
    pub reasoning_content: Option<&'a str>,
    /// `reasoning` (Groq, OpenRouter, Ollama, vLLM, ...), `reasoning_text` (Copilot), `thinking` (Ollama's own API)
    pub reasoning: Option<&'a str>,
    /// Which of these names it has.
    pub reasoning_name: &'a str,
    /// The delta has one of these keys, be it null.
    pub has_reasoning: bool,
    /// `tool_calls`; a single object counts as an array of one.
    pub tool_calls: Vec<ToolCall<'a>>,
    /// `function_call`: the form before tools.
    pub function_call: Option<Box<ToolCall<'a>>>,
    /// All other members, `reasoning_details` among them.
    pub extra: Vec<Member<'a>>,
}

/// One fragment of a tool call, of a function or a custom tool.
#[derive(Debug, Default)]
pub struct ToolCall<'a> {
    /// `index`
    pub index: Option<&'a str>,
    /// `id`
    pub id: Option<&'a str>,
    /// `function.name`
    pub name: Option<&'a str>,
    /// `function.arguments` or `custom.input`: a string, or (some servers) the object itself.
    pub arguments: Option<&'a str>,
    /// `type`
    pub kind: Option<&'a str>,
    has_function: bool,
    has_custom: bool,
    /// The entry as it came, behind its opening bracket.
    pub source: &'a str,
    /// All other members (Gemini's `extra_content` holds the thought signature).
    pub extra: Vec<Member<'a>>,
    /// All other members of `function` or `custom`.
    pub inner_extra: Vec<Member<'a>>,
}

impl<'a> Chunk<'a> {
    /// A whole completion, not a part of one.
    pub fn is_completion(&self) -> bool {
        self.choices.as_ref().is_some_and(|choices| {
            !choices.is_empty() && choices.iter().all(|choice| choice.message.is_some() && choice.delta.is_none())
        })
    }

    /// Takes out the choices of which one with the same index follows, each as a chunk of its own. How many choices there may
    /// be, and so what this costs, is bounded before.
    pub fn take_repeated(&mut self) -> Vec<Self> {
        let mut taken = Vec::new();
        let Some(choices) = self.choices.as_mut() else { return taken };
        let numbers: Vec<u32> = choices.iter().map(Choice::number).collect();
        let mut at = 0;
        for (position, number) in numbers.iter().enumerate() {
            if !numbers.iter().skip(position + 1).any(|other| other == number) {
                at += 1;
                continue;
            }
            let choices = Some(vec![choices.remove(at)]);
            let Self { id, object, created, model, .. } = *self;
            taken.push(Self { id, object, created, model, choices, ..Self::default() });
        }
        taken
    }

    /// Reads the object at the cursor.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut chunk = Self::default();
        if !cursor.open(b'{') {
            return Err(Malformed);
        }
        let odd = &mut chunk.odd;
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "id" => chunk.id = text(cursor, "native_id", odd)?,
                "object" => chunk.object = text(cursor, "native_object", odd)?,
                "created" => chunk.created = optional(cursor)?,
                "model" => chunk.model = text(cursor, "native_model", odd)?,
                "usage" => chunk.usage = optional(cursor)?,
                "error" => chunk.error = optional(cursor)?,
                "service_tier" => chunk.service_tier = optional(cursor)?,
                "choices" => {
                    chunk.choices = list(cursor, Choice::read, "native_choices", odd)?;
                    for (position, choice) in chunk.choices.iter_mut().flatten().enumerate() {
                        choice.position = position;
                    }
                }
                _ => chunk.extra.push((key, cursor.value()?)),
            }
        }
        Ok(chunk)
    }
}

impl<'a> Choice<'a> {
    /// The index, if it is one.
    pub fn own_number(&self) -> Option<u32> {
        self.index.and_then(json::number).and_then(|index| u32::try_from(index).ok())
    }

    /// The index, or where there is none the position.
    pub fn number(&self) -> u32 {
        self.own_number().or(u32::try_from(self.position).ok()).unwrap_or(0)
    }

    fn read(cursor: &mut Cursor<'a>, odd: &mut Odd<'a>) -> Result<Self, Malformed> {
        let mut choice = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "index" => choice.index = number(cursor, odd)?,
                "delta" => choice.delta = Delta::lenient(cursor, "native_delta", odd)?,
                "message" => choice.message = Delta::lenient(cursor, "native_message", odd)?,
                "text" => choice.text = optional(cursor)?,
                "finish_reason" | "finishReason" => {
                    choice.has_finish_reason |= key == "finish_reason";
                    either(&mut choice.finish_reason, optional(cursor)?, "native_finish_reason", odd);
                }
                "logprobs" => choice.logprobs = optional(cursor)?,
                "usage" => choice.usage = optional(cursor)?,
                "error" => choice.error = optional(cursor)?,
                _ => choice.extra.push((key, cursor.value()?)),
            }
        }
        choice.take_from_delta();
        Ok(choice)
    }

    /// What some put a level too deep, into the delta; and a text that is no mere copy of what is in there.
    fn take_from_delta(&mut self) {
        let mut is_copy = true;
        for inner in [&mut self.delta, &mut self.message].into_iter().flatten() {
            self.finish_reason = self.finish_reason.or_else(|| inner.take("finish_reason"));
            self.error = self.error.or_else(|| inner.take("error"));
            is_copy &= inner.content.is_none() || inner.content == self.text;
        }
        if let (false, Some(text)) = (is_copy, self.text.filter(|text| *text != "\"\"")) {
            self.extra.push(("text", text));
        }
    }
}

impl<'a> Delta<'a> {
    /// Takes a member that is none of a delta's; `None` for null, too.
    fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.extra.iter().position(|(key, value)| *key == name && *value != "null")?;
        Some(self.extra.remove(at).1)
    }

    /// Reads an object, or a text that stands for one with this content.
    fn lenient(cursor: &mut Cursor<'a>, name: &'static str, odd: &mut Odd<'a>) -> Result<Option<Box<Self>>, Malformed> {
        if cursor.rest().trim_ascii_start().starts_with('"') {
            let content = Some(cursor.value()?);
            return Ok(Some(Box::new(Self { content, ..Self::default() })));
        }
        Ok(object(cursor, Self::read, name, odd)?.map(Box::new))
    }

    /// Reads the members of an object whose bracket was passed.
    pub fn read(cursor: &mut Cursor<'a>, odd: &mut Vec<Member<'a>>) -> Result<Self, Malformed> {
        let mut delta = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "role" => delta.role = text(cursor, "native_role", odd)?,
                "content" => delta.content = optional(cursor)?,
                "refusal" => delta.refusal = text(cursor, "native_refusal", odd)?,
                "reasoning_content" => {
                    delta.has_reasoning = true;
                    delta.reasoning_content = optional(cursor)?;
                }
                "reasoning" | "reasoning_text" | "thinking" => {
                    delta.has_reasoning = true;
                    delta.reasoning_name = key;
                    either(&mut delta.reasoning, optional(cursor)?, "native_reasoning", odd);
                }
                "tool_calls" => {
                    delta.tool_calls = list(cursor, ToolCall::read, "native_tool_calls", odd)?.unwrap_or_default()
                }
                "function_call" => {
                    let call = object(cursor, ToolCall::read_function, "native_function_call", odd)?;
                    delta.function_call = call.map(Box::new);
                }
                _ => delta.extra.push((key, cursor.value()?)),
            }
        }
        Ok(delta)
    }
}

impl<'a> ToolCall<'a> {
    /// The call is a custom tool's: its type says so, or there is only a `custom`.
    pub fn is_custom(&self) -> bool {
        self.kind == Some("\"custom\"") || (self.has_custom && !self.has_function)
    }

    /// Reads an entry of `tool_calls`. Name and arguments also count where they stand beside `function`.
    fn read(cursor: &mut Cursor<'a>, odd: &mut Odd<'a>) -> Result<Self, Malformed> {
        let source = cursor.rest();
        let mut call = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "index" => call.index = number(cursor, odd)?,
                // Some servers count.
                "id" => call.id = fit(cursor, &|raw| is_text(raw) || json::integer(raw).is_some(), "native_id", odd)?,
                "type" => call.kind = text(cursor, "native_type", odd)?,
                "name" => either(&mut call.name, text(cursor, "native_name", odd)?, "native_name", odd),
                "arguments" | "input" => {
                    either(&mut call.arguments, optional(cursor)?, "native_arguments", odd);
                }
                "function" | "custom" => {
                    let is_custom = key == "custom";
                    let name = if is_custom { "native_custom" } else { "native_function" };
                    let Some(mut inner) = object(cursor, Self::read_function, name, odd)? else { continue };
                    either(&mut inner.name, call.name, "native_name", odd);
                    either(&mut inner.arguments, call.arguments, "native_arguments", odd);
                    (call.name, call.arguments) = (inner.name, inner.arguments);
                    call.inner_extra.append(&mut inner.inner_extra);
                    call.has_custom |= is_custom;
                    call.has_function |= !is_custom;
                }
                _ => call.extra.push((key, cursor.value()?)),
            }
        }
        call.source = source.get(..source.len() - cursor.rest().len()).unwrap_or("");
        Ok(call)
    }

    /// Reads what stands in `function`, `custom` or `function_call`.
    fn read_function(cursor: &mut Cursor<'a>, odd: &mut Odd<'a>) -> Result<Self, Malformed> {
        let mut call = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "name" => call.name = text(cursor, "native_name", odd)?,
                "arguments" | "input" | "parameters" => {
                    either(&mut call.arguments, optional(cursor)?, "native_arguments", odd);
                }
                _ => call.inner_extra.push((key, cursor.value()?)),
            }
        }
        Ok(call)
    }
}

/// Keeps what cannot be read.
fn keep<'a>(raw: Option<&'a str>, name: &'static str, odd: &mut Odd<'a>) {
    if let Some(raw) = raw {
        odd.push((name, raw));
    }
}

fn is_text(raw: &str) -> bool {
    json::string(raw).is_some()
}

/// Reads a value; one that doesn't fit is kept.
fn fit<'a>(
    cursor: &mut Cursor<'a>,
    fits: &dyn Fn(&str) -> bool,
    name: &'static str,
    odd: &mut Odd<'a>,
) -> Result<Option<&'a str>, Malformed> {
    let raw = optional(cursor)?;
    let fitting = raw.filter(|raw| fits(raw));
    keep(raw.filter(|_| fitting.is_none()), name, odd);
    Ok(fitting)
}

/// Reads a text.
fn text<'a>(cursor: &mut Cursor<'a>, name: &'static str, odd: &mut Odd<'a>) -> Result<Option<&'a str>, Malformed> {
    fit(cursor, &is_text, name, odd)
}

/// Reads an index.
fn number<'a>(cursor: &mut Cursor<'a>, odd: &mut Odd<'a>) -> Result<Option<&'a str>, Malformed> {
    fit(cursor, &|raw| json::number(raw).is_some(), "native_index", odd)
}

/// A member that has several names: the first that says something counts, what others say is kept.
fn either<'a>(known: &mut Option<&'a str>, raw: Option<&'a str>, name: &'static str, odd: &mut Odd<'a>) {
    match *known {
        None | Some("\"\"") => *known = raw.or(*known),
        Some(text) => keep(raw.filter(|raw| *raw != text && *raw != "\"\""), name, odd),
    }
}

/// Reads an object by `read`, which starts behind its bracket; any other value is kept.
fn object<'a, T>(
    cursor: &mut Cursor<'a>,
    read: fn(&mut Cursor<'a>, &mut Odd<'a>) -> Result<T, Malformed>,
    name: &'static str,
    odd: &mut Odd<'a>,
) -> Result<Option<T>, Malformed> {
    if cursor.open(b'{') {
        return read(cursor, odd).map(Some);
    }
    keep(optional(cursor)?, name, odd);
    Ok(None)
}

/// Reads an array of objects; a lone object counts as an array of one. What is no object in it is kept.
fn list<'a, T>(
    cursor: &mut Cursor<'a>,
    read: fn(&mut Cursor<'a>, &mut Odd<'a>) -> Result<T, Malformed>,
    name: &'static str,
    odd: &mut Odd<'a>,
) -> Result<Option<Vec<T>>, Malformed> {
    if !cursor.open(b'[') {
        return Ok(object(cursor, read, name, odd)?.map(|only| vec![only]));
    }
    let mut items = Vec::new();
    let mut first = true;
    while cursor.item(&mut first)? {
        items.extend(object(cursor, read, name, odd)?);
    }
    Ok(Some(items))
}
