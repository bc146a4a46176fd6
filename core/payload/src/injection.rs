//! Code of other languages than SQL where a value is expected: shell, templates and expression
//! languages, JNDI, PHP, Java, XML entities, LDAP and document-store operators, header splitting,
//! and addresses that only a server can be tricked into fetching.

use memchr::memmem::find;

use crate::gate::Classes;
use crate::needles::Needles;
use crate::shell;

/// Texts that are a sign wherever they stand in a decoded value.
static MARKS: Needles<72> = Needles::new([
    ("<?php", "php-code"),
    ("<?=", "php-code"),
    ("allow_url_include", "php-option"),
    ("auto_prepend_file", "php-option"),
    ("base64_decode(", "php-code"),
    ("call_user_func", "php-code"),
    ("/invokefunction", "php-code"),
    ("shell_exec(", "php-code"),
    ("passthru(", "php-code"),
    ("proc_open(", "php-code"),
    ("phpinfo(", "php-code"),
    ("file_put_contents(", "php-code"),
    ("die(md5(", "php-code"),
    ("die(@md5(", "php-code"),
    ("print(md5(", "php-code"),
    ("eval(", "eval"),
    ("<!entity", "xxe"),
    ("<!--#exec", "server-side-include"),
    ("<!--#include", "server-side-include"),
    ("<esi:", "server-side-include"),
    ("<xsl:value-of", "xslt"),
    ("class.module.", "spring4shell"),
    ("class.classloader", "spring4shell"),
    ("classloader.resources", "spring4shell"),
    ("_memberaccess", "ognl"),
    ("xwork.methodaccessor", "ognl"),
    ("@java.lang", "ognl"),
    ("#context[", "ognl"),
    ("com.opensymphony", "ognl"),
    ("ognl.ognlcontext", "ognl"),
    ("java.lang.runtime", "java-code"),
    ("getruntime(", "java-code"),
    ("processbuilder(", "java-code"),
    ("t(java.", "spring-expression"),
    ("freemarker.template", "template"),
    ("__import__(", "python-code"),
    ("os.system(", "python-code"),
    ("os.popen(", "python-code"),
    ("__globals__", "template"),
    ("__subclasses__", "template"),
    ("__class__", "template"),
    ("child_process'", "node-code"),
    ("process.mainmodule", "node-code"),
    ("__proto__[", "prototype-pollution"),
    ("__proto__.", "prototype-pollution"),
    ("[__proto__]", "prototype-pollution"),
    ("constructor[prototype]", "prototype-pollution"),
    ("constructor.prototype", "prototype-pollution"),
    (")(|(", "ldap"),
    ("*)(uid=", "ldap"),
    ("*)(&", "ldap"),
    ("*)(cn=", "ldap"),
    ("*)(objectclass=", "ldap"),
    ("[$ne]", "document-store"),
    ("[$gt]", "document-store"),
    ("[$regex]", "document-store"),
    ("[$where]", "document-store"),
    ("[$in]", "document-store"),
    ("\"$where\"", "document-store"),
    ("${ifs}", "shell-command"),
    ("$ifs$9", "shell-command"),
    ("/dev/tcp/", "shell-command"),
    ("';return", "node-code"),
    ("child_process.", "node-code"),
    ("child_process\"", "node-code"),
    ("\\think\\", "php-code"),
    ("169.254.169.254", "metadata-address"),
    ("metadata.google.internal", "metadata-address"),
    ("100.100.100.200/latest", "metadata-address"),
    ("fd00:ec2::254", "metadata-address"),
    ("//2852039166", "metadata-address"),
    ("//0xa9fea9fe", "metadata-address"),
]);

/// The sign of an injection in one decoded text (a value, a name, a path segment, a header).
pub(crate) fn judge(text: &[u8], classes: Classes, body: bool) -> Option<&'static str> {
    if classes.any(Classes::BRACE | Classes::ANGLE)
        && let Some(sign) = template(text)
    {
        return Some(sign);
    }
    if let Some(sign) = MARKS.sign(text) {
        return Some(sign);
    }
    if classes.any(Classes::PAREN) && is_shellshock(text) {
        return Some("shellshock");
    }
    if classes.any(Classes::SHELL)
        && let Some(sign) = shell::judge(text)
    {
        return Some(sign);
    }
    if classes.any(Classes::BREAK) && !body && splits_header(text) {
        return Some("header-split");
    }
    if classes.any(Classes::ANGLE)
        && find(text, b"<!doctype").is_some()
        && find(text, b"system").is_some()
    {
        return Some("xxe");
    }
    remote_include(text).or_else(|| serialized(text))
}

/// Lookups of log4j that occur nowhere else: `${jndi:`, and what hides it.
const LOOKUPS: [&[u8]; 21] = [
    b"jndi",
    b"lower:",
    b"upper:",
    b"env:",
    b"sys:",
    b"::-",
    b"date:",
    b"java:",
    b"main:",
    b"k8s:",
    b"docker:",
    b"ctx:",
    b"bundle:",
    b"log4j:",
    b"web:",
    b"marker:",
    b"map:",
    b"sd:",
    b"base64:",
    b"spring:",
    b"hostname",
];

