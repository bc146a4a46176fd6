//! One EVE record: its raw members, and what they say.

use jiff::tz::TimeZone;
use ward_kernel::{Addr, Time};

use super::contact::End;
use crate::outcome::{Outcome, Unread};
use crate::scratch::settle;
use crate::{Alert, Event, Flow, Loss, Query, Request, Touch, What};
use crate::{field, json};

/// The members of a record that matter; texts without their quotes, objects raw.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) event_type: &'a [u8],
    timestamp: &'a [u8],
    src_ip: &'a [u8],
    src_port: &'a [u8],
    dest_ip: &'a [u8],
    dest_port: &'a [u8],
    proto: &'a [u8],
    icmp_type: &'a [u8],
    icmp_code: &'a [u8],
    direction: &'a [u8],
    alert: &'a [u8],
    flow: &'a [u8],
    tcp: &'a [u8],
    http: &'a [u8],
    dns: &'a [u8],
    stats: &'a [u8],
}

impl<'a> Record<'a> {
    /// The record of an object, if it is well-formed.
    pub(super) fn of(object: &'a [u8]) -> Option<Self> {
        let mut record = Self::default();
        json::members(object, |name, raw| {
            let member = match name {
                "event_type" => &mut record.event_type,
                "timestamp" => &mut record.timestamp,
                "src_ip" => &mut record.src_ip,
                "src_port" => &mut record.src_port,
                "dest_ip" => &mut record.dest_ip,
                "dest_port" => &mut record.dest_port,
                "proto" => &mut record.proto,
                "icmp_type" => &mut record.icmp_type,
                "icmp_code" => &mut record.icmp_code,
                "direction" => &mut record.direction,
                "alert" => &mut record.alert,
                "flow" => &mut record.flow,
                "tcp" => &mut record.tcp,
                "http" => &mut record.http,
                "dns" => &mut record.dns,
                "stats" => &mut record.stats,
                _ => return,
            };
            *member = json::text(raw);
        })
        .then_some(record)
    }

