//! How the server ends, and where it does not begin.

use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use ward_web::server::{Limits, serve};

use crate::support::{Running, status};

#[tokio::test]
async fn what_was_begun_ends_well() {
    let mut server = Running::plain().await;
    let mut busy = server.connect().await;
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut idle = server.connect().await;
    idle.send("GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(status(&idle.one().await), 200);
    sleep(Duration::from_millis(100)).await;
    server.stop();
    assert_eq!(idle.rest().await, "", "who waits is let go");
    assert!(busy.rest().await.ends_with("slow"), "who was being answered is answered");
    timeout(Duration::from_secs(2), &mut server.task).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(server.at).await.is_err(), "nobody new is let in");
}

#[tokio::test]
async fn what_does_not_end_is_cut() {
    let mut server =
        Running::start(Limits { drain: Duration::from_millis(200), ..Limits::default() }).await;
    let mut client = server.connect().await;
    client.send("GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n").await;
    sleep(Duration::from_millis(100)).await;
    let begun = Instant::now();
    server.stop();
    timeout(Duration::from_secs(2), &mut server.task).await.unwrap().unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn plain_http_stays_on_this_machine() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let router = axum::Router::new();
    let err = serve(listener, None, router, std::future::pending()).await.unwrap_err();
    assert!(err.to_string().contains("passwords would cross the network"), "{err}");
}
