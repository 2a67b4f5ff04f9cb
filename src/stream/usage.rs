//! Usage as OpenAI has it, under whatever names and wherever it stands. What was given is kept beside it.

use super::fields::is_empty;
use super::repair::Repairs;
use crate::json;
use crate::scan;
use crate::wire::Member;
use crate::wire::chunk::Choice;
use std::borrow::Cow;

/// OpenAI's names.
const OURS: [&str; 3] = ["prompt_tokens", "completion_tokens", "total_tokens"];
/// Those of others for the same, and for thinking that is counted apart: in lower case, without `_`.
const NAMES: [&str; 4] = [
    "prompttokens/inputtokens/prompttokencount/inputtokencount/promptevalcount/tokensprompt",
    "completiontokens/outputtokens/candidatestokencount/outputtokencount/evalcount/generatedtokens/tokenscompletion",
    "totaltokens/totaltokencount",
    "thoughtstokencount",
];
/// Members of a chunk that may hold it, or are it: Groq's, Gemini's, Cohere's, Bedrock's.
const PLACES: &str = "x_groq/usageMetadata/usage_metadata/token_usage/tokenUsage/usage_info/meta/metadata/metrics\
                      /amazon-bedrock-invocationMetrics";
/// Members of Ollama's own, that stand in the chunk itself.
const OLLAMA: &str = "prompt_eval_count/eval_count";

/// The usage of a chunk: `raw` is where OpenAI has it.
pub fn of<'a>(
    raw: Option<&'a str>,
    choices: &mut [Choice<'a>],
    extra: &mut Vec<Member<'a>>,
    known: Option<&str>,
    repairs: &mut Repairs,
) -> Option<Cow<'a, str>> {
    let mut usage = raw.and_then(|raw| read(raw, known, repairs));
    if let (None, Some(raw)) = (&usage, raw.filter(|raw| says_more(raw))) {
        repairs.note("member_kept");
        extra.push(("native_usage", raw));
    }
    for choice in choices {
        let inner = [&choice.delta, &choice.message].into_iter().flatten().flat_map(|inner| &inner.extra);
        let inner = inner.filter(|(key, _)| *key == "usage").map(|(_, value)| *value).next();
        if let Some(moved) = choice.usage.or(inner).and_then(|raw| read(raw, known, repairs)) {
            repairs.note("usage_in_choice");
            // Two of them: the other stays where it is.
            choice.extra.extend(choice.usage.filter(|_| usage.is_some()).map(|raw| ("usage", raw)));
            usage = usage.or(Some(moved));
        } else if let Some(raw) = choice.usage.filter(|raw| says_more(raw)) {
            choice.extra.push(("usage", raw));
        }
    }
    if usage.is_some() {
        return usage;
    }
    let mut own = String::from("{");
    for (key, value) in extra.iter() {
        if scan::is_any(key, OLLAMA) {
            json::member_into(key, value, &mut own);
        }
        if usage.is_none() && scan::begins(value, b"{") && scan::is_any(key, PLACES) {
            let inner = scan::words("usage/tokens").find_map(|name| json::member(value, name));
            usage = read(inner.unwrap_or(value), known, repairs);
            if usage.is_some() {
                repairs.note(if *key == "x_groq" { "usage_in_x_groq" } else { "usage_elsewhere" });
            }
        }
    }
    own.push('}');
    usage.or_else(|| read(&own, known, repairs).map(|usage| Cow::Owned(usage.into_owned())))
}

/// Members that are neither null nor 0.
fn says_more(raw: &str) -> bool {
    match json::members(raw).as_slice() {
        [] => !is_empty(raw),
        members => members.iter().any(|(_, value)| !matches!(*value, "null" | "0")),
    }
}

/// A usage object without nulls (OpenAI's schema has none). One without counts is none, nor are zeros once more what is
/// `known`.
fn read<'a>(raw: &'a str, known: Option<&str>, repairs: &mut Repairs) -> Option<Cow<'a, str>> {
    let raw = json::elements(raw).first().copied().unwrap_or(raw);
    let members = json::members(raw);
    let mut counts = [None; 4];
    for (key, value) in &members {
        let name = scan::without(key, "_").to_ascii_lowercase();
        for (names, known) in NAMES.iter().zip(&mut counts) {
            if scan::is_any(&name, names) && (known.is_none() || OURS.contains(key)) {
                *known = count(value).or(*known);
            }
        }
    }
    let is_zero = counts.iter().all(|count| count.unwrap_or(0) == 0);
    if counts.iter().all(Option::is_none) || (known.is_some() && is_zero) {
        return None;
    }
    let whole = match scan::position(raw, "null") {
        Some(_) => Cow::Owned(json::without_nulls(raw)),
        None => Cow::Borrowed(raw),
    };
    let counts = complete(counts, members.iter().any(|(key, _)| *key == OURS[1]));
    let is_given = |name: &str| json::member(raw, name).is_some_and(|value| json::integer(value).is_some());
    if OURS.iter().zip(counts).all(|(name, count)| count.is_none() || is_given(name)) {
        return Some(whole);
    }
    repairs.note("usage_renamed");
    let mut out = String::from("{");
    let is_kept = |key: &str, value: &str| !OURS.contains(&key) || count(value).is_none();
    for (key, value) in json::members(&whole).into_iter().filter(|(key, value)| is_kept(key, value)) {
        json::member_into(key, value, &mut out);
    }
    for (name, count) in OURS.iter().zip(counts) {
        if let (Some(count), None) = (count, json::member(&out, name)) {
            json::member_into(name, &scan::decimal(count), &mut out);
        }
    }
    out.push('}');
    Some(Cow::Owned(out))
}

/// A count: also in quotes, or with a fraction.
fn count(raw: &str) -> Option<u64> {
    scan::whole(scan::before(json::string(raw).unwrap_or(raw), "."))
}

/// What follows from the counts that were given. `is_ours`: that of the completion has the thinking in it.
fn complete(counts: [Option<u64>; 4], is_ours: bool) -> [Option<u64>; 3] {
    let [prompt, completion, total, thoughts] = counts;
    let thoughts = thoughts.filter(|_| !is_ours).unwrap_or(0);
    let completion = completion.map(|count| count.saturating_add(thoughts));
    let less = |all: Option<u64>, part: Option<u64>| Some(all?.saturating_sub(part?));
    // One without the other: there is none of that, or it is not told.
    let prompt = prompt.or_else(|| less(total, completion)).or(completion.map(|_| 0));
    let completion = completion.or_else(|| less(total, prompt)).or(prompt.map(|_| 0));
    [prompt, completion, total.or_else(|| Some(prompt?.saturating_add(completion?)))]
}
