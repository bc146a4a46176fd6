//! What a county's machines log on a busy day: web, sign-ins, firewall and flows, of a fixed
//! population of sources with a heavy tail, each with habits of its own.

use std::io::Write as _;

use ward_it::bench::{AGENT, address};
use ward_lab::rng::Rng;
use ward_lab::text::Stamp;

/// A kind of log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// nginx, combined format.
    Web,
    /// netfilter's drops, by syslog.
    Wall,
    /// Zeek's conn, JSON.
    Flow,
    /// sshd, by syslog.
    Shell,
}

impl Kind {
    /// Each kind, its file, and its share of all lines in hundredths.
    pub(crate) const ALL: [(Self, &str, u64); 4] = [
        (Self::Web, "access.log", 40),
        (Self::Wall, "kern.log", 30),
        (Self::Flow, "conn.log", 25),
        (Self::Shell, "auth.log", 5),
    ];
}

const PAGES: [&str; 8] = [
    "/",
    "/results/2026/general",
    "/polling-place?zip=65201",
    "/candidates",
    "/voter/lookup",
    "/search?q=O%27Fallon+polling+place",
    "/sample-ballot.pdf",
    "/absentee/track?ballot=4711",
];
const PARTS: [&str; 3] = ["/static/app.css", "/static/app.js", "/static/seal.png"];
const PROBES: [&str; 4] = ["/wp-login.php", "/.env", "/phpmyadmin/", "/.git/config"];
const PORTS: [u16; 12] = [23, 445, 3389, 22, 8080, 5900, 1433, 3306, 6379, 5060, 2323, 8443];
const STAFF: [&str; 6] = ["registrar", "clerk01", "clerk02", "backup", "deploy", "gis"];
const GUESSED: [&str; 8] = ["root", "admin", "test", "ubuntu", "oracle", "postgres", "guest", "pi"];

/// Those who guess at sign-ins all the time.
const GUESSERS: u64 = 40;
/// Those who probe the sites for known weaknesses all the time.
const PROBERS: u64 = 100;
/// Visitors of the sites.
const VISITORS: u64 = 40_000;
/// Once in so many lines of scanners a source is new.
const NEW: u64 = 10_000;

/// Writes lines.
pub(crate) struct Lines {
    rng: Rng,
    stamp: Stamp,
    micros: i64,
    scanners: u64,
    new: u64,
    pid: u64,
}

impl Lines {
    pub(crate) fn new(scanners: u64) -> Self {
        let (rng, stamp) = (Rng::new(11), Stamp::default());
        Self { rng, stamp, micros: 0, scanners, new: 0, pid: 1000 }
    }

    /// The moment of the lines that follow, in microseconds since 1970.
    pub(crate) fn at(&mut self, micros: i64) {
        self.micros = micros;
        self.stamp.set(micros);
    }

