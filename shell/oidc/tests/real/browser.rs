//! As much of a browser as two forms need: cookies, redirects, a form's address.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;
use ward_oidc::Answer;

/// Pages and redirects that a sign-in may take.
const STEPS: usize = 12;
/// How long a page may take: a provider that stops answering fails the test and does not hang it.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Signs in as an account and agrees to what is asked; what comes back to the desk.
    pub(crate) async fn sign_in(mut self, url: &str, account: &str, redirect: &str) -> Answer {
        let login = format!("prompt=login&login={account}&password=anything");
        let mut forms = vec![login, "prompt=consent".to_owned()].into_iter();
        self.walk(url, redirect, |page| {
            let action = between(page, "action=\"", "\"")?;
            Some((action.to_owned(), forms.next()?))
        })
        .await
    }

    /// Leaves at the first page, by its own link.
    pub(crate) async fn cancel(mut self, url: &str, redirect: &str) -> Answer {
        self.walk(url, redirect, |page| {
            let abort = page.split("href=\"").find(|part| part.contains("/abort\""))?;
            Some((abort.split('"').next()?.to_owned(), String::new()))
        })
        .await
    }

    /// Follows redirects; at each page does what `next` says: post a form, or follow a link when
    /// the form is empty.
    async fn walk(
        &mut self,
        url: &str,
        redirect: &str,
        mut next: impl FnMut(&str) -> Option<(String, String)>,
    ) -> Answer {
        let mut url = Url::parse(url).unwrap();
        let mut form = None;
        for _ in 0..STEPS {
            let asked = tokio::time::timeout(PATIENCE, self.ask(&url, form.take())).await;
            let response = asked.unwrap_or_else(|_| panic!("the provider does not answer: {url}"));
            if response.status().is_redirection() {
                let to = response.headers()[LOCATION].to_str().unwrap();
                url = url.join(to).unwrap();
                if url.as_str().starts_with(redirect) {
                    return answer(&url);
                }
                continue;
            }
            let page = String::from_utf8(response.into_body().to_vec()).unwrap();
            let (to, fields) =
                next(&page).unwrap_or_else(|| panic!("no way on from {url}: {page}"));
            url = url.join(&to).unwrap();
            form = (!fields.is_empty()).then_some(fields);
        }
        panic!("the sign-in does not end: {url}");
    }

    async fn ask(&mut self, url: &Url, form: Option<String>) -> Response<Bytes> {
        let (host, port) = (url.host_str().unwrap(), url.port().unwrap());
        let stream = TcpStream::connect((host, port)).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let method = if form.is_some() { Method::POST } else { Method::GET };
        let request = Request::builder()
            .method(method)
            .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
            .header(HOST, format!("{host}:{port}"))
            .header(COOKIE, cookies.join("; "))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(form.unwrap_or_default())))
            .unwrap();
        let response = sender.send_request(request).await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let status = response.status();
        assert!(status.is_redirection() || status == StatusCode::OK, "{url}: {status}");
        let (parts, body) = response.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// What stands in the query of the redirect address, read as the desk's pages read it.
fn answer(url: &Url) -> Answer {
    let mut answer = Answer::default();
    for (name, value) in url.query_pairs() {
        let value = Some(value.into_owned());
        match name.as_ref() {
            "code" => answer.code = value,
            "state" => answer.state = value,
            "iss" => answer.iss = value,
            "error" => answer.error = value,
            _ => {}
        }
    }
    answer
}
