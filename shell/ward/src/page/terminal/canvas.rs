//! Lines of styled text that never grow wider than the page and never carry a log's controls.

use std::fmt::Write as _;

use ward_kernel::Rung;

use super::Look;
use crate::page::text;

/// How a piece of text is painted. Only the sixteen named colours are used, so that every
/// terminal's own theme holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// As it comes.
    Plain,
    /// What must be read.
    Bold,
    /// What may be skipped.
    Dim,
    /// The colour of a rung.
    Rung(Rung),
    /// A rung's name as a badge.
    Badge(Rung),
    /// A lack: gaps, losses, limits.
    Warn,
}

/// The characters that draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyphs {
    pub(crate) rule: char,
    pub(crate) dot: char,
    pub(crate) ellipsis: char,
    pub(crate) block: char,
    /// No value, then from low to high.
    pub(crate) sparks: &'static [char],
    /// All seen, part seen, nothing seen.
    pub(crate) seen: [char; 3],
}

const UNICODE: Glyphs = Glyphs {
    rule: '─',
    dot: '·',
    ellipsis: '…',
    block: '■',
    sparks: &['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
    seen: ['▬', '▭', '·'],
};

const ASCII: Glyphs = Glyphs {
    rule: '-',
    dot: '-',
    ellipsis: '~',
    block: '#',
    sparks: &['.', ',', ':', '-', '=', '+', '*', '#', '@'],
    seen: ['=', '-', '.'],
};

/// The longest line of running text, however wide the page: longer ones are hard to read.
const PROSE: usize = 96;

/// A page as it grows, line by line.
#[derive(Debug)]
pub struct Canvas {
    out: String,
    look: Look,
}

/// A styled piece of a line.
pub(crate) type Span<'a> = (Style, &'a str);

impl Canvas {
    /// An empty page.
    #[must_use]
    pub fn new(look: Look) -> Self {
        Self { out: String::new(), look: Look { width: look.width.clamp(40, 140), ..look } }
    }

    /// The page.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// Columns to write in.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.look.width
    }

    /// A badge's text: colour makes the badge, brackets where there is none.
    pub(crate) fn badge(&self, name: &str) -> String {
        if self.look.colour { format!(" {name} ") } else { format!("[{name}]") }
    }

    pub(crate) const fn glyphs(&self) -> &'static Glyphs {
        if self.look.unicode { &UNICODE } else { &ASCII }
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// One line; what does not fit is cut, and the cut is marked.
    pub(crate) fn line(&mut self, spans: &[Span<'_>]) {
        let mut room = self.look.width;
        let last = spans.iter().rposition(|(_, text)| !text.trim_end().is_empty());
        for (i, (style, text)) in spans.iter().enumerate().take(last.map_or(0, |i| i + 1)) {
            let mut text = self.readable(text);
            if Some(i) == last {
                text.truncate(text.trim_end().len());
            }
            let text = text::cut(&text, room, self.glyphs().ellipsis);
            room = room.saturating_sub(text::columns(&text));
            self.paint(*style, &text);
        }
        self.out.push('\n');
    }

    /// A section's heading: its name, a rule, a remark at the right end.
    pub(crate) fn heading(&mut self, style: Style, name: &str, remark: &str) {
        self.blank();
        let used = text::columns(name).saturating_add(text::columns(remark)).saturating_add(2);
        let rule = self.look.width.saturating_sub(used);
        let rule = format!(" {} ", self.glyphs().rule.to_string().repeat(rule));
        self.line(&[(style, name), (Style::Dim, &rule), (Style::Dim, remark)]);
    }

    /// Wrapped text: `label` stands before the first line, the others are indented as far.
    pub(crate) fn field(&mut self, indent: usize, label: &str, label_width: usize, body: Span<'_>) {
        let left = indent.saturating_add(label_width);
        let room = self.look.width.saturating_sub(left).min(PROSE);
        for (i, line) in text::wrap(&self.readable(body.1), room).iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            let label = format!("{:indent$}{label:<label_width$}", "");
            self.line(&[(Style::Dim, &label), (body.0, line)]);
        }
    }

    /// Text as it may be shown: cleaned, and in ASCII where nothing else can be.
    pub(crate) fn readable(&self, text: &str) -> String {
        let text = text::clean(text);
        if self.look.unicode { text.into_owned() } else { text::ascii(&text) }
    }

    fn paint(&mut self, style: Style, text: &str) {
        let code = match style {
            _ if !self.look.colour || text.trim().is_empty() => "",
            Style::Plain => "",
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Warn => "33",
            Style::Rung(Rung::Scan) => "36",
            Style::Rung(Rung::Attempt) => "1;33",
            Style::Rung(Rung::Access) => "1;31",
            Style::Rung(Rung::Effect) => "1;35",
            Style::Badge(Rung::Scan) => "7;36",
            Style::Badge(Rung::Attempt) => "7;33",
            Style::Badge(Rung::Access) => "7;1;31",
            Style::Badge(Rung::Effect) => "7;1;35",
        };
        if code.is_empty() {
            self.out.push_str(text);
        } else {
            let _ = write!(self.out, "\x1b[{code}m{text}\x1b[0m");
        }
    }
}