fn template(text: &[u8]) -> Option<&'static str> {
    if let Some(sign) = braces(text, b"${", log4j_or_code) {
        return Some(sign);
    }
    if let Some(sign) = braces(text, b"{{", |inner| code(inner).then_some("template")) {
        return Some(sign);
    }
    for open in [&b"#{"[..], b"*{", b"@{", b"%{"] {
        if let Some(sign) = braces(text, open, |inner| code(inner).then_some("template")) {
            return Some(sign);
        }
    }
    for open in [&b"{%"[..], b"<%="] {
        if braces(text, open, |inner| code(inner).then_some("template")).is_some() {
            return Some("template");
        }
    }
    (find(text, b"{\"$").is_some() && document_operator(text)).then_some("document-store")
}

/// What stands after each `open`, judged; at most the next 256 bytes of it.
fn braces(
    text: &[u8],
    open: &[u8],
    judge: impl Fn(&[u8]) -> Option<&'static str>,
) -> Option<&'static str> {
    memchr::memmem::find_iter(text, open).take(64).find_map(|at| {
        let inner = text.get(at.saturating_add(open.len())..)?;
        judge(inner.get(..256).unwrap_or(inner))
    })
}

fn log4j_or_code(inner: &[u8]) -> Option<&'static str> {
    let trimmed = inner.trim_ascii_start();
    if LOOKUPS.iter().any(|lookup| trimmed.starts_with(lookup))
        || trimmed.starts_with(b"${")
        || until_close(trimmed).windows(2).any(|pair| pair == b":-")
        || find(until_close(trimmed), b"${").is_some()
    {
        return Some("log4shell");
    }
    code(inner).then_some("template")
}

fn until_close(inner: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'}', inner).unwrap_or(inner.len());
    inner.get(..end).unwrap_or(inner)
}

/// Whether the inside of template braces computes something. A bare name does not: mailings leave
/// `{{campaign.name}}` and `${id}` in links, and such links are clicked.
fn code(inner: &[u8]) -> bool {
    let inner = until_close(inner);
    let computes = inner.windows(3).any(|three| match three {
        [a, op, b] => {
            a.is_ascii_digit() && matches!(op, b'*' | b'+' | b'-' | b'/') && b.is_ascii_digit()
                || *op == b'*' && (*a == b'\'' || *b == b'\'')
        }
        _ => false,
    });
    let call = memchr::memchr(b'(', inner).is_some() && inner.iter().any(u8::is_ascii_alphabetic);
    let start = inner.trim_ascii_start();
    let known = start.trim_ascii_end() == b"config"
        || [
            &b"config."[..],
            b"self.",
            b"request.application",
            b"settings.secret",
            b"constructor.",
            b"@",
        ]
        .iter()
        .any(|word| start.starts_with(word));
    computes || call || known || find(inner, b"__").is_some() || find(inner, b"|attr").is_some()
}

fn document_operator(text: &[u8]) -> bool {
    const OPERATORS: [&[u8]; 8] = [
        b"\"$ne\"",
        b"\"$gt\"",
        b"\"$gte\"",
        b"\"$lt\"",
        b"\"$regex\"",
        b"\"$nin\"",
        b"\"$exists\"",
        b"\"$or\"",
    ];
    OPERATORS.iter().any(|operator| find(text, operator).is_some())
}

/// A line break and then a header that a response or a forged request would carry, with a value of
/// its kind: the lines of an honest address may begin with `Location:`.
fn splits_header(text: &[u8]) -> bool {
    const HEADERS: [(&[u8], &[u8]); 9] = [
        (b"set-cookie:", b"="),
        (b"location:", b"/"),
        (b"refresh:", b"url"),
        (b"content-type:", b"/"),
        (b"content-length:", b":"),
        (b"transfer-encoding:", b"chunked"),
        (b"access-control-", b":"),
        (b"x-forwarded-", b":"),
        (b"http/1.", b" "),
    ];
    memchr::memchr2_iter(b'\r', b'\n', text).take(64).any(|at| {
        let next = text.get(at.saturating_add(1)..).unwrap_or_default();
        let next = next.get(..128).unwrap_or(next).trim_ascii_start();
        let header = HEADERS.iter().find(|(header, _)| next.starts_with(header));
        header.is_some_and(|(_, value)| find(next, value).is_some())
    })
}

/// CVE-2014-6271: an environment variable that begins like an exported function.
fn is_shellshock(text: &[u8]) -> bool {
    let Some(at) = find(text, b"()") else { return false };
    let rest = text.get(at.saturating_add(2)..).unwrap_or_default().trim_ascii_start();
    rest.first() == Some(&b'{') && (find(rest, b":;").is_some() || find(rest, b"};").is_some())
        || rest.starts_with(b"{ :")
        || rest.starts_with(b"{ _;")
}

/// An include from afar whose rest is cut by `?` or a null byte.
fn remote_include(text: &[u8]) -> Option<&'static str> {
    let remote = text.starts_with(b"http://")
        || text.starts_with(b"https://")
        || text.starts_with(b"ftp://");
    let cut = matches!(text.last(), Some(b'?' | 0))
        && find(text, b".txt").or_else(|| find(text, b".php")).is_some();
    (remote && cut).then_some("remote-include")
}

/// Serialized objects: Java (`rO0AB` in base64, in lower case here), PHP, .NET.
fn serialized(text: &[u8]) -> Option<&'static str> {
    if text.starts_with(b"ro0ab") || text.starts_with(b"aaeaaad/////") {
        return Some("serialized-object");
    }
    let php = matches!(text, [b'o', b':', digit, b':' | b'0'..=b'9', ..] if digit.is_ascii_digit());
    (php && find(text, b":\"").is_some()).then_some("serialized-object")
}
