//! A conversation that is longer than the model's context, in whatever words: what is too long, and that it is. Limits of tokens in a
//! time are none, nor is a complaint of the parameter that bounds the reply.

use crate::scan;

/// What fills the context.
const FILLERS: &str = "prompt/input/context/message/conversation/request/history";
/// The words that say it is too much.
const EXCESS: &str = "exceed/too long/too large/too big/too many/maximum/limit/longer than/larger than/greater than/more than\
                      /up to/at most/overflow/reduce";
/// With one of these a limit is of something else: of a time, of money, of bytes.
const OTHERS: &str = "per min/per-min/per sec/per day/per-day/per hour/tokens per/rate limit/(tpm)/(tpd)/quota/deadline/too quickly\
                      /please wait/try again later";
/// The parameters that bound a reply.
const BOUNDS: &str =
    "max_tokens/max_completion_tokens/max_new_tokens/max_output_tokens/maxoutputtokens/max_tokens_to_sample";
/// Phrases that need no other words.
const PHRASES: &str = "context length/context size/context window/input length/range of input/reduce the length/reduce your prompt\
                       /+ `max_new_tokens`/+ max_new_tokens/model token limit/input too long";
/// Before these a filler stands alone: "prompt is too long", "messages exceed".
const TOO_LONG: &str = "too long/too large/too big/exceed";
/// Words between the two.
const BETWEEN: &str = "is/are/was/were/text/token/tokens/length/size/count/total/has/have/far/much/way/context";

/// True for a code or type, in any writing: `model_max_prompt_tokens_exceeded`, `ContextWindowExceededError`, `tokens_limit_reached`.
pub fn is_code(plain: &str) -> bool {
    if scan::has_any(plain, "tokenlimit/tokenslimit/toomanytokens") {
        return !scan::has_any(plain, "perminute/rate/quota");
    }
    scan::has_any(plain, "context/prompt/input")
        && scan::has_any(plain, "token/length/size/window/long/large/overflow/limit")
        && scan::has_any(plain, "exceed/toolong/toolarge/max/limit/overflow/contextlength/contextsize/contextwindow")
        && !scan::has_any(plain, "image/audio/file/rate/quota/perminute")
}

/// True for a message, in lower case.
pub fn is_message(message: &str) -> bool {
    if scan::has_any(message, OTHERS) {
        return false;
    }
    // "max_tokens is too large", with nothing of the conversation before it.
    let bound = scan::words(BOUNDS).filter_map(|name| scan::position(message, name)).min();
    let before = bound.and_then(|at| message.get(..at)).unwrap_or(message);
    if bound.is_some() && !scan::has_any(before, "prompt/inputs/input length/input tokens/context/message/conversation")
    {
        return false;
    }
    let has = |words| scan::has_any(message, words);
    let is_counted = has("token") && has(FILLERS) && has(EXCESS);
    is_counted || has(PHRASES) || (has("context") && has("exceed/overflow/too long/limit")) || is_too_long(message)
}

/// "The prompt is too long", and no "messages[0].id: string too long".
fn is_too_long(message: &str) -> bool {
    scan::words(TOO_LONG).any(|end| {
        let mut rest = scan::before(message, end);
        if rest.len() == message.len() {
            return false;
        }
        loop {
            let text = rest.trim_ascii();
            let start = text.bytes().rposition(|byte| byte.is_ascii_whitespace()).map_or(0, |at| at + 1);
            let (before, word) = text.split_at_checked(start).unwrap_or(("", ""));
            if !scan::is_any(word, BETWEEN) {
                return scan::is_any(word, "prompt/prompts/input/inputs/messages/conversation/history");
            }
            rest = before;
        }
    })
}
