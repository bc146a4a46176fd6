//! What keeps the desk from listening is a sentence at the start.

use std::net::UdpSocket;

use crate::desk::Desk;

/// What it says when it does not start.
fn refused(desk: &Desk, more: &[&str]) -> String {
    let out = desk.command().args(more).output().expect("ward runs");
    assert!(!out.status.success(), "it does not start");
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn a_taken_port_and_tls_without_a_certificate() {
    let desk = Desk::new();
    let other = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let taken = other.local_addr().expect("an address");
    desk.settings(&format!("[desk.netflow]\nudp = \"{taken}\"\n"));
    let said = refused(&desk, &[]);
    assert!(said.contains(&taken.to_string()) && said.contains("another program"), "{said}");
    desk.settings("[desk.syslog]\ntls = \"127.0.0.1:0\"\n");
    let said = refused(&desk, &["--plain"]);
    assert!(said.contains("[desk.syslog]") && said.contains("certificate"), "{said}");
    desk.settings("[desk.syslog]\nudp = \"514\"\n");
    let said = refused(&desk, &[]);
    assert!(said.contains("line 2"), "{said}");
}
