//! Paths asked for to find a known vulnerability or a secret.

use crate::Shape;
use crate::path;
use crate::table::{PROBES, Probe};

/// The length of each pattern's first segment.
const HEADS: [u8; PROBES.len()] = {
    let mut heads = [0; PROBES.len()];
    let mut at = 0;
    while at < PROBES.len() {
        let path = PROBES[at].path.as_bytes();
        while (heads[at] as usize) < path.len() && path[heads[at] as usize] != b'/' {
            heads[at] += 1;
        }
        at += 1;
    }
    heads
};

/// For each first byte, the lengths (below 64) that first segments of the table have: most honest
/// segments are passed over by one look at this.
const LENGTHS: [u64; 128] = {
    let mut table = [0_u64; 128];
    let mut at = 0;
    while at < PROBES.len() {
        table[PROBES[at].path.as_bytes()[0] as usize] |= 1 << HEADS[at];
        at += 1;
    }
    table
};

/// Where the patterns with each first byte begin in the table.
const FROM: [u16; 129] = {
    let mut from = [0_u16; 129];
    let mut byte = 0;
    let mut at = 0;
    while byte < 129 {
        while at < PROBES.len() && (PROBES[at].path.as_bytes()[0] as usize) < byte {
            at += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the table has a few hundred lines")]
        let first = at as u16;
        from[byte] = first;
        byte += 1;
    }
    from
};

/// Segments by how they begin.
const PREFIXES: [(&str, &str); 12] = [
    ("nmaplowercheck", "nmap"),
    ("nmapuppercheck", "nmap"),
    ("w00tw00t", "w00tw00t"),
    ("phpmyadmin", "phpmyadmin"),
    ("wp-config", "wp-config"),
    ("adminer-", "adminer"),
    (".env", "dotenv"),
    (".git", "git-folder"),
    (".ht", "htaccess"),
    (".aws", "aws-credentials"),
    (".wp-config", "wp-config"),
    ("odinhttpcall", "scanner-marker"),
];

/// Folders with a dot that web servers do serve.
const SERVED: [&[u8]; 8] =
    [b".well-known", b".auth", b".netlify", b".resources", b".imaging", b".rest", b".", b".."];

/// The heaviest sign of a path (in any case) and its query, if it has one.
pub(crate) fn judge(path: &[u8], query: &[u8]) -> Option<(Shape, &'static str)> {
    let mut found = None;
    let mut at = 0_usize;
    for _ in 0..64 {
        let Some(rest) = path.get(at..) else { break };
        let len = memchr::memchr(b'/', rest).unwrap_or(rest.len());
        let segment = rest.get(..len).unwrap_or_default();
        if let Some(&first) = segment.first()
            && let Some(sign) = segment_sign(first, segment, rest)
        {
            found = Some((Shape::Probe, sign));
            if !is_product(sign) {
                return found;
            }
        }
        at = at.saturating_add(len).saturating_add(1);
    }
    file(path).or_else(|| system(path)).or(found).or_else(|| asked(path, query))
}

fn segment_sign(first: u8, segment: &[u8], rest: &[u8]) -> Option<&'static str> {
    let first = first.to_ascii_lowercase();
    if matches!(first, b'.' | b'a' | b'n' | b'o' | b'p' | b'w')
        && segment.len() > 3
        && let Some((_, sign)) = PREFIXES.iter().find(|(prefix, _)| {
            prefix.as_bytes().first() == Some(&first) && starts(segment, prefix.as_bytes())
        })
    {
        return Some(sign);
    }
    let lengths = LENGTHS.get(usize::from(first)).copied().unwrap_or(0);
    if segment.len() < 64 && lengths & (1 << segment.len()) != 0 {
        let known = lookup(first, segment, rest).filter(|probe| !is_furniture(probe, rest));
        if let Some(probe) = known {
            return Some(probe.sign);
        }
    }
    let hidden = first == b'.' && !SERVED.iter().any(|name| segment.eq_ignore_ascii_case(name));
    (hidden && !segment.iter().all(|byte| *byte == b'.') && !segment.starts_with(b".."))
        .then_some("hidden-file")
}

