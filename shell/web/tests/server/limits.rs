//! Clients that take their time, send too much, or come in crowds.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use ward_web::server::Limits;

use crate::support::{Running, status};

fn short() -> Limits {
    Limits {
        head: Duration::from_millis(300),
        body_grace: Duration::from_millis(300),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let server = Running::start(short()).await;
    let (begun, mut client) = (Instant::now(), server.connect().await);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n").await;
    // One field after another keeps nobody here.
    for _ in 0..6 {
        sleep(Duration::from_millis(100)).await;
        client.send("X-A: b\r\n").await;
    }
    let answer = client.rest().await;
    assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Running::start(short()).await;
    let mut client = server.connect().await;
    client.send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&client.one().await), 200);
    let begun = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_body_that_trickles_is_refused() {
    let server = Running::start(short()).await;
    let mut client = server.connect().await;
    client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n").await;
    let begun = Instant::now();
    for _ in 0..6 {
        client.send("a").await;
        sleep(Duration::from_millis(100)).await;
    }
    let answer = client.rest().await;
    assert_eq!(status(&answer), 408, "{answer}");
    assert!(answer.contains("too slowly"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_slow_line_that_keeps_its_pace_is_served() {
    // 40 pieces of 1 KiB with 20 ms between them take longer than the grace, and are paid for.
    let limits =
        Limits { body_grace: Duration::from_millis(300), body_pace: 1, ..Limits::default() };
    let server = Running::start(limits).await;
    let mut client = server.connect().await;
    client
        .send(
            "POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 40960\r\n\r\n",
        )
        .await;
    for _ in 0..40 {
        client.send([b'a'; 1024]).await;
        sleep(Duration::from_millis(20)).await;
    }
    let answer = client.rest().await;
    assert!(answer.ends_with("40960"), "{answer}");
}

#[tokio::test]
async fn bodies_have_a_size() {
    let server = Running::start(Limits { body_most: 2 << 20, ..Limits::default() }).await;
    let post = |path: &str, size: usize| {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n"
        );
        [head.into_bytes(), vec![b'a'; size]].concat()
    };
    for (path, size, expected) in [
        ("/body", 64 << 10, 200),
        ("/body", (64 << 10) + 1, 413),
        ("/large", 1 << 20, 200),
        ("/large", (1 << 20) + 1, 413),
        ("/large", (2 << 20) + 1, 413),
    ] {
        let answer = server.raw(post(path, size)).await;
        assert_eq!(status(&answer), expected, "{path} {size}: {answer}");
    }
    // Without a length, piece by piece.
    let piece = [b"8000\r\n".to_vec(), vec![b'a'; 0x8000], b"\r\n".to_vec()].concat();
    let head = b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let answer = server.raw([head, piece.repeat(4)].concat()).await;
    assert_eq!(status(&answer), 413, "{answer}");
}

#[tokio::test]
async fn heads_have_a_size() {
    let server = Running::plain().await;
    let long = "a".repeat(20 << 10);
    for head in [
        format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-A: b\r\n".repeat(200)),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {long}"),
    ] {
        let answer = server.raw(head).await;
        assert!(matches!(status(&answer), 414 | 431), "{answer}");
    }
    let fits = "a".repeat(8 << 10);
    assert_eq!(status(&server.get("/", &format!("X-A: {fits}\r\n")).await), 200);
}

#[tokio::test]
async fn a_crowd_is_turned_away_and_one_that_leaves_makes_room() {
    let server = Running::start(Limits { connections: 2, ..Limits::default() }).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for client in [&mut first, &mut second] {
        client.send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(status(&client.one().await), 200);
    }
    assert_eq!(server.get("/peer", "").await, "", "the third is closed without a word");
    drop(first);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(status(&server.get("/peer", "").await), 200);
    drop(second);
}
