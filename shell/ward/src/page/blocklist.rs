//! A list of addresses to block, for a person to review: what is on it, what is not, and why.

use std::fmt::Write as _;

use ward_kernel::{Addr, Net, Rung, Time};

use super::View;
use super::text::{clean, count};
use super::when::Clock;

/// An address that may be blocked.
#[derive(Clone, Debug, PartialEq)]
pub struct Blockable {
    /// The source.
    pub addr: Addr,
    /// What it did, in a few words: `login.spray: 6 sources try 3 passwords`.
    pub reason: String,
    /// The highest rung that it reached.
    pub rung: Rung,
    /// When the block should end, by the policy of the run.
    pub until: Time,
}

/// An address that earned a place and must not have one.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// The source.
    pub addr: Addr,
    /// Why it must not be blocked: honest logins, carrier NAT, one of our own.
    pub why: String,
}

/// How the list is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Form {
    /// One address a line, remarks after `#`.
    Plain,
    /// Comma-separated values with a header line, what was left out included.
    Csv,
    /// An nftables ruleset with one set of IPv4 and one of IPv6 networks.
    Nft,
}

impl Form {
    /// The form that a file's name asks for: `.csv`, `.nft`, else plain.
    #[must_use]
    pub fn of_name(name: &std::path::Path) -> Self {
        match name.extension().and_then(|ext| ext.to_str()) {
            Some(ext) if ext.eq_ignore_ascii_case("csv") => Self::Csv,
            Some(ext) if ext.eq_ignore_ascii_case("nft") => Self::Nft,
            _ => Self::Plain,
        }
    }
}

