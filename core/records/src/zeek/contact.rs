//! How a connection ended, from `conn_state` and `history`: did its source get in touch?
//!
//! `history` has a letter for each thing that happened, in upper case when the originator did it:
//! `S` a SYN, `H` a SYN-ACK, `D` payload, `R` a reset (`scripts/base/protocols/conn/main.zeek`).

use crate::Touch;

/// Protocol numbers (IANA).
pub(super) const ICMP: u8 = 1;
pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
pub(super) const ICMP6: u8 = 58;

/// How a TCP connection ended; `payload` when bytes are known to have flowed, for records that
/// lack a history.
pub(super) fn tcp(state: &[u8], history: &[u8], payload: bool) -> Touch {
    // No SYN of the originator was seen: backscatter, midstream or one-sided sight.
    if !history.is_empty() && !history.contains(&b'S') {
        return Touch::Aside;
    }
    match state {
        b"S0" | b"REJ" | b"RSTOS0" | b"SH" => Touch::Failed,
        b"SF" | b"S1" | b"S2" | b"S3" => Touch::Answered,
        // Reset after a handshake: with payload it was a conversation, without it was a look.
        b"RSTO" | b"RSTR" => {
            let spoke = history.iter().any(|letter| matches!(letter, b'D' | b'd'));
            let spoke = spoke || (history.is_empty() && payload);
            if spoke { Touch::Answered } else { Touch::Opened }
        }
        b"RSTRH" | b"SHR" | b"OTH" => Touch::Aside,
        _ => Touch::Unknown,
    }
}

/// Whether a TCP connection that carried no payload is the probe of a FIN, Xmas or NULL scan
/// (RFC 9293, 3.10.7.2: a closed port answers them, an open one does not). `packets` counts those
/// of both sides, in a record that lacks nothing but what is unset.
///
/// Zeek has one letter for a FIN, with or without an ACK: an honest host that closes a connection
/// which Zeek has forgotten looks the same, but is answered (`Fa`, `Fr`) or repeats itself several
/// times within the seconds after which Zeek writes the record. A packet without flags leaves no
/// letter at all, which none other does.
pub(super) fn is_stealthy(
    state: &[u8],
    history: &[u8],
    packets: impl FnOnce() -> Option<[u64; 2]>,
) -> bool {
    // What a scanner sends to one port: nmap twice at most, where nobody answers.
    const MOST: u64 = 2;
    match (state, history) {
        (b"SH" | b"OTH", b"F") => packets().is_none_or(|[sent, _]| sent <= MOST),
        (b"OTH", b"") => {
            packets().is_some_and(|[sent, got]| (1..=MOST).contains(&sent) && got == 0)
        }
        _ => false,
    }
}

/// How a UDP exchange ended. An unanswered datagram says nothing: most services ignore what they
/// do not understand.
pub(super) fn udp(state: &[u8]) -> Touch {
    match state {
        b"SF" | b"S1" => Touch::Answered,
        b"SHR" | b"OTH" => Touch::Aside,
        _ => Touch::Unknown,
    }
}

/// How an ICMP exchange ended: only requests begin anything.
pub(super) fn icmp(protocol: u8, kind: u8, answered: bool) -> Touch {
    match (protocol, kind) {
        (ICMP, 8 | 13 | 15 | 17) | (ICMP6, 128 | 139) if answered => Touch::Answered,
        (ICMP, 8 | 13 | 15 | 17) | (ICMP6, 128 | 139) => Touch::Unknown,
        _ => Touch::Aside,
    }
}

