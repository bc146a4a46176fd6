//! Sign-ins to the web page of a pfSense (program `php-fpm`) or `OPNsense` (program `audit`)
//! firewall: whoever signs in there owns the network.
//!
//! The account is the client's text; the address is written after it and so taken from the end.

use super::header::Header;
use super::peer;
use crate::outcome::{Outcome, Unread};
use crate::{Event, Login, LoginResult, Trace, What, text};

/// Reads a message of the firewall's web page; all but sign-ins is set aside.
pub(super) fn read<'a>(header: &Header<'a>) -> Outcome<'a> {
    const KINDS: [(&[u8], LoginResult); 4] = [
        (b"webConfigurator authentication error for user '", LoginResult::Failed),
        (b"Web GUI authentication error for '", LoginResult::Failed),
        (b"Web GUI authentication error for user '", LoginResult::Failed),
        (b"Successful login for user '", LoginResult::Succeeded),
    ];
    let aside = Err(Unread::Aside(Some(header.time)));
    let (script, message) = text::cut(header.message, b' ');
    if !script.ends_with(b".php:") {
        return aside;
    }
    let kind =
        KINDS.iter().find_map(|(words, result)| Some((message.strip_prefix(*words)?, *result)));
    let Some((rest, result)) = kind else { return aside };
    let rest = rest.trim_ascii_end();
    // `(Local Database)`: where the account was looked up.
    let rest = match rest.strip_suffix(b")").and_then(|rest| text::around_last(rest, b" (")) {
        Some((rest, _)) if result == LoginResult::Succeeded => rest,
        _ => rest,
    };
    let found = text::around_last(rest, b"' from").and_then(|(account, addr)| {
        let addr = addr.strip_prefix(b":").unwrap_or(addr);
        Some((account, peer::at_start(addr.strip_prefix(b" ")?)?.0))
    });
    let Some((account, source)) = found else { return Err(Unread::Problem(peer::NO_PEER)) };
    let login = Login {
        service: "firewall",
        server: header.host,
        account,
        result,
        trace: Trace::Verdict,
        count: 1,
        source_port: 0,
        by_key: false,
    };
    Ok(Event { time: header.time, source, what: What::Login(login) })
}

#[cfg(test)]
mod tests {
    use ward_kernel::Time;

    use super::*;

    fn login(message: &str) -> Option<(String, String, LoginResult)> {
        let header = Header {
            time: Time::from_secs(0),
            host: b"fw",
            program: b"php-fpm",
            process: true,
            message: message.as_bytes(),
        };
        let event = read(&header).ok()?;
        let What::Login(login) = event.what else { return None };
        let account = String::from_utf8_lossy(login.account).into_owned();
        Some((account, event.source.to_string(), login.result))
    }

    #[test]
    fn kinds() {
        let want = |result| Some(("admin".to_owned(), "192.0.2.7".to_owned(), result));
        let pfsense =
            "/index.php: webConfigurator authentication error for user 'admin' from: 192.0.2.7";
        assert_eq!(login(pfsense), want(LoginResult::Failed));
        let opnsense = "/index.php: Web GUI authentication error for 'admin' from 192.0.2.7";
        assert_eq!(login(opnsense), want(LoginResult::Failed));
        let success =
            "/index.php: Successful login for user 'admin' from: 192.0.2.7 (Local Database)";
        assert_eq!(login(success), want(LoginResult::Succeeded));
        assert_eq!(login("/rc.newwanip: rc.newwanip called"), None);
    }

    #[test]
    fn a_name_cannot_change_the_address() {
        let line =
            "/index.php: Web GUI authentication error for 'x' from 192.0.2.1' from 192.0.2.7";
        assert_eq!(login(line).unwrap().1, "192.0.2.7");
    }
}
