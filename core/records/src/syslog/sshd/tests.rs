use proptest::prelude::*;
use ward_kernel::Time;

use super::*;

/// What a message says, in short.
fn said(message: &[u8]) -> String {
    let header = Header {
        time: Time::from_secs(0),
        host: b"bastion",
        program: b"sshd",
        process: true,
        message,
    };
    match read(&header) {
        Ok(Event { source, what: What::Login(login), .. }) => {
            assert_eq!((login.service, login.server), ("ssh", &b"bastion"[..]));
            let account = String::from_utf8_lossy(login.account);
            let Login { result, trace, count, source_port, .. } = login;
            format!("{trace:?} {result:?} {account:?} {source} {source_port} x{count}")
        }
        Ok(Event { source, what: What::Flow(flow), .. }) => {
            assert_eq!((flow.port, flow.protocol, flow.target), (22, 6, Addr::default()));
            format!("{:?} {source} {}", flow.touch, flow.source_port)
        }
        Ok(event) => format!("{event:?}"),
        Err(Unread::Aside(_)) => "aside".to_owned(),
        Err(Unread::Problem(why)) => why.to_owned(),
    }
}

#[track_caller]
fn check(message: &str, want: &str) {
    assert_eq!(said(message.as_bytes()), want, "{message}");
}

#[test]
fn verdicts() {
    for (line, want) in [
        (
            "Failed password for root from 192.0.2.1 port 4711 ssh2",
            "Verdict Failed \"root\" 192.0.2.1 4711 x1",
        ),
        (
            "Failed password for invalid user admin from 2001:db8::1 port 4711 ssh2",
            "Verdict NoSuchAccount \"admin\" 2001:db8::1 4711 x1",
        ),
        (
            "Failed password for illegal user admin from ::ffff:192.0.2.1 port 4711 ssh2",
            "Verdict NoSuchAccount \"admin\" 192.0.2.1 4711 x1",
        ),
        (
            "Failed keyboard-interactive/pam for root from 192.0.2.1 port 7 ssh2",
            "Verdict Failed \"root\" 192.0.2.1 7 x1",
        ),
        (
            "[ID 800047 auth.info] Failed keyboard-interactive for <invalid username> from 192.0.2.1 port 7 ssh2",
            "Verdict NoSuchAccount \"<invalid username>\" 192.0.2.1 7 x1",
        ),
        (
            "Failed none for invalid user x from 192.0.2.1 port 7 ssh2",
            "Remark NoSuchAccount \"x\" 192.0.2.1 7 x1",
        ),
        (
            "Failed publickey for git from 192.0.2.1 port 7 ssh2: ED25519 SHA256:abc",
            "Remark Failed \"git\" 192.0.2.1 7 x1",
        ),
        ("Failed password for root from 192.0.2.1", "Verdict Failed \"root\" 192.0.2.1 0 x1"),
        (
            "Accepted password for clerk01 from 192.0.2.1 port 7 ssh2",
            "Verdict Succeeded \"clerk01\" 192.0.2.1 7 x1",
        ),
        (
            "Accepted publickey for clerk from 192.0.2.1 port 7 ssh2: RSA-CERT SHA256:a ID x from 192.0.2.9 port 1 ssh2: (serial 0) CA RSA SHA256:b",
            "Verdict Succeeded \"clerk\" 192.0.2.1 7 x1",
        ),
        (
            "Accepted keyboard-interactive/pam for jo from sales from 192.0.2.1 port 7 ssh2",
            "Verdict Succeeded \"jo from sales\" 192.0.2.1 7 x1",
        ),
        ("Failed password for root from", peer::NO_PEER),
        ("Failed password for root from 192.0.2.1 port 47110000 ssh2", peer::NO_PEER),
        ("Failed to release session: no", "aside"),
        ("Postponed publickey for git from 192.0.2.1 port 57904 ssh2 [preauth]", "aside"),
    ] {
        check(line, want);
    }
}

