//! Syslog lines of any mixture: sshd, Linux and pf firewalls, their web pages, web servers that log
//! here, and what loggers admit to have lost. Other programs are set aside with their time, which is worth having: it
//! shows that the sensor was alive.

mod filterlog;
mod gui;
mod header;
mod loss;
mod netfilter;
mod peer;
mod sshd;
mod stamp;

use ward_kernel::Addr;

use self::header::Header;
use self::stamp::Stamps;
use crate::access::Access;
use crate::outcome::{self, Outcome, Unread};
use crate::reader::{Hints, ReadFormat, Sink};
use crate::{Event, What, text};

/// The reader of syslog lines.
#[derive(Clone, Debug)]
pub(crate) struct Syslog {
    stamps: Stamps,
    access: Access,
}

impl ReadFormat for Syslog {
    /// At least half of the first lines have a stamp, and after it a program or a packet.
    fn recognise(head: &[u8], hints: &Hints) -> Option<Self> {
        let mut reader = Self::forced(hints);
        let (mut lines, mut known) = (0_u32, 0_u32);
        for line in text::first_lines(head, 64) {
            lines += 1;
            known += u32::from(reader.knows(line));
        }
        (known > 0 && known * 2 >= lines).then(|| Self::forced(hints))
    }

    fn forced(hints: &Hints) -> Self {
        Self { stamps: Stamps::new(hints), access: Access::default() }
    }

    fn read<S: Sink>(&mut self, block: &[u8], base: u64, sink: &mut S) {
        for (at, line) in text::lines(block, base) {
            outcome::tell(self.line(line), at, line, sink);
        }
    }
}

impl Syslog {
    fn knows(&mut self, line: &[u8]) -> bool {
        Header::read(line, &mut self.stamps).is_ok_and(|header| {
            !header.program.is_empty()
                || netfilter::read(&header).is_some()
                || loss::read(b"", b"", header.message).is_some()
        })
    }

    fn line<'r>(&'r mut self, line: &'r [u8]) -> Outcome<'r> {
        let header = match Header::read(line, &mut self.stamps) {
            Ok(header) => header,
            // What journalctl says between the lines: `-- Boot 0123... --`.
            Err(_) if line.starts_with(b"-- ") => return Err(Unread::Aside(None)),
            Err(why) => return Err(Unread::Problem(why)),
        };
        match header.program {
            b"sshd" | b"sshd-session" | b"sshd-auth" => return sshd::read(&header),
            b"filterlog" => return filterlog::read(&header),
            b"php-fpm" | b"audit" => return gui::read(&header),
            b"nginx" | b"apache2" | b"apache" | b"httpd" => return self.web(&header),
            _ => {}
        }
        // A program that has a process number and is no firewall's logger could be repeating what
        // somebody sent to it.
        if (!header.process || matches!(header.program, b"kernel" | b"ulogd"))
            && let Some(packet) = netfilter::read(&header)
        {
            return packet;
        }
        match loss::read(header.program, header.host, header.message) {
            Some(loss) => {
                let source = Addr::default();
                Ok(Event { time: header.time, source, what: What::Loss(loss) })
            }
            None => Err(Unread::Aside(Some(header.time))),
        }
    }

    /// A web server that sends its access log here; what else it says is set aside.
    fn web<'r>(&'r mut self, header: &Header<'r>) -> Outcome<'r> {
        match self.access.line(header.message) {
            Err(Unread::Problem(why)) if Access::is_foreign(why) => {
                Err(Unread::Aside(Some(header.time)))
            }
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests;
