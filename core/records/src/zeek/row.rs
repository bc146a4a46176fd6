//! One record's raw texts by field name, and which log it belongs to.

macro_rules! fields {
    ($($field:ident $name:literal $(| $other:literal)*,)*) => {
        /// The fields that matter, of all logs.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(crate) enum Field { $($field,)* }

        impl Field {
            /// How many there are.
            pub(crate) const COUNT: usize = [$(Self::$field,)*].len();

            /// The field of this name, if it matters.
            pub(crate) fn named(name: &[u8]) -> Option<Self> {
                match name {
                    $($name $(| $other)* => Some(Self::$field),)*
                    _ => None,
                }
            }
        }
    };
}

// `id_orig_h` and the like are what a changed `Log::default_scope_sep` makes of the names.
fields! {
    Ts b"ts",
    OrigH b"id.orig_h" | b"id_orig_h",
    OrigP b"id.orig_p" | b"id_orig_p",
    RespH b"id.resp_h" | b"id_resp_h",
    RespP b"id.resp_p" | b"id_resp_p",
    Path b"_path",
    Proto b"proto",
    IpProto b"ip_proto",
    Duration b"duration",
    OrigBytes b"orig_bytes",
    RespBytes b"resp_bytes",
    ConnState b"conn_state",
    LocalOrig b"local_orig",
    History b"history",
    MissedBytes b"missed_bytes",
    OrigPkts b"orig_pkts",
    RespPkts b"resp_pkts",
    Method b"method",
    Host b"host",
    Uri b"uri",
    Referrer b"referrer",
    UserAgent b"user_agent",
    PostBody b"post_body",
    ResponseBodyLen b"response_body_len",
    StatusCode b"status_code",
    CallId b"call_id",
    Username b"username",
    Proxied b"proxied",
    AuthSuccess b"auth_success",
    AuthAttempts b"auth_attempts",
    User b"user",
    Command b"command",
    ReplyCode b"reply_code",
    Query b"query",
    RcodeName b"rcode_name",
    Rcode b"rcode",
    Note b"note",
    Msg b"msg",
    Sub b"sub",
    Src b"src",
    Dst b"dst",
    P b"p",
    Peer b"peer",
    Gaps b"gaps",
    Acks b"acks",
    PktsDropped b"pkts_dropped",
    PktsLink b"pkts_link",
}

/// One record: raw texts by field. Unset, empty and absent are all the empty text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a>(pub(crate) [&'a [u8]; Field::COUNT]);

impl<'a> Row<'a> {
    /// A record that says nothing.
    pub(crate) const EMPTY: Self = Self([&[]; Field::COUNT]);

    /// The text of a field.
    pub(crate) const fn get(&self, field: Field) -> &'a [u8] {
        self.0[field as usize]
    }

    /// Sets the text of a field.
    pub(crate) const fn set(&mut self, field: Field, text: &'a [u8]) {
        self.0[field as usize] = text;
    }

    /// Keeps of `proxied`, a set such as `VIA -> 1.1 example,X-FORWARDED-FOR -> 192.0.2.1`, the
    /// forwarded addresses alone; `end` is what ends an element. To be done before escapes are
    /// undone, for a separator inside an element is an escaped one.
    pub(crate) fn narrow_proxied(&mut self, end: u8) {
        const HEADER: &[u8] = b"X-FORWARDED-FOR -> ";
        let proxied = self.get(Field::Proxied);
        if !proxied.is_empty() {
            let addresses = memchr::memmem::find(proxied, HEADER)
                .and_then(|at| proxied.get(at + HEADER.len()..))
                .and_then(|rest| rest.split(|byte| *byte == end).next());
            self.set(Field::Proxied, addresses.unwrap_or_default());
        }
    }
}

/// Which log a record belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// `conn`: connections.
    Conn,
    /// `http`: requests.
    Http,
    /// `ssh`: sessions, with a guess at whether they signed in.
    Ssh,
    /// `ftp`: commands and replies.
    Ftp,
    /// `dns`: queries.
    Dns,
    /// `notice`: Zeek's own judgements.
    Notice,
    /// `capture_loss`: gaps in what was captured.
    CaptureLoss,
    /// `stats`: what Zeek itself did, and dropped.
    Stats,
    /// Any other: known to be Zeek's, of no interest here.
    Other,
}

impl Kind {
    /// Which log this is, by its path when that is one of the usual names, by its fields when it
    /// was written under another name (`conn-inc`, `http_dmz`) or says none.
    pub(crate) fn of(path: &[u8], has: impl Fn(Field) -> bool) -> Self {
        match path {
            b"conn" => Self::Conn,
            b"http" => Self::Http,
            b"ssh" => Self::Ssh,
            b"ftp" => Self::Ftp,
            b"dns" => Self::Dns,
            b"notice" => Self::Notice,
            b"capture_loss" => Self::CaptureLoss,
            b"stats" => Self::Stats,
            // SIP's fields are named like HTTP's.
            _ if has(Field::CallId) => Self::Other,
            _ if has(Field::ConnState) => Self::Conn,
            _ if has(Field::Gaps) && has(Field::Acks) => Self::CaptureLoss,
            _ if has(Field::PktsDropped) || has(Field::PktsLink) => Self::Stats,
            _ if !has(Field::Ts) => Self::Other,
            _ if has(Field::Note) => Self::Notice,
            _ if !has(Field::OrigH) => Self::Other,
            _ if has(Field::Uri) || has(Field::StatusCode) => Self::Http,
            _ if has(Field::Method) && has(Field::Host) => Self::Http,
            _ if has(Field::AuthSuccess) || has(Field::AuthAttempts) => Self::Ssh,
            _ if has(Field::Command) && has(Field::ReplyCode) => Self::Ftp,
            _ if has(Field::Query) => Self::Dns,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_kinds() {
        assert_eq!(Field::named(b"id.resp_p"), Some(Field::RespP));
        assert_eq!(Field::named(b"id_resp_p"), Some(Field::RespP));
        assert_eq!(Field::named(b"password"), None);
        let of = |path: &str, names: &[Field]| Kind::of(path.as_bytes(), |f| names.contains(&f));
        assert_eq!(of("conn-inc", &[Field::ConnState]), Kind::Conn);
        let sip = [Field::Ts, Field::OrigH, Field::Uri, Field::CallId];
        assert_eq!(of("sip", &sip), Kind::Other);
        assert_eq!(of("", &[Field::Ts, Field::OrigH, Field::Query]), Kind::Dns);
    }

    #[test]
    fn forwarded_addresses() {
        let narrowed = |text: &'static [u8], end| {
            let mut row = Row::EMPTY;
            row.set(Field::Proxied, text);
            row.narrow_proxied(end);
            row.get(Field::Proxied)
        };
        let json = br#"["VIA -> 1.1 example","X-FORWARDED-FOR -> 192.0.2.1, 192.0.2.2"]"#;
        assert_eq!(narrowed(json, b'"'), b"192.0.2.1, 192.0.2.2");
        assert_eq!(narrowed(b"X-FORWARDED-FOR -> 192.0.2.1,VIA -> x", b','), b"192.0.2.1");
        assert_eq!(narrowed(b"VIA -> x", b','), b"");
    }
}
