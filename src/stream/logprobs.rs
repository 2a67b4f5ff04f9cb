//! Log probabilities in OpenAI's form: a list with an entry for each token.

use crate::json;
use crate::scan;
use std::borrow::Cow;

/// They, if they can be read. `content`: the raw text that they are of.
///
/// | given | |
/// |---|---|
/// | `{content: […], refusal: […]}` | OpenAI's |
/// | `{tokens: […], token_logprobs: […], top_logprobs: [{…}]}` | Together, legacy completions; stays beside what is made of it |
/// | `[{token, logprob}, …]` | the list alone |
/// | a number | that of the only token (Together, in a stream) |
pub fn read<'a>(raw: &'a str, content: Option<&str>) -> Option<Cow<'a, str>> {
    let has = |name: &&str| json::member(raw, name).is_some_and(|value| value != "null");
    let lists =
        ["tokens", "token_logprobs", "top_logprobs"].map(|name| json::elements(json::member(raw, name).unwrap_or("")));
    if scan::words("content/refusal").any(|name| has(&name)) {
        return Some(Cow::Borrowed(raw));
    }
    let mut out = String::from("{\"content\":[");
    let [tokens, numbers, tops] = &lists;
    if scan::begins(raw, b"-0123456789") {
        entry(json::string(content?)?, raw, &[], &mut out);
        out.push_str("]}");
    } else if json::elements(raw).iter().any(|entry| json::member(entry, "logprob").is_some()) {
        out.truncate(out.len() - 1);
        out.push_str(raw);
        out.push('}');
    } else if !tokens.is_empty() && tokens.len() == numbers.len() {
        for (at, (token, number)) in tokens.iter().zip(numbers).enumerate() {
            out.push_str(if at > 0 { "," } else { "" });
            entry(json::string(token)?, number, &json::members(tops.get(at).unwrap_or(&"")), &mut out);
        }
        out.push_str("],");
        out.push_str(raw.get(1..)?);
    } else {
        return Some(Cow::Borrowed(raw)).filter(|_| json::member(raw, "content").is_some());
    }
    Some(Cow::Owned(out))
}

/// Appends the entry of a token. `tops`: of those that were likely in its place.
fn entry(token: &str, number: &str, tops: &[(&str, &str)], out: &mut String) {
    named(token, number, out);
    out.push_str(",\"top_logprobs\":[");
    for (at, (token, number)) in tops.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        named(token, number, out);
        out.push('}');
    }
    out.push_str("]}");
}

fn named(token: &str, number: &str, out: &mut String) {
    for piece in ["{\"token\":\"", token, "\",\"logprob\":", number, ",\"bytes\":null"] {
        out.push_str(piece);
    }
}
