use proptest::prelude::*;
use ward_kernel::Time;

use super::*;

fn packet(message: &str) -> Option<Result<(Addr, Flow), Unread>> {
    let header = Header {
        time: Time::from_secs(0),
        host: b"fw",
        program: b"kernel",
        process: false,
        message: message.as_bytes(),
    };
    let outcome = read(&header)?;
    Some(outcome.map(|event| match event.what {
        What::Flow(flow) => (event.source, flow),
        other => panic!("{other:?}"),
    }))
}

#[track_caller]
fn flow(message: &str) -> (Addr, Flow) {
    packet(message).expect(message).expect(message)
}

fn addr(text: &str) -> Addr {
    text.parse().unwrap()
}

const FRONT: &str = "IN=eth0 OUT= MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC=192.0.2.1 \
    DST=198.51.100.2 LEN=40 TOS=0x00 PREC=0x00 TTL=245 ID=37308";

#[test]
fn tcp() {
    let line = format!(
        "[5002.0884] DROP {FRONT} PROTO=TCP SPT=4711 DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0 "
    );
    let (source, flow) = flow(&line);
    assert_eq!(source, addr("192.0.2.1"));
    let want = Flow {
        target: addr("198.51.100.2"),
        port: 22,
        source_port: 4711,
        protocol: 6,
        touch: Touch::Failed,
        outward: Some(false),
        mark: mark::RAW_SYN,
        ..Flow::default()
    };
    assert_eq!(flow, want);
}

#[test]
fn tcp_flags() {
    for (flags, touch) in [
        ("SYN URGP=0", Touch::Failed),
        ("CWR ECE SYN URGP=0", Touch::Failed),
        ("ACK SYN URGP=0", Touch::Aside),
        ("ACK URGP=0", Touch::Aside),
        ("RST URGP=0", Touch::Aside),
        ("ACK PSH FIN URGP=0", Touch::Aside),
        ("SYN FIN URGP=0", Touch::Aside),
        ("URGP=0", Touch::Aside),
    ] {
        let line =
            format!("{FRONT} PROTO=TCP SPT=4711 DPT=22 SEQ=1 ACK=0 WINDOW=64240 RES=0x00 {flags}");
        assert_eq!(flow(&line).1.touch, touch, "{flags}");
    }
}

#[test]
fn prefixes() {
    let rest = format!("{FRONT} PROTO=TCP SPT=4711 DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0");
    for (prefix, touch) in [
        ("", Touch::Failed),
        ("[UFW BLOCK] ", Touch::Failed),
        ("[UFW LIMIT BLOCK] ", Touch::Failed),
        ("[UFW ALLOW] ", Touch::Unknown),
        ("Shorewall:net-fw:ACCEPT:", Touch::Unknown),
        ("fw_accept: ", Touch::Unknown),
        ("[WAN_IN-3001-A]", Touch::Unknown),
        ("[WAN_IN-default-D]", Touch::Failed),
        ("UNACCEPTABLE ", Touch::Failed),
        ("DROP not allowed ", Touch::Failed),
        ("SRC=203.0.113.9 DST=203.0.113.8 ", Touch::Failed),
        ("IN=a ", Touch::Failed),
    ] {
        let (source, flow) = flow(&format!("{prefix}{rest}"));
        assert_eq!((source, flow.touch), (addr("192.0.2.1"), touch), "{prefix}");
        assert_eq!(flow.outward, Some(false), "{prefix}");
    }
}

#[test]
fn udp_has_its_length_twice() {
    let (_, flow) = flow(&format!("{FRONT} DF PROTO=UDP SPT=4711 DPT=161 LEN=56 "));
    assert_eq!((flow.protocol, flow.port, flow.touch), (17, 161, Touch::Failed));
}

#[test]
fn icmp_with_its_inner_packet() {
    let inner = "[SRC=198.51.100.2 DST=203.0.113.3 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=54321 \
        PROTO=UDP SPT=53 DPT=4711 LEN=40 ]";
    let (source, unreachable) = flow(&format!("{FRONT} PROTO=ICMP TYPE=3 CODE=1 {inner}"));
    assert_eq!(source, addr("192.0.2.1"));
    assert_eq!(unreachable.target, addr("198.51.100.2"));
    assert_eq!((unreachable.protocol, unreachable.port), (1, 3 * 256 + 1));
    assert_eq!((unreachable.touch, unreachable.mark), (Touch::Aside, mark::NONE));
    let (_, echo) = flow(&format!("{FRONT} PROTO=ICMP TYPE=8 CODE=0 ID=54321 SEQ=1"));
    assert_eq!((echo.port, echo.touch, echo.mark), (2048, Touch::Failed, mark::NONE));
}

