//! Texts by their hash, so that summaries hold eight bytes where logs hold a path or an account.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use ward_kernel::hash;

/// Texts that are kept; later ones are shown by their hash.
const LIMIT: usize = 65_536;
/// Bytes of a text that are kept.
const BYTES: usize = 256;

/// Texts by their hash.
#[derive(Clone, Debug)]
pub struct Names {
    texts: HashMap<u64, Box<str>, FixedState>,
}

impl Names {
    /// No texts yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { texts: HashMap::with_hasher(FixedState::with_seed(seed)) }
    }

    /// The text's hash; keeps the text.
    pub fn note(&mut self, text: &[u8]) -> u64 {
        let key = hash::bytes(text);
        if !self.texts.contains_key(&key) && self.texts.len() < LIMIT {
            let kept = text.get(..BYTES).unwrap_or(text);
            self.texts.insert(key, String::from_utf8_lossy(kept).into());
        }
        key
    }

    /// The text of a hash; its number when the text was not kept.
    #[must_use]
    pub fn text(&self, key: u64) -> String {
        self.texts.get(&key).map_or_else(|| format!("#{key:016x}"), |text| text.to_string())
    }

    /// Takes in another's texts.
    pub fn merge(&mut self, other: Self) {
        for (key, text) in other.texts {
            if self.texts.len() < LIMIT || self.texts.contains_key(&key) {
                self.texts.insert(key, text);
            }
        }
    }

    /// Whether some texts could not be kept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.texts.len() >= LIMIT
    }
}
