//! dump
#[path = "../tests/support/mod.rs"]
mod support;
fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        let h = support::capture(&bytes);
        println!("== {path} asides {} problems {:?} losses {:?}", h.asides, h.problems, h.losses);
        for (at, time, source, flow) in &h.flows { println!("{at:6} {time} {} sp={} {:?}/{:?} {:?}s mark {}", support::line(source, flow), flow.source_port, flow.sent, flow.received, flow.seconds, flow.mark); }
        for r in &h.requests { println!("   {r}"); }
    }
}