    /// Chance, for whoever decides where lines go.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.rng.count(0, n)
    }

    /// A kind, by its share.
    pub(crate) fn kind(&mut self) -> usize {
        let mut drawn = self.rng.below(100);
        for (place, (_, _, share)) in Kind::ALL.iter().enumerate() {
            match drawn.checked_sub(*share) {
                Some(rest) => drawn = rest,
                None => return place,
            }
        }
        0
    }

    /// One line of ordinary days.
    pub(crate) fn line(&mut self, kind: Kind, out: &mut Vec<u8>) {
        match kind {
            Kind::Web => self.web(out),
            Kind::Wall => self.wall(out),
            Kind::Flow => self.flow(out),
            Kind::Shell => self.shell(out),
        }
    }

    /// A source that scans: some do most of it, now and then one is new.
    fn scanner(&mut self) -> u64 {
        if self.rng.below(NEW) == 0 {
            self.new += 1;
            return self.scanners + self.new;
        }
        let share = self.rng.unit().powi(8);
        (share * self.scanners as f64) as u64
    }

    fn visitor(&mut self) -> String {
        let share = self.rng.unit().powi(2);
        address(241, (share * VISITORS as f64) as u64)
    }

    fn web(&mut self, out: &mut Vec<u8>) {
        let drawn = self.rng.below(1000);
        let (ip, path, status) = match drawn {
            0..=2 => (address(244, self.rng.below(PROBERS)), self.rng.pick(&PROBES), 404),
            3..=600 => (self.visitor(), self.rng.pick(&PARTS), 200),
            _ => (self.visitor(), self.rng.pick(&PAGES), 200),
        };
        let bytes = self.rng.int(200, 40_000);
        let _ = writeln!(
            out,
            "{ip} - - [{}] \"GET {path} HTTP/1.1\" {status} {bytes} \
             \"https://www.clerk.adair.example/\" \"{AGENT}\"",
            self.stamp.clf(),
        );
    }

    fn wall(&mut self, out: &mut Vec<u8>) {
        let source = self.scanner();
        let mut habit = Rng::new(source);
        // One in five hears answers to packets that somebody sent in our name, always the same.
        let backscatter = habit.below(5) == 0;
        let (host, port) = if backscatter {
            (habit.int(1, 255), habit.int(1024, 65_000))
        } else {
            let of = habit.count(0, PORTS.len() - 3);
            let port = PORTS.get(of + self.rng.count(0, 3)).copied().unwrap_or(23);
            (self.rng.int(1, 255), u64::from(port))
        };
        let (ip, from, id) = (address(240, source), self.rng.port(), self.rng.below(65_536));
        self.iso(out);
        let flags = if backscatter { "ACK SYN" } else { "SYN" };
        let _ = writeln!(
            out,
            " fw kernel: [{}.{:06}] FW-DROP IN=eth0 OUT= \
             MAC=00:16:3e:00:00:01:00:16:3e:00:00:02:08:00 SRC={ip} DST=198.51.100.{host} LEN=44 \
             TOS=0x00 PREC=0x00 TTL=240 ID={id} PROTO=TCP SPT={from} DPT={port} WINDOW=1024 \
             RES=0x00 {flags} URGP=0 ",
            self.micros / 1_000_000 % 1_000_000,
            self.micros % 1_000_000,
        );
    }

    fn flow(&mut self, out: &mut Vec<u8>) {
        let (uid, from) = (self.rng.word(), self.rng.port());
        let (seconds, micros) = (self.micros / 1_000_000, self.micros % 1_000_000);
        let _ =
            write!(out, "{{\"ts\":{seconds}.{micros:06},\"uid\":\"C{uid:016x}\",\"id.orig_h\":\"");
        let rest = match self.rng.below(10) {
            0..=2 => {
                let source = self.scanner();
                let host = self.rng.int(1, 255);
                let port = self.rng.pick(&PORTS);
                let _ = write!(
                    out,
                    "{}\",\"id.orig_p\":{from},\"id.resp_h\":\"198.51.100.{host}\",\
                     \"id.resp_p\":{port},\"proto\":\"tcp\",",
                    address(240, source)
                );
                "\"conn_state\":\"S0\",\"local_orig\":false,\"local_resp\":true,\
                 \"missed_bytes\":0,\"history\":\"S\",\"orig_pkts\":1,\"orig_ip_bytes\":44,\
                 \"resp_pkts\":0,\"resp_ip_bytes\":0}"
            }
            3..=6 => {
                let visitor = self.visitor();
                let _ = write!(
                    out,
                    "{visitor}\",\"id.orig_p\":{from},\"id.resp_h\":\"198.51.100.10\",\
                     \"id.resp_p\":443,\"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":0.81,\
                     \"orig_bytes\":1204,\"resp_bytes\":18231,"
                );
                "\"conn_state\":\"SF\",\"local_orig\":false,\"local_resp\":true,\
                 \"missed_bytes\":0,\"history\":\"ShADadfF\",\"orig_pkts\":12,\
                 \"orig_ip_bytes\":1692,\"resp_pkts\":15,\"resp_ip_bytes\":18831}"
            }
            _ => {
                let (desk, site) = (self.rng.below(400), self.rng.below(3_000));
                let _ = write!(
                    out,
                    "10.20.{}.{}\",\"id.orig_p\":{from},\"id.resp_h\":\"{}\",\"id.resp_p\":443,\
                     \"proto\":\"tcp\",\"service\":\"ssl\",\"duration\":1.2,\"orig_bytes\":904,\
                     \"resp_bytes\":9231,",
                    desk / 200,
                    desk % 200 + 10,
                    address(242, site)
                );
                "\"conn_state\":\"SF\",\"local_orig\":true,\"local_resp\":false,\
                 \"missed_bytes\":0,\"history\":\"ShADadfF\",\"orig_pkts\":10,\
                 \"orig_ip_bytes\":1304,\"resp_pkts\":11,\"resp_ip_bytes\":9671}"
            }
        };
        let _ = writeln!(out, "{rest}");
    }

    fn shell(&mut self, out: &mut Vec<u8>) {
        self.pid = self.pid % 900_000 + 1;
        let (drawn, port) = (self.rng.below(100), self.rng.port());
        let says = match drawn {
            0..=9 => {
                let (ip, name) = (address(243, self.rng.below(GUESSERS)), self.rng.pick(&GUESSED));
                format!("Failed password for invalid user {name} from {ip} port {port} ssh2")
            }
            10..=24 => {
                let source = self.scanner();
                let ip = address(240, source);
                format!("Connection closed by {ip} port {port} [preauth]")
            }
            _ => {
                let staff = self.rng.count(0, STAFF.len());
                let name = STAFF.get(staff).copied().unwrap_or_default();
                match drawn % 3 {
                    0 => format!(
                        "Accepted publickey for {name} from 10.20.0.{} port {port} ssh2: ED25519 \
                         SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA{staff:02}",
                        staff + 10
                    ),
                    1 => format!(
                        "pam_unix(sshd:session): session opened for user {name}(uid=1001) by \
                         {name}(uid=0)"
                    ),
                    _ => format!("pam_unix(sshd:session): session closed for user {name}"),
                }
            }
        };
        self.says(out, &says);
    }

    fn says(&self, out: &mut Vec<u8>, says: &str) {
        self.iso(out);
        let _ = writeln!(out, " bastion sshd[{}]: {says}", self.pid);
    }

    fn iso(&self, out: &mut Vec<u8>) {
        let _ = write!(out, "{}.{:06}+00:00", self.stamp.iso(), self.micros % 1_000_000);
    }

    /// An attempt by a source that nobody has seen: guesses at an account that exists, or a
    /// query that is none. How many lines; the last one makes it an attempt, or one before it.
    /// Each query is at a page of its own: many sources at one page are told in one case.
    pub(crate) fn attempt(&mut self, kind: Kind, number: u64, out: &mut Vec<u8>) -> u64 {
        let source = address(ATTEMPTS, number);
        if kind != Kind::Shell {
            let _ = writeln!(
                out,
                "{source} - - [{}] \"GET /lookup/{number}?id=1%27%20UNION%20SELECT%20name,pin%20\
                 FROM%20voters-- HTTP/1.1\" 200 512 \"-\" \"{AGENT}\"",
                self.stamp.clf(),
            );
            return 1;
        }
        let name = self.rng.pick(&STAFF);
        for _ in 0..GUESSES {
            self.pid = self.pid % 900_000 + 1;
            let port = self.rng.port();
            self.says(out, &format!("Failed password for {name} from {source} port {port} ssh2"));
        }
        GUESSES
    }
}

/// The first part of the addresses of those who attempt.
pub(crate) const ATTEMPTS: u8 = 250;

/// Guesses of one attempt; eight at an account that exists are one by the rule.
const GUESSES: u64 = 10;
