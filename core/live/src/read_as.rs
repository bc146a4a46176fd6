//! "Paste one line: I read it as ...": what a few lines of somebody's log are to the readers.

use std::fmt::Write as _;

use ward_kernel::Time;
use ward_records::{
    Event, Flow, Format, Hints, Login, LoginResult, Reader, Request, Sink, Touch, Trace, What,
};

/// Lines that are put into words.
const SHOWN: usize = 5;
/// How a text is recognised, in bytes; what stands behind is still read.
const HEAD: usize = 64 << 10;
/// Characters of a logged text that a sentence quotes.
const QUOTED: usize = 60;

/// What somebody's text was read as.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReadAs {
    /// The format's name as the settings have it; `None` when no reader knows the text.
    pub format: Option<&'static str>,
    /// Lines that say something Ward judges.
    pub told: u64,
    /// Lines that were understood and hold nothing to judge.
    pub aside: u64,
    /// Lines that were not understood.
    pub misread: u64,
    /// The first few lines in words, in their order.
    pub words: Vec<String>,
    /// Why the first few of those that were not understood were not.
    pub why: Vec<&'static str>,
    /// The earliest time that a line bears.
    pub first: Option<Time>,
    /// The latest.
    pub last: Option<Time>,
}

impl ReadAs {
    /// What people call the format: "Linux system log (syslog)".
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        self.format.map(label)
    }
}

/// Reads some lines as the desk would read a file that begins with them.
#[must_use]
pub fn read_as(text: &[u8], hints: &Hints) -> ReadAs {
    let head = text.get(..HEAD).unwrap_or(text);
    if let Some(reader) = Reader::recognise(head, hints) {
        return read_by(reader, text);
    }
    // One line may be too little to know a file by, and still be read by its format.
    let forced = Format::ALL.into_iter().map(|format| Reader::forced(format, hints));
    let mut tried = forced.map(|reader| read_by(reader, text));
    tried.find(|read| read.told > 0 && read.misread == 0).unwrap_or_default()
}

fn read_by(mut reader: Reader, text: &[u8]) -> ReadAs {
    let mut teller = Teller::default();
    reader.read(text, 0, &mut teller);
    teller.0.format = Some(reader.format().name());
    teller.0
}

/// What people call a format, by its name; the name itself when it is not known.
#[must_use]
pub fn label(format: &str) -> &'static str {
    match format {
        "zeek" => "Zeek log (tab-separated)",
        "zeek-json" => "Zeek log (JSON)",
        "eve" => "Suricata EVE log",
        "access" => "web server access log",
        "syslog" => "system log (syslog)",
        "vpc-flow" => "AWS VPC flow log",
        "windows-json" => "Windows security events (JSON)",
        "windows-xml" => "Windows security events (XML)",
        "netflow" => "flow exports (NetFlow, IPFIX)",
        _ => "another format",
    }
}

/// Cuts a text that comes in blocks where a record of its format ends.
#[derive(Clone, Debug)]
pub struct Cutter(Option<Reader>);

impl Cutter {
    /// A cutter for a text that begins like this.
    #[must_use]
    pub fn new(head: &[u8]) -> Self {
        Self(Reader::recognise(head.get(..HEAD).unwrap_or(head), &Hints::default()))
    }

    /// Where the last whole record of the block ends; 0 when none does. A text of an unknown
    /// format is cut where a line ends.
    #[must_use]
    pub fn cut(&self, block: &[u8]) -> usize {
        match &self.0 {
            Some(reader) => reader.cut(block),
            None => block.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1),
        }
    }
}

/// Reads a long text that comes in blocks of whole records, for what [`read_as`] says of a short
/// one.
#[derive(Debug)]
pub struct Reading {
    reader: Option<Reader>,
    teller: Teller,
    next: u64,
}

impl Reading {
    /// A reading of a text that begins like this.
    #[must_use]
    pub fn new(head: &[u8], hints: &Hints) -> Self {
        let head = head.get(..HEAD).unwrap_or(head);
        let reader = Reader::recognise(head, hints).or_else(|| {
            let known = read_as(head, hints).format?;
            let format = Format::ALL.into_iter().find(|format| format.name() == known)?;
            Some(Reader::forced(format, hints))
        });
        Self { reader, teller: Teller::default(), next: 0 }
    }