#[test]
fn version_6() {
    let line = "DROP IN=eth0 OUT= MAC=00:16 SRC=2001:0db8:0000:0000:0000:0000:0000:0001 \
        DST=2001:0db8:0000:0000:0000:0000:0000:0002 LEN=60 TC=0 HOPLIMIT=52 FLOWLBL=881234 ";
    let (source, tcp) =
        flow(&format!("{line}PROTO=TCP SPT=7 DPT=443 WINDOW=64800 RES=0x00 SYN URGP=0"));
    assert_eq!((source, tcp.target), (addr("2001:db8::1"), addr("2001:db8::2")));
    assert_eq!((tcp.port, tcp.touch), (443, Touch::Failed));
    let (_, echo) = flow(&format!("{line}PROTO=ICMPv6 TYPE=128 CODE=0 ID=1 SEQ=1"));
    assert_eq!((echo.protocol, echo.port, echo.touch), (58, 128 * 256, Touch::Failed));
    let (_, advert) = flow(&format!("{line}PROTO=ICMPv6 TYPE=134 CODE=0"));
    assert_eq!(advert.touch, Touch::Aside);
}

#[test]
fn odd_protocols_and_fragments() {
    let (_, numbered) = flow(&format!("{FRONT} PROTO=162"));
    assert_eq!((numbered.protocol, numbered.touch), (162, Touch::Aside));
    let (_, six) = flow(&format!("{FRONT} PROTO=6 SPT=1 DPT=2 WINDOW=1 SYN"));
    assert_eq!((six.protocol, six.touch), (6, Touch::Failed));
    let (_, fragment) = flow(&format!("{FRONT} FRAG:185 PROTO=UDP"));
    assert_eq!((fragment.port, fragment.touch), (0, Touch::Aside));
    let (_, incomplete) = flow(&format!("{FRONT} PROTO=TCP INCOMPLETE [8 bytes]"));
    assert_eq!(incomplete.touch, Touch::Aside);
}

#[test]
fn directions_and_marks() {
    let line = |interfaces: &str, rest: &str| {
        flow(&format!("{interfaces} SRC=192.0.2.1 DST=198.51.100.2 {rest}")).1
    };
    let syn = "PROTO=TCP SPT=1 DPT=2 WINDOW=1024 RES=0x00 SYN URGP=0";
    assert_eq!(line("IN= OUT=eth0", syn).outward, Some(true));
    assert_eq!(line("IN=eth0 OUT=eth1", syn).outward, None);
    assert_eq!(line("IN=br0 OUT= PHYSIN=eth0", syn).outward, Some(false));
    assert_eq!(line("IN= OUT=", syn).outward, None);
    assert_eq!(line("IN=e OUT=", &format!("{syn} OPT (020405B4)")).mark, mark::NONE);
    assert_eq!(line("IN=e OUT=", &format!("ID=54321 {syn}")).mark, mark::ZMAP_IP_ID);
}

#[test]
fn not_packets() {
    assert_eq!(packet("usb 1-1: new device"), None);
    assert_eq!(packet("x OUT=1"), None);
    let no_in = "XX=enp1s0 OUT= MAC=00 SRC=192.0.2.1 DST=198.51.100.2 PROTO=TCP";
    assert_eq!(packet(no_in), Some(Err(Unread::Problem(NO_INTERFACE))));
    let no_out = "IN=eth0 SRC=192.0.2.1 DST=198.51.100.2";
    assert_eq!(packet(no_out), Some(Err(Unread::Problem(NO_INTERFACE))));
    for cut in ["IN=e OUT= SRC=192.0.2.1", "IN=e OUT= SRC=192.0.2.1 DST=198.51", "IN=e OUT="] {
        assert_eq!(packet(cut), Some(Err(Unread::Problem(NO_ADDRESS))), "{cut}");
    }
}

proptest! {
    #[test]
    fn never_panics(message in "(IN=|OUT=| |SRC=|DST=|192\\.0\\.2\\.1|PROTO=|TCP|SPT=|TYPE=|65535|\\[|\\]|SYN|[A-Z=0-9]){0,20}") {
        let _ = packet(&message);
    }
}
