//! The plain part of STIX 2.1 patterns: equalities of one object's value, joined by OR.
//!
//! Source: OASIS STIX 2.1, section 9. A pattern with AND, FOLLOWEDBY or a qualifier asks for more
//! than one key, and a history that knows keys alone would answer a different question.

use super::{Indicator, check_text, named};

/// Whether a line is a pattern rather than an address in brackets.
pub(super) fn is_pattern(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && text.contains('=')
}

/// The indicators of a pattern, or why it has none.
pub(super) fn indicators(text: &str) -> Vec<Result<Indicator, String>> {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let mut found = Vec::new();
    let mut rest = inside.trim();
    loop {
        match comparison(rest) {
            Ok((indicator, behind)) => {
                found.push(indicator);
                let behind = behind.trim_start();
                match behind.strip_prefix("OR ") {
                    Some(next) => rest = next.trim_start(),
                    None if behind.is_empty() => return found,
                    None => return vec![Err(only_or())],
                }
            }
            Err(why) => return vec![Err(why)],
        }
    }
}

fn only_or() -> String {
    "only patterns of equalities joined by OR are looked up".to_owned()
}

/// Reads `object:path = 'literal'`; returns what it stands for and what is behind it.
fn comparison(text: &str) -> Result<(Result<Indicator, String>, &str), String> {
    let (path, rest) = text.split_once('=').ok_or_else(only_or)?;
    let rest = rest.trim_start().strip_prefix('\'').ok_or_else(only_or)?;
    let mut literal = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => literal.extend(chars.next().map(|(_, escaped)| escaped)),
            '\'' => {
                let behind = rest.get(at.saturating_add(1)..).unwrap_or_default();
                return Ok((of_object(path.trim(), &literal), behind));
            }
            other => literal.push(other),
        }
    }
    Err("a quotation mark is missing".to_owned())
}

fn of_object(path: &str, literal: &str) -> Result<Indicator, String> {
    let kind = match path {
        "ipv4-addr:value" | "ipv6-addr:value" => "address",
        "domain-name:value" => "domain",
        "url:value" => "url",
        "email-addr:value" | "user-account:account_login" | "user-account:user_id" => "account",
        _ if path.starts_with("file:hashes.") => "hash",
        _ => return Err(format!("{path} is not among what is kept")),
    };
    let literal = literal.trim();
    check_text(literal)?;
    named(kind, literal).unwrap_or_else(|| Indicator::parse(literal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equalities_joined_by_or() {
        let shown = |text: &str| -> Vec<_> {
            indicators(text).into_iter().map(|found| found.map(|found| found.to_string())).collect()
        };
        let md5 = "0".repeat(32);
        let pattern = format!("[file:hashes.'MD5' = '{md5}' OR url:value='http://bad.example/a']");
        assert_eq!(shown(&pattern), [Ok(md5), Ok("bad.example".to_owned())]);
        assert_eq!(shown(r"[user-account:account_login = 'o\'clerk']"), [Ok("o'clerk".to_owned())]);
        assert_eq!(
            shown("[ipv4-addr:value = '198.51.100.0/24']"),
            [Ok("198.51.100.0/24".to_owned())]
        );
        for wrong in [
            "[ipv4-addr:value = '192.0.2.1' AND domain-name:value = 'a.example']",
            "[ipv4-addr:value != '192.0.2.1']",
            "[domain-name:value LIKE '%.example' = 'x']",
            "[ipv4-addr:value = '192.0.2.1]",
            "[=]",
            "[user-account:account_login = 'a\u{7}b']",
            "[user-account:user_id = 'cl\u{fffd}rk']",
            "[user-account:user_id = ' ']",
        ] {
            assert!(shown(wrong).iter().any(Result::is_err), "{wrong}");
        }
    }
}
