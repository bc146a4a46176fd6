//! What is no honest request at all: other protocols spoken to a web port, proxies tried out,
//! methods that nobody's browser uses.

use memchr::memmem::find;

/// Openings of other protocols, as their first bytes come into a log.
const OPENINGS: [(&[u8], &str); 44] = [
    (b"\x16\x03", "tls-hello"),
    (b"\x80\x2e\x01", "tls-hello"),
    (b"\x03\x00\x00", "rdp"),
    (b"\x05\x01\x00", "socks"),
    (b"\x05\x02\x00", "socks"),
    (b"\x04\x01\x00", "socks"),
    (b"SSH-", "ssh"),
    (b"EHLO ", "smtp"),
    (b"HELO ", "smtp"),
    (b"MAIL FROM", "smtp"),
    (b"HELP", "text-probe"),
    (b"QUIT", "text-probe"),
    (b"USER ", "text-probe"),
    (b"stats", "text-probe"),
    (b"version", "text-probe"),
    (b"LIST", "text-probe"),
    (b"help", "text-probe"),
    (b"quit", "text-probe"),
    (b"Gh0st", "gh0st-trojan"),
    (b"lv|'|'|", "njrat-trojan"),
    (b"MGLNDD_", "magellan-probe"),
    (b"*1\r\n", "redis"),
    (b"*2\r\n", "redis"),
    (b"*3\r\n", "redis"),
    (b"INFO", "redis"),
    (b"JDWP-Handshake", "jdwp"),
    (b"JRMI", "java-rmi"),
    (b"t3 ", "weblogic-t3"),
    (b"GIOP", "corba"),
    (b"CNXN", "adb"),
    (b"RFB ", "vnc"),
    (b"DmdT", "memory-probe"),
    (b"SIP/", "sip"),
    (b"RTSP/", "rtsp"),
    (b"AMQP", "amqp"),
    (b"\x10\x1c\x00\x04MQTT", "mqtt"),
    (b"\xffSMB", "smb"),
    (b"\xfeSMB", "smb"),
    (b"\x00\x00\x00", "binary-probe"),
    (b"\x01\x01\x00", "binary-probe"),
    (b"$SETUP", "text-probe"),
    (b"dN\x93", "binary-probe"),
    (b"\x12\x01\x00", "mssql"),
    (b"l\x00\x0b", "binary-probe"),
];

/// Methods that ask a server to be a proxy or to show its insides.
const METHODS: [(&[u8], &str); 7] = [
    (b"CONNECT", "proxy-connect"),
    (b"TRACE", "trace-method"),
    (b"TRACK", "trace-method"),
    (b"DEBUG", "debug-method"),
    (b"PRI", "http2-preface"),
    (b"ANNOUNCE", "rtsp"),
    (b"DESCRIBE", "rtsp"),
];

/// The sign of a request line that was no HTTP (`line` whole, empty method), if it is more than
/// a connection closed without a word.
pub(crate) fn not_http(line: &[u8]) -> Option<&'static str> {
    if line.is_empty() || line == b"-" {
        return None;
    }
    let plain = unescaped(line);
    let head = plain.get(..plain.len().min(64)).unwrap_or_default();
    let opening = OPENINGS.iter().find(|(bytes, _)| head.starts_with(bytes));
    let sign = opening.map(|(_, sign)| *sign).or_else(|| inside(line));
    Some(sign.unwrap_or("not-http"))
}

/// The method and target of a request line without a version, as HTTP/0.9 has it.
pub(crate) fn without_version(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = memchr::memchr(b' ', line.get(..21).unwrap_or(line))?;
    let (method, target) = line.split_at(space);
    let target = target.trim_ascii_start();
    let is_method = !method.is_empty() && method.iter().all(u8::is_ascii_alphabetic);
    (is_method && !target.is_empty()).then_some((method, target))
}

