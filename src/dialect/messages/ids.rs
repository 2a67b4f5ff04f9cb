//! Ids of tool calls as the provider takes them: the same for the call and for its result, whenever they are asked for.

use super::Ids;
use crate::json;
use crate::scan;

/// OpenAI's longest. Of these characters all providers take all.
const LONGEST: usize = 40;
/// What Mistral wants.
const SHORT: usize = 9;
/// Digits that tell one 64-bit number from another.
const DIGITS: usize = 13;

impl Ids {
    /// True for an id, without its quotes, that goes through.
    fn take(self, id: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Short => id.len() == SHORT && scan::all_bytes(id, &|byte| byte.is_ascii_alphanumeric()),
            Self::Common => id.len() <= LONGEST && scan::all_bytes(id, &is_of_id),
        }
    }

    /// An id that is taken for one that is not, both with their quotes.
    pub fn mended(self, raw: &str) -> Option<String> {
        let id = json::string(raw).filter(|id| !self.take(id))?;
        // FNV-1a
        let mut hash = id
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3));
        let mut out = String::from("\"");
        let mut digits = SHORT;
        if self == Self::Common {
            // What can be read of it; that it is another is told by what follows.
            for byte in id.bytes().take(LONGEST - DIGITS - 1) {
                out.push(if is_of_id(byte) { char::from(byte) } else { '_' });
            }
            out.push('_');
            digits = DIGITS;
        }
        for _ in 0..digits {
            let digit = (hash % 36) as u8;
            out.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
            hash /= 36;
        }
        out.push('"');
        Some(out)
    }
}

fn is_of_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}
