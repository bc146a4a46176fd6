//! The settings in force, for the page that shows them.

use std::net::SocketAddr;

use crate::cli::Serve;
use crate::settings::Settings;
use crate::settings::desk::DeskSettings;

/// Where settings come from.
pub(super) struct Shown<'a> {
    /// The file's, or the defaults.
    pub(super) settings: &'a Settings,
    /// Those of the desk, with what the command line says before them.
    pub(super) desk: &'a DeskSettings,
    pub(super) options: &'a Serve,
    /// The file's name.
    pub(super) file: Option<&'a str>,
}

type Row = (String, String, String);

impl Shown<'_> {
    /// Key, value, and where the value comes from.
    pub(super) fn rows(&self, listen: SocketAddr, origin: &str, receives: &[String]) -> Vec<Row> {
        let (desk, given, usual) = (self.desk, &self.settings.desk, &DeskSettings::default());
        let received = |kind: &str| {
            let on = receives.iter().filter_map(|name| name.strip_prefix(kind)).collect::<Vec<_>>();
            if on.is_empty() { "not received by the desk itself".to_owned() } else { on.join(", ") }
        };
        let kept = match desk.kept() {
            kept if kept.is_empty() => "the same days for every source".to_owned(),
            kept => kept.join("; "),
        };
        let days = |days: u32| format!("{days} days");
        let own = [
            (
                "desk.listen",
                listen.to_string(),
                self.from(given.listen.is_some(), self.options.listen.is_some()),
            ),
            (
                "desk.origin",
                origin.to_owned(),
                self.from(given.origin.is_some(), self.options.origin.is_some()),
            ),
            (
                "desk.syslog",
                received("syslog "),
                self.in_file(!received("syslog ").starts_with("not")),
            ),
            ("desk.netflow", received("netflow "), self.in_file(given.netflow.udp.is_some())),
            (
                "desk.window_days",
                format!("{} judged together", days(desk.window_days)),
                self.in_file(desk.window_days != usual.window_days),
            ),
            (
                "desk.keep_records_days",
                days(desk.keep_records_days),
                self.in_file(desk.keep_records_days != usual.keep_records_days),
            ),
            ("desk.keep", kept, self.in_file(!desk.kept().is_empty())),
            (
                "desk.keep_history_days",
                days(desk.keep_history_days),
                self.in_file(desk.keep_history_days != usual.keep_history_days),
            ),
        ];
        let own = own.map(|(key, value, from)| (key.to_owned(), value, from.to_owned()));
        own.into_iter().chain(self.counts()).collect()
    }

    fn counts(&self) -> impl Iterator<Item = Row> {
        let settings = self.settings;
        let all = [
            ("network.own", settings.network.own.len(), "networks"),
            ("network.dark", settings.network.dark.len(), "networks"),
            ("asset", settings.asset.len(), "named things"),
            ("authorised", settings.authorised.len(), "registered tests"),
            ("sign_in", settings.sign_in.len(), "identity providers"),
            ("calendar", settings.calendar.len(), "windows"),
        ];
        all.into_iter().map(|(key, many, what)| {
            (key.to_owned(), format!("{many} {what}"), self.in_file(many > 0).to_owned())
        })
    }

    fn from(&self, in_file: bool, on_command_line: bool) -> &str {
        if on_command_line { "command line" } else { self.in_file(in_file) }
    }

    fn in_file(&self, is: bool) -> &str {
        self.file.filter(|_| is).unwrap_or("default")
    }
}
