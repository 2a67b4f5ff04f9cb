//! Rate limits, as the headers of a response tell them: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}` (OpenAI
//! and most), `…-req-minute` and `…-tokens-minute` (Mistral), no suffix (OpenRouter).

/// One window: what the limit is, what is left of it, and in how many milliseconds it is whole again.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// The limit.
    pub limit: Option<f64>,
    /// What is left.
    pub remaining: Option<f64>,
    /// Milliseconds until the window starts anew.
    pub reset_ms: Option<f64>,
}

/// The windows of requests and tokens as JSON (`{"requests":{...},"tokens":{...}}`); `None` where no header tells of any.
/// `now_ms`: the time since 1970, for servers that name the moment of the reset.
pub fn read(header: &dyn Fn(&str) -> Option<String>, now_ms: f64) -> Option<String> {
    let requests = window(header, &["-requests", "-req-minute", ""], now_ms);
    let tokens = window(header, &["-tokens", "-tokens-minute"], now_ms);
    let mut members = Vec::new();
    for (name, window) in [("requests", requests), ("tokens", tokens)] {
        if window != Window::default() {
            members.push(["\"", name, "\":", &to_json(window)].concat());
        }
    }
    if members.is_empty() { None } else { Some(["{", &members.join(","), "}"].concat()) }
}

fn window(header: &dyn Fn(&str) -> Option<String>, suffixes: &[&str], now_ms: f64) -> Window {
    let find = |what: &str| {
        suffixes
            .iter()
            .find_map(|suffix| header(&["x-ratelimit-", what, suffix].concat()))
            .map(|text| text.trim().to_owned())
    };
    let number = |what: &str| find(what).and_then(|text| text.parse().ok()).filter(|value: &f64| value.is_finite());
    Window {
        limit: number("limit"),
        remaining: number("remaining"),
        reset_ms: find("reset").and_then(|text| duration_ms(&text, now_ms)),
    }
}

/// `17ms`, `6s`, `1m30.5s`, a bare number of seconds, or a moment in seconds or milliseconds since 1970.
fn duration_ms(text: &str, now_ms: f64) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            0.0..1e9 => Some(number * 1000.0),
            1e9..1e12 => Some((number * 1000.0 - now_ms).max(0.0)),
            1e12.. => Some((number - now_ms).max(0.0)),
            _ => None,
        };
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, unit) = rest.split_at(digits);
        let units = [("ms", 1.0), ("s", 1e3), ("m", 60e3), ("h", 3600e3), ("d", 86_400e3)];
        let (name, factor) = units.into_iter().find(|(name, _)| unit.starts_with(name))?;
        total += number.parse::<f64>().ok()? * factor;
        rest = unit.strip_prefix(name)?;
    }
    Some(total)
}

fn to_json(window: Window) -> String {
    let members = [("limit", window.limit), ("remaining", window.remaining), ("resetMs", window.reset_ms)];
    let told: Vec<String> = members
        .iter()
        .filter_map(|(name, value)| {
            value.map(|value| ["\"", name, "\":", &(value.round() as i64).to_string()].concat())
        })
        .collect();
    ["{", &told.join(","), "}"].concat()
}
