//! What deviated from OpenAI's wire format and was repaired.

use crate::scan;

/// Codes that may be carried from one reader to another: what [`super::plain`] notes, and what of a request was put right.
#[cfg(feature = "lenient")]
const CARRIED: &str = "id_missing/model_missing/finish_reason_absent/reasoning_renamed/role_missing/done_missing/finish_reason_missing_at_end\
                       /role_renamed/tool_id_shortened/param_renamed/param_dropped";

/// The code that was carried as this word.
#[cfg(feature = "lenient")]
pub(crate) fn carried(word: &str) -> Option<&'static str> {
    scan::words(CARRIED).find(|known| *known == word)
}

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

    /// `code/count/code/count…`
    pub(super) fn to_words(&self) -> String {
        let mut out = String::new();
        for (code, count) in &self.0 {
            for word in [code, "/", &scan::decimal((*count).into()), "/"] {
                out.push_str(word);
            }
        }
        out
    }

    /// What came of that.
    #[cfg(feature = "lenient")]
    pub(super) fn from_words(words: &str) -> Self {
        let mut found = Self::default();
        let mut words = scan::words(words);
        while let (Some(code), Some(count)) = (words.next(), words.next()) {
            if let (Some(code), Some(count)) = (carried(code), scan::whole(count)) {
                found.add(code, u32::try_from(count).unwrap_or(u32::MAX));
            }
        }
        found
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