    /// What the record says; `dns` goes by [`Record::query`].
    pub(super) fn judge<'r>(&self, zone: &TimeZone, scratch: &'r mut Vec<u8>) -> Outcome<'r>
    where
        'a: 'r,
    {
        match self.event_type {
            b"flow" => self.flow(zone),
            b"alert" => self.alert(zone, scratch),
            b"http" => self.http(zone, scratch),
            b"stats" => self.stats(zone),
            b"" => Err(Unread::Problem("no event_type")),
            _ => Err(Unread::Aside(Some(self.time(zone)?))),
        }
    }

    /// `bytes_*` are those of whole packets, headers included.
    fn flow(&self, zone: &TimeZone) -> Outcome<'a> {
        let [start, end, state, sent, received, answers] = json::pick(
            self.flow,
            ["start", "end", "state", "bytes_toserver", "bytes_toclient", "pkts_toclient"],
        );
        let [to_server, to_client] = json::pick(self.tcp, ["tcp_flags_ts", "tcp_flags_tc"]);
        let time = match moment(start, zone) {
            Some(start) => start,
            None => self.time(zone)?,
        };
        let (source, target) = self.ends()?;
        let answers = field::uint(answers).unwrap_or(0);
        let end_of = End { to_server, to_client, state, answers };
        let kind = field::u16(self.icmp_type).and_then(|kind| u8::try_from(kind).ok());
        let code = field::u16(self.icmp_code).and_then(|code| u8::try_from(code).ok());
        let protocol = protocol(self.proto);
        let (port, touch) = match protocol {
            6 => (port(self.dest_port), end_of.tcp()),
            17 => (port(self.dest_port), end_of.udp()),
            1 | 58 => {
                let kind = kind.unwrap_or(0);
                (u16::from(kind) << 8 | u16::from(code.unwrap_or(0)), end_of.icmp(kind))
            }
            _ => (port(self.dest_port), Touch::Unknown),
        };
        let flow = Flow {
            target,
            port,
            source_port: self::port(self.src_port),
            protocol,
            touch,
            sent: field::uint(sent),
            received: field::uint(received),
            seconds: moment(end, zone).map(|end| end.since(time).max(0) as f32 / 1e6),
            outward: None,
            mark: 0,
        };
        Ok(Event { time, source, what: What::Flow(flow) })
    }

    /// Who acted on whom: what the rule itself says (`source` and `target`), else the packet's
    /// ends, turned around when it went to the client.
    fn alert<'r>(&self, zone: &TimeZone, scratch: &'r mut Vec<u8>) -> Outcome<'r>
    where
        'a: 'r,
    {
        let time = self.time(zone)?;
        let [signature, category, rule, severity, action, from, to] = json::pick(
            self.alert,
            ["signature", "category", "signature_id", "severity", "action", "source", "target"],
        );
        let ([from], [to, to_port]) = (json::pick(from, ["ip"]), json::pick(to, ["ip", "port"]));
        let (source, target, target_port) = match (Addr::parse(from), Addr::parse(to)) {
            (Some(source), Some(target)) => (source, target, port(to_port)),
            _ => {
                let (source, target) = self.ends()?;
                if self.direction == b"to_client" {
                    (target, source, port(self.src_port))
                } else {
                    (source, target, port(self.dest_port))
                }
            }
        };
        let [signature, category] = settle([signature, category], scratch, json::unescape);
        let severity = field::uint(severity).map_or(3, |severity| severity.clamp(1, 4));
        let alert = Alert {
            target,
            port: target_port,
            rule: field::uint(rule).unwrap_or(0),
            signature,
            category,
            severity: u8::try_from(severity).unwrap_or(4),
            blocked: action == b"blocked",
        };
        Ok(Event { time, source, what: What::Alert(alert) })
    }

    fn http<'r>(&self, zone: &TimeZone, scratch: &'r mut Vec<u8>) -> Outcome<'r>
    where
        'a: 'r,
    {
        let time = self.time(zone)?;
        let (source, server) = self.ends()?;
        let [status, length, texts @ ..] = json::pick(
            self.http,
            [
                "status",
                "length",
                "hostname",
                "http_method",
                "url",
                "http_request_body_printable",
                "http_refer",
                "http_user_agent",
                "xff",
            ],
        );
        let [site, method, target, body, referrer, agent, forwarded] =
            settle(texts, scratch, json::unescape);
        let request = Request {
            site,
            method,
            target,
            body,
            status: field::u16(status).unwrap_or(0),
            bytes: field::uint(length).unwrap_or(0),
            referrer,
            agent,
            forwarded,
            account: b"",
            server: Some(server),
        };
        Ok(Event { time, source, what: What::Request(request) })
    }

    fn stats(&self, zone: &TimeZone) -> Outcome<'a> {
        let time = self.time(zone)?;
        let [capture] = json::pick(self.stats, ["capture"]);
        let [drops, packets] = json::pick(capture, ["kernel_drops", "kernel_packets"]);
        match field::uint(drops) {
            None | Some(0) => Err(Unread::Aside(Some(time))),
            Some(lost) => {
                let of = field::uint(packets);
                let loss = Loss { by: "kernel_drops", lost, of, part: b"kernel_drops" };
                Ok(Event { time, source: Addr::default(), what: What::Loss(loss) })
            }
        }
    }

    /// Hands each name that a `dns` record asks for to `each`: one in versions 1 and 2, a list of
    /// `queries` in version 3. A record that names none is handed out once, with no name.
    pub(super) fn names(&self, mut each: impl FnMut(&'a [u8])) {
        let [name, queries] = json::pick(self.dns, ["rrname", "queries"]);
        let mut count = 0;
        if name.is_empty() {
            json::elements(queries, |query| {
                let [name] = json::pick(query, ["rrname"]);
                count += 1;
                each(name);
            });
        }
        if count == 0 {
            each(name);
        }
    }

    /// What a `dns` record says about one of its names.
    pub(super) fn query<'r>(
        &self,
        name: &'a [u8],
        zone: &TimeZone,
        scratch: &'r mut Vec<u8>,
    ) -> Outcome<'r>
    where
        'a: 'r,
    {
        let time = self.time(zone)?;
        let [kind, rcode] = json::pick(self.dns, ["type", "rcode"]);
        let missing = match kind {
            b"query" | b"request" => false,
            b"answer" | b"response" if rcode == b"NXDOMAIN" => true,
            _ => return Err(Unread::Aside(Some(time))),
        };
        if name.is_empty() {
            return Err(Unread::Aside(Some(time)));
        }
        let (source, server) = match self.ends()? {
            // Early versions name the ends of an answer as its packet does.
            (server, source) if missing && self.src_port == b"53" => (source, server),
            ends => ends,
        };
        let [name] = settle([name], scratch, json::unescape);
        Ok(Event { time, source, what: What::Query(Query { name, missing, server }) })
    }

    fn time(&self, zone: &TimeZone) -> Result<Time, Unread> {
        moment(self.timestamp, zone).ok_or(Unread::Problem("no time in timestamp"))
    }

    fn ends(&self) -> Result<(Addr, Addr), Unread> {
        let source = Addr::parse(self.src_ip).ok_or(Unread::Problem("no address in src_ip"))?;
        let target = Addr::parse(self.dest_ip).ok_or(Unread::Problem("no address in dest_ip"))?;
        Ok((source, target))
    }
}

fn moment(text: &[u8], zone: &TimeZone) -> Option<Time> {
    field::stamp(text).map(|stamp| stamp.within(zone))
}

fn port(text: &[u8]) -> u16 {
    field::u16(text).unwrap_or(0)
}

fn protocol(name: &[u8]) -> u8 {
    match name {
        b"TCP" | b"tcp" => 6,
        b"UDP" | b"udp" => 17,
        b"ICMP" | b"icmp" => 1,
        b"IPv6-ICMP" | b"ICMPv6" | b"ICMP6" => 58,
        b"SCTP" => 132,
        b"GRE" => 47,
        // Suricata writes unknown protocols as their number, in three digits.
        number => field::uint(number).and_then(|number| u8::try_from(number).ok()).unwrap_or(0),
    }
}
