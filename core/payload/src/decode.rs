//! What a server makes of the bytes: percent escapes (up to three times; two hex digits, or `u` and
//! four), `+`, the backslash escapes `x` and `u` of scripts, HTML character references, overlong and
//! full-width UTF-8. The result is in lower case, because every grammar that is looked for
//! afterwards ignores case.

/// How often escapes are undone: by a proxy, the server and the application.
const ROUNDS: usize = 3;

/// Decodes `raw` into `out`; `spare` is working space. A `+` is a space where `plus` says so (query
/// and form values), once. Cost is linear: at most five passes.
pub(crate) fn decode(raw: &[u8], plus: bool, out: &mut Vec<u8>, spare: &mut Vec<u8>) {
    out.clear();
    let mut changed = unescape(raw, plus, out);
    for _ in 1..ROUNDS {
        if !changed {
            break;
        }
        std::mem::swap(out, spare);
        out.clear();
        changed = unescape(spare, false, out);
    }
    if out.contains(&b'&') {
        std::mem::swap(out, spare);
        out.clear();
        dereference(spare, out);
    }
    if out.iter().any(|byte| *byte >= 0xc0) {
        std::mem::swap(out, spare);
        out.clear();
        fold_wide(spare, out);
    }
    out.make_ascii_lowercase();
}

/// One pass of backslash and percent escapes. Says whether anything escaped was met.
fn unescape(mut rest: &[u8], plus: bool, out: &mut Vec<u8>) -> bool {
    let mut changed = false;
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = match byte {
            b'%' => percent(tail),
            b'\\' => backslash(tail),
            _ => None,
        };
        match escape {
            Some((code, used)) => {
                changed = true;
                push(code, out);
                rest = tail.get(used..).unwrap_or_default();
            }
            None => {
                out.push(if plus && byte == b'+' { b' ' } else { byte });
                rest = tail;
            }
        }
    }
    changed
}

/// What follows a `%`: two hex digits, or `u` and four. Gives the code and how long it was; a byte
/// above 127 comes back as itself plus [`RAW`], for it is a piece of UTF-8, not a code point.
fn percent(tail: &[u8]) -> Option<(u32, usize)> {
    match tail {
        [b'u' | b'U', rest @ ..] => hex(rest, 4).map(|code| (code, 5)),
        _ => hex(tail, 2).map(|code| (RAW | code, 2)),
    }
}

fn backslash(tail: &[u8]) -> Option<(u32, usize)> {
    match tail {
        [b'u', rest @ ..] => hex(rest, 4).map(|code| (code, 5)),
        [b'x', rest @ ..] => hex(rest, 2).map(|code| (RAW | code, 3)),
        _ => None,
    }
}

const RAW: u32 = 1 << 31;

fn hex(text: &[u8], digits: usize) -> Option<u32> {
    text.get(..digits)?
        .iter()
        .try_fold(0_u32, |sum, byte| char::from(*byte).to_digit(16).map(|digit| sum << 4 | digit))
}

/// Appends a code point as UTF-8, or a raw byte; look-alikes of ASCII become ASCII, as databases
/// with a best-fit code page read them.
fn push(code: u32, out: &mut Vec<u8>) {
    if code & RAW != 0 {
        out.extend(u8::try_from(code & 0xff));
        return;
    }
    let code = match code {
        0xff01..=0xff5e => code - 0xfee0,
        0x02b9 | 0x02bc | 0x2018 | 0x2019 | 0x2032 => u32::from(b'\''),
        _ => code,
    };
    let point = char::from_u32(code).unwrap_or('\u{fffd}');
    out.extend_from_slice(point.encode_utf8(&mut [0; 4]).as_bytes());
}

/// HTML character references: `&#39;`, `&#x27;` and the few names that matter.
fn dereference(mut rest: &[u8], out: &mut Vec<u8>) {
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte == b'&').then(|| reference(tail)).flatten() {
            Some((code, used)) => {
                push(code, out);
                rest = tail.get(used..).unwrap_or_default();
            }
            None => {
                out.push(byte);
                rest = tail;
            }
        }
    }
}

