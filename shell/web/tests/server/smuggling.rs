//! Requests that two servers could read in two ways (RFC 9112, 11.2): a proxy in front of the desk
//! must not be made to take a part of one for another.

use crate::support::{Running, field, status};

/// How many answers came back; each begins with its status line.
fn answers(all: &str) -> usize {
    all.matches("HTTP/1.1 ").count()
}

#[tokio::test]
async fn heads_that_can_be_read_in_two_ways_are_refused() {
    let server = Running::plain().await;
    for (name, head) in [
        ("two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n"),
        ("a list of lengths", "Content-Length: 3, 4\r\n"),
        ("a signed length", "Content-Length: +3\r\n"),
        ("a hexadecimal length", "Content-Length: 0x3\r\n"),
        ("an empty length", "Content-Length: \r\n"),
        ("a coding that is not chunked", "Transfer-Encoding: identity\r\n"),
        ("chunked, and something after", "Transfer-Encoding: chunked, identity\r\n"),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n"),
        ("a space before the colon", "Content-Length : 3\r\n"),
        ("a folded line", "X-A: b\r\n Content-Length: 3\r\n"),
        ("a NUL", "X-A: b\0c\r\n"),
        ("a bare return", "X-A: b\rContent-Length: 3\r\n"),
    ] {
        let sent = format!(
            "POST /unread HTTP/1.1\r\nHost: x\r\n{head}\r\n0\r\n\r\nGET /peer HTTP/1.1\r\nHost: \
             x\r\nConnection: close\r\n\r\n"
        );
        let all = server.raw(sent).await;
        assert_eq!(answers(&all), 1, "{name}: {all}");
        assert_eq!(status(&all), 400, "{name}: {all}");
    }
}

/// RFC 9112, 6.3: read by its coding, and nothing after it on the same connection.
#[tokio::test]
async fn a_length_beside_a_coding_hides_nothing() {
    let server = Running::plain().await;
    for fields in [
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let sent = format!(
            "POST /body HTTP/1.1\r\nHost: x\r\n{fields}\r\n2\r\nab\r\n0\r\n\r\nGET /peer \
             HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        let all = server.raw(sent).await;
        assert_eq!((answers(&all), status(&all)), (1, 200), "{fields}: {all}");
        assert!(all.ends_with("\r\n\r\n2"), "{fields}: {all}");
        assert_eq!(field(&all, "connection"), Some("close"));
    }
}

#[tokio::test]
async fn chunks_that_can_be_read_in_two_ways_are_refused() {
    let server = Running::plain().await;
    for (name, body) in [
        ("a size that is none", "zz\r\nabc\r\n0\r\n\r\n"),
        ("a size beyond any", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
        ("a chunk without its end", "3\r\nabcX0\r\n\r\n"),
        ("a size ended by a bare line feed", "3\nabc\r\n0\r\n\r\n"),
        ("a signed size", "+3\r\nabc\r\n0\r\n\r\n"),
    ] {
        let sent = format!(
            "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{body}GET /peer \
             HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );
        let all = server.raw(sent).await;
        assert!(answers(&all) <= 1 && status(&all) != 200, "{name}: {all}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_no_request() {
    let server = Running::plain().await;
    for sent in [
        "\0\0\0\0\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET  /  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /peer HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n",
        "GET /peer HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET http://other.example/peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let all = server.raw(sent).await;
        assert!(all.is_empty() || matches!(status(&all), 400 | 505), "{sent:?}: {all}");
    }
}
