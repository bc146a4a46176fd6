//! Climbing out of the web root, and files asked for by their absolute names.

use memchr::memmem::find;

use crate::needles::Needles;

/// Files and folders that no link of a web site names, as they appear in a decoded text.
static FILES: Needles<34> = Needles::new([
    ("/etc/passwd", "etc-passwd"),
    ("/etc/shadow", "etc-shadow"),
    ("/etc/hosts", "etc-hosts"),
    ("/etc/group", "etc-passwd"),
    ("/etc/issue", "etc-file"),
    ("/etc/hostname", "etc-file"),
    ("/etc/ssh/", "etc-file"),
    ("/etc/nginx", "etc-file"),
    ("/etc/apache", "etc-file"),
    ("/etc/httpd", "etc-file"),
    ("/etc/crontab", "etc-file"),
    ("/etc/environment", "etc-file"),
    ("/proc/self", "proc-self"),
    ("/proc/1/", "proc-self"),
    ("/proc/version", "proc-self"),
    ("/proc/cpuinfo", "proc-self"),
    ("/proc/cmdline", "proc-self"),
    ("/var/log/", "var-log"),
    ("/var/www/", "var-www"),
    ("/usr/share/", "unix-path"),
    ("/usr/local/", "unix-path"),
    ("/root/.", "unix-path"),
    ("/dev/cmdb/", "unix-path"),
    ("/bin/sh", "bin-sh"),
    ("/bin/bash", "bin-sh"),
    ("win.ini", "win-ini"),
    ("boot.ini", "win-ini"),
    ("windows/system32", "system32"),
    ("winnt/system32", "system32"),
    ("system32/drivers/etc", "system32"),
    ("/web-inf/", "web-inf"),
    ("/meta-inf/maven", "web-inf"),
    ("inetpub/wwwroot", "unix-path"),
    ("/windows/repair", "system32"),
]);

/// Schemes by which a fetching script is made to read local files.
static SCHEMES: Needles<12> = Needles::new([
    ("php://", "php-wrapper"),
    ("phar://", "php-wrapper"),
    ("expect://", "php-wrapper"),
    ("zip://", "php-wrapper"),
    ("compress.zlib://", "php-wrapper"),
    ("glob://", "php-wrapper"),
    ("file://", "file-scheme"),
    ("file:/etc", "file-scheme"),
    ("jar:file:", "file-scheme"),
    ("netdoc:", "file-scheme"),
    ("gopher://", "gopher-scheme"),
    ("dict://", "gopher-scheme"),
]);

/// The sign of traversal in a decoded path. `raw` is the path as sent: dots or slashes that were
/// escaped are told from a careless relative link.
pub(crate) fn in_path(text: &[u8], raw: &[u8]) -> Option<&'static str> {
    let climbs = climbs(text);
    let escaped = raw.iter().any(|byte| matches!(byte, b'%' | b'\\' | b';'));
    if climbs.below > 0 || climbs.count > 1 || climbs.count == 1 && escaped {
        return Some("dot-dot");
    }
    // A path that is served may hold `/usr/local/` by chance; at its start, or with an escaped
    // question mark behind it (rewrite confusion), it is the file system's.
    let sign = FILES.sign(text)?;
    let always = matches!(
        sign,
        "etc-passwd" | "etc-shadow" | "proc-self" | "win-ini" | "system32" | "web-inf"
    );
    (always || text.ends_with(b"?") || is_root(text)).then_some(sign)
}

/// Whether a path begins with a folder of the file system's root.
fn is_root(text: &[u8]) -> bool {
    [&b"/etc/"[..], b"/proc/", b"/var/", b"/usr/", b"/root/", b"/bin/", b"/dev/"]
        .iter()
        .any(|root| text.starts_with(root))
}

