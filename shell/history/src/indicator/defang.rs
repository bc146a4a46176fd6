//! Undoing what people do to an indicator so that nobody clicks on it.

/// How dots, colons and at-signs are hidden, in lower case.
const HIDDEN: [(&str, &str); 17] = [
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[.", "."),
    (".]", "."),
    ("\\.", "."),
    ("[://]", "://"),
    ("[:]", ":"),
    ("[/]", "/"),
    ("[@]", "@"),
    ("(@)", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("[//]", "//"),
];

/// Schemes that are spoiled, in lower case.
const SCHEMES: [(&str, &str); 6] = [
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("h**ps", "https"),
    ("h**p", "http"),
    ("fxp", "ftp"),
    ("meow", "http"),
];

/// The text as it was before it was defanged; other text stays as it is.
pub(super) fn refang(text: &str) -> String {
    let mut open = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let hidden = HIDDEN.iter().find(|(hidden, _)| starts_with(rest, hidden));
        let (taken, put) = match hidden {
            Some((hidden, shown)) => (hidden.len(), *shown),
            None => (next.len_utf8(), rest.get(..next.len_utf8()).unwrap_or_default()),
        };
        open.push_str(put);
        rest = rest.get(taken..).unwrap_or_default();
    }
    let spoiled = SCHEMES.iter().find(|(spoiled, _)| {
        starts_with(&open, spoiled)
            && open.get(spoiled.len()..).is_some_and(|rest| rest.starts_with("://"))
    });
    match spoiled {
        Some((spoiled, scheme)) => {
            format!("{scheme}{}", open.get(spoiled.len()..).unwrap_or_default())
        }
        None => open,
    }
}

/// Whether `text` begins with `lower`, in any case of ASCII letters.
fn starts_with(text: &str, lower: &str) -> bool {
    text.get(..lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_what_was_hidden() {
        for (hidden, open) in [
            ("hXXp://a[.]example[:]80", "http://a.example:80"),
            ("hxxps[://]a(dot)example", "https://a.example"),
            ("user[at]a[.example", "user@a.example"),
            ("192.0.2.]1", "192.0.2.1"),
            ("192\\.0\\.2\\.1", "192.0.2.1"),
            ("hxxpress", "hxxpress"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("\u{fc}[.]\u{fc}", "\u{fc}.\u{fc}"),
            ("", ""),
        ] {
            assert_eq!(refang(hidden), open);
        }
    }
}
