//! Datagrams that the kernel dropped because nobody took them off their socket in time: they are
//! missing as those are that the spool had no room for, and are told alike.
//!
//! Linux counts them for each socket in the last column of `/proc/net/udp` and `/proc/net/udp6`;
//! where there is no such file, nothing is told.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use crate::board::Board;
use crate::clock;
use crate::sources::{Stop, stopped};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
const TABLES: [&str; 2] = ["/proc/net/udp", "/proc/net/udp6"];
/// Most of a table that is read, in bytes: some ten thousand sockets.
const LONGEST: u64 = 2 << 20;

/// The sockets that are watched.
#[derive(Debug, Default)]
pub(crate) struct Drops {
    /// By the kernel's number: the listener's name, and what was dropped when last looked.
    sockets: BTreeMap<u64, (String, Option<u64>)>,
}

impl Drops {
    /// Watches a socket; nothing where its number is not known.
    pub(crate) fn watch(&mut self, source: String, inode: u64) {
        if inode != 0 {
            self.sockets.insert(inode, (source, None));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    /// Looks until the sensor stops.
    pub(crate) async fn run(mut self, board: Arc<Board>, mut stop: Stop) {
        // What was dropped before this run was told by the run before.
        self.look(&mut |_, _| {});
        let mut stops = false;
        while !stops {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stopped(&mut stop) => stops = true,
            }
            self.look(&mut |source, records| board.dropped(source, records, 0, clock::now()));
        }
    }

    fn look(&mut self, tell: &mut dyn FnMut(&str, u64)) {
        for table in TABLES {
            let mut text = String::new();
            let file = std::fs::File::open(table).map(|file| file.take(LONGEST));
            // The tables are made by the kernel in memory: no disk is waited for.
            if file.and_then(|mut file| file.read_to_string(&mut text)).is_ok() {
                self.compare(&text, tell);
            }
        }
    }

    /// Compares a table with what it said before.
    fn compare(&mut self, table: &str, tell: &mut dyn FnMut(&str, u64)) {
        for (inode, drops) in table.lines().skip(1).filter_map(row) {
            let Some((source, before)) = self.sockets.get_mut(&inode) else { continue };
            let more = before.map_or(0, |before| drops.saturating_sub(before));
            *before = Some(drops);
            if more > 0 {
                tell(source, more);
            }
        }
    }
}

/// The number of a socket and what was dropped there.
fn row(line: &str) -> Option<(u64, u64)> {
    let mut columns = line.split_ascii_whitespace();
    let inode = columns.nth(9)?.parse().ok()?;
    Some((inode, columns.next_back()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when \
                        retrnsmt   uid  timeout inode ref pointer drops\n";

    fn table(drops: u64) -> String {
        format!(
            "{HEAD}  511: 0100007F:0202 00000000:0000 07 00000000:00000000 00:00000000 00000000     \
             0        0 4026 2 0000000000000000 {drops}\n  512: half a line\n"
        )
    }

    #[test]
    fn tells_what_is_new() {
        let mut drops = Drops::default();
        drops.watch("syslog udp".to_owned(), 4026);
        drops.watch("unknown".to_owned(), 0);
        let mut told = Vec::new();
        for count in [7, 7, 12, 3, 4] {
            drops.compare(&table(count), &mut |source, more| told.push((source.to_owned(), more)));
        }
        assert_eq!(told, [("syslog udp".to_owned(), 5), ("syslog udp".to_owned(), 1)]);
        assert_eq!(row("1 2 3"), None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_flood_that_nobody_reads_is_counted() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut settings = crate::Settings::default();
        settings.syslog.udp.push("127.0.0.1:0".parse().unwrap());
        let open = crate::Listeners::open(&settings).unwrap();
        let one = &open.syslog_udp[0];
        let mut drops = Drops::default();
        drops.watch("u".to_owned(), one.inode);
        drops.look(&mut |_, _| panic!("nothing was dropped yet"));
        for _ in 0..5000 {
            socket.send_to(&[b'x'; 1000], one.at).unwrap();
        }
        let mut dropped = 0;
        drops.look(&mut |_, more| dropped += more);
        let mut buffer = [0; 2000];
        let mut kept = 0;
        while one.socket.recv(&mut buffer).is_ok() {
            kept += 1;
        }
        assert_eq!(dropped + kept, 5000);
        assert!(dropped > 0);
    }
}
