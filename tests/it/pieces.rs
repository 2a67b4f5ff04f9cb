//! Members that nobody knows come in pieces: the message is what a plain reply would have held.

use crate::case::{DONE, chunk_of, delta, elements, event, finish, run, text};
use crate::fixtures::decode;
use serde_json::{Value, json};
use tokenwire::stream::{End, Mode};

fn stream(deltas: &[&str]) -> String {
    deltas.iter().map(|members| delta(members)).collect::<String>() + &finish("stop") + DONE
}

/// The message of these deltas, however they are cut, and as it is in clean SSE once more.
fn message(deltas: &[&str]) -> Value {
    let input = stream(deltas);
    let whole = run(&input, Mode::Sse, input.as_bytes());
    assert_eq!(whole.end, Some(End::Complete), "{input}");
    assert_eq!(decode(Mode::Nothing, [whole.out.as_bytes()]).reply, whole.reply, "{input}");
    whole.reply["choices"][0]["message"].clone()
}

/// What the member is whose pieces these are.
fn joined(name: &str, pieces: &[&str]) -> Value {
    let deltas: Vec<String> = pieces.iter().map(|piece| format!("{{\"{name}\":{piece}}}")).collect();
    message(&deltas.iter().map(String::as_str).collect::<Vec<_>>())[name].clone()
}

fn check(cases: &[(&str, &[&str], Value)]) {
    for (name, pieces, want) in cases {
        assert_eq!(joined(name, pieces), *want, "{name}: {pieces:?}");
    }
}

