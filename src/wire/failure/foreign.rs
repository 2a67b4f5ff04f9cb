//! Answers of somebody else: of another API, of a page, of a login page. What is not read is named, and where to find what is.

use crate::json;
use crate::scan;

/// The `type`s of events and the members of other APIs, what they are, and where the compatible one is.
const APIS: &[(&str, &str, &str)] = &[
    (
        "message_start/content_block_start/content_block_delta/content_block_stop/message_delta/message_stop/message",
        "",
        "Anthropic's Messages API, not Chat Completions; its OpenAI-compatible one is at https://api.anthropic.com/v1/",
    ),
    (
        "",
        "candidates/promptFeedback/usageMetadata",
        "Gemini's own API, not Chat Completions; its OpenAI-compatible one is at \
         https://generativelanguage.googleapis.com/v1beta/openai/",
    ),
    (
        "message-start/content-start/content-delta/content-end/message-end",
        "event_type",
        "Cohere's own API, not Chat Completions; its OpenAI-compatible one is at https://api.cohere.ai/compatibility/v1",
    ),
    (
        "",
        "messageStart/contentBlockStart/contentBlockDelta/contentBlockStop/messageStop/stopReason",
        "Bedrock's Converse API, not Chat Completions; its OpenAI-compatible one is at \
         https://bedrock-runtime.{region}.amazonaws.com/openai/v1",
    ),
    (
        "",
        "generated_text",
        "the text generation API of Hugging Face, not Chat Completions; that one is at https://router.huggingface.co/v1, or under /v1 of \
         the server",
    ),
    ("", "jsonrpc", "a JSON-RPC server (MCP, A2A), not Chat Completions: check the base URL"),
];

const RESPONSES: &str = "the Responses API, not Chat Completions: the base URL is the address before /responses, and Chat Completions \
                         stand at /chat/completions beside it";

/// Which other API an object without choices is of.
pub fn api(raw: &str) -> Option<&'static str> {
    let text = |name: &str| json::member(raw, name).and_then(json::string).unwrap_or("");
    let kind = text("type");
    if kind.starts_with("response.") || text("object") == "response" {
        return Some(RESPONSES);
    }
    let has = |name: &str| json::member(raw, name).is_some_and(|value| value != "null");
    // A whole message of Anthropic's has its parts with it.
    let is_kind = |kinds: &str| scan::is_any(kind, kinds) && !kind.is_empty() && (kind != "message" || has("content"));
    let is_of =
        |(kinds, names, _): &&(&str, &str, &str)| is_kind(kinds) || (!names.is_empty() && scan::words(names).any(has));
    APIS.iter().find(is_of).map(|(_, _, words)| *words)
}

/// What stands in pages where one signs in, lower case.
const LOGIN: &str = "type=\"password\"/type='password'/type=password/samlrequest/login.microsoftonline/accounts.google.com\
                     /oauth2/v2.0/authorize/cloudflareaccess/<title>sign in/<title>log in/<title>login/<title>signin";

/// What to do about such a page.
pub const ADVICE: &str =
    ". This is a login page: the address stands behind a sign-in (SSO). Give the API's own address, or what passes it";

/// How far into a page to look for that.
const NEAR: usize = 4 << 10;

/// True for a page where one signs in.
pub fn is_login(page: &str) -> bool {
    let near = page.as_bytes().get(..NEAR).unwrap_or(page.as_bytes());
    page.trim_ascii_start().starts_with('<')
        && scan::has_any(&String::from_utf8_lossy(near).to_ascii_lowercase(), LOGIN)
}

/// True for an address at which one signs in.
pub fn leads_to_login(address: &str) -> bool {
    scan::has_any(&address.to_ascii_lowercase(), "login/signin/sign-in/sso./saml/oauth/authorize")
}
