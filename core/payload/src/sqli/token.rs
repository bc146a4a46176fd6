//! The tokenizer: bytes of one value, read as the middle of a statement.

use super::words::{Word, classify};

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Number,
    /// A string with both quotes (or closing the quote that the value was put in).
    Text,
    /// A string that the value leaves open: the statement's own quote will close it.
    Open,
    Word,
    Variable,
    Compare,
    /// `&&`, `||` (the latter joins strings in half of the dialects).
    Pipe,
    Not,
    Math,
    Star,
    Left,
    Right,
    Comma,
    Semicolon,
    /// A comment up to the end of the value.
    Comment,
    Other,
}

/// One token: its kind, its word where it is one, where it stands, and its other parenthesis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(super) kind: Kind,
    pub(super) word: Word,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Index of the matching parenthesis; the number of tokens when there is none.
    pub(super) mate: usize,
}

/// More tokens than this are not read: 16 KiB hold no honest value with as many.
const MOST: usize = 8192;

/// Tokenizes `text` as it stands, or as the inside of a string in `quote`. Returns whether there is
/// anything to judge: a value that never leaves its quote is one string and nothing else.
pub(super) fn tokenize(text: &[u8], quote: Option<u8>, out: &mut Vec<Token>) -> bool {
    out.clear();
    let mut lexer = Lexer { text, at: 0, ticks: quote == Some(b'`'), versions: 0, out };
    if let Some(quote) = quote {
        lexer.string(quote, 0);
        if lexer.out.iter().any(|token| token.kind == Kind::Open) {
            return false;
        }
    }
    while lexer.at < text.len() && lexer.out.len() < MOST {
        lexer.step();
    }
    pair(out);
    out.len() > usize::from(quote.is_some())
}

/// Tells each parenthesis where its other half is.
fn pair(tokens: &mut [Token]) {
    let len = tokens.len();
    // The unclosed parentheses form a chain through their own `mate` fields: no extra memory.
    let mut open = len;
    for at in 0..len {
        let kind = tokens.get(at).map(|token| token.kind);
        if kind == Some(Kind::Left) {
            link(tokens, at, open);
            open = at;
        } else if kind == Some(Kind::Right) && open < len {
            let outer = tokens.get(open).map_or(len, |token| token.mate);
            link(tokens, open, at);
            link(tokens, at, open);
            open = outer;
        }
    }
    while let Some(token) = tokens.get_mut(open) {
        open = std::mem::replace(&mut token.mate, len);
    }
}