fn starts(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// The longest pattern that begins with this segment and fits what follows.
fn lookup(first: u8, segment: &[u8], rest: &[u8]) -> Option<&'static Probe> {
    let from = usize::from(*FROM.get(usize::from(first))?);
    let to = usize::from(*FROM.get(usize::from(first).saturating_add(1))?);
    let heads = HEADS.get(from..to)?;
    PROBES.get(from..to)?.iter().zip(heads).find_map(|(probe, head)| {
        let path = probe.path.as_bytes();
        let fits = usize::from(*head) == segment.len() && starts(rest, path) && {
            let after = rest.get(path.len());
            after.is_none_or(|byte| matches!(byte, b'/' | b';' | b'?'))
        };
        fits.then_some(probe)
    })
}

/// Every visitor of a site of such a product fetches its styles and pictures, and calls its
/// interface for forms.
fn is_furniture(probe: &Probe, rest: &[u8]) -> bool {
    probe.product && (path::is_asset(rest) || rest.ends_with(b"admin-ajax.php"))
}

/// Whether a sign belongs to a page that honest installations serve too.
pub(crate) fn is_product(sign: &str) -> bool {
    sign == "wp-author" || PROBES.iter().any(|probe| probe.product && probe.sign == sign)
}

/// The file asked for, by its extension: dumps, backups, keys; programs in odd places.
fn file(path: &[u8]) -> Option<(Shape, &'static str)> {
    let extension = path::extension(path)?;
    if extension.len() > 8 || extension.is_empty() {
        return (path.ends_with(b"~")).then_some((Shape::Probe, "backup-file"));
    }
    let mut lower = [0_u8; 8];
    let ext = lower.get_mut(..extension.len())?;
    ext.copy_from_slice(extension);
    ext.make_ascii_lowercase();
    let sign = match &*ext {
        b"bak" | b"old" | b"orig" | b"swp" | b"save" | b"backup" | b"php~" | b"bkp" => {
            "backup-file"
        }
        b"sql" | b"mdb" | b"sqlite" | b"sqlite3" | b"dump" => "sql-dump",
        b"pem" | b"ppk" | b"pfx" | b"p12" | b"kdbx" | b"jks" => "private-key",
        b"env" => "dotenv",
        b"tfstate" => "terraform-state",
        b"zip" | b"gz" | b"tar" | b"rar" | b"7z" | b"tgz" | b"bz2" if is_archive(path) => {
            "site-archive"
        }
        _ => return None,
    };
    Some((Shape::Probe, sign))
}

/// An archive at the root with a name that only a careless administrator gives.
fn is_archive(path: &[u8]) -> bool {
    const NAMES: [&[u8]; 24] = [
        b"backup",
        b"backups",
        b"bak",
        b"www",
        b"wwwroot",
        b"website",
        b"web",
        b"html",
        b"htdocs",
        b"public_html",
        b"db",
        b"database",
        b"dump",
        b"sql",
        b"old",
        b"home",
        b"root",
        b"src",
        b"source",
        b"site",
        b"wordpress",
        b"wp",
        b"mysql",
        b"public",
    ];
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    NAMES.iter().any(|wanted| stem.eq_ignore_ascii_case(wanted))
}

/// Files of the system at the root of a plain path.
fn system(path: &[u8]) -> Option<(Shape, &'static str)> {
    const ROOTS: [(&[u8], &str); 6] = [
        (b"/etc/passwd", "etc-passwd"),
        (b"/etc/shadow", "etc-shadow"),
        (b"/etc/hosts", "etc-hosts"),
        (b"/proc/self", "proc-self"),
        (b"/usr/share/", "unix-path"),
        (b"/var/log/", "var-log"),
    ];
    if !matches!(path.get(1), Some(b'e' | b'p' | b'u' | b'v')) {
        return None;
    }
    ROOTS.iter().find(|(root, _)| path.starts_with(root)).map(|(_, sign)| (Shape::Traversal, *sign))
}

