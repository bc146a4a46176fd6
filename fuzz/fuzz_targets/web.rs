//! What the desk reads of a request or a certificate by its own hand: cookies, addresses to go on
//! to, the dates of a certificate.
#![no_main]
#![allow(dead_code)]

#[path = "../../shell/web/src/cookie/read.rs"]
mod cookie;
#[path = "../../shell/web/src/server/tls/der.rs"]
mod der;
#[path = "../../shell/web/src/ui/href.rs"]
mod href;

use href::Href;
use url::Url;

/// Whatever address is taken leads a browser to this site.
fn address(text: &str) {
    let base = Url::parse("https://desk.sos.example:8443/sign-in").unwrap();
    let leads = |href: &Href| {
        let to = base.join(href.as_str()).unwrap();
        assert_eq!(to.origin(), base.origin(), "{href}");
        assert!(to.username().is_empty());
        assert!(href.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "fit for a header");
        to
    };
    if let Some(href) = Href::parse(text) {
        leads(&href);
        assert_eq!(Href::parse(href.as_str()).as_ref(), Some(&href));
    }
    let to = leads(&Href::at("/cases").join(text));
    assert_eq!(to.path_segments().map(Iterator::count), Some(2), "a segment stays one");
    let to = leads(&Href::at("/hunt").query("q", text).query("next", text).hash(text));
    let read: Vec<_> = to.query_pairs().collect();
    assert!(read.len() == 2 && read.iter().all(|(_, value)| value == text), "{read:?}");
    leads(&Href::on_page(text));
}

/// The cookie is found among others; a second one that differs spoils it.
fn cookies(text: &str) {
    let name = "__Host-ward-session";
    let lines: Vec<&str> = text.split('\n').collect();
    let found = cookie::secret(&lines, name);
    let again = format!("{name}=AQID");
    let with: Vec<&str> = lines.iter().copied().chain([again.as_str()]).collect();
    match cookie::secret(&with, name) {
        Some(secret) => {
            assert_eq!(secret, [1, 2, 3]);
            assert!(found.is_none_or(|found| found == secret));
        }
        None => assert!(text.contains(name), "others do not hide it"),
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    match first % 3 {
        0 => address(&text),
        1 => cookies(&text),
        _ => {
            if let Some((from, until)) = der::validity(rest) {
                let years = -62_135_596_800..=253_402_300_799;
                assert!(years.contains(&from) && years.contains(&until));
            }
        }
    }
});