    /// Reads the next block.
    pub fn read(&mut self, block: &[u8]) {
        if let Some(reader) = &mut self.reader {
            reader.read(block, self.next, &mut self.teller);
        }
        self.next = self.next.saturating_add(block.len() as u64);
    }

    /// What all of it was read as.
    #[must_use]
    pub fn finish(self) -> ReadAs {
        let format = self.reader.map(|reader| reader.format().name());
        ReadAs { format, ..self.teller.0 }
    }
}

/// Puts what it is told into words.
#[derive(Debug, Default)]
struct Teller(ReadAs);

impl Teller {
    fn at(&mut self, time: Option<Time>) {
        let Some(time) = time else { return };
        self.0.first = Some(self.0.first.map_or(time, |first| first.min(time)));
        self.0.last = Some(self.0.last.map_or(time, |last| last.max(time)));
    }
}

impl Sink for Teller {
    fn event(&mut self, _at: u64, event: &Event<'_>) {
        self.0.told = self.0.told.saturating_add(1);
        self.at(Some(event.time));
        if self.0.words.len() < SHOWN {
            self.0.words.push(words(event));
        }
    }

    fn aside(&mut self, _at: u64, time: Option<Time>) {
        self.0.aside = self.0.aside.saturating_add(1);
        self.at(time);
        if self.0.words.len() < SHOWN {
            let at = time.map_or_else(String::new, |time| format!(" of {time}"));
            self.0.words.push(format!("a line{at} that holds nothing to judge"));
        }
    }

    fn problem(&mut self, _at: u64, _line: &[u8], why: &'static str) {
        self.0.misread = self.0.misread.saturating_add(1);
        if self.0.why.len() < SHOWN && !self.0.why.contains(&why) {
            self.0.why.push(why);
        }
    }
}

/// An event as a sentence without its full stop.
fn words(event: &Event<'_>) -> String {
    let (time, source) = (event.time, event.source);
    let what = match &event.what {
        What::Flow(flow) => format!("{} from {source}", flow_words(flow)),
        What::Login(login) => format!("{} from {source}", login_words(login)),
        What::Request(request) => format!("{} from {source}", request_words(request)),
        What::Alert(alert) => format!(
            "an alert \"{}\" about {source} towards {}",
            quoted(alert.signature),
            port(alert.target, alert.port)
        ),
        What::Query(query) => {
            let missing = if query.missing { ", which does not exist," } else { "" };
            format!("a look-up of the name \"{}\"{missing} by {source}", quoted(query.name))
        }
        What::Loss(loss) => {
            let of = loss.of.map_or_else(String::new, |of| format!(" of {of}"));
            return format!("the sensor says that it lost {}{of} ({}), {time}", loss.lost, loss.by);
        }
    };
    format!("{what}, {time}")
}

fn flow_words(flow: &Flow) -> String {
    let how = match flow.touch {
        Touch::Failed => "a contact that came to nothing",
        Touch::Opened => "a connection that was opened and not used",
        Touch::Answered => "a connection that was answered",
        Touch::Aside => "traffic of a contact begun elsewhere",
        Touch::Unknown => "a contact",
    };
    let over = match flow.protocol {
        1 | 58 => " by ICMP",
        6 => " by TCP",
        17 => " by UDP",
        _ => "",
    };
    format!("{how} to {}{over}", port(flow.target, flow.port))
}

fn login_words(login: &Login<'_>) -> String {
    let how = match (login.result, login.trace) {
        (LoginResult::Succeeded, _) => "a successful sign-in",
        (LoginResult::LockedOut, _) => "a sign-in to an account that was locked",
        (LoginResult::NoSuchAccount, _) => "a sign-in to an account that does not exist",
        (LoginResult::Failed, Trace::Verdict) => "a failed sign-in",
        (LoginResult::Failed, _) => "a trace of a failed sign-in",
    };
    let mut text = format!("{how} by {}", login.service);
    if !login.account.is_empty() {
        let _ = write!(text, " as \"{}\"", quoted(login.account));
    }
    if !login.server.is_empty() {
        let _ = write!(text, " at {}", quoted(login.server));
    }
    if login.count > 1 {
        let _ = write!(text, ", {} times,", login.count);
    }
    text
}