/// Probes by their query.
fn asked(path: &[u8], query: &[u8]) -> Option<(Shape, &'static str)> {
    if query.is_empty() {
        return None;
    }
    let author = query.strip_prefix(b"author=");
    let sign = if author.is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit)) {
        "wp-author"
    } else if starts(query, b"xdebug_session_start=") || starts(query, b"phpinfo=") {
        "php-debug"
    } else if starts(query, b"-d") || starts(query, b"-s") && path.ends_with(b".php") {
        "php-cgi"
    } else if starts(query, b"rest_route=/wp/v2/users") {
        "wp-users"
    } else {
        return None;
    };
    Some((Shape::Probe, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_large_enough() {
        assert!(PROBES.len() >= 120, "{}", PROBES.len());
        for pair in PROBES.windows(2) {
            let key = |probe: &Probe| {
                (probe.path.split('/').next().map(str::to_owned), usize::MAX - probe.path.len())
            };
            assert!(key(&pair[0]) <= key(&pair[1]), "{} before {}", pair[0].path, pair[1].path);
        }
        for probe in PROBES {
            assert_eq!(is_product(probe.sign), probe.product, "{}: a sign of both", probe.sign);
            assert_eq!(probe.path, probe.path.to_ascii_lowercase());
            assert!(probe.sign.len() <= 24 && !probe.sign.is_empty(), "{}", probe.sign);
            let path = format!("/{}", probe.path);
            let found = judge(path.as_bytes(), b"");
            assert!(found.is_some(), "{path}");
        }
    }

    #[test]
    fn probes() {
        for (path, sign) in [
            ("/.env", "dotenv"),
            ("/app/.env.production", "dotenv"),
            ("/.git/config", "git-folder"),
            ("/blog/WP-Login.php", "wp-login"),
            ("/index.php/.js.map", "hidden-file"),
            ("/actuator/env", "actuator-secrets"),
            ("/actuator", "actuator"),
            ("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "phpunit"),
            ("/phpMyAdmin-5.1/index.php", "phpmyadmin"),
            ("/backup.tar.gz", "site-archive"),
            ("/db/dump.sql", "sql-dump"),
            ("/config.php.bak", "backup-file"),
            ("/w00tw00t.at.ISC.SANS.DFind:)", "w00tw00t"),
            ("/nice ports,/trinity.txt.bak", "nmap"),
            ("/remote/fgt_lang", "fortinet"),
            ("/+CSCOT+/translation-table", "cisco-vpn"),
        ] {
            assert_eq!(judge(path.as_bytes(), b""), Some((Shape::Probe, sign)), "{path}");
        }
        assert_eq!(judge(b"/", b"author=23"), Some((Shape::Probe, "wp-author")));
    }

    #[test]
    fn honest_paths() {
        for path in [
            "/",
            "/index.html",
            "/voters/lookup",
            "/.well-known/security.txt",
            "/results/2026/data.zip",
            "/wp-content/themes/x/style.css",
            "/wp-includes/js/jquery/jquery.min.js",
            "/wp-admin/admin-ajax.php",
            "/wp-content/uploads/2026/10/ballot.pdf",
            "/wp-admin/images/logo.png",
            "/environment",
            "/api/v1/counties",
            "/contact.php",
            "/elections/history",
            "/forms/absentee.docx",
            "/git-guide",
            "/downloads/source-data.tar.gz",
            "/news/archive.zip",
            "/shells/beach",
            "/authors",
            "/config/site.css",
            "/robots.txt",
            "/v2/voters",
        ] {
            assert_eq!(judge(path.as_bytes(), b"page=2"), None, "{path}");
        }
    }
}