/// The code of an ICMP message from Zeek's two "ports": the second is the code, except for
/// messages that have a counterpart, where it is the counterpart's type (and the code is 0).
pub(super) const fn icmp_code(protocol: u8, kind: u8, second: u8) -> u8 {
    match (protocol, kind, second) {
        (ICMP, 8, 0) | (ICMP, 0, 8) | (ICMP, 9, 10) | (ICMP, 10, 9) => 0,
        (ICMP, 13, 14) | (ICMP, 14, 13) | (ICMP, 15, 16) | (ICMP, 16, 15) => 0,
        (ICMP, 17, 18) | (ICMP, 18, 17) => 0,
        (ICMP6, 128, 129) | (ICMP6, 129, 128) | (ICMP6, 130, 131) | (ICMP6, 131, 130) => 0,
        (ICMP6, 133, 134) | (ICMP6, 134, 133) | (ICMP6, 135, 136) | (ICMP6, 136, 135) => 0,
        (ICMP6, 139, 140) | (ICMP6, 140, 139) | (ICMP6, 144, 145) | (ICMP6, 145, 144) => 0,
        _ => second,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_tcp() {
        for (state, history, touch) in [
            ("S0", "S", Touch::Failed),
            ("S0", "SW", Touch::Failed),
            ("REJ", "Sr", Touch::Failed),
            ("RSTOS0", "SR", Touch::Failed),
            ("SH", "SF", Touch::Failed),
            ("SH", "", Touch::Failed),
            ("RSTR", "Fr", Touch::Aside),
            ("OTH", "A", Touch::Aside),
            ("OTH", "Ar", Touch::Aside),
            ("OTH", "R", Touch::Aside),
            ("OTH", "H", Touch::Aside),
            ("OTH", "^h", Touch::Aside),
            ("SF", "ShADadfF", Touch::Answered),
            ("S1", "ShADad", Touch::Answered),
            ("RSTO", "ShAR", Touch::Opened),
            ("RSTR", "ShADadr", Touch::Answered),
            ("RSTR", "ShAdr", Touch::Answered),
            ("RSTR", "", Touch::Opened),
            ("RSTRH", "hr", Touch::Aside),
            ("RSTRH", "^hr", Touch::Aside),
            ("SHR", "h", Touch::Aside),
            ("OTH", "", Touch::Aside),
            ("OTH", "DadA", Touch::Aside),
            ("", "", Touch::Unknown),
            ("X9", "S", Touch::Unknown),
        ] {
            assert_eq!(
                tcp(state.as_bytes(), history.as_bytes(), false),
                touch,
                "{state} {history}"
            );
        }
        assert_eq!(tcp(b"RSTO", b"", true), Touch::Answered);
    }

    #[test]
    fn probes_without_a_syn() {
        let once = Some([1, 0]);
        for (state, history, packets, stealthy) in [
            ("SH", "F", once, true),
            ("OTH", "F", once, true),
            ("OTH", "F", None, true),
            ("OTH", "", once, true),
            ("OTH", "", Some([2, 0]), true),
            // A record that was trimmed, and one of both sides.
            ("OTH", "", None, false),
            ("OTH", "", Some([1, 1]), false),
            ("OTH", "", Some([0, 1]), false),
            ("", "", once, false),
            // The end of a connection that Zeek has forgotten.
            ("SH", "F", Some([5, 0]), false),
            ("SH", "Fa", Some([1, 1]), false),
            ("SF", "Ffa", Some([2, 1]), false),
            ("RSTR", "Fr", Some([1, 1]), false),
            // Backscatter, midstream data, ACK probes.
            ("OTH", "H", once, false),
            ("OTH", "^h", Some([0, 1]), false),
            ("OTH", "R", once, false),
            ("OTH", "A", once, false),
            ("OTH", "Ar", Some([1, 1]), false),
            ("OTH", "Dd", Some([1, 1]), false),
            ("RSTRH", "^hr", Some([0, 2]), false),
            ("SHR", "^hf", Some([0, 2]), false),
            ("SHR", "F", once, false),
        ] {
            assert_eq!(
                is_stealthy(state.as_bytes(), history.as_bytes(), || packets),
                stealthy,
                "{state} {history} {packets:?}"
            );
        }
    }

    #[test]
    fn others() {
        assert_eq!(udp(b"S0"), Touch::Unknown);
        assert_eq!(udp(b"SF"), Touch::Answered);
        assert_eq!(icmp(ICMP, 8, false), Touch::Unknown);
        assert_eq!(icmp(ICMP6, 128, true), Touch::Answered);
        assert_eq!(icmp(ICMP, 3, false), Touch::Aside);
        assert_eq!(icmp_code(ICMP6, 128, 129), 0);
        assert_eq!(icmp_code(ICMP, 3, 13), 13);
    }
}