#[test]
fn names_of_every_kind() {
    for (name, want) in [
        ("", ""),
        (" ", " "),
        ("a b c", "a b c"),
        ("root from 192.0.2.9 port 22 ssh2", "root from 192.0.2.9 port 22 ssh2"),
        ("from 192.0.2.9", "from 192.0.2.9"),
        ("\\303\\251t\\303\\251", "\\\\303\\\\251t\\\\303\\\\251"),
        ("x port 1", "x port 1"),
        ("invalid user y", "invalid user y"),
        (
            "Nov  3 19:00:00 h sshd[1]: Accepted password for root",
            "Nov  3 19:00:00 h sshd[1]: Accepted password for root",
        ),
    ] {
        check(
            &format!("Failed password for invalid user {name} from 192.0.2.1 port 7 ssh2"),
            &format!("Verdict NoSuchAccount \"{want}\" 192.0.2.1 7 x1"),
        );
        check(
            &format!("Invalid user {name} from 192.0.2.1 port 7"),
            &format!("Remark NoSuchAccount \"{want}\" 192.0.2.1 7 x1"),
        );
        check(
            &format!("Connection closed by invalid user {name} 192.0.2.1 port 7 [preauth]"),
            &format!("Closing NoSuchAccount \"{want}\" 192.0.2.1 7 x1"),
        );
        check(
            &format!("Disconnected from authenticating user {name} 192.0.2.1 port 7 [preauth]"),
            &format!("Closing Failed \"{want}\" 192.0.2.1 7 x1"),
        );
    }
    let long = "x".repeat(1_000);
    check(
        &format!("Failed password for invalid user {long} from 192.0.2.1 port 7 ssh2"),
        &format!("Verdict NoSuchAccount \"{long}\" 192.0.2.1 7 x1"),
    );
    // Where a logger has folded two spaces into one.
    check(
        "Failed password for invalid user from 192.0.2.1 port 7 ssh2",
        "Verdict NoSuchAccount \"\" 192.0.2.1 7 x1",
    );
}

#[test]
fn what_sshd_cut_off_names_nobody() {
    for len in [500, 1023] {
        let front = "Connection closed by invalid user ";
        let fake = " 192.0.2.9 port 22";
        let fill = "x".repeat(len - front.len() - fake.len());
        check(&format!("{front}{fill}{fake}"), CUT);
        check(
            &format!("{front}{fill}y{fake}"),
            &format!("Closing NoSuchAccount \"{fill}y\" 192.0.2.9 22 x1"),
        );
    }
}

#[test]
fn closings() {
    for (line, want) in [
        (
            "Connection reset by authenticating user root 192.0.2.1 port 7 [preauth]",
            "Closing Failed \"root\" 192.0.2.1 7 x1",
        ),
        (
            "error: maximum authentication attempts exceeded for root from 192.0.2.1 port 7 ssh2 [preauth]",
            "Closing Failed \"root\" 192.0.2.1 7 x1",
        ),
        (
            "error: maximum authentication attempts exceeded for invalid user x from 192.0.2.1 port 7 ssh2 [preauth]",
            "Closing NoSuchAccount \"x\" 192.0.2.1 7 x1",
        ),
        (
            "Disconnecting authenticating user root 192.0.2.1 port 7: Too many authentication failures [preauth]",
            "aside",
        ),
        (
            "Disconnecting invalid user x 192.0.2.1 port 7: Change of username or service not allowed: (x,ssh-connection) -> (y,ssh-connection) [preauth]",
            "Closing NoSuchAccount \"x\" 192.0.2.1 7 x1",
        ),
        (
            "Disconnecting invalid user x 192.0.2.1 port 7: Change of username or service not allowed: (x,ssh-connection) -> (y 192.0.2.9 port 1: z,ssh-connection) [preauth]",
            peer::TWO_PEERS,
        ),
        (
            "ssh_dispatch_run_fatal: Connection from invalid user x 192.0.2.1 port 7: message authentication code incorrect [preauth]",
            "Closing NoSuchAccount \"x\" 192.0.2.1 7 x1",
        ),
        ("Disconnected from user clerk 192.0.2.1 port 7", "aside"),
        ("Received disconnect from 192.0.2.1 port 7:11: Bye Bye [preauth]", "aside"),
        ("Connection closed by 192.0.2.1 port 7", "aside"),
        (
            "drop connection #0 from [192.0.2.1]:7 on [198.51.100.1]:22 penalty: failed authentication",
            "aside",
        ),
    ] {
        check(line, want);
    }
}

