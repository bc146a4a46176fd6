//! Requests that are no plain forms: a file that is sent, a line that stays open.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::browser::{Answer, Browser};
use crate::house::House;

pub(crate) async fn send(address: SocketAddr, request: Request<Full<Bytes>>) -> Response<Incoming> {
    let socket = TcpStream::connect(address).await.unwrap();
    let (mut line, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    line.send_request(request).await.unwrap()
}

fn request(house: &House, browser: Option<&Browser>, path: &str) -> hyper::http::request::Builder {
    let session = browser.and_then(Browser::session);
    let cookie = session.map(|value| format!("ward-session={value}")).unwrap_or_default();
    Request::builder()
        .uri(path)
        .header("host", house.address.to_string())
        .header("sec-fetch-site", "same-origin")
        .header("cookie", cookie)
}

/// Asks, and leaves the answer open.
pub(crate) async fn get(
    house: &House,
    browser: Option<&Browser>,
    path: &str,
) -> Response<Incoming> {
    let request = request(house, browser, path).body(Full::default()).unwrap();
    send(house.address, request).await
}

/// Sends a log file by the page's form.
pub(crate) async fn upload(
    house: &House,
    browser: &Browser,
    place: &str,
    name: &str,
    file: &[u8],
) -> Answer {
    let cut = "----cut";
    let head = format!(
        "--{cut}\r\nContent-Disposition: form-data; name=\"jurisdiction\"\r\n\r\n{place}\r\n\
         --{cut}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: text/plain\r\n\r\n"
    );
    let body = [head.as_bytes(), file, format!("\r\n--{cut}--\r\n").as_bytes()].concat();
    let request = request(house, Some(browser), "/sensors/upload")
        .method("POST")
        .header("content-type", format!("multipart/form-data; boundary={cut}"))
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let (parts, body) = send(house.address, request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Answer { status: parts.status, headers: parts.headers, body }
}
