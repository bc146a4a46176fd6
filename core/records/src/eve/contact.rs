//! How a flow ended, from its packets and TCP flags.

use crate::Touch;
use crate::field;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;

/// What a flow's record says about its end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct End<'a> {
    /// All TCP flags that the client's packets had, hexadecimal (`tcp.tcp_flags_ts`).
    pub(super) to_server: &'a [u8],
    /// The same of the server's packets (`tcp.tcp_flags_tc`).
    pub(super) to_client: &'a [u8],
    /// `new`, `established`, `closed` or `bypassed`.
    pub(super) state: &'a [u8],
    /// Packets from the server.
    pub(super) answers: u64,
}

impl End<'_> {
    /// How a TCP flow ended. On real flows: 02 and 14 is a refusal, 06 and 12 a half-open scan,
    /// 00 a flow of which no handshake was seen.
    pub(super) fn tcp(&self) -> Touch {
        let (Some(client), Some(server)) = (flags(self.to_server), flags(self.to_client)) else {
            return self.without_flags();
        };
        match (client & SYN != 0, server & SYN != 0) {
            (false, _) => Touch::Aside,
            (true, true) => {
                let both = client | server;
                let looked = both & RST != 0 && both & (PSH | FIN) == 0;
                if looked { Touch::Opened } else { Touch::Answered }
            }
            (true, false) if server == 0 || server & RST != 0 => Touch::Failed,
            (true, false) => Touch::Aside,
        }
    }

    /// A datagram that is not answered says nothing.
    pub(super) const fn udp(&self) -> Touch {
        if self.answers > 0 { Touch::Answered } else { Touch::Unknown }
    }

    /// Only requests begin anything: echo, timestamp, mask.
    pub(super) const fn icmp(&self, kind: u8) -> Touch {
        match kind {
            8 | 13 | 15 | 17 | 128 | 139 => self.udp(),
            _ => Touch::Aside,
        }
    }

    fn without_flags(&self) -> Touch {
        match self.state {
            b"new" if self.answers == 0 => Touch::Failed,
            b"established" => Touch::Answered,
            _ => Touch::Unknown,
        }
    }
}

fn flags(text: &[u8]) -> Option<u8> {
    match text {
        [low] => field::hex(*low),
        [high, low] => Some(field::hex(*high)? << 4 | field::hex(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_tcp() {
        let end =
            |to_server: &'static str, to_client: &'static str, state: &'static str, answers| {
                let (to_server, to_client) = (to_server.as_bytes(), to_client.as_bytes());
                End { to_server, to_client, state: state.as_bytes(), answers }.tcp()
            };
        assert_eq!(end("02", "14", "closed", 1), Touch::Failed);
        assert_eq!(end("02", "00", "new", 0), Touch::Failed);
        assert_eq!(end("06", "12", "closed", 1), Touch::Opened);
        assert_eq!(end("16", "12", "closed", 1), Touch::Opened);
        assert_eq!(end("1e", "1a", "closed", 4), Touch::Answered);
        assert_eq!(end("1b", "1b", "closed", 4), Touch::Answered);
        assert_eq!(end("00", "12", "new", 1), Touch::Aside);
        assert_eq!(end("10", "10", "established", 9), Touch::Aside);
        assert_eq!(end("02", "10", "new", 1), Touch::Aside);
        assert_eq!(end("", "", "new", 0), Touch::Failed);
        assert_eq!(end("", "", "established", 2), Touch::Answered);
        assert_eq!(end("", "", "closed", 2), Touch::Unknown);
        assert_eq!(end("zz", "12", "", 0), Touch::Unknown);
    }

    #[test]
    fn ends_of_others() {
        assert_eq!(End { answers: 1, ..End::default() }.udp(), Touch::Answered);
        assert_eq!(End::default().udp(), Touch::Unknown);
        assert_eq!(End::default().icmp(8), Touch::Unknown);
        assert_eq!(End::default().icmp(3), Touch::Aside);
    }
}
