//! A provider on this machine that does what it is told.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use ward_kernel::Time;

use super::signer::Signer;
use crate::{Answer, Begin, Identity, Provider, RANDOM, Refused, Settings};

pub(super) const NOW: Time = Time::from_secs(1_793_750_400);
pub(super) const REDIRECT: &str = "https://desk.example/sign-in/back";
pub(super) const ACCESS: &str = "an-access-token";

/// What is answered at a path.
#[derive(Clone)]
pub(super) enum Reply {
    Json(u16, Value),
    Bytes(Vec<u8>),
    Redirect,
    Packed,
    Silence,
}

/// One request that arrived.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) authorization: Option<String>,
    pub(super) form: String,
}

#[derive(Default)]
struct Script {
    replies: BTreeMap<String, Reply>,
    asked: Vec<Asked>,
}

pub(super) struct Fake {
    pub(super) issuer: String,
    script: Arc<Mutex<Script>>,
    task: JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Fake {
    /// A provider on loopback, in the clear, that publishes these keys.
    pub(super) async fn start(keys: &[&Signer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::<Mutex<Script>>::default();
        let served = Arc::clone(&script);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        let fake = Self { issuer, script, task };
        fake.publish(keys);
        fake
    }

    /// The same over TLS, for a name.
    pub(super) async fn start_tls(name: &str, tls: tokio_rustls::TlsAcceptor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("https://{name}:{}", listener.local_addr().unwrap().port());
        let script = Arc::<Mutex<Script>>::default();
        let served = Arc::clone(&script);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = tls.accept(stream).await {
                    tokio::spawn(serve(stream, Arc::clone(&served)));
                }
            }
        });
        let fake = Self { issuer, script, task };
        fake.publish(&[&Signer::ec("1")]);
        fake
    }

    fn publish(&self, keys: &[&Signer]) {
        self.describe(&json!({}));
        self.keys(keys);
    }

    /// The discovery document, with changes.
    pub(super) fn describe(&self, changes: &Value) {
        let issuer = &self.issuer;
        let mut document = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "userinfo_endpoint": format!("{issuer}/me"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        self.reply("/.well-known/openid-configuration", Reply::Json(200, document));
    }

    pub(super) fn keys(&self, keys: &[&Signer]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.reply("/jwks", Reply::Json(200, json!({ "keys": keys })));
    }

    pub(super) fn reply(&self, path: &str, reply: Reply) {
        self.script.lock().unwrap().replies.insert(path.to_owned(), reply);
    }

    /// What the token endpoint gives.
    pub(super) fn gives(&self, id_token: &str) {
        let tokens =
            json!({ "id_token": id_token, "access_token": ACCESS, "token_type": "Bearer" });
        self.reply("/token", Reply::Json(200, tokens));
    }

    /// The requests so far at a path.
    pub(super) fn asked(&self, path: &str) -> Vec<Asked> {
        let script = self.script.lock().unwrap();
        script.asked.iter().filter(|asked| asked.path == path).cloned().collect()
    }

    pub(super) fn settings(&self) -> Settings {
        settings(&self.issuer, "")
    }

    pub(super) fn provider(&self) -> Provider {
        Provider::new(self.settings()).unwrap().with_patience(Duration::from_millis(800))
    }
}

/// Settings for an issuer, with further lines.
pub(super) fn settings(issuer: &str, more: &str) -> Settings {
    toml::from_str(&format!(
        "issuer = \"{issuer}\"\nclient_id = \"ward\"\nlabel = \"State account\"\n{more}"
    ))
    .unwrap()
}

/// The random bytes of the tests.
pub(super) fn random() -> [u8; RANDOM] {
    std::array::from_fn(|at| u8::try_from(at).unwrap())
}

pub(super) async fn begin(provider: &Provider) -> Begin {
    provider.begin(REDIRECT, &random(), None, NOW).await.unwrap()
}

/// What a browser brings back when all went well.
pub(super) fn answer(begin: &Begin) -> Answer {
    let state = Some(begin.kept.state().to_owned());
    Answer { code: Some("a-code".to_owned()), state, ..Answer::default() }
}

/// The claims of a good token.
pub(super) fn claims(fake: &Fake, begin: &Begin) -> Value {
    json!({
        "iss": fake.issuer,
        "sub": "subject-1",
        "aud": "ward",
        "exp": NOW.secs() + 300,
        "iat": NOW.secs(),
        "nonce": begin.kept.nonce,
        "email": "analyst@desk.example",
        "email_verified": true,
        "name": "Desk analyst",
    })
}

/// A whole sign-in in which the provider gives what `make` makes of good claims.
pub(super) async fn sign_in(
    provider: &Provider,
    fake: &Fake,
    make: impl FnOnce(Value) -> String,
) -> Result<Identity, Refused> {
    let begin = begin(provider).await;
    fake.gives(&make(claims(fake, &begin)));
    let answer = answer(&begin);
    provider.finish(begin.kept, &answer, NOW).await
}

async fn serve<S>(stream: S, script: Arc<Mutex<Script>>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |request| respond(request, Arc::clone(&script)));
    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn respond(
    request: Request<Incoming>,
    script: Arc<Mutex<Script>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let authorization =
        request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let form = request.into_body().collect().await.unwrap().to_bytes();
    let form = String::from_utf8(form.to_vec()).unwrap();
    let reply = {
        let mut script = script.lock().unwrap();
        script.asked.push(Asked { path: path.clone(), authorization, form });
        script.replies.get(&path).cloned()
    };
    let response = Response::builder();
    let body = |bytes: Vec<u8>| Full::new(Bytes::from(bytes));
    Ok(match reply {
        Some(Reply::Json(status, value)) => {
            response.status(status).body(body(value.to_string().into_bytes()))
        }
        Some(Reply::Bytes(bytes)) => response.body(body(bytes)),
        Some(Reply::Redirect) => {
            response.status(302).header("location", "/jwks").body(body(Vec::new()))
        }
        Some(Reply::Packed) => {
            response.header("content-encoding", "gzip").body(body(b"\x1f\x8b".to_vec()))
        }
        Some(Reply::Silence) => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            response.body(body(Vec::new()))
        }
        None => response.status(404).body(body(Vec::new())),
    }
    .unwrap())
}
