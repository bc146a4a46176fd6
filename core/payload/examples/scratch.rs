use std::io::BufRead;
use ward_payload::*;
fn main() {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let (mut n, mut f) = (0, 0);
    let mut s = Scratch::default();
    for l in std::io::stdin().lock().split(b'\n') {
        let l = l.unwrap();
        let v = l.rsplit(|b| *b == b'\t').next().unwrap();
        n += 1;
        let enc: Vec<u8> = if mode.starts_with('r') {
            v.to_vec()
        } else {
            v.iter()
                .flat_map(|b| {
                    if b.is_ascii_alphanumeric() || b"-._".contains(b) {
                        vec![*b]
                    } else {
                        format!("%{b:02X}").into_bytes()
                    }
                })
                .collect()
        };
        let t = [&b"/voters/search?q="[..], &enc].concat();
        let r = judge(&Input { method: b"GET", target: &t, ..Default::default() }, &mut s);
        if r.is_some() {
            f += 1;
        }
        if (mode.ends_with("miss") && r.is_none_or(|f| f.shape != Shape::Sqli))
            || (mode.ends_with("hit") && r.is_some())
        {
            println!(
                "{}\t{}\t{}",
                r.map_or("", |f| f.shape.name()),
                r.map_or("", |f| f.sign),
                String::from_utf8_lossy(&l)
            );
        }
    }
    eprintln!("{f}/{n}");
}