fn inside(line: &[u8]) -> Option<&'static str> {
    const TEXTS: [(&[u8], &str); 6] = [
        (b"mstshash=", "rdp"),
        (b"SMB", "smb"),
        (b"|'|'|", "njrat-trojan"),
        (b"mining.", "mining-pool"),
        (b"\"jsonrpc\"", "json-rpc"),
        (b"sip:", "sip"),
    ];
    TEXTS.iter().find(|(text, _)| find(line, text).is_some()).map(|(_, sign)| *sign)
}

/// The first bytes of a line with `\xHH` undone, where the log's reader left them.
fn unescaped(line: &[u8]) -> Vec<u8> {
    let (mut out, mut spare) = (Vec::new(), line.get(..256).unwrap_or(line));
    while let Some((&byte, tail)) = spare.split_first() {
        let code = match spare {
            [b'\\', b'x' | b'X', a, b, ..] => hex(*a).zip(hex(*b)).map(|(a, b)| a << 4 | b),
            _ => None,
        };
        out.push(code.unwrap_or(byte));
        spare = if code.is_some() { spare.get(4..).unwrap_or_default() } else { tail };
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The sign of a method and target that no client of a web site sends.
pub(crate) fn method(method: &[u8], target: &[u8]) -> Option<&'static str> {
    if let Some((_, sign)) = METHODS.iter().find(|(name, _)| method == *name) {
        return Some(sign);
    }
    let honest = method.len() <= 20
        && method.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'-' | b'_'));
    if !honest {
        let lower = method.len() <= 7 && method.iter().all(u8::is_ascii_alphabetic);
        return (!lower).then_some("odd-method");
    }
    match target.first() {
        Some(b'/' | b'*') | None => None,
        _ if find(target.get(..12).unwrap_or(target), b"://").is_some() => Some("absolute-uri"),
        _ if target.starts_with(b"sip:") || target.starts_with(b"rtsp:") => Some("sip"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols() {
        for (line, sign) in [
            (&b"\x16\x03\x01\x00t\x01"[..], "tls-hello"),
            (b"\\x16\\x03\\x01\\x00t\\x01", "tls-hello"),
            (b"\x03\x00\x00/*\xe0\x00\x00\x00\x00\x00Cookie: mstshash=Administr", "rdp"),
            (b"Gh0st\xad\x00\x00\x00", "gh0st-trojan"),
            (b"145.ll|'|'|SGFjS2V", "njrat-trojan"),
            (b"MGLNDD_192.0.2.1_443", "magellan-probe"),
            (b"SSH-2.0-Go", "ssh"),
            (b"batman", "not-http"),
            (b"{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}", "mining-pool"),
        ] {
            assert_eq!(not_http(line), Some(sign), "{line:?}");
        }
        assert_eq!((not_http(b""), not_http(b"-")), (None, None));
    }

    #[test]
    fn lines_without_a_version() {
        assert_eq!(without_version(b"GET /a b"), Some((&b"GET"[..], &b"/a b"[..])));
        assert_eq!(without_version(b"GET  /a"), Some((&b"GET"[..], &b"/a"[..])));
        for other in ["", "GET", "GET ", " /a", "*1 /a", "averyveryverylongmethod /a"] {
            assert_eq!(without_version(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn methods() {
        assert_eq!(method(b"CONNECT", b"example.org:443"), Some("proxy-connect"));
        assert_eq!(method(b"GET", b"http://example.org/"), Some("absolute-uri"));
        assert_eq!(method(b"OPTIONS", b"sip:nm"), Some("sip"));
        assert_eq!(method(b"\x16\x03\x01", b""), Some("odd-method"));
        for honest in ["GET", "POST", "PROPFIND", "REPORT", "M-SEARCH", "get", "VERSION-CONTROL"] {
            assert_eq!(method(honest.as_bytes(), b"/"), None, "{honest}");
        }
        assert_eq!(method(b"OPTIONS", b"*"), None);
    }
}
