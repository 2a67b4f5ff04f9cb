//! Before tools there were functions: for a provider that has none they become tools, and what a conversation has of them.

use crate::json;
use crate::scan;
use crate::wire::body::Body;

/// The name, in `rename`, that says it: `"functions": "tools"`.
const NAME: &str = "functions";
/// Of calls that have no id: digits, as many as all providers take.
const FIRST: u64 = 100_000_000;

/// Gives a member another name, and functions the form of tools. True where there was any.
pub fn rename(body: &mut Body, from: &str, to: &str) -> bool {
    if from != NAME {
        return body.rename(from, to);
    }
    let Some(functions) = body.remove(NAME) else { return false };
    let mut tools = String::new();
    for tool in json::elements(body.get(to).unwrap_or("")) {
        push(&mut tools, tool);
    }
    for function in json::elements(&functions) {
        push(&mut tools, &tool(function, 0));
    }
    tools.push(']');
    body.set(to, tools);
    if let Some(mut choice) = body.remove("function_call") {
        if choice.starts_with('{') {
            choice = tool(&choice, 0);
        }
        body.set("tool_choice", choice);
    }
    let mut messages = String::new();
    let mut calls = FIRST;
    for message in json::elements(body.get("messages").unwrap_or("")) {
        push(&mut messages, &renamed(message, &mut calls));
    }
    messages.push(']');
    body.set("messages", messages);
    true
}

/// A message with the call of a tool, or the result of one, in place of a function's. `calls`: the id of the last.
fn renamed(message: &str, calls: &mut u64) -> String {
    let Some(mut body) = Body::read(message) else { return message.to_owned() };
    if let Some(call) = body.get("function_call") {
        *calls += 1;
        let mut list = String::new();
        push(&mut list, &tool(call, *calls));
        list.push(']');
        body.remove("function_call");
        body.set("tool_calls", list);
    } else if body.get("role") == Some("\"function\"") {
        body.set("role", "\"tool\"".into());
        body.set("tool_call_id", id(*calls));
        // A function may have returned nothing.
        if body.get("content").is_none() {
            body.set("content", "\"\"".into());
        }
        body.remove("name");
    } else {
        return message.to_owned();
    }
    body.to_json()
}

/// A tool, the choice of one, or with its id the call of one.
fn tool(function: &str, call: u64) -> String {
    let mut tool = Body::default();
    if call > 0 {
        tool.set("id", id(call));
    }
    tool.set("type", "\"function\"".into());
    tool.set("function", function.to_owned());
    tool.to_json()
}

/// The id of a call, and of its result.
fn id(number: u64) -> String {
    let mut id = String::new();
    json::quote_into(&scan::decimal(number), &mut id);
    id
}

/// An element more of a list.
fn push(list: &mut String, element: &str) {
    list.push(if list.is_empty() { '[' } else { ',' });
    list.push_str(element);
}