fn link(tokens: &mut [Token], at: usize, mate: usize) {
    if let Some(token) = tokens.get_mut(at) {
        token.mate = mate;
    }
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether backticks enclose the value, and so strings of its own.
    ticks: bool,
    /// How many `/*!` are open.
    versions: u32,
    out: &'a mut Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at.saturating_add(ahead)).copied().unwrap_or(0)
    }

    fn push(&mut self, kind: Kind, word: Word, len: usize) {
        let end = self.at.saturating_add(len).min(self.text.len());
        self.out.push(Token { kind, word, start: self.at, end, mate: usize::MAX });
        self.at = end;
    }

    fn plain(&mut self, kind: Kind, len: usize) {
        self.push(kind, Word::Name, len);
    }

    fn step(&mut self) {
        let next = self.peek(1);
        match self.peek(0) {
            0..=b' ' | 0x7f | 0xa0 => self.at += 1,
            quote @ (b'\'' | b'"') => self.string(quote, 1),
            b'`' if self.ticks => self.string(b'`', 1),
            b'`' => self.name(b'`'),
            b'[' => self.name(b']'),
            b'0'..=b'9' => self.number(),
            b'.' if next.is_ascii_digit() => self.number(),
            b'@' if next == b'@' || is_word(next) => self.variable(),
            b'-' if next == b'-' => self.line_comment(2),
            b'#' => self.line_comment(1),
            b'/' if next == b'*' => self.comment(),
            b'*' if next == b'/' && self.versions > 0 => {
                self.versions = self.versions.saturating_sub(1);
                self.at += 2;
            }
            b'*' => self.plain(Kind::Star, 1),
            b'(' => self.plain(Kind::Left, 1),
            b')' => self.plain(Kind::Right, 1),
            b',' => self.plain(Kind::Comma, 1),
            b';' => self.plain(Kind::Semicolon, 1),
            byte if is_word(byte) => self.word(),
            byte => self.operator(byte, next),
        }
    }

    fn operator(&mut self, byte: u8, next: u8) {
        match (byte, next, self.peek(2)) {
            (b'<', b'=', b'>') => self.plain(Kind::Compare, 3),
            (b'<', b'<', _) | (b'>', b'>', _) => self.plain(Kind::Math, 2),
            (b'=', b'=', _)
            | (b'<', b'=' | b'>', _)
            | (b'>' | b'!' | b'^' | b'~' | b':', b'=', _) => {
                self.plain(Kind::Compare, 2);
            }
            (b'=' | b'<' | b'>', ..) => self.plain(Kind::Compare, 1),
            (b'&', b'&', _) | (b'|', b'|', _) => self.plain(Kind::Pipe, 2),
            (b'!', ..) => self.plain(Kind::Not, 1),
            (b'+' | b'-' | b'/' | b'%' | b'^' | b'&' | b'|' | b'~', ..) => {
                self.plain(Kind::Math, 1)
            }
            (b':', b':', _) => self.plain(Kind::Math, 2),
            _ => self.plain(Kind::Other, 1),
        }
    }

    /// A string from `skip` bytes on; a doubled quote is a quote within it.
    fn string(&mut self, quote: u8, skip: usize) {
        let mut from = self.at.saturating_add(skip);
        while let Some(found) = memchr::memchr(quote, self.text.get(from..).unwrap_or_default()) {
            let at = from.saturating_add(found);
            if self.text.get(at.saturating_add(1)) != Some(&quote) {
                self.plain(Kind::Text, at.saturating_add(1).saturating_sub(self.at));
                return;
            }
            from = at.saturating_add(2);
        }
        self.plain(Kind::Open, self.text.len());
    }

    /// A quoted name, if it closes within the value.
    fn name(&mut self, close: u8) {
        let rest = self.text.get(self.at.saturating_add(1)..).unwrap_or_default();
        match memchr::memchr(close, rest) {
            Some(len) => self.push(Kind::Word, Word::Name, len.saturating_add(2)),
            None => self.plain(Kind::Other, 1),
        }
    }

    fn run(&self, from: usize, keep: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.get(self.at.saturating_add(from)..).unwrap_or_default();
        from.saturating_add(rest.iter().take_while(|byte| keep(**byte)).count())
    }

    fn variable(&mut self) {
        let len = self.run(1, |byte| is_word(byte) || byte == b'@' || byte == b'.');
        self.plain(Kind::Variable, len);
    }

    /// A number, which a keyword may follow at once (`1e0union`, `1.or`); `5th` is a word.
    fn number(&mut self) {
        let mut len = if self.peek(0) == b'0' && self.peek(1) == b'x' {
            self.run(2, |byte| byte.is_ascii_hexdigit())
        } else {
            let mut len = self.run(0, |byte| byte.is_ascii_digit() || byte == b'.');
            if self.peek(len) == b'e' {
                let sign = usize::from(matches!(self.peek(len + 1), b'+' | b'-'));
                let end = self.run(len + 1 + sign, |byte| byte.is_ascii_digit());
                len = if end > len + 1 + sign { end } else { len };
            }
            len
        };
        if !is_word(self.peek(len)) {
            return self.plain(Kind::Number, len);
        }
        let tail = self.word_at(len);
        if matches!(tail, [b'd' | b'f', rest @ ..] if rest == b"union") {
            len += 1;
        } else if !glues(classify(tail)) {
            let len = len.saturating_add(tail.len());
            return self.push(Kind::Word, Word::Name, len);
        }
        self.plain(Kind::Number, len);
    }

    /// The word that begins `from` bytes on, with its dots (`mysql.user`, `master..sysobjects`).
    fn word_at(&self, from: usize) -> &[u8] {
        let rest = self.text.get(self.at.saturating_add(from)..).unwrap_or_default();
        let mut len = 0_usize;
        while let Some(&byte) = rest.get(len) {
            let before = len.checked_sub(1).and_then(|at| rest.get(at)).copied().unwrap_or(0);
            let after = rest.get(len.saturating_add(1)).copied().unwrap_or(0);
            // A lone A0 after ASCII is a space to some servers; within UTF-8 it follows another
            // high byte.
            let joins = match byte {
                0xa0 => before >= 0x80,
                b'.' => is_word(after) || after == b'.',
                _ => is_word(byte) || byte.is_ascii_digit(),
            };
            if !joins {
                break;
            }
            len = len.saturating_add(1);
        }
        rest.get(..len).unwrap_or_default()
    }

    fn word(&mut self) {
        let word = self.word_at(0);
        let len = word.len().max(1);
        // N'text', x'41', e'..', _utf8'..': the prefix belongs to the string.
        if (len == 1 && matches!(word, b"n" | b"x" | b"b" | b"e" | b"u" | b"q")
            || word.starts_with(b"_"))
            && self.peek(len) == b'\''
            && !self.out.is_empty()
        {
            self.at = self.at.saturating_add(len);
            return self.string(b'\'', 1);
        }
        let class = classify(word);
        match class {
            Word::Not => self.push(Kind::Not, class, len),
            Word::Math => self.push(Kind::Math, class, len),
            _ => self.push(Kind::Word, class, len),
        }
    }

    /// `-- ` or `#`: white space when the line ends within the value, else the end.
    fn line_comment(&mut self, _mark: usize) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match memchr::memchr(b'\n', rest) {
            Some(len) => self.at = self.at.saturating_add(len).saturating_add(1),
            None => self.plain(Kind::Comment, rest.len()),
        }
    }

    /// `/* */` is white space; the inside of MySQL's `/*!50000 */` is code.
    fn comment(&mut self) {
        if self.peek(2) == b'!' {
            self.versions = self.versions.saturating_add(1);
            self.at = self.at.saturating_add(self.run(3, |byte| byte.is_ascii_digit()));
            return;
        }
        let rest = self.text.get(self.at.saturating_add(2)..).unwrap_or_default();
        match memchr::memmem::find(rest, b"*/") {
            Some(len) => self.at = self.at.saturating_add(len).saturating_add(4),
            None => self.plain(Kind::Comment, self.text.len()),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') || byte >= 0x80 && byte != 0xa0
}

/// Keywords that a tokenizer takes off the end of a number.
fn glues(word: Word) -> bool {
    matches!(
        word,
        Word::Logic
            | Word::Union
            | Word::Except
            | Word::Select
            | Word::From
            | Word::Where
            | Word::Like
            | Word::Between
            | Word::Order
            | Word::Math
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, quote: Option<u8>) -> Vec<Kind> {
        let mut out = Vec::new();
        tokenize(text.as_bytes(), quote, &mut out);
        out.iter().map(|token| token.kind).collect()
    }

    #[test]
    fn reads_as_a_database_would() {
        use Kind::{Comment, Compare, Left, Number, Open, Right, Text, Variable, Word};
        assert_eq!(kinds("x' or 1=1", Some(b'\'')), [Text, Word, Number, Compare, Number]);
        assert_eq!(
            kinds("1/**/or/**/1=1#x", None),
            [Number, Word, Number, Compare, Number, Comment]
        );
        assert_eq!(kinds("1--x\nor 2", None), [Number, Word, Number]);
        assert_eq!(kinds("1e0union select", None), [Number, Word, Word]);
        assert_eq!(kinds("5th 3f2a", None), [Word, Word]);
        assert_eq!(kinds("a.b(@@version)", None), [Word, Left, Variable, Right]);
        assert_eq!(kinds("a n'b' 'c", None), [Word, Text, Open]);
        assert_eq!(kinds("o''brien", Some(b'\'')), [Open]);
    }

    #[test]
    fn pairs_parentheses() {
        let mut out = Vec::new();
        tokenize(b"((a)(b)", None, &mut out);
        let mates: Vec<_> = out.iter().map(|token| token.mate).collect();
        assert_eq!(mates, [7, 3, usize::MAX, 1, 6, usize::MAX, 4]);
    }
}
