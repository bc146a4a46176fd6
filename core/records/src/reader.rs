//! The one door to all formats: recognise, cut, advance, read.

use ward_kernel::Time;

use crate::Event;

/// The formats that text files come in. Packet captures and flow exports are `ward-packets`'.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Format {
    /// Zeek's ASCII writer: tab-separated with `#` headers.
    ZeekTsv,
    /// Zeek's JSON writer, a line each.
    ZeekJson,
    /// Suricata's EVE JSON.
    Eve,
    /// Web access log in combined (or common) form.
    Access,
    /// Syslog lines: sshd, netfilter, filterlog and others, mixed in any way.
    Syslog,
    /// AWS VPC flow log.
    VpcFlow,
    /// Windows security events as JSON, a line each.
    WindowsJson,
    /// Windows security events as XML.
    WindowsXml,
}

/// What the file itself does not say.
#[derive(Clone, Debug)]
pub struct Hints {
    /// No record is younger than this (plus a day): dates without a year are placed before it.
    pub newest: Time,
    /// The zone of stamps that name none.
    pub zone: jiff::tz::TimeZone,
}

impl Default for Hints {
    /// The year 2100 and UTC.
    fn default() -> Self {
        Self { newest: Time::from_secs(4_102_444_800), zone: jiff::tz::TimeZone::UTC }
    }
}

/// Where the reader puts what it understood. `at` is the record's byte offset in the
/// decompressed file.
pub trait Sink {
    /// A record that says something.
    fn event(&mut self, at: u64, event: &Event<'_>);
    /// A record that was understood and holds nothing to judge; `time` if it has one.
    fn aside(&mut self, at: u64, time: Option<Time>);
    /// A line that was not understood, or only in part, and why.
    fn problem(&mut self, at: u64, line: &[u8], why: &'static str);
}

/// What every format's reader can do; the shared tone of the modules of this crate.
pub(crate) trait ReadFormat: Sized {
    /// A reader for a file that begins like this, if it is of this format. `head` holds up to
    /// 64 KiB and may end within a line.
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self>;

    /// A reader for a file that somebody says is of this format.
    fn forced(hints: &Hints) -> Self;

    /// Where the last whole record of the block ends; 0 when none does.
    fn cut(&self, block: &[u8]) -> usize {
        memchr::memrchr(b'\n', block).map_or(0, |end| end + 1)
    }

    /// Learns what this block decides for later ones, and nothing else.
    fn advance(&mut self, _block: &[u8]) {}

    /// Reads whole records; `base` is the block's offset in the file. The last record may lack
    /// its newline. Learns what `advance` would have learned.
    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S);
}

macro_rules! readers {
    ($($format:ident => $reader:ty,)*) => {
        /// A reader of one file of one format, with what the lines so far have decided.
        #[derive(Clone, Debug)]
        pub struct Reader(Inner);

        #[derive(Clone, Debug)]
        enum Inner { $($format($reader),)* }

        impl Reader {
            /// Recognises a format by how a (decompressed) file begins: give up to 64 KiB.
            #[must_use]
            pub fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
                $(if let Some(reader) = <$reader>::recognise(head, hints) {
                    return Some(Self(Inner::$format(reader)));
                })*
                None
            }

            /// A reader for a file that somebody says is of this format.
            #[must_use]
            pub fn forced(format: Format, hints: &Hints) -> Self {
                match format {
                    $(Format::$format => Self(Inner::$format(<$reader>::forced(hints))),)*
                }
            }

            /// Which format it reads.
            #[must_use]
            pub const fn format(&self) -> Format {
                match &self.0 { $(Inner::$format(_) => Format::$format,)* }
            }

            /// Where the last whole record of the block ends; 0 when none does.
            #[must_use]
            pub fn cut(&self, block: &[u8]) -> usize {
                match &self.0 { $(Inner::$format(reader) => reader.cut(block),)* }
            }

            /// Learns what this block decides for later ones (a header), and nothing else.
            pub fn advance(&mut self, block: &[u8]) {
                match &mut self.0 { $(Inner::$format(reader) => reader.advance(block),)* }
            }

            /// Reads the whole records of a block that begins at offset `base` of its file.
            pub fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
                match &mut self.0 { $(Inner::$format(reader) => reader.read(block, base, sink),)* }
            }
        }
    };
}

// The order is the order of recognition: the most particular beginnings first.
readers! {
    ZeekTsv => crate::zeek_tsv::ZeekTsv,
    ZeekJson => crate::zeek_json::ZeekJson,
    Eve => crate::eve::Eve,
    WindowsJson => crate::windows_json::WindowsJson,
    WindowsXml => crate::windows_xml::WindowsXml,
    VpcFlow => crate::vpc_flow::VpcFlow,
    Access => crate::access::Access,
    Syslog => crate::syslog::Syslog,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] = [
        Self::ZeekTsv,
        Self::ZeekJson,
        Self::Eve,
        Self::WindowsJson,
        Self::WindowsXml,
        Self::VpcFlow,
        Self::Access,
        Self::Syslog,
    ];

    /// The name used in options and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZeekTsv => "zeek",
            Self::ZeekJson => "zeek-json",
            Self::Eve => "eve",
            Self::Access => "access",
            Self::Syslog => "syslog",
            Self::VpcFlow => "vpc-flow",
            Self::WindowsJson => "windows-json",
            Self::WindowsXml => "windows-xml",
        }
    }
}
