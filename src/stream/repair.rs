//! What deviated from OpenAI's wire format and was repaired.

use crate::scan;
/// Codes with their counts, in order of first sight.
#[derive(Debug, Clone, Default)]
pub struct Repairs(Vec<(&'static str, u32)>);

impl Repairs {
    /// Counts one repair.
    pub fn note(&mut self, code: &'static str) {
        self.add(code, 1);
    }

    /// Counts several.
    pub fn add(&mut self, code: &'static str, more: u32) {
        match self.0.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count = count.saturating_add(more),
            None => self.0.push((code, more)),
        }
    }

    /// What was counted since `earlier`.
    pub fn since(&self, earlier: &Self) -> Vec<(&'static str, u32)> {
        let before = |code| earlier.iter().find(|(known, _)| *known == code).map_or(0, |(_, count)| count);
        self.iter().map(|(code, count)| (code, count - before(code))).filter(|(_, more)| *more > 0).collect()
    }

    /// The codes and counts.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.0.iter().copied()
    }

    /// `[{"code":"...","count":1}, ...]`
    pub fn to_json(&self) -> String {
        let mut out = String::from("[");
        for (code, count) in &self.0 {
            out.push_str(if out.len() > 1 { ",{\"code\":\"" } else { "{\"code\":\"" });
            out.push_str(code);
            out.push_str("\",\"count\":");
            out.push_str(&scan::decimal((*count).into()));
            out.push('}');
        }
        out.push(']');
        out
    }
}