#[test]
fn libraries() {
    for (line, want) in [
        (
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
            "Library Failed \"root\" 192.0.2.1 0 x1",
        ),
        (
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 ",
            "Library NoSuchAccount \"\" 192.0.2.1 0 x1",
        ),
        (
            "pam_sss(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 user=jo rhost=192.0.2.9",
            "Library Failed \"jo rhost=192.0.2.9\" 192.0.2.1 0 x1",
        ),
        (
            "PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root",
            "Library Failed \"root\" 192.0.2.1 0 x5",
        ),
        (
            "PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 ",
            "Library NoSuchAccount \"\" 192.0.2.1 0 x1",
        ),
        (
            "error: PAM: Authentication failure for illegal user x from 192.0.2.1",
            "Library NoSuchAccount \"x\" 192.0.2.1 0 x1",
        ),
        (
            "error: PAM: authentication error for jo from 192.0.2.1 via 198.51.100.2",
            "Library Failed \"jo\" 192.0.2.1 0 x1",
        ),
        ("error: PAM: Authentication failure for jo from host.example", "aside"),
        ("pam_unix(sshd:auth): check pass; user unknown", "aside"),
        ("pam_unix(sshd:session): session opened for user jo by (uid=0)", "aside"),
        (
            "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=host.example user=jo",
            "aside",
        ),
    ] {
        check(line, want);
    }
}

#[test]
fn repeats() {
    let failed = "Failed password for root from 192.0.2.1 port 7 ssh2";
    check(
        &format!("message repeated 5 times: [ {failed}]"),
        "Verdict Failed \"root\" 192.0.2.1 7 x5",
    );
    check(
        &format!("message repeated 18446744073709551615 times: [ {failed}]"),
        "Verdict Failed \"root\" 192.0.2.1 7 x1000000",
    );
    check(
        &format!("message repeated 0 times: [ {failed}]"),
        "Verdict Failed \"root\" 192.0.2.1 7 x1",
    );
    check(
        "message repeated 3 times: [ PAM 4 more authentication failures; logname= rhost=192.0.2.1  user=a]",
        "Library Failed \"a\" 192.0.2.1 0 x12",
    );
    check(&format!("message repeated 5 times: [ {failed}"), "aside");
    check(&format!("message repeated x times: [ {failed}]"), "aside");
}

#[test]
fn remarks() {
    for (line, want) in [
        ("Invalid user x from 192.0.2.1", "Remark NoSuchAccount \"x\" 192.0.2.1 0 x1"),
        ("Illegal user x from 192.0.2.1", "Remark NoSuchAccount \"x\" 192.0.2.1 0 x1"),
        (
            "User jo from 192.0.2.1 not allowed because not listed in AllowUsers",
            "Remark Failed \"jo\" 192.0.2.1 0 x1",
        ),
        ("User root not allowed because account is locked", "aside"),
        ("User jo from host.example not allowed because not listed in AllowUsers", "aside"),
        (
            "ROOT LOGIN REFUSED FROM 192.0.2.1 port 7 [preauth]",
            "Remark Failed \"root\" 192.0.2.1 7 x1",
        ),
        ("ROOT LOGIN REFUSED FROM 192.0.2.1", "Remark Failed \"root\" 192.0.2.1 0 x1"),
    ] {
        check(line, want);
    }
}

#[test]
fn probes() {
    for (line, want) in [
        ("Connection closed by 192.0.2.1 port 7 [preauth]", "Opened 192.0.2.1 7"),
        ("Connection closed by 192.0.2.1 [preauth]", "Opened 192.0.2.1 0"),
        ("Connection reset by 192.0.2.1 port 7 [preauth]", "Opened 192.0.2.1 7"),
        ("Disconnected from 192.0.2.1 port 7 [preauth]", "Opened 192.0.2.1 7"),
        ("Did not receive identification string from 192.0.2.1 port 7", "Opened 192.0.2.1 7"),
        ("error: Did not receive identification string from 192.0.2.1", "Opened 192.0.2.1 0"),
        ("banner exchange: Connection from 192.0.2.1 port 7: invalid format", "Opened 192.0.2.1 7"),
        (
            "error: banner exchange: Connection from 2001:db8::1 port 7: Broken pipe",
            "Opened 2001:db8::1 7",
        ),
        (
            "Unable to negotiate with 192.0.2.1 port 7: no matching cipher found. Their offer: 192.0.2.9 port 1",
            "Opened 192.0.2.1 7",
        ),
        ("fatal: Timeout before authentication for 192.0.2.1 port 7", "Opened 192.0.2.1 7"),
        (
            "Timeout before authentication for connection from 192.0.2.1 to 198.51.100.1, pid = 12",
            "Opened 192.0.2.1 0",
        ),
        (
            "Bad protocol version identification 'x' from 192.0.2.9 port 1' from 192.0.2.1 port 7",
            "Opened 192.0.2.1 7",
        ),
        (
            "ssh_dispatch_run_fatal: Connection from 192.0.2.1 port 7: Broken pipe [preauth]",
            "Opened 192.0.2.1 7",
        ),
        ("refused connect from host.example (192.0.2.1)", "Failed 192.0.2.1 0"),
        ("refused connect from _x_@::ffff:192.0.2.1 (::ffff:192.0.2.1)", "Failed 192.0.2.1 0"),
        ("refused connect from 192.0.2.1", "Failed 192.0.2.1 0"),
        ("refused connect from (192.0.2.1) host", peer::NO_PEER),
        ("Connection closed by UNKNOWN port 65535 [preauth]", "aside"),
        ("error: kex_exchange_identification: Connection closed by remote host", "aside"),
        (
            "error: kex_exchange_identification: client sent invalid protocol identifier \"from 192.0.2.9 port 1\"",
            "aside",
        ),
        ("Connection from 192.0.2.1 port 7 on 198.51.100.1 port 22", "aside"),
        ("Server listening on 0.0.0.0 port 22.", "aside"),
        ("", "aside"),
    ] {
        check(line, want);
    }
}

