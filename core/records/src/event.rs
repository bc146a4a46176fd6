//! One thing that one machine saw, in the words that all formats share.
//!
//! Events borrow from the block that they were read from: reading a line allocates nothing.

use ward_kernel::{Addr, Time};

/// One observation: at `time`, `source` did something.
#[derive(Clone, Debug, PartialEq)]
pub struct Event<'a> {
    /// When it began, by the clock of the machine that logged it.
    pub time: Time,
    /// Who acted: the client, the originator, the sender.
    pub source: Addr,
    /// What was done.
    pub what: What<'a>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq)]
pub enum What<'a> {
    /// A contact between two addresses.
    Flow(Flow),
    /// An effort to sign in.
    Login(Login<'a>),
    /// A web request.
    Request(Request<'a>),
    /// The judgement of an intrusion detection system.
    Alert(Alert<'a>),
    /// A name looked up.
    Query(Query<'a>),
    /// The sensor's own admission that it did not see everything. `Event::source` is unspecified.
    Loss(Loss<'a>),
}

/// A contact between two addresses, as far as the sensor could tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flow {
    /// Who was contacted.
    pub target: Addr,
    /// Destination port; for ICMP the type times 256 plus the code.
    pub port: u16,
    /// Source port; 0 when unknown.
    pub source_port: u16,
    /// IANA protocol number: 1 ICMP, 6 TCP, 17 UDP, 58 `ICMPv6`.
    pub protocol: u8,
    /// How the contact ended.
    pub touch: Touch,
    /// Payload bytes from the source; `None` when unknown.
    pub sent: Option<u64>,
    /// Payload bytes from the target; `None` when unknown.
    pub received: Option<u64>,
    /// Seconds the contact lasted; `None` when unknown.
    pub seconds: Option<f32>,
    /// Whether the sensor says that the source is one of the office's own addresses.
    pub outward: Option<bool>,
    /// A tool's fingerprint that the record itself shows (a fixed IP ID, a window): 0 when none.
    pub mark: u32,
}

/// How a contact ended: did the source get in touch?
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Touch {
    /// Refused, unanswered or dropped on the way: a failed first contact.
    Failed,
    /// A handshake and nothing more: an open port was found, or a client hung up.
    Opened,
    /// Established, with payload both ways or by the sensor's word.
    Answered,
    /// Not begun by the source, or half seen: backscatter, midstream. Never evidence of a scan.
    #[default]
    Aside,
    /// The record cannot tell (sampled exporters, accept records without flags).
    Unknown,
}

/// An effort to sign in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Login<'a> {
    /// The service: `ssh`, `windows`, `rdp`, `vpn`, `ftp`...
    pub service: &'static str,
    /// The machine that was asked, as it names itself; may be empty.
    pub server: &'a [u8],
    /// The account named; attacker's text, may be empty or hold anything.
    pub account: &'a [u8],
    /// How it ended.
    pub result: LoginResult,
    /// Which of the several lines that one effort leaves this is.
    pub trace: Trace,
    /// How many efforts the line stands for ("message repeated 5 times").
    pub count: u32,
    /// The source's port, by which lines of one connection are told apart; 0 when unknown.
    pub source_port: u16,
    /// Let in by a key or certificate, not by a password: such a success ends no run of guesses.
    pub by_key: bool,
}

/// How an effort to sign in ended.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum LoginResult {
    /// The account does not exist on that machine.
    NoSuchAccount,
    /// Refused.
    Failed,
    /// Let in.
    Succeeded,
    /// The account was locked.
    LockedOut,
}

/// Which line of an effort this is. One effort leaves several lines and must count once: the
/// judge takes, per source, the largest of the counts by trace, never their sum.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Trace {
    /// The service's own verdict: `Failed password for`, `Accepted publickey for`, event 4625.
    Verdict,
    /// The end of a connection that never signed in: `Connection closed by authenticating user`.
    Closing,
    /// The word of a library underneath: `pam_unix(sshd:auth): authentication failure`.
    Library,
    /// A remark that an account does not exist; not an effort by itself.
    Remark,
}

/// A web request. All texts are raw bytes as logged (still percent-encoded), after the log
/// format's own escapes were undone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Request<'a> {
    /// The site asked for (virtual host), if the log says so.
    pub site: &'a [u8],
    /// The method; empty when the request line was no HTTP.
    pub method: &'a [u8],
    /// Path and query as requested; the whole request line when it was no HTTP.
    pub target: &'a [u8],
    /// Body of the request, where the sensor has it; empty otherwise.
    pub body: &'a [u8],
    /// Status answered; 0 when none.
    pub status: u16,
    /// Bytes answered.
    pub bytes: u64,
    /// Referer header; empty when none.
    pub referrer: &'a [u8],
    /// User-Agent header; empty when none.
    pub agent: &'a [u8],
    /// X-Forwarded-For as logged; empty when none.
    pub forwarded: &'a [u8],
    /// Account of HTTP authentication; empty when none.
    pub account: &'a [u8],
    /// The address asked, if the sensor knows it (Zeek, Suricata).
    pub server: Option<Addr>,
}

/// The judgement of an intrusion detection system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alert<'a> {
    /// Who it was aimed at.
    pub target: Addr,
    /// Destination port; 0 when unknown.
    pub port: u16,
    /// The rule's number; 0 when it has none.
    pub rule: u64,
    /// The rule's words.
    pub signature: &'a [u8],
    /// The rule's class; may be empty.
    pub category: &'a [u8],
    /// 1 (worst) to 4.
    pub severity: u8,
    /// Whether the sensor stopped it.
    pub blocked: bool,
}

/// A name looked up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Query<'a> {
    /// The name asked for.
    pub name: &'a [u8],
    /// Whether the answer was "no such name".
    pub missing: bool,
    /// The server asked.
    pub server: Addr,
}

/// The sensor's own admission that it did not see everything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss<'a> {
    /// What admits it: `capture_loss`, `skipdata`, `kernel_drops`, `rate_limit`, `sampling`...
    pub by: &'static str,
    /// How much was lost, in the unit of `of`.
    pub lost: u64,
    /// Out of how much, when known.
    pub of: Option<u64>,
    /// The interface, peer or host it concerns; may be empty.
    pub part: &'a [u8],
}