/// The sign of traversal in a decoded value; `spare` is working space.
pub(crate) fn in_value(text: &[u8], spare: &mut Vec<u8>) -> Option<&'static str> {
    if let Some(sign) = SCHEMES.sign(text) {
        return Some(sign);
    }
    let climbs = climbs(text);
    let folded = fold_slashes(text, spare);
    match FILES.sign(folded) {
        // Inside a sentence `/usr/local/` is advice; as the value's beginning it is the request.
        Some(sign) => {
            let begins = text.first().is_some_and(|byte| matches!(byte, b'/' | b'\\' | b'.'))
                || text.get(1) == Some(&b':');
            let sure = matches!(sign, "etc-passwd" | "etc-shadow" | "proc-self");
            (begins || sure || climbs.count > 0).then_some(sign)
        }
        None => (climbs.count > 1).then_some("dot-dot"),
    }
}

/// The text with backslashes as slashes and runs of them as one, where it holds either.
fn fold_slashes<'a>(text: &'a [u8], spare: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'\\', text).is_none() && find(text, b"//").is_none() {
        return text;
    }
    spare.clear();
    for &byte in text {
        let byte = if byte == b'\\' { b'/' } else { byte };
        if byte != b'/' || spare.last() != Some(&b'/') {
            spare.push(byte);
        }
    }
    spare
}

struct Climbs {
    /// How many segments climb.
    count: usize,
    /// How far below the root the walk gets.
    below: usize,
}

/// Walks the segments. `....//` and `..;/` climb as well: filters that strip once, and servers that
/// cut path parameters, make them so.
fn climbs(text: &[u8]) -> Climbs {
    let mut sum = Climbs { count: 0, below: 0 };
    if find(text, b"..").is_none() {
        return sum;
    }
    let mut depth = 0_usize;
    let mut segments = text.split(|byte| matches!(byte, b'/' | b'\\')).peekable();
    while let Some(segment) = segments.next() {
        let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
        let dots = name.len() >= 2 && name.iter().all(|byte| *byte == b'.');
        // The last segment counts only when something followed: "and so on..." climbs nowhere.
        if dots && (segments.peek().is_some() || name == b".." && sum.count > 0) {
            sum.count = sum.count.saturating_add(1);
            match depth.checked_sub(1) {
                Some(up) => depth = up,
                None => sum.below = sum.below.saturating_add(1),
            }
        } else if !matches!(name, b"" | b".") {
            depth = depth.saturating_add(1);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        for (text, raw) in [
            ("/../../etc/passwd", "/../../etc/passwd"),
            ("/cgi-bin/../../bin/sh", "/cgi-bin/.%2e/.%2e/bin/sh"),
            ("/a/../b", "/a/%2e%2e/b"),
            ("/a/..;/manager/html", "/a/..;/manager/html"),
            ("/a/....//....//b", "/a/....//....//b"),
            ("/etc/passwd?", "/etc/passwd%3f"),
            ("/x/usr/share/locale/locale.alias?", "/x/usr/share/locale/locale.alias%3f"),
            ("/static/..\\..\\windows\\win.ini", "/static/..%5c..%5cwindows%5cwin.ini"),
        ] {
            assert!(in_path(text.as_bytes(), raw.as_bytes()).is_some(), "{raw}");
        }
        for text in ["/a/../b", "/docs/v1..v2/x", "/wait...", "/man/usr/local/bin.html", "/a/./b"] {
            assert_eq!(in_path(text.as_bytes(), text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn values() {
        for text in [
            "../../../../etc/passwd",
            "..\\..\\boot.ini",
            "/etc/passwd",
            "c:\\windows\\win.ini",
            "php://filter/convert.base64-encode/resource=index",
            "file:///etc/hosts",
            "....//....//x",
            "/var/log/auth.log",
            "..//..//x",
            "/proc/self/environ",
            "c:/windows/system32/x",
        ] {
            assert!(in_value(text.as_bytes(), &mut Vec::new()).is_some(), "{text}");
        }
        for text in
            ["../home", "and so on...", "1..10", "see ../readme", "/forms/vote.pdf", "a/b/c"]
        {
            assert_eq!(in_value(text.as_bytes(), &mut Vec::new()), None, "{text}");
        }
    }
}