#[test]
fn keys_are_told_from_passwords() {
    for (method, by_key) in [
        ("publickey", true),
        ("hostbased", true),
        ("gssapi-with-mic", true),
        ("gssapi-keyex", true),
        ("password", false),
        ("keyboard-interactive/pam", false),
        ("none", false),
    ] {
        let message = format!("Accepted {method} for clerk from 192.0.2.1 port 7 ssh2");
        let header = Header {
            time: Time::from_secs(0),
            host: b"bastion",
            program: b"sshd",
            process: true,
            message: message.as_bytes(),
        };
        let Ok(Event { what: What::Login(login), .. }) = read(&header) else { panic!("{message}") };
        assert_eq!((login.by_key, login.result), (by_key, LoginResult::Succeeded), "{message}");
    }
    let header = Header {
        time: Time::from_secs(0),
        host: b"bastion",
        program: b"sshd",
        process: true,
        message: b"Failed publickey for clerk from 192.0.2.1 port 7 ssh2",
    };
    assert!(matches!(read(&header), Ok(Event { what: What::Login(login), .. }) if !login.by_key));
}

proptest! {
    #[test]
    fn never_panics(message in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = said(&message);
    }

    #[test]
    fn never_panics_on_likely_text(message in "(Failed |password |for |invalid user |from |192\\.0\\.2\\.1|port |7| ssh2|: |\\[preauth\\]|message repeated 5 times: \\[ |\\]|PAM 9 more authentication failures; | rhost=|user=|Disconnecting |Connection closed by |error: |RSA-CERT |[ (){}']){0,14}") {
        let _ = said(message.as_bytes());
    }

    /// Whatever a client calls itself: no line names another address than its own.
    #[test]
    fn a_name_cannot_change_the_address(
        name in "([a-z ]{0,4}|from |192\\.0\\.2\\.9|port 22| ssh2|: |\\[preauth\\]|invalid user |-CERT |\\]| not allowed because |times: ){0,10}",
    ) {
        for line in [
            format!("Failed password for invalid user {name} from 198.51.100.7 port 7 ssh2"),
            format!("Failed publickey for {name} from 198.51.100.7 port 7 ssh2: RSA SHA256:a"),
            format!("Invalid user {name} from 198.51.100.7 port 7"),
            format!("Invalid user {name} from 198.51.100.7"),
            format!("Connection closed by invalid user {name} 198.51.100.7 port 7 [preauth]"),
            format!("Disconnected from authenticating user {name} 198.51.100.7 port 7 [preauth]"),
            format!("Disconnecting invalid user {name} 198.51.100.7 port 7: Change of username or service not allowed: ({name},ssh-connection) -> (x,ssh-connection) [preauth]"),
            format!("error: maximum authentication attempts exceeded for {name} from 198.51.100.7 port 7 ssh2 [preauth]"),
            format!("error: PAM: Authentication failure for {name} from 198.51.100.7"),
            format!("User {name} from 198.51.100.7 not allowed because not listed in AllowUsers"),
            format!("Bad protocol version identification '{name}' from 198.51.100.7 port 7"),
            format!("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user={name}"),
            format!("message repeated 2 times: [ Failed password for {name} from 198.51.100.7 port 7 ssh2]"),
        ] {
            let said = said(line.as_bytes());
            let after_account = said.rsplit('"').next().unwrap_or_default();
            prop_assert!(!after_account.contains("192.0.2.9"), "{}: {}", line, said);
        }
    }
}
