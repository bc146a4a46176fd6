use proptest::prelude::*;
use ward_kernel::Time;

use super::*;

fn packet(message: &str) -> Result<(Addr, Flow), Unread> {
    let header = Header {
        time: Time::from_secs(0),
        host: b"fw",
        program: b"filterlog",
        process: true,
        message: message.as_bytes(),
    };
    read(&header).map(|event| match event.what {
        What::Flow(flow) => (event.source, flow),
        other => panic!("{other:?}"),
    })
}

#[track_caller]
fn flow(message: &str) -> Flow {
    packet(message).expect(message).1
}

const V4: &str = "4,0x0,,43,6291,0,none";
const BLOCK: &str = "8,,,1000000103,em0,match,block,in";
const ADDRS: &str = "192.0.2.1,198.51.100.2";

#[test]
fn tcp() {
    let line = format!("{BLOCK},{V4},6,tcp,44,{ADDRS},16568,12283,0,S,2868024203,,1024,,mss");
    let (source, flow) = packet(&line).unwrap();
    assert_eq!(source, "192.0.2.1".parse().unwrap());
    let want = Flow {
        target: "198.51.100.2".parse().unwrap(),
        port: 12_283,
        source_port: 16_568,
        protocol: 6,
        touch: Touch::Failed,
        ..Flow::default()
    };
    assert_eq!(flow, want);
}

#[test]
fn flags_and_actions() {
    let touch = |action: &str, flags: &str| {
        let front = format!("8,,,x,em0,match,{action},in");
        flow(&format!("{front},{V4},6,tcp,44,{ADDRS},1,22,0,{flags},1,,64240,,")).touch
    };
    assert_eq!(touch("block", "SEC"), Touch::Failed);
    assert_eq!(touch("reject", "S"), Touch::Failed);
    assert_eq!(touch("pass", "S"), Touch::Unknown);
    assert_eq!(touch("rdr", "S"), Touch::Unknown);
    for flags in ["SA", "A", "R", "FA", "PA", "SF", ""] {
        assert_eq!(touch("block", flags), Touch::Aside, "{flags}");
    }
}

#[test]
fn marks() {
    let bare = format!("{BLOCK},{V4},6,tcp,40,{ADDRS},1,22,0,S,1,,1024,,");
    assert_eq!(flow(&bare).mark, mark::RAW_SYN);
    let zmap = bare.replace(",6291,", ",54321,");
    assert_eq!(flow(&zmap).mark, mark::ZMAP_IP_ID);
}

#[test]
fn udp_and_icmp() {
    let udp = flow(&format!("{BLOCK},{V4},17,udp,78,{ADDRS},137,161,58"));
    assert_eq!((udp.protocol, udp.port, udp.touch), (17, 161, Touch::Failed));
    let echo = flow(&format!("{BLOCK},{V4},1,icmp,84,{ADDRS},request,1,2"));
    assert_eq!((echo.protocol, echo.port, echo.touch), (1, 2048, Touch::Failed));
    let other = flow(&format!("{BLOCK},{V4},1,icmp,84,{ADDRS},unreachport,198.51.100.2,17,53"));
    assert_eq!((other.port, other.touch), (768, Touch::Aside));
    let igmp = flow(&format!("{BLOCK},{V4},2,igmp,36,192.0.2.1,224.0.0.1,datalength=12"));
    assert_eq!((igmp.protocol, igmp.port, igmp.touch), (2, 0, Touch::Aside));
    let carp =
        flow(&format!("{BLOCK},{V4},112,carp,56,192.0.2.1,224.0.0.18,advertise,255,1,2,1,0"));
    assert_eq!((carp.protocol, carp.port, carp.touch), (112, 0, Touch::Aside));
}

#[test]
fn later_fragments_have_no_ports() {
    let line = format!("{BLOCK},4,0x0,,43,6291,1480,+,17,udp,500,{ADDRS},1,2,3");
    let fragment = flow(&line);
    assert_eq!((fragment.port, fragment.source_port, fragment.touch), (0, 0, Touch::Aside));
}

#[test]
fn version_6() {
    let front = format!("{BLOCK},6,0x00,0x00000,1");
    let addrs = "2001:db8::1,2001:db8::2";
    let tcp = flow(&format!("{front},tcp,6,40,{addrs},4711,22,0,S,1,,64800,,mss;nop"));
    assert_eq!((tcp.protocol, tcp.port, tcp.source_port), (6, 22, 4711));
    assert_eq!(tcp.touch, Touch::Failed);
    let udp = flow(&format!("{front},udp,17,46,{addrs},546,547,38"));
    assert_eq!((udp.port, udp.touch), (547, Touch::Failed));
    let icmp = flow(&format!("{front},ICMPv6,58,24,{addrs},"));
    assert_eq!((icmp.protocol, icmp.touch), (58, Touch::Aside));
}

#[test]
fn refused() {
    assert_eq!(packet(""), Err(Unread::Problem(NO_VERSION)));
    assert_eq!(packet(&format!("{BLOCK},5,x")), Err(Unread::Problem(NO_VERSION)));
    let cut = format!("{BLOCK},{V4},6,tcp,44,192.0.2.1,198.51");
    assert_eq!(packet(&cut), Err(Unread::Problem(TOO_SHORT)));
}

proptest! {
    #[test]
    fn never_panics(message in "(,|4|6|block|in|tcp|192\\.0\\.2\\.1|S|65536|request|[a-z0-9]){0,60}") {
        let _ = packet(&message);
    }
}
