//! The settings in force, for the page that shows them.

use std::net::SocketAddr;

use ward_kernel::words;

use crate::cli::Serve;
use crate::settings::Settings;
use crate::settings::desk::DeskSettings;
use crate::settings::notices::NoticeSettings;

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
        let (given, on_line) = (&self.settings.desk, self.options);
        let world = super::world::asked(on_line);
        let first = [
            self.told("desk.world", world.to_string(), false, on_line.exercise),
            self.told(
                "desk.listen",
                listen.to_string(),
                given.listen.is_some(),
                on_line.listen.is_some(),
            ),
            self.told(
                "desk.origin",
                origin.to_owned(),
                given.origin.is_some(),
                on_line.origin.is_some(),
            ),
            self.plan(),
            self.received("desk.syslog", "syslog ", receives),
            self.received("desk.netflow", "netflow ", receives),
        ];
        first.into_iter().chain(self.days()).chain(self.counts()).chain(self.notices()).collect()
    }

    /// What elections ask for.
    fn plan(&self) -> Row {
        let given = self.desk.plan.as_ref();
        let value =
            given.map_or_else(|| "comes with Ward".to_owned(), |path| path.display().to_string());
        self.row("desk.plan", value, given.is_some())
    }

    /// What the desk receives itself, of one kind.
    fn received(&self, key: &str, kind: &str, receives: &[String]) -> Row {
        let on = receives.iter().filter_map(|name| name.strip_prefix(kind)).collect::<Vec<_>>();
        let value = if on.is_empty() { "not received by the desk itself" } else { &on.join(", ") };
        self.row(key, value.to_owned(), !on.is_empty())
    }

    /// How long things are kept, and how many come at most.
    fn days(&self) -> [Row; 5] {
        let (desk, usual) = (self.desk, DeskSettings::default());
        let row = |key, days: u32, usual: u32| self.row(key, format!("{days} days"), days != usual);
        let rules = desk.kept();
        let kept =
            if rules.is_empty() { "the same days for every source" } else { &rules.join("; ") };
        [
            row("desk.window_days", desk.window_days, usual.window_days),
            row("desk.keep_records_days", desk.keep_records_days, usual.keep_records_days),
            self.row("desk.keep", kept.to_owned(), !rules.is_empty()),
            row("desk.keep_history_days", desk.keep_history_days, usual.keep_history_days),
            self.row(
                "desk.entries_a_minute",
                format!("{} by one person or program", desk.entries_a_minute),
                desk.entries_a_minute != usual.entries_a_minute,
            ),
        ]
    }

    fn counts(&self) -> [Row; 6] {
        let settings = self.settings;
        [
            ("network.own", settings.network.own.len(), ("network", "networks")),
            ("network.dark", settings.network.dark.len(), ("network", "networks")),
            ("asset", settings.asset.len(), ("named thing", "named things")),
            ("authorised", settings.authorised.len(), ("registered test", "registered tests")),
            ("sign_in", settings.sign_in.len(), ("identity provider", "identity providers")),
            ("calendar", settings.calendar.len(), ("window", "windows")),
        ]
        .map(|(key, many, (one, more))| {
            self.row(key, words::count(many as u64, one, more), many > 0)
        })
    }

    /// How people and programs are told: never a secret, nor the path of a webhook.
    fn notices(&self) -> [Row; 4] {
        let notices = &self.settings.notices;
        let mail = notices.mail.as_ref();
        let hooks: Vec<&str> = notices.webhook.iter().map(|hook| hook.name.as_str()).collect();
        let usual = NoticeSettings::default();
        [
            self.row(
                "notices.mail",
                mail.map_or("no mail is sent".to_owned(), |mail| {
                    format!("{} port {}, from {}", mail.server, mail.port(), mail.from)
                }),
                mail.is_some(),
            ),
            self.row(
                "notices.webhook",
                if hooks.is_empty() { "none".to_owned() } else { hooks.join(", ") },
                !hooks.is_empty(),
            ),
            self.row(
                "notices.per_hour",
                notices.per_hour.to_string(),
                notices.per_hour != usual.per_hour,
            ),
            self.row("notices.quiet", notices.quiet.clone(), notices.quiet != usual.quiet),
        ]
    }

    fn told(&self, key: &str, value: String, in_file: bool, on_command_line: bool) -> Row {
        let row = self.row(key, value, in_file);
        if on_command_line { (row.0, row.1, "command line".to_owned()) } else { row }
    }

    fn row(&self, key: &str, value: String, in_file: bool) -> Row {
        let from = self.file.filter(|_| in_file).unwrap_or("default");
        (key.to_owned(), value, from.to_owned())
    }
}
