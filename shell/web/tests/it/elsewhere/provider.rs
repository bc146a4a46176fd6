//! A provider behind the seam: what it answers stands in the code that comes back.

use data_encoding::BASE64URL_NOPAD;
use futures_util::future::BoxFuture;
use ward_kernel::Time;
use ward_kernel::time::MINUTE;
use ward_web::elsewhere::{Answer, Begun, ElsewhereSignIn, NotSignedIn, Somebody, Why};

/// Where browsers are sent.
pub(crate) const LOGIN: &str = "https://login.example/authorize?state=";

/// A provider.
pub(crate) struct Fake {
    pub(crate) label: &'static str,
    pub(crate) issuer: &'static str,
    /// Whether it cannot be reached at all.
    pub(crate) down: bool,
}

fn refusal(why: Why, sentence: &str) -> NotSignedIn {
    NotSignedIn { why, sentence: sentence.to_owned() }
}

/// Who signs in, out of a code `subject address [mfa] [minutes=N] [issuer=I]`.
fn somebody(code: &str, issuer: &str, now: Time) -> Option<Somebody> {
    let mut words = code.split(' ');
    let (subject, email) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut somebody = Somebody {
        issuer: issuer.to_owned(),
        subject,
        email,
        name: Some("Desk account".to_owned()),
        mfa: false,
        auth_time: None,
    };
    for word in words {
        match word.split_once('=') {
            None => somebody.mfa = word == "mfa",
            Some(("minutes", ago)) => {
                somebody.auth_time = Some(now.plus(-ago.parse::<i64>().ok()? * MINUTE));
            }
            Some((_, issuer)) => somebody.issuer = issuer.to_owned(),
        }
    }
    Some(somebody)
}

impl ElsewhereSignIn for Fake {
    fn label(&self) -> &'static str {
        self.label
    }

    fn issuer(&self) -> &'static str {
        self.issuer
    }

    fn begin<'a>(
        &'a self,
        redirect_uri: &'a str,
        random: &'a [u8; 96],
        _: Option<u32>,
        _: Time,
    ) -> BoxFuture<'a, Result<Begun, NotSignedIn>> {
        assert!(redirect_uri.ends_with("/sign-in/back"), "{redirect_uri}");
        let state = BASE64URL_NOPAD.encode(&random[..32]);
        let begun = Begun { url: format!("{LOGIN}{state}"), kept: state.into_bytes() };
        let down = refusal(Why::Unreachable, "The provider cannot be reached. Try again later.");
        Box::pin(async move { if self.down { Err(down) } else { Ok(begun) } })
    }

    fn finish<'a>(
        &'a self,
        kept: &'a [u8],
        answer: Answer,
        now: Time,
    ) -> BoxFuture<'a, Result<Somebody, NotSignedIn>> {
        let done = if answer.state.as_deref().map(str::as_bytes) != Some(kept) {
            Err(refusal(Why::Stale, "The answer belongs to another sign-in."))
        } else if answer.error.is_some() {
            Err(refusal(Why::Declined, "The provider says that it was not allowed."))
        } else {
            let code = answer.code.as_deref().unwrap_or_default();
            match code {
                "down" => Err(refusal(Why::Unreachable, "The provider does not answer.")),
                "forged" => Err(refusal(Why::Untrusted, "The signature does not hold.")),
                "unfit" => Err(refusal(Why::Settings, "The provider does not know the desk.")),
                code => somebody(code, self.issuer, now)
                    .ok_or_else(|| refusal(Why::NotAllowed, "The address is not verified.")),
            }
        };
        Box::pin(async move { done })
    }
}
