//! HTTP/1 requests (RFC 9112) as they stand in a byte stream: enough to judge them by.

/// A request's parts, raw.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Message<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) target: &'a [u8],
    pub(crate) host: &'a [u8],
    pub(crate) agent: &'a [u8],
    pub(crate) referrer: &'a [u8],
    pub(crate) forwarded: &'a [u8],
    pub(crate) body: &'a [u8],
}

const METHODS: [&[u8]; 20] = [
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"TRACE ",
    b"TRACK ",
    b"CONNECT ",
    b"PROPFIND ",
    b"PROPPATCH ",
    b"MKCOL ",
    b"COPY ",
    b"MOVE ",
    b"LOCK ",
    b"UNLOCK ",
    b"SEARCH ",
    b"REPORT ",
    b"DEBUG ",
];

/// Header lines looked at; servers refuse more.
const MAX_LINES: usize = 128;

/// Whether bytes could begin a request: a method, or as much of one as there is.
pub(crate) fn may_begin(text: &[u8]) -> bool {
    METHODS.iter().any(|method| text.starts_with(method) || method.starts_with(text))
}

/// Takes one request off the front; the rest may hold the next one. What is missing at the end
/// (headers, a part of the body) is taken as it is.
pub(crate) fn request(text: &[u8]) -> Option<(Message<'_>, &[u8])> {
    let (line, mut rest) = line(text);
    let (method, target) = request_line(line, rest.is_some())?;
    let mut message = Message { method, target, ..Message::default() };
    let (mut length, mut chunked) = (0, false);
    for _ in 0..MAX_LINES {
        let Some(after) = rest else { break };
        let (header, next) = self::line(after);
        rest = next;
        if header.is_empty() {
            break;
        }
        let Some((name, value)) = split(header) else { continue };
        match name.to_ascii_lowercase().as_slice() {
            b"host" => message.host = value,
            b"user-agent" => message.agent = value,
            b"referer" => message.referrer = value,
            b"x-forwarded-for" => message.forwarded = value,
            b"content-length" => length = number(value),
            b"transfer-encoding" => chunked = true,
            _ => {}
        }
    }
    let after = rest.unwrap_or_default();
    let length = if chunked { after.len() } else { length.min(after.len()) };
    let (body, after) = after.split_at_checked(length).unwrap_or((after, &[]));
    message.body = body;
    Some((message, after))
}

/// Status and length of body of an answer.
pub(crate) fn answer(text: &[u8]) -> Option<(u16, u64)> {
    let after = text.strip_prefix(b"HTTP/1.")?.get(1..)?.strip_prefix(b" ")?;
    let digits: [u8; 3] = *after.first_chunk()?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let status = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let (mut length, mut rest) = (0, line(text).1);
    for _ in 0..MAX_LINES {
        let (header, next) = match rest {
            Some(after) => line(after),
            None => break,
        };
        rest = next;
        match split(header) {
            Some((name, value)) if name.eq_ignore_ascii_case(b"content-length") => {
                length = number(value);
            }
            Some(_) => {}
            None => break,
        }
    }
    Some((status, length as u64))
}

/// Method and target. A line that was cut off may lack its version; HTTP/0.9 never had one.
fn request_line(line: &[u8], whole: bool) -> Option<(&[u8], &[u8])> {
    let method = METHODS.iter().find(|method| line.starts_with(method))?;
    let (method, rest) = line.split_at_checked(method.len() - 1)?;
    let rest = rest.get(1..)?;
    // A target may hold raw spaces in an attack: the version is what stands after the last one.
    let last = rest.iter().rposition(|&byte| byte == b' ');
    let version = last.and_then(|at| rest.get(at + 1..)).unwrap_or_default();
    let target = match last {
        Some(at) if version.starts_with(b"HTTP/") || !whole => rest.get(..at)?,
        Some(_) => return None,
        None => rest,
    };
    let plain = target.starts_with(b"/") || target.starts_with(b"http");
    (version.starts_with(b"HTTP/") || plain).then_some((method, target))
}

/// A line without its end, and what follows; `None` when the line has no end.
fn line(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| byte == b'\n') {
        Some(end) => {
            let line = text.get(..end).unwrap_or_default();
            (line.strip_suffix(b"\r").unwrap_or(line), text.get(end + 1..))
        }
        None => (text, None),
    }
}

fn split(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = header.iter().position(|&byte| byte == b':')?;
    Some((header.get(..colon)?, header.get(colon + 1..)?.trim_ascii()))
}

fn number(digits: &[u8]) -> usize {
    std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_requests_in_a_row() {
        let text = b"POST /a?b=1 HTTP/1.1\r\nHOST: vote.example\r\nUser-Agent:  x y \r\n\
            content-length: 3\r\nX-Forwarded-For: 192.0.2.9\r\nReferer: /\r\n\r\nid=GET /n HTTP/1.0\n\n";
        let (first, rest) = request(text).unwrap();
        assert_eq!((first.method, first.target), (&b"POST"[..], &b"/a?b=1"[..]));
        assert_eq!((first.host, first.agent), (&b"vote.example"[..], &b"x y"[..]));
        assert_eq!((first.forwarded, first.body), (&b"192.0.2.9"[..], &b"id="[..]));
        let (second, rest) = request(rest).unwrap();
        assert_eq!((second.method, second.target), (&b"GET"[..], &b"/n"[..]));
        assert_eq!(request(rest), None);
    }

    #[test]
    fn lines_that_are_cut_old_or_another_protocols() {
        let target = |text: &[u8]| request(text).map(|(message, _)| message.target.to_vec());
        assert_eq!(target(b"GET /a' OR 1=1 HTTP/1.1\r\n"), Some(b"/a' OR 1=1".to_vec()));
        assert_eq!(target(b"GET /very-long"), Some(b"/very-long".to_vec()));
        assert_eq!(target(b"GET /old\r\n"), Some(b"/old".to_vec()));
        assert_eq!(target(b"GET key\r\n"), None);
        assert_eq!(target(b"OPTIONS sip:nm SIP/2.0\r\n"), None);
        assert_eq!(target(b"GETTING /x HTTP/1.1\r\n"), None);
        assert!(
            may_begin(b"G") && may_begin(b"GET /") && !may_begin(b"gET") && !may_begin(b"\x16")
        );
    }

    #[test]
    fn answers() {
        assert_eq!(
            answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\n"),
            Some((404, 12))
        );
        assert_eq!(answer(b"HTTP/1.0 200\n\nContent-Length: 12\n"), Some((200, 0)));
        assert_eq!(answer(b"HTTP/1.1 2x0 OK"), None);
        assert_eq!(answer(b"ICY 200 OK"), None);
    }

    proptest! {
        #[test]
        fn anything_is_survived(text in prop::collection::vec(any::<u8>(), 0..200)) {
            let text = [b"POST /".as_slice(), &text].concat();
            if let Some((_, rest)) = request(&text) {
                prop_assert!(rest.len() < text.len());
            }
            answer(&[b"HTTP/1.1 ".as_slice(), &text].concat());
        }
    }
}
