//! Operands and comparisons: the part of the grammar that all rules share.

use super::token::{Kind, Token};
use super::words::Word;

/// How much an operand says. A literal, a call or a subselect is *solid*: language has none of them
/// on both sides of a comparison. A bare name is not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Weight {
    Name,
    Literal,
    Call,
}

impl Weight {
    pub(super) fn is_solid(self) -> bool {
        self != Self::Name
    }
}

/// The tokens of a value in one context.
pub(super) struct Stream<'a> {
    pub(super) text: &'a [u8],
    pub(super) tokens: &'a [Token],
    /// Whether the first token is the string that the value was put in.
    pub(super) quoted: bool,
}

impl Stream<'_> {
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    pub(super) fn word(&self, at: usize) -> Option<Word> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Word || token.kind == Kind::Not).then_some(token.word)
    }

    pub(super) fn is(&self, at: usize, kind: Kind) -> bool {
        self.kind(at) == Some(kind)
    }

    pub(super) fn is_word(&self, at: usize, word: Word) -> bool {
        self.word(at) == Some(word)
    }

    /// The bytes of a token.
    pub(super) fn bytes(&self, at: usize) -> &[u8] {
        self.tokens
            .get(at)
            .and_then(|token| self.text.get(token.start..token.end))
            .unwrap_or_default()
    }

    /// A string whose quote is followed at once by a plain word is an apostrophe: `O'Brien`.
    pub(super) fn is_prose(&self) -> bool {
        self.quoted && self.is_word(1, Word::Name) && !self.is(2, Kind::Left)
    }

    /// Whether a word is followed by its parenthesis at once (comments aside), as a call is.
    pub(super) fn is_call(&self, at: usize) -> bool {
        let (Some(word), Some(next)) = (self.tokens.get(at), self.tokens.get(at.saturating_add(1)))
        else {
            return false;
        };
        let gap = self.text.get(word.end..next.start).unwrap_or_default();
        next.kind == Kind::Left
            && (gap.is_empty() || gap.starts_with(b"/*") || gap.starts_with(b"\t"))
    }

    /// A call, with arguments, of a function that SQL knows.
    pub(super) fn is_known_call(&self, at: usize) -> bool {
        let known = matches!(self.word(at), Some(Word::Function | Word::Danger | Word::Thing));
        known && self.is_call(at) && !self.is(at + 2, Kind::Right)
    }

    /// The token after the parenthesis that opens at `at`.
    pub(super) fn past(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(at, |token| token.mate.min(self.len()).saturating_add(1))
    }

    /// Skips NOT, `!` and opening parentheses.
    pub(super) fn skip_prefix(&self, mut at: usize) -> usize {
        while matches!(self.kind(at), Some(Kind::Not | Kind::Left)) {
            at += 1;
        }
        at
    }

    /// An operand with its arithmetic: where it ends, and how much it says.
    pub(super) fn operand(&self, at: usize) -> Option<(usize, Weight)> {
        let (mut at, mut weight) = self.primary(at)?;
        while matches!(self.kind(at), Some(Kind::Math | Kind::Star))
            || self.is(at, Kind::Pipe) && self.bytes(at) == b"||"
        {
            let Some((next, other)) = self.primary(at + 1) else { break };
            at = next;
            weight = match (weight, other) {
                (Weight::Name, _) | (_, Weight::Name) => Weight::Name,
                (Weight::Call, _) | (_, Weight::Call) => Weight::Call,
                _ => Weight::Literal,
            };
        }
        Some((at, weight))
    }

    fn primary(&self, mut at: usize) -> Option<(usize, Weight)> {
        while matches!(self.kind(at), Some(Kind::Not | Kind::Math))
            || matches!(self.word(at), Some(Word::Unary | Word::Distinct | Word::All))
        {
            at += 1;
        }
        match self.kind(at)? {
            Kind::Number | Kind::Text | Kind::Open | Kind::Variable => {
                Some((at + 1, Weight::Literal))
            }
            Kind::Left => Some((self.past(at), self.group(at))),
            Kind::Word => self.word_operand(at),
            _ => None,
        }
    }

    fn group(&self, at: usize) -> Weight {
        let inside = self.skip_prefix(at);
        if matches!(self.word(inside), Some(Word::Select | Word::Case))
            || self.is_known_call(inside)
        {
            return Weight::Call;
        }
        match self.kind(inside) {
            Some(Kind::Word) if !self.is_word(inside, Word::Value) => Weight::Name,
            None | Some(Kind::Right) => Weight::Name,
            _ => Weight::Literal,
        }
    }

    fn word_operand(&self, at: usize) -> Option<(usize, Weight)> {
        match self.word(at)? {
            Word::Value => Some((at + 1, Weight::Literal)),
            Word::Case => Some((self.end_of_case(at), Weight::Call)),
            Word::Exists
            | Word::Function
            | Word::Danger
            | Word::Thing
            | Word::Insert
            | Word::Set
                if self.is(at + 1, Kind::Left) =>
            {
                Some((self.past(at + 1), Weight::Call))
            }
            Word::Name | Word::Function | Word::Danger | Word::Catalogue | Word::Thing => {
                let call = self.is(at + 1, Kind::Left);
                let end = if call { self.past(at + 1) } else { at + 1 };
                Some((end, Weight::Name))
            }
            _ => None,
        }
    }

    fn end_of_case(&self, at: usize) -> usize {
        let end = (at..self.len().min(at + 256)).find(|at| self.is_word(*at, Word::End));
        end.unwrap_or(self.len()).saturating_add(1)
    }

    /// A comparison from `at` on: where it ends, and the weights of its two sides.
    pub(super) fn comparison(&self, at: usize) -> Option<(usize, Weight, Weight)> {
        let (mut at, left) = self.operand(at)?;
        while self.is(at, Kind::Not) {
            at += 1;
        }
        if self.is(at, Kind::Compare) {
            let (end, right) = self.operand(at + 1)?;
            return Some((end, left, right));
        }
        match self.word(at)? {
            Word::Like => {
                let again = usize::from(self.is_word(at + 1, Word::Like));
                let (end, right) = self.operand(at + 1 + again)?;
                Some((end, left, right))
            }
            Word::Between => {
                let (and, low) = self.operand(at + 1)?;
                let (end, high) = self.operand(and + 1)?;
                let joined = self.is_word(and, Word::Logic) || self.is(and, Kind::Pipe);
                let right = if low.is_solid() { high } else { low };
                joined.then_some((end, left, right))
            }
            Word::In if self.is(at + 1, Kind::Left) => {
                Some((self.past(at + 1), left, self.group(at + 1)))
            }
            Word::Is => {
                let skip = usize::from(self.is(at + 1, Kind::Not));
                self.is_word(at + 1 + skip, Word::Value).then_some((
                    at + 2 + skip,
                    left,
                    Weight::Literal,
                ))
            }
            _ => None,
        }
    }

    /// Whether the token at `at` can end an operand: what AND, UNION or ORDER BY may follow.
    pub(super) fn ends_operand(&self, at: Option<usize>) -> bool {
        let Some(at) = at else { return false };
        match self.kind(at) {
            Some(Kind::Number) => true,
            Some(Kind::Text) => at == 0,
            Some(Kind::Right) => true,
            _ => self.is_word(at, Word::Value),
        }
    }

    /// Whether the value's own string and the one at `at` sit close to what is between them, as in
    /// `x'='x`; quoted marks in a sentence (`the '=' sign`) have spaces outside.
    pub(super) fn hugs(&self, at: usize) -> bool {
        let (left, right) = (self.bytes(0), self.bytes(at));
        let inner = left.len().checked_sub(2).and_then(|at| left.get(at));
        inner.is_none_or(|byte| *byte != b' ') && right.get(1).is_none_or(|byte| *byte > b' ')
    }

    /// Whether the comment at `at` only cuts: nothing readable comes after its mark.
    pub(super) fn cuts(&self, at: usize) -> bool {
        if !self.is(at, Kind::Comment) {
            return false;
        }
        match self.bytes(at) {
            [b'-', b'-', rest @ ..] => {
                let rest = rest.trim_ascii();
                rest.iter().all(|byte| matches!(byte, b'-' | b'+' | b'*' | b'/'))
            }
            [b'#', rest @ ..] => rest.trim_ascii().is_empty(),
            [b'/', b'*', rest @ ..] => rest.trim_ascii().is_empty(),
            _ => false,
        }
    }
}