/// Takes out what a policy forbids to block, whatever it did: any address in `never` (own
/// networks, carrier NAT, trusted proxies), each with the name of the list that protects it.
/// Private and special addresses are never blocked either: outside they mean nothing.
#[must_use]
pub fn review(
    candidates: Vec<Blockable>,
    never: &[(Net, &'static str)],
) -> (Vec<Blockable>, Vec<LeftOut>) {
    let (mut kept, mut left) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let addr = candidate.addr;
        let why = never.iter().find(|(net, _)| net.contains(addr)).map(|(_, why)| *why);
        let private = (addr.is_private() || addr.is_special()).then_some("a private address");
        match why.or(private) {
            Some(why) => left.push(LeftOut { addr, why: why.to_owned() }),
            None => kept.push(candidate),
        }
    }
    (kept, left)
}

/// Writes the list; addresses in order, each once, with its highest rung.
#[must_use]
pub fn render(form: Form, block: &[Blockable], left_out: &[LeftOut], view: &View) -> String {
    let mut block: Vec<&Blockable> = block.iter().collect();
    block.sort_by(|a, b| a.addr.cmp(&b.addr).then(b.rung.cmp(&a.rung)));
    block.dedup_by_key(|entry| entry.addr);
    let mut left: Vec<&LeftOut> = left_out.iter().collect();
    left.sort_by(|a, b| a.addr.cmp(&b.addr).then_with(|| a.why.cmp(&b.why)));
    left.dedup();
    let clock = Clock::new(view.zone.clone());
    match form {
        Form::Plain => plain(&block, &left, &clock, view),
        Form::Csv => csv(&block, &left),
        Form::Nft => nft(&block, &left, &clock, view),
    }
}

fn head(block: &[&Blockable], left: &[&LeftOut], view: &View) -> String {
    let mut out = format!(
        "# Block list by {}: {}. Review it before use.\n",
        view.version,
        count(block.len() as u64, "address", "addresses"),
    );
    if !left.is_empty() {
        let left_out = count(left.len() as u64, "address", "addresses");
        let _ = writeln!(out, "# Left out on purpose: {left_out}");
        for entry in left {
            let _ = writeln!(out, "#   {}: {}", entry.addr, clean(&entry.why));
        }
    }
    out
}

fn plain(block: &[&Blockable], left: &[&LeftOut], clock: &Clock, view: &View) -> String {
    let mut out = head(block, left, view);
    for entry in block {
        let (until, reason) = (clock.iso(entry.until), clean(&entry.reason));
        let _ = writeln!(out, "{} # {}, until {until}: {reason}", entry.addr, entry.rung);
    }
    out
}

fn csv(block: &[&Blockable], left: &[&LeftOut]) -> String {
    let mut out = "address,action,rung,until,reason\n".to_owned();
    for entry in block {
        let reason = quoted(&entry.reason);
        let _ = writeln!(out, "{},block,{},{},{reason}", entry.addr, entry.rung, entry.until);
    }
    for entry in left {
        let _ = writeln!(out, "{},leave,,,{}", entry.addr, quoted(&entry.why));
    }
    out
}

/// A field in quotes (RFC 4180). A leading `=`, `+`, `-` or `@` would be a formula to a
/// spreadsheet: an apostrophe before it makes it text.
fn quoted(text: &str) -> String {
    let text = clean(text);
    let formula = text.starts_with(['=', '+', '-', '@']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

fn nft(block: &[&Blockable], left: &[&LeftOut], clock: &Clock, view: &View) -> String {
    let mut out = "#!/usr/sbin/nft -f\n".to_owned();
    out.push_str(&head(block, left, view));
    if let Some(until) = block.iter().map(|entry| entry.until).max() {
        let _ = writeln!(out, "# The last of these blocks should end at {}.", clock.iso(until));
    }
    out.push_str("# Use: nft -f FILE, then a rule such as\n");
    out.push_str("#   nft add rule inet filter input ip saddr @ward_block_v4 drop\n\n");
    out.push_str("table inet filter {\n");
    for (name, kind, v4) in
        [("ward_block_v4", "ipv4_addr", true), ("ward_block_v6", "ipv6_addr", false)]
    {
        let _ = writeln!(out, "\tset {name} {{\n\t\ttype {kind}\n\t\tflags interval");
        let addresses: Vec<String> = block
            .iter()
            .filter(|entry| entry.addr.as_v4().is_some() == v4)
            .map(|entry| format!("\t\t\t{}", entry.addr))
            .collect();
        if !addresses.is_empty() {
            let _ = writeln!(out, "\t\telements = {{\n{}\n\t\t}}", addresses.join(",\n"));
        }
        out.push_str("\t}\n");
    }
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::fixture;

    fn lists() -> (Vec<Blockable>, Vec<LeftOut>) {
        let until = fixture::start();
        let entry = |addr: &str, rung, reason: &str| Blockable {
            addr: addr.parse().unwrap(),
            reason: reason.to_owned(),
            rung,
            until,
        };
        let (block, mut left) = review(
            vec![
                entry("203.0.113.77", Rung::Attempt, "login.spray"),
                entry(
                    "203.0.113.77",
                    Rung::Access,
                    "login.guess_then_success, \"clerk\"\n0.0.0.0/0",
                ),
                entry("198.51.100.4", Rung::Scan, "=cmd|' /C calc'!A0"),
                entry("2001:db8:44::9", Rung::Access, "web.sqli"),
                entry("192.0.2.5", Rung::Attempt, "login.guess"),
                entry("10.0.0.1", Rung::Scan, "scan.horizontal"),
            ],
            &[("192.0.2.0/24".parse().unwrap(), "one of our own networks")],
        );
        left.push(LeftOut {
            addr: "198.51.100.9".parse().unwrap(),
            why: "also holds honest sign-ins of 3 accounts".to_owned(),
        });
        (block, left)
    }

    #[test]
    fn three_forms() {
        let (block, left) = lists();
        for (name, form) in [("plain", Form::Plain), ("csv", Form::Csv), ("nft", Form::Nft)] {
            insta::assert_snapshot!(name, render(form, &block, &left, &fixture::view()));
        }
    }

    #[test]
    fn hostile_reasons_cannot_add_lines() {
        let (block, left) = lists();
        for line in render(Form::Plain, &block, &left, &fixture::view()).lines() {
            assert!(!line.starts_with("0.0.0.0"), "{line}");
        }
        assert_eq!(left.len(), 3);
        assert!(left.iter().any(|entry| entry.why.contains("private")));
    }

    #[test]
    fn forms_by_name() {
        assert_eq!(Form::of_name("a.CSV".as_ref()), Form::Csv);
        assert_eq!(Form::of_name("a.nft".as_ref()), Form::Nft);
        assert_eq!(Form::of_name("block".as_ref()), Form::Plain);
    }
}