/// The character that the text after an `&` names, with the length of the name and its `;`.
pub(crate) fn reference(tail: &[u8]) -> Option<(u32, usize)> {
    const NAMES: [(&[u8], char); 10] = [
        (b"apos;", '\''),
        (b"quot;", '"'),
        (b"lt;", '<'),
        (b"gt;", '>'),
        (b"amp;", '&'),
        (b"lpar;", '('),
        (b"rpar;", ')'),
        (b"colon;", ':'),
        (b"tab;", '\t'),
        (b"newline;", '\n'),
    ];
    if let [b'#', rest @ ..] = tail {
        let (radix, digits, head) = match rest {
            [b'x' | b'X', digits @ ..] => (16, digits, 2),
            _ => (10, rest, 1),
        };
        let len = digits.iter().take(8).take_while(|b| char::from(**b).is_digit(radix)).count();
        let text = std::str::from_utf8(digits.get(..len)?).ok()?;
        let code = u32::from_str_radix(text, radix).ok().filter(|code| *code < RAW)?;
        let semicolon = usize::from(digits.get(len) == Some(&b';'));
        return Some((code, head + len + semicolon));
    }
    NAMES.iter().find_map(|(name, point)| {
        let head = tail.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then_some((u32::from(*point), name.len()))
    })
}

/// Overlong UTF-8 (`C0 AF` is `/` to a careless server, `C1 1C` a backslash) and full-width forms.
fn fold_wide(mut rest: &[u8], out: &mut Vec<u8>) {
    while let Some((&byte, tail)) = rest.split_first() {
        let (code, used) = match rest {
            [0xc0, 0x2f, ..] => (0x2f, 2),
            [0xc1, 0x1c, ..] => (0x5c, 2),
            [0xc0 | 0xc1, next @ 0x80..=0xbf, ..] => {
                (u32::from(byte & 1) << 6 | u32::from(next & 0x3f), 2)
            }
            [0xe0, a @ 0x80..=0x81, b @ 0x80..=0xbf, ..] => {
                (u32::from(a & 1) << 6 | u32::from(b & 0x3f), 3)
            }
            [0xf0, 0x80, a @ 0x80..=0x81, b @ 0x80..=0xbf, ..] => {
                (u32::from(a & 1) << 6 | u32::from(b & 0x3f), 4)
            }
            [0xca, 0xbc, ..] => (0x02bc, 2),
            [0xef, 0xbc, next @ 0x81..=0xbf, ..] => (0xff00 | u32::from(next - 0x80), 3),
            [0xef, 0xbd, next @ 0x80..=0x9e, ..] => (0xff40 | u32::from(next - 0x80), 3),
            _ => (RAW | u32::from(byte), 1),
        };
        push(code, out);
        rest = rest.get(used..).unwrap_or(tail);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(raw: &str) -> String {
        let (mut out, mut spare) = (Vec::new(), Vec::new());
        decode(raw.as_bytes(), true, &mut out, &mut spare);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn every_escape() {
        for (raw, plain) in [
            ("a+b%2Bc", "a b+c"),
            ("%2527", "'"),
            ("%25252f", "/"),
            ("%2525252f", "%2f"),
            ("%2525252B+%252B", "%2b +"),
            ("%u0027%uFF07", "''"),
            ("&#x27;&#39;&apos;&QUOT;&#0000039;", "'''\"'"),
            ("%c0%af%c1%9c%c1%1c%e0%80%af", "/\\\\/"),
            ("%EF%BC%87", "'"),
            ("\\x3cScript\\u003e", "<script>"),
            ("100% sure, 5%", "100% sure, 5%"),
            ("M%c3%bcller", "müller"),
            ("%26%2339;", "'"),
            ("R&D", "r&d"),
        ] {
            assert_eq!(decoded(raw), plain, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn never_grows_much(raw in prop::collection::vec(any::<u8>(), 0..400)) {
            let (mut out, mut spare) = (Vec::new(), Vec::new());
            decode(&raw, true, &mut out, &mut spare);
            prop_assert!(out.len() <= raw.len());
        }
    }
}