#[test]
fn texts_append_and_objects_merge() {
    let audio = json!({"id": "a", "transcript": "Hi there", "data": "AAECAwQF", "expires_at": 99});
    check(&[
        (
            "audio",
            &[
                r#"{"id":"a","transcript":"Hi"}"#,
                r#"{"id":"a","transcript":" there"}"#,
                r#"{"data":"AAEC"}"#,
                r#"{"data":"AwQF"}"#,
                r#"{"expires_at":99}"#,
            ],
            audio,
        ),
        // Silence is said again and again.
        ("audio", &[r#"{"id":"a","data":"AAAA"}"#; 3], json!({"id": "a", "data": "AAAAAAAAAAAA"})),
        (
            "video",
            &[r#"{"id":"v","mime_type":"video/mp4","frames":{"data":"QU"}}"#, r#"{"frames":{"data":"JD"}}"#],
            json!({"id": "v", "mime_type": "video/mp4", "frames": {"data": "QUJD"}}),
        ),
        ("x_new", &["\"Hel\"", "\"l\"", "null", "\"\"", "\"o\""], json!("Hello")),
        ("encrypted_content", &["\"gAA\"", "\"gAA\""], json!("gAAgAA")),
        ("x_new", &[r#""\ud83d""#, r#""\ude00""#], json!("😀")),
        ("x_new", &["1", "2", "null"], json!(2)),
        ("x_new", &["null", "true", "false"], json!(false)),
        (
            "x_new",
            &[r#"{"a":{"b":{"text":"x"}}}"#, r#"{"a":{"b":{"text":"y"},"c":1}}"#],
            json!({"a": {"b": {"text": "xy"}, "c": 1}}),
        ),
    ]);
}

#[test]
fn what_only_names_keeps_its_first_value() {
    check(&[
        (
            "x_new",
            &[
                r#"{"id":"a","type":"t","format":"f","model":"m","text":"x"}"#,
                r#"{"id":"b","type":"u","format":"g","model":"n","text":"y"}"#,
            ],
            json!({"id": "a", "type": "t", "format": "f", "model": "m", "text": "xy"}),
        ),
        // Groq, Hugging Face: the same in every chunk.
        ("channel", &["\"analysis\""; 5], json!("analysis")),
        ("channel", &["\"analysis\"", "\"analysis\"", "\"final\""], json!("final")),
        ("name", &["\"assistant\""; 5], json!("assistant")),
        ("responseId", &["\"r\"", "\"r\"", "\"s\""], json!("r")),
        ("x_new", &["\"on\""; 5], json!("on")),
    ]);
}

#[test]
fn arrays_go_on_with_the_entry_of_a_piece() {
    let claude = |text: &str| {
        format!(r#"[{{"type":"reasoning.text","text":"{text}","format":"anthropic-claude-v1","index":0}}]"#)
    };
    let signed = r#"[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]"#;
    check(&[
        (
            "reasoning_details",
            &[&claude("Let me"), &claude("\\n"), &claude("\\n"), &claude("think."), signed],
            json!([{"type": "reasoning.text", "text": "Let me\n\nthink.", "format": "anthropic-claude-v1", "index": 0, "signature": "SIG"}]),
        ),
        // Gemini behind a gateway: one index, another type.
        (
            "reasoning_details",
            &[
                r#"[{"type":"reasoning.summary","summary":"a","index":0}]"#,
                r#"[{"type":"reasoning.summary","summary":"b","index":0}]"#,
                r#"[{"type":"reasoning.encrypted","data":"x","index":0,"id":"r"}]"#,
            ],
            json!([{"type": "reasoning.summary", "summary": "ab", "index": 0}, {"type": "reasoning.encrypted", "data": "x", "index": 0, "id": "r"}]),
        ),
        // Two blocks in turn; a piece without its type; two pieces in one chunk.
        (
            "reasoning_details",
            &[
                r#"[{"type":"t","text":"a","index":0},{"type":"t","text":"x","index":1}]"#,
                r#"[{"text":"b","index":0}]"#,
                r#"[{"type":"t","text":"y","index":1},{"type":"t","text":"c","index":0},{"type":"t","text":"z","index":1}]"#,
            ],
            json!([{"type": "t", "text": "abc", "index": 0}, {"type": "t", "text": "xyz", "index": 1}]),
        ),
        (
            "reasoning_details",
            &[r#"[{"type":"t","text":"a","index":0},{"type":"t","text":"b","index":0}]"#],
            json!([{"type": "t", "text": "ab", "index": 0}]),
        ),
        // MiniMax: neither type nor index.
        (
            "reasoning_details",
            &[r#"[{"text":"a"}]"#, r#"[{"text":"b"}]"#, r#"[{"text":"b"}]"#],
            json!([{"text": "abb"}]),
        ),
        // LiteLLM: no index; a signature ends a block, and what is redacted comes whole.
        (
            "thinking_blocks",
            &[
                r#"[{"type":"thinking","thinking":"a","signature":null}]"#,
                r#"[{"type":"thinking","thinking":"b","signature":""}]"#,
                r#"[{"type":"thinking","thinking":"","signature":"S1"}]"#,
                r#"[{"type":"redacted_thinking","data":"x"}]"#,
                r#"[{"type":"redacted_thinking","data":"y"}]"#,
                r#"[{"type":"thinking","thinking":"c"}]"#,
                r#"[{"type":"thinking","thinking":"d","signature":"S2"}]"#,
                r#"[{"type":"thinking","thinking":"e"}]"#,
            ],
            json!([{"type": "thinking", "thinking": "ab", "signature": "S1"}, {"type": "redacted_thinking", "data": "x"}, {"type": "redacted_thinking", "data": "y"},
                {"type": "thinking", "thinking": "cd", "signature": "S2"}, {"type": "thinking", "thinking": "e"}]),
        ),
        // A tool of the provider's: its state is the last one.
        (
            "executed_tools",
            &[
                r#"[{"index":0,"type":"search","name":"web","status":"running","arguments":"{\"q\":"}]"#,
                r#"[{"index":0,"arguments":"1}"}]"#,
                r#"[{"index":0,"status":"done","output":"found","score":1}]"#,
            ],
            json!([{"index": 0, "type": "search", "name": "web", "status": "done", "arguments": "{\"q\":1}", "output": "found", "score": 1}]),
        ),
        (
            "items",
            &[r#"[{"id":"a","text":"x"}]"#, r#"[{"id":"b","text":"y"}]"#, r#"[{"id":"a","text":"z"}]"#],
            json!([{"id": "a", "text": "xz"}, {"id": "b", "text": "y"}]),
        ),
        ("token_ids", &["[5]", "[5]", "[6,7]", "[6,7]"], json!([5, 5, 6, 7, 6, 7])),
    ]);
}

#[test]
fn entries_that_say_where_they_are_from_stay_apart() {
    let cite = |url: &str, content: &str| {
        format!(
            r#"[{{"type":"url_citation","url_citation":{{"url":"{url}","title":"T","content":"{content}","start_index":0}}}}]"#
        )
    };
    let cited = |url: &str, content: &str| json!({"type": "url_citation", "url_citation": {"url": url, "title": "T", "content": content, "start_index": 0}});
    let image = |url: &str, more: &str| format!(r#"[{{"type":"image_url","image_url":{{"url":"{url}"}}{more}}}]"#);
    let (one, other) = (image("data:image/png;base64,AA", ""), image("data:image/png;base64,BB", ""));
    let (named, second) =
        (image("data:image/png;base64,AA", ",\"index\":0"), image("data:image/png;base64,BB", ",\"index\":0"));
    let shown = |url: &str| json!({"type": "image_url", "image_url": {"url": url}});
    let numbered = |url: &str| json!({"type": "image_url", "image_url": {"url": url}, "index": 0});
    check(&[
        (
            "annotations",
            &[&cite("https://a", "c"), &cite("https://b", "c"), &cite("https://b", "c")],
            json!([cited("https://a", "c"), cited("https://b", "c")]),
        ),
        (
            "annotations",
            &[&cite("https://a", "c"), &cite("https://a", "d")],
            json!([cited("https://a", "c"), cited("https://a", "d")]),
        ),
        (
            "images",
            &[&one, &other, &other],
            json!([shown("data:image/png;base64,AA"), shown("data:image/png;base64,BB")]),
        ),
        (
            "images",
            &[&named, &second],
            json!([numbered("data:image/png;base64,AA"), numbered("data:image/png;base64,BB")]),
        ),
        // One image in pieces.
        (
            "images",
            &[&named, r#"[{"index":0,"image_url":{"url":"CC"}}]"#],
            json!([numbered("data:image/png;base64,AACC")]),
        ),
        (
            "citations",
            &[
                r#"[{"start":0,"end":5,"text":"Paris","document_ids":["d"]}]"#,
                r#"[{"start":9,"end":14,"text":"Paris","document_ids":["d"]}]"#,
            ],
            json!([{"start": 0, "end": 5, "text": "Paris", "document_ids": ["d"]}, {"start": 9, "end": 14, "text": "Paris", "document_ids": ["d"]}]),
        ),
    ]);
}

#[test]
fn what_is_said_again_is_not_doubled() {
    let block = r#"{"type":"thinking","thinking":"all of it","signature":"S"}"#;
    let blocks = format!("[{block}]");
    check(&[
        ("citations", &[r#"["https://a","https://b"]"#; 4], json!(["https://a", "https://b"])),
        ("citations", &[r#"["a"]"#, r#"["a"]"#, r#"["a","b"]"#, r#"["a","b","c"]"#], json!(["a", "b", "c"])),
        ("citations", &[r#"["a"]"#, r#"["b"]"#, "[]", "null"], json!(["a", "b"])),
        (
            "search_results",
            &[r#"[{"title":"T","url":"https://a","text":"t"},{"title":"U","url":"https://b"}]"#; 3],
            json!([{"title": "T", "url": "https://a", "text": "t"}, {"title": "U", "url": "https://b"}]),
        ),
        (
            "grounding",
            &[r#"{"query":"cats","text":"t","score":0.5,"chunks":[{"web":{"uri":"https://a"}}]}"#; 3],
            json!({"query": "cats", "text": "t", "score": 0.5, "chunks": [{"web": {"uri": "https://a"}}]}),
        ),
        // All of it once more at the end.
        (
            "audio",
            &[
                r#"{"id":"a","transcript":"Hi"}"#,
                r#"{"data":"AA"}"#,
                r#"{"data":"BB"}"#,
                r#"{"id":"a","transcript":"Hi","data":"AABB","expires_at":9}"#,
            ],
            json!({"id": "a", "transcript": "Hi", "data": "AABB", "expires_at": 9}),
        ),
        (
            "thinking_blocks",
            &[
                r#"[{"type":"thinking","thinking":"all"}]"#,
                r#"[{"type":"thinking","thinking":" of it"}]"#,
                &blocks,
                &blocks,
            ],
            json!([{"type": "thinking", "thinking": "all of it", "signature": "S"}]),
        ),
    ]);
}

#[test]
fn members_of_calls_are_joined_and_those_of_choices_replaced() {
    let call = |more: &str| {
        format!(r#"{{"tool_calls":[{{"index":0,"id":"a","function":{{"name":"f","arguments":""}},{more}}}]}}"#)
    };
    let deltas = [
        call(r#""extra_content":{"google":{"thought_signature":"AB"}}"#),
        r#"{"tool_calls":[{"index":0,"extra_content":{"google":{"thought_signature":"CD"}}}]}"#.to_owned(),
    ];
    let made = message(&deltas.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(made["tool_calls"][0]["extra_content"], json!({"google": {"thought_signature": "ABCD"}}));
    let choice = |more: &str| {
        event(&chunk_of(&format!(r#"{{"index":0,"delta":{{"content":"a"}},"finish_reason":null,{more}}}"#)))
    };
    let filters = r#""content_filter_results":{"hate":{"severity":"safe"}},"token_ids":[5],"seen":"no""#;
    let input = choice(filters)
        + &choice(r#""content_filter_results":{},"token_ids":[5],"seen":"yes""#)
        + &choice(r#""content_filter_results":{"hate":{"severity":"low"}}"#)
        + &finish("stop")
        + DONE;
    let reply = run(&input, Mode::Chunks, input.as_bytes()).reply;
    assert_eq!(reply["choices"][0]["content_filter_results"], json!({"hate": {"severity": "low"}}));
    assert_eq!((&reply["choices"][0]["token_ids"], &reply["choices"][0]["seen"]), (&json!([5, 5]), &json!("yes")));
    let top = |more: &str| event(&format!(r#"{{"choices":[],{more}}}"#));
    let input = top(r#""provider":"A","x_groq":{"id":"r","seed":1}"#)
        + &top(r#""provider":"B","x_groq":{"id":"r","time":2}"#)
        + &text("a")
        + DONE;
    let reply = run(&input, Mode::Chunks, input.as_bytes()).reply;
    assert_eq!((&reply["provider"], &reply["x_groq"]), (&json!("B"), &json!({"id": "r", "seed": 1, "time": 2})));
}

#[test]
fn a_plain_reply_is_kept_as_it_is() {
    let message = json!({"role": "assistant", "content": null, "refusal": null,
        "audio": {"id": "a", "data": "AA", "expires_at": 1, "transcript": "Hi"},
        "annotations": [{"type": "file"}, {"type": "file"}, {"text": "a"}, {"text": "b"}],
        "thinking_blocks": [{"type": "thinking", "thinking": "a"}, {"type": "thinking", "thinking": "b"}],
        "images": [{"type": "image_url", "index": 0, "image_url": {"url": "data:a"}}, {"type": "image_url", "index": 0, "image_url": {"url": "data:b"}}],
        "x_new": [1, 1, "a", "a", null, [], {}]});
    let body = json!({"id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
    let plain = run("plain", Mode::Sse, body.to_string().as_bytes());
    let mut read = plain.reply["choices"][0]["message"].clone();
    assert_eq!(read.as_object_mut().unwrap().remove("reasoning_content"), Some(json!("ab")));
    assert_eq!(read, message);
    assert_eq!(decode(Mode::Nothing, [plain.out.as_bytes()]).reply, plain.reply);
}

#[test]
fn messages_in_a_stream_tell_what_did_not_come() {
    let with = |message: &str| {
        let choice = format!(r#"{{"index":0,"delta":{{}},"message":{message},"finish_reason":"stop"}}"#);
        let input = text("Hi") + &delta(r#"{"audio":{"data":"AA"}}"#) + &event(&chunk_of(&choice)) + DONE;
        run(message, Mode::Chunks, input.as_bytes()).reply["choices"][0]["message"].clone()
    };
    let told =
        with(r#"{"role":"assistant","content":"Hi","audio":{"data":"AA"},"annotations":[{"type":"x"}],"x_new":"y"}"#);
    assert_eq!(told["audio"], json!({"data": "AA"}));
    assert_eq!((&told["annotations"], &told["x_new"]), (&json!([{"type": "x"}]), &json!("y")));
}

#[test]
fn sound_alone_is_a_reply_where_its_end_is_said() {
    for members in [r#"{"audio":{"expires_at":99}}"#, r#"{"images":[{"url":"data:x"}]}"#, r#"{"x_new":{"a":1}}"#] {
        let input = delta(r#"{"role":"assistant"}"#) + &delta(members);
        assert_eq!(run(members, Mode::Chunks, (input.clone() + DONE).as_bytes()).end, Some(End::Complete), "{members}");
        assert_eq!(run(members, Mode::Chunks, input.as_bytes()).end, Some(End::Truncated), "{members}");
    }
}

/// The events of sound, images and annotations.
fn media(deltas: &[&str]) -> Vec<Value> {
    let input = stream(deltas);
    let mut events = elements(&run(&input, Mode::Events, input.as_bytes()).out);
    assert_eq!(events.pop().unwrap()["type"], "finish", "{input}");
    events
}

#[test]
fn sound_images_and_annotations_are_events() {
    let cases: [(&[&str], Value); 8] = [
        (
            &[
                r#"{"audio":{"id":"a","transcript":"Hi"}}"#,
                r#"{"audio":{"data":"AA"}}"#,
                r#"{"audio":{"expires_at":9}}"#,
                r#"{"audio":null}"#,
            ],
            json!([{"type": "audio", "id": "a", "transcript": "Hi"}, {"type": "audio", "data": "AA"}]),
        ),
        (
            &[r#"{"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}"#; 2],
            json!([{"type": "image", "url": "data:image/png;base64,AA"}]),
        ),
        (
            &[r#"{"images":[{"type":"image_url","image_url":"https://a"}]}"#, r#"{"images":["https://b"]}"#],
            json!([{"type": "image", "url": "https://a"}, {"type": "image", "url": "https://b"}]),
        ),
        (
            &[
                r#"{"images":[{"b64_json":"AA"},{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"BB"}}]}"#,
            ],
            json!([{"type": "image", "url": "data:image/png;base64,AA"}, {"type": "image", "url": "data:image/webp;base64,BB"}]),
        ),
        (&[r#"{"image":{"url":"https://a"}}"#, r#"{"image":null}"#], json!([{"type": "image", "url": "https://a"}])),
        (
            &[
                r#"{"content":[{"type":"text","text":"see https://no"},{"type":"image_url","image_url":{"url":"https://a"}}]}"#,
                r#"{"content":[{"type":"output_image","url":"https://b"},{"type":"video_url","video_url":{"url":"https://v"}}]}"#,
            ],
            json!([{"type": "text", "text": "see https://no"}, {"type": "image", "url": "https://a"}, {"type": "image", "url": "https://b"}]),
        ),
        (
            &[
                r#"{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a"}}]}"#,
                r#"{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a"}},{"type":"file"}]}"#,
            ],
            json!([{"type": "annotation", "annotation": {"type": "url_citation", "url_citation": {"url": "https://a"}}}, {"type": "annotation", "annotation": {"type": "file"}}]),
        ),
        (
            &[r#"{"content":"Hi","citations":["https://a"]}"#, r#"{"content":"!","citations":["https://a"]}"#],
            json!([{"type": "text", "text": "Hi"}, {"type": "annotation", "annotation": "https://a"}, {"type": "text", "text": "!"}]),
        ),
    ];
    for (deltas, want) in cases {
        assert_eq!(Value::from(media(deltas)), want, "{deltas:?}");
    }
}

#[test]
fn a_plain_reply_has_the_same_events() {
    let message = r#"{"role":"assistant","content":null,"audio":{"id":"a","data":"AA","transcript":"Hi","expires_at":1},"images":[{"image_url":{"url":"https://a"}}],"annotations":[{"n":1},{"n":2}]}"#;
    let body = format!(
        r#"{{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{{"index":0,"message":{message},"finish_reason":"stop"}}]}}"#
    );
    let events = elements(&run("plain", Mode::Events, body.as_bytes()).out);
    let want = json!([{"type": "audio", "id": "a", "transcript": "Hi", "data": "AA"}, {"type": "image", "url": "https://a"},
        {"type": "annotation", "annotation": {"n": 1}}, {"type": "annotation", "annotation": {"n": 2}}, {"type": "finish", "reason": "stop"}]);
    assert_eq!(Value::from(events), want);
}
