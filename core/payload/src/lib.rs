//! Is this web request shaped as an exploit, and as which?
//!
//! [`judge`] looks at the method, target, body, referrer and user agent of one request and returns
//! the heaviest [`Finding`]. It decides on the request alone; whether the server fell for it, how
//! often it came and what to make of it is for others to say.
//!
//! The way there: a prefilter over the raw bytes (`gate`) lets plain requests pass; what is left
//! is split into parameters and segments, decoded (`decode`) and judged value by value by one
//! detector per language. Nothing here allocates beyond [`Scratch`], whose buffers are reused; of
//! each part of a request the first and the last [`LIMIT`] bytes are read, so a payload between
//! two paddings of 16 KiB each is not seen. The cost is linear in what is read.
//!
//! Whoever asks about a source itself finds [`scanners`]: the known research scanners.

mod agent;
mod base64;
mod decode;
mod gate;
mod injection;
mod needles;
mod parts;
mod path;
mod probe;
mod protocol;
pub mod scanners;
mod script;
mod shell;
mod sqli;
mod table;
mod traversal;

pub use path::{is_asset, is_sign_in, path, query};

/// How much of each part of a request (path, query, body, header) is read at either end, in bytes.
pub const LIMIT: usize = 16 * 1024;

/// What a request is shaped as. Ordered by weight.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// The user agent names an attack tool.
    Tool,
    /// A path that is asked for to find a known vulnerability or a secret, a proxy tried out, or
    /// another protocol spoken to the web port.
    Probe,
    /// Script or markup where a value is expected (cross-site scripting).
    Script,
    /// Climbing out of the web root, or a file of the system by its absolute name.
    Traversal,
    /// Commands, templates, JNDI, PHP, XML entities, headers, other query languages.
    Injection,
    /// SQL injection.
    Sqli,
}

impl Shape {
    /// The word for it in reports and identifiers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Probe => "probe",
            Self::Script => "script",
            Self::Traversal => "traversal",
            Self::Injection => "injection",
            Self::Sqli => "sqli",
        }
    }
}

/// Where in the request a finding is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Part {
    /// The path of the target.
    Path,
    /// The query of the target: a parameter's value or name.
    Query,
    /// The User-Agent header.
    Agent,
    /// The Referer header.
    Referrer,
    /// The body.
    Body,
    /// The method, or a request line that is no HTTP.
    Method,
}

impl Part {
    /// The word for it in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Agent => "agent",
            Self::Referrer => "referrer",
            Self::Body => "body",
            Self::Method => "method",
        }
    }
}

/// What was found, by which sign, and where.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Finding {
    /// What the request is shaped as.
    pub shape: Shape,
    /// A short stable identifier of what shows it: `union-select`, `log4shell`, `dotenv`.
    pub sign: &'static str,
    /// Where it was found.
    pub part: Part,
}

impl Finding {
    /// Whether the sign is a page that an honest installation serves too (a sign-in page of a
    /// content system, a health page): worth counting only where the server did not know it or
    /// refused it.
    #[must_use]
    pub fn is_product(&self) -> bool {
        self.shape == Shape::Probe && probe::is_product(self.sign)
    }
}

/// The parts of a request, as logged: still percent-encoded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// The method; empty when the request line was no HTTP.
    pub method: &'a [u8],
    /// Path and query; the whole request line when it was no HTTP.
    pub target: &'a [u8],
    /// The body, where there is one at hand.
    pub body: &'a [u8],
    /// The Referer header.
    pub referrer: &'a [u8],
    /// The User-Agent header.
    pub agent: &'a [u8],
}

/// Working space that [`judge`] keeps between requests: at most about 1 MB.
#[derive(Debug, Default)]
pub struct Scratch {
    text: Vec<u8>,
    spare: Vec<u8>,
    item: Vec<u8>,
    tokens: Vec<sqli::Token>,
    honest: agent::Honest,
}

/// The heaviest finding in a request, or `None`; the first one of that weight. A plain honest
/// request costs about 100 ns.
#[must_use]
pub fn judge(input: &Input<'_>, scratch: &mut Scratch) -> Option<Finding> {
    let mut judge = parts::Judge::new(scratch);
    if input.method.is_empty() {
        judge.line(input.target);
    } else {
        judge.target(input.method, input.target);
        judge.body(input.body);
    }
    judge.header(input.referrer, Part::Referrer);
    judge.agent(input.agent);
    judge.finding()
}
