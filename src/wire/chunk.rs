//! A chat completion chunk, or a whole chat completion: the same object but for `delta` and `message`. Providers mix the two
//! (Perplexity sends both, MiniMax ends a stream with a completion), so one reader takes either.
//!
//! Shapes: `CreateChatCompletionStreamResponse` and `CreateChatCompletionResponse` of OpenAI's specification; the deviations
//! are those of the recorded replies.

use super::{Member, optional};
use crate::json::{self, Cursor, Malformed};

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
    /// The call is a custom tool's: its type says so, or there is a `custom`.
    pub custom: bool,
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
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "id" => chunk.id = optional(cursor)?,
                "object" => chunk.object = optional(cursor)?,
                "created" => chunk.created = optional(cursor)?,
                "model" => chunk.model = optional(cursor)?,
                "usage" => chunk.usage = optional(cursor)?,
                "error" => chunk.error = optional(cursor)?,
                "service_tier" => chunk.service_tier = optional(cursor)?,
                "choices" => {
                    chunk.choices = list(cursor, Choice::read)?;
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

    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut choice = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "index" => choice.index = optional(cursor)?,
                "delta" => choice.delta = object(cursor, Delta::read)?.map(Box::new),
                "message" => choice.message = object(cursor, Delta::read)?.map(Box::new),
                "text" => choice.text = optional(cursor)?,
                "finish_reason" | "finishReason" => {
                    choice.has_finish_reason |= key == "finish_reason";
                    choice.finish_reason = optional(cursor)?.or(choice.finish_reason);
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

    /// What some put a level too deep, into the delta.
    fn take_from_delta(&mut self) {
        for inner in [&mut self.delta, &mut self.message].into_iter().flatten() {
            self.finish_reason = self.finish_reason.or_else(|| inner.take("finish_reason"));
            self.error = self.error.or_else(|| inner.take("error"));
        }
    }
}

impl<'a> Delta<'a> {
    /// Takes a member that is none of a delta's; `None` for null, too.
    fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.extra.iter().position(|(key, value)| *key == name && *value != "null")?;
        Some(self.extra.remove(at).1)
    }

    /// Reads the members of an object whose bracket was passed.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut delta = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "role" => delta.role = optional(cursor)?,
                "content" => delta.content = optional(cursor)?,
                "refusal" => delta.refusal = optional(cursor)?,
                "reasoning_content" => {
                    delta.has_reasoning = true;
                    delta.reasoning_content = optional(cursor)?;
                }
                "reasoning" | "reasoning_text" | "thinking" => {
                    delta.has_reasoning = true;
                    delta.reasoning_name = key;
                    delta.reasoning = optional(cursor)?.filter(|raw| *raw != "\"\"").or(delta.reasoning);
                }
                "tool_calls" => delta.tool_calls = list(cursor, ToolCall::read)?.unwrap_or_default(),
                "function_call" => delta.function_call = object(cursor, ToolCall::read_function)?.map(Box::new),
                _ => delta.extra.push((key, cursor.value()?)),
            }
        }
        Ok(delta)
    }
}

impl<'a> ToolCall<'a> {
    /// Reads an entry of `tool_calls`. Name and arguments also count where they stand beside `function`.
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let source = cursor.rest();
        let mut call = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "index" => call.index = optional(cursor)?,
                "id" => call.id = optional(cursor)?,
                "type" => call.custom |= optional(cursor)? == Some("\"custom\""),
                "name" => call.name = optional(cursor)?,
                "arguments" | "input" => call.arguments = optional(cursor)?,
                "function" | "custom" => {
                    let Some(inner) = object(cursor, Self::read_function)? else { continue };
                    call.name = inner.name.or(call.name);
                    call.arguments = inner.arguments.or(call.arguments);
                    call.inner_extra = inner.inner_extra;
                    call.custom |= key == "custom";
                }
                _ => call.extra.push((key, cursor.value()?)),
            }
        }
        call.source = source.get(..source.len() - cursor.rest().len()).unwrap_or("");
        Ok(call)
    }

    /// Reads what stands in `function`, `custom` or `function_call`.
    fn read_function(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let mut call = Self::default();
        let mut first = true;
        while let Some(key) = cursor.key(&mut first)? {
            match key {
                "name" => call.name = optional(cursor)?,
                "arguments" | "input" | "parameters" => call.arguments = optional(cursor)?,
                _ => call.inner_extra.push((key, cursor.value()?)),
            }
        }
        Ok(call)
    }
}

/// Reads an object by `read`, which starts behind its bracket; any other value is passed over.
fn object<'a, T>(
    cursor: &mut Cursor<'a>,
    read: fn(&mut Cursor<'a>) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    if cursor.open(b'{') {
        return read(cursor).map(Some);
    }
    cursor.value()?;
    Ok(None)
}

/// Reads an array of objects; a lone object counts as an array of one. What is no object in it is passed over.
fn list<'a, T>(
    cursor: &mut Cursor<'a>,
    read: fn(&mut Cursor<'a>) -> Result<T, Malformed>,
) -> Result<Option<Vec<T>>, Malformed> {
    if !cursor.open(b'[') {
        return Ok(object(cursor, read)?.map(|only| vec![only]));
    }
    let mut items = Vec::new();
    let mut first = true;
    while cursor.item(&mut first)? {
        items.extend(object(cursor, read)?);
    }
    Ok(Some(items))
}
