//! Three hosts on one machine: network namespaces joined by a bridge, made and removed by the test.

use std::process::Command;

/// The desk's address on the bridge (RFC 2544's range, which no network uses).
pub(crate) const DESK: &str = "198.18.7.1";

/// Namespaces for a desk and two sensors.
pub(crate) struct Net {
    tag: String,
}

impl Net {
    /// Makes them; `None` where that is not allowed, which is a failure where CI says that it is.
    pub(crate) fn make(tag: &str) -> Option<Self> {
        let net = Self { tag: format!("wt{}{tag}", std::process::id() % 10_000) };
        let made = net.lay();
        if let Err(why) = made {
            drop(net);
            let required = std::env::var_os("CI").is_some();
            assert!(!required, "network namespaces are required here: {why}");
            println!("skipped: no network namespaces ({why})");
            return None;
        }
        Some(net)
    }

    fn lay(&self) -> Result<(), String> {
        let desk = self.host("d");
        ip(&["netns", "add", &desk])?;
        ip(&["-n", &desk, "link", "set", "lo", "up"])?;
        ip(&["-n", &desk, "link", "add", "name", "hub", "type", "bridge"])?;
        ip(&["-n", &desk, "addr", "add", &format!("{DESK}/24"), "dev", "hub"])?;
        ip(&["-n", &desk, "link", "set", "hub", "up"])?;
        for (number, sensor) in ["a", "b"].iter().enumerate() {
            let host = self.host(sensor);
            ip(&["netns", "add", &host])?;
            let far = format!("v{sensor}");
            let link = [
                "link", "add", "name", "eth", "netns", &host, "type", "veth", "peer", "name", &far,
            ];
            ip(&[&link[..], &["netns", &desk]].concat())?;
            ip(&["-n", &desk, "link", "set", &far, "master", "hub", "up"])?;
            let address = format!("198.18.7.{}/24", number + 2);
            ip(&["-n", &host, "addr", "add", &address, "dev", "eth"])?;
            ip(&["-n", &host, "link", "set", "lo", "up"])?;
            ip(&["-n", &host, "link", "set", "eth", "up"])?;
        }
        Ok(())
    }

    fn host(&self, name: &str) -> String {
        format!("{}{name}", self.tag)
    }

    /// A command that runs on a host: `d`, `a` or `b`.
    pub(crate) fn on(&self, host: &str, program: &std::path::Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.host(host)]).arg(program);
        command
    }

    /// Cuts a sensor's line, or mends it.
    pub(crate) fn line(&self, sensor: &str, up: bool) {
        let state = if up { "up" } else { "down" };
        let done = ip(&["-n", &self.host("d"), "link", "set", &format!("v{sensor}"), state]);
        done.expect("the line can be cut and mended");
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        for host in ["a", "b", "d"] {
            let _ = ip(&["netns", "del", &self.host(host)]);
        }
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    let out = Command::new("ip").args(args).output().map_err(|err| format!("ip: {err}"))?;
    let said = String::from_utf8_lossy(&out.stderr).trim().to_owned();
    if out.status.success() { Ok(()) } else { Err(format!("ip {}: {said}", args.join(" "))) }
}