fn request_words(request: &Request<'_>) -> String {
    let mut text = format!("a web request {} ", quoted(request.method));
    // The query may hold what a voter looked up: the path says enough.
    let path = request.target.split(|byte| *byte == b'?').next().unwrap_or_default();
    let _ = write!(text, "{}", quoted(path));
    if request.status > 0 {
        let _ = write!(text, " answered with {}", request.status);
    }
    text
}

fn port(address: ward_kernel::Addr, port: u16) -> String {
    if port == 0 { address.to_string() } else { format!("{address} port {port}") }
}

/// The beginning of a logged text.
fn quoted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4 * QUOTED).unwrap_or(bytes));
    let mut short: String = text.chars().take(QUOTED).collect();
    if short.len() < bytes.len() && text.chars().count() > QUOTED {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> ReadAs {
        let newest = Time::parse("2026-11-03T20:00:00Z").unwrap();
        read_as(text.as_bytes(), &Hints { newest, ..Hints::default() })
    }

    #[test]
    fn says_what_a_line_is() {
        let read_line = |line: &str| {
            let read = read(line);
            assert_eq!((read.told, read.misread), (1, 0), "{line}: {read:?}");
            (read.format.unwrap(), read.words.concat())
        };
        let sshd = "Nov  3 14:12:01 web1 sshd[811]: Failed password for invalid user admin from \
                    192.0.2.7 port 40022 ssh2";
        let (format, words) = read_line(sshd);
        assert_eq!(format, "syslog");
        assert!(
            words.contains("\"admin\" at web1 from 192.0.2.7, 2026-11-03T14:12:01Z"),
            "{words}"
        );
        let access = "198.51.100.9 - - [03/Nov/2026:14:12:01 +0000] \"GET /lookup?name=secret \
                      HTTP/1.1\" 200 512 \"-\" \"curl/8\"";
        let (format, words) = read_line(access);
        assert_eq!(format, "access");
        assert!(words.starts_with("a web request GET /lookup answered with 200"), "{words}");
        assert!(!words.contains("secret"));
    }

    #[test]
    fn says_when_it_knows_nothing() {
        assert_eq!(read("The quick brown fox"), ReadAs::default());
        assert_eq!(read(""), ReadAs::default());
        assert_eq!(read("").label(), None);
        for format in Format::ALL.map(Format::name) {
            assert_ne!(label(format), label(""), "{format}");
        }
    }

    #[test]
    fn a_long_text_is_read_block_by_block() {
        let hints = Hints::default();
        let line = |minute: u8| {
            format!(
                "2026-11-03T14:{minute:02}:01Z web1 sshd[8]: Failed password for root from \
                     192.0.2.7 port 4 ssh2\n"
            )
        };
        let text: String = (0..30).map(line).collect();
        let mut reading = Reading::new(text.as_bytes(), &hints);
        text.split_inclusive('\n').for_each(|line| reading.read(line.as_bytes()));
        let read = reading.finish();
        assert_eq!(read, read_as(text.as_bytes(), &hints));
        assert_eq!((read.told, read.first), (30, Time::parse("2026-11-03T14:00:01Z").ok()));
        assert_eq!(read.last, Time::parse("2026-11-03T14:29:01Z").ok());
        let mut unknown = Reading::new(b"?", &hints);
        unknown.read(b"?\n");
        assert_eq!(unknown.finish(), ReadAs::default());
    }

    #[test]
    fn cuts_at_lines() {
        assert_eq!(Cutter::new(b"?").cut(b"one\ntwo\nthr"), 8);
        assert_eq!(Cutter::new(b"?").cut(b"none"), 0);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let read = read_as(&bytes, &Hints::default());
            prop_assert!(read.words.len() <= SHOWN && read.why.len() <= SHOWN);
            prop_assert!(Cutter::new(&bytes).cut(&bytes) <= bytes.len());
        }
    }
}
